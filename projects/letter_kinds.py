"""The letters of a filing, and the closed list of variables that each of them may use."""

from django.db.models import TextChoices

from foundation.written_text import Value
from projects.workflow import Kind, State


class LetterKind(TextChoices):
    """What a letter is for, in the order of the life of a filing."""

    RECEIPT = "receipt", "Accusé de réception"
    PIECES = "pieces", "Demande de pièces"
    OPINION_INVITATION = "opinion_invitation", "Saisine d’un comité pour avis"
    APPROVAL = "approval", "Approbation de la lettre d’intention"
    REFUSAL = "refusal", "Refus de la lettre d’intention"
    VALIDATION = "validation", "Validation du projet de santé"
    OPPOSITION = "opposition", "Opposition au projet de santé"
    TACIT = "tacit", "Certificat de validation tacite"
    TERMINATION_NOTICE = "termination_notice", "Notification de résiliation du contrat"
    TERMINATION = "termination", "Décision de résiliation du contrat"
    TERMINATION_GIVEN_UP = "termination_given_up", "Renonciation à la résiliation du contrat"


# The end of a reference: 62-ABC-L1-AR1.
CODES = {
    LetterKind.RECEIPT: "AR",
    LetterKind.PIECES: "DP",
    LetterKind.OPINION_INVITATION: "SA",
    LetterKind.APPROVAL: "AP",
    LetterKind.REFUSAL: "RF",
    LetterKind.VALIDATION: "VA",
    LetterKind.OPPOSITION: "OP",
    LetterKind.TACIT: "VT",
    LetterKind.TERMINATION_NOTICE: "NR",
    LetterKind.TERMINATION: "RE",
    LetterKind.TERMINATION_GIVEN_UP: "RN",
}

# About a contract rather than a filing: other variables, and no batch.
OF_CONTRACTS = frozenset(
    {LetterKind.TERMINATION_NOTICE, LetterKind.TERMINATION, LetterKind.TERMINATION_GIVEN_UP}
)

# A filing is decided once: one such letter, never two.
DECISIONS = frozenset(
    {
        LetterKind.APPROVAL,
        LetterKind.REFUSAL,
        LetterKind.VALIDATION,
        LetterKind.OPPOSITION,
        LetterKind.TACIT,
    }
)
# Signed by the two institutions where the procedure announces a joint letter. What the law alone
# decides is signed by nobody.
JOINT = DECISIONS - {LetterKind.TACIT}
# What a committee reads of the dossiers it examines: exchanges with the holders are not its own.
SHOWN_TO_COMMITTEES = DECISIONS | {LetterKind.OPINION_INVITATION}

# The verb of the journal that each letter puts on paper.
VERBS = {
    LetterKind.RECEIPT: "submit",
    LetterKind.PIECES: "ask_for_pieces",
    LetterKind.OPINION_INVITATION: "declare_complete",
    LetterKind.APPROVAL: "approve",
    LetterKind.REFUSAL: "refuse",
    LetterKind.VALIDATION: "validate",
    LetterKind.OPPOSITION: "oppose",
    LetterKind.TACIT: "validate_tacitly",
}

_COMMON = {
    "date": "Date du courrier",
    "reference": "Référence du courrier",
    "cpts.nom": "Nom de la CPTS",
    "cpts.reference": "Référence du dossier",
    "ars.nom": "Nom de l’ARS, sans article",
    "cpam.nom": "Nom de la CPAM, sans article",
    "depot.nature": "« lettre d’intention » ou « projet de santé »",
    "depot.version": "Numéro de la version du dépôt",
    "depot.transmis_le": "Date du dernier envoi par les porteurs",
    "territoire.communes": "Nombre de communes du territoire transmis",
    "territoire.population": "Nombre d’habitants du territoire transmis",
    "territoire.taille": "Taille de la CPTS, de 1 à 4",
    "procedure.nom": "Intitulé de la procédure de la région",
}
_OF_CONTRACT = {
    "date": "Date du courrier",
    "reference": "Référence du courrier",
    "cpts.nom": "Nom de la CPTS",
    "cpts.reference": "Référence du dossier",
    "ars.nom": "Nom de l’ARS, sans article",
    "cpam.nom": "Nom de la CPAM, sans article",
    "contrat.reference": "Référence du contrat",
    "contrat.signe_le": "Date de signature du contrat",
    "contrat.dernier_jour": "Dernier jour du contrat, avant toute résiliation",
    "resiliation.auteurs": "Qui a notifié la résiliation, avec l’article",
    "resiliation.notifiee_le": "Date de la notification de la résiliation",
}
_TERMINATION_DECISION = {
    "decision.date": "Date de la décision",
    "decision.motif": "Motifs de la décision",
    "resiliation.observations": "Phrase sur les observations reçues",
}
_DECISION = {
    "decision.date": "Date de la décision",
    "decision.motif": "Motifs écrits par l’ARS (vide si elle n’en a pas donné)",
    "avis.rendus": "Avis rendus avant la décision (vide s’il n’y en a pas)",
}
_OWN: dict[LetterKind, dict[str, str]] = {
    LetterKind.RECEIPT: {
        "delai.completude": "Date limite de la vérification du dossier par l’ARS",
    },
    LetterKind.PIECES: {
        "demande.pieces": "Liste des pièces et des réponses demandées",
        "demande.motif": "Explication donnée avec la demande (vide s’il n’y en a pas)",
        "demande.effet": "Phrase sur le délai légal suspendu (vide s’il ne court pas)",
        "delai.pieces": "Date avant laquelle les pièces sont attendues",
    },
    LetterKind.OPINION_INVITATION: {
        "depot.complet_le": "Date à laquelle le dossier a été déclaré complet",
        "avis.attendus": "Liste des avis demandés",
        "delai.avis": "Date avant laquelle l’avis est attendu",
    },
    LetterKind.APPROVAL: _DECISION,
    LetterKind.REFUSAL: _DECISION,
    LetterKind.VALIDATION: _DECISION,
    LetterKind.OPPOSITION: {
        **_DECISION,
        "decision.fondements": "Liste des fondements de l’opposition",
    },
    LetterKind.TACIT: {
        "decision.date": "Jour de la validation tacite",
        "delai.debut": "Date à laquelle le dossier a été déclaré complet",
        "delai.mois": "Durée du délai légal, en mois",
        "delai.suspensions": "Liste des suspensions du délai (vide s’il n’y en a pas)",
        "delai.fin": "Dernier jour du délai légal",
    },
    LetterKind.TERMINATION_NOTICE: {
        "resiliation.motif": "Motifs de la résiliation",
        "resiliation.entendue": "Qui peut présenter des observations, avec l’article",
        "delai.observations": "Dernier jour des observations",
        "delai.fin_au_plus_tot": "Premier jour où le contrat peut prendre fin",
    },
    LetterKind.TERMINATION: {
        **_TERMINATION_DECISION,
        "resiliation.fin": "Jour où le contrat prend fin, qui n’est plus payé",
        "resiliation.recuperation": "Phrase sur ce qui est à récupérer",
    },
    LetterKind.TERMINATION_GIVEN_UP: _TERMINATION_DECISION,
}

# Without these a letter would miss what it is for, or what the law wants in it.
REQUIRED = {
    LetterKind.RECEIPT: ("reference", "depot.transmis_le"),
    LetterKind.PIECES: ("demande.pieces", "delai.pieces"),
    LetterKind.OPINION_INVITATION: ("avis.attendus", "delai.avis"),
    LetterKind.APPROVAL: ("decision.date",),
    LetterKind.REFUSAL: ("decision.date", "decision.motif"),
    LetterKind.VALIDATION: ("decision.date",),
    LetterKind.OPPOSITION: ("decision.date", "decision.fondements", "decision.motif"),
    LetterKind.TACIT: ("decision.date", "delai.debut", "delai.fin"),
    LetterKind.TERMINATION_NOTICE: ("resiliation.motif", "delai.observations"),
    LetterKind.TERMINATION: ("decision.motif", "resiliation.fin", "resiliation.recuperation"),
    LetterKind.TERMINATION_GIVEN_UP: ("decision.motif",),
}

# The file of the previews: nobody's, with a value for every variable.
SAMPLE: dict[str, Value] = {
    "date": "24\u00a0octobre\u00a02025",
    "reference": "62-EXEMPLE-P1-XX1",
    "cpts.nom": "CPTS du Val d’Exemple",
    "cpts.reference": "62-EXEMPLE",
    "ars.nom": "ARS Hauts-de-France",
    "cpam.nom": "CPAM de l’Artois",
    "depot.nature": "projet de santé",
    "depot.version": "1",
    "depot.transmis_le": "1er\u00a0septembre\u00a02025",
    "depot.complet_le": "12\u00a0septembre\u00a02025",
    "territoire.communes": "32",
    "territoire.population": "46\u00a0648",
    "territoire.taille": "2",
    "procedure.nom": "Procédure nationale par défaut",
    "decision.date": "24\u00a0octobre\u00a02025",
    "decision.motif": (
        "Le diagnostic ne couvre pas le nord du territoire.\n\n"
        "Le calendrier de la mission de prévention reste à préciser."
    ),
    "decision.fondements": ["La pertinence du territoire", "Le projet régional de santé"],
    "avis.rendus": "avis du comité de pilotage local et avis du comité régional",
    "avis.attendus": ["Avis du comité de pilotage local", "Avis du comité régional"],
    "demande.pieces": [
        "Statuts de l’association\u00a0: version signée attendue",
        "Calendrier des missions\u00a0: préciser la mission de prévention",
    ],
    "demande.motif": "Ces éléments sont nécessaires à l’examen de votre projet.",
    "demande.effet": "Le délai légal est suspendu jusqu’à votre nouvel envoi.",
    "delai.completude": "16\u00a0septembre\u00a02025",
    "delai.pieces": "23\u00a0novembre\u00a02025",
    "delai.avis": "8\u00a0décembre\u00a02025",
    "delai.debut": "12\u00a0septembre\u00a02025",
    "delai.mois": "2",
    "delai.suspensions": ["du 1er\u00a0octobre\u00a02025 au 8\u00a0octobre\u00a02025"],
    "delai.fin": "19\u00a0novembre\u00a02025",
    "contrat.reference": "ACI-62-EXEMPLE-1",
    "contrat.signe_le": "1er\u00a0juillet\u00a02024",
    "contrat.dernier_jour": "30\u00a0juin\u00a02029",
    "resiliation.auteurs": "l’ARS Hauts-de-France et la CPAM de l’Artois",
    "resiliation.notifiee_le": "24\u00a0octobre\u00a02025",
    "resiliation.motif": "La mission d’accès aux soins n’a pas démarré dans son délai.",
    "resiliation.entendue": "la CPTS du Val d’Exemple",
    "resiliation.observations": "Des observations ont été reçues le 3\u00a0novembre\u00a02025.",
    "resiliation.fin": "1er\u00a0décembre\u00a02025",
    "resiliation.recuperation": (
        "Les avances dépassent ce qui est dû de 14\u00a0958,90\u00a0€, à récupérer."
    ),
    "delai.observations": "24\u00a0novembre\u00a02025",
    "delai.fin_au_plus_tot": "25\u00a0novembre\u00a02025",
}


def variables(kind: str) -> dict[str, str]:
    """Name → what it prints, for one kind of letter: nothing else may stand between braces."""
    common = _OF_CONTRACT if kind in OF_CONTRACTS else _COMMON
    return {**common, **_OWN[LetterKind(kind)]}


def sample_values(kind: str) -> dict[str, Value]:
    """An example for each variable of a kind."""
    return {name: SAMPLE[name] for name in variables(kind)}


def decision_kind(filing_kind: str, state: str, *, is_tacit: bool) -> LetterKind | None:
    """The letter that announces how a filing ended, once it is decided."""
    is_letter = filing_kind == Kind.LETTER
    if state == State.APPROVED and is_letter:
        return LetterKind.APPROVAL
    if state == State.APPROVED:
        return LetterKind.TACIT if is_tacit else LetterKind.VALIDATION
    if state == State.REFUSED:
        return LetterKind.REFUSAL if is_letter else LetterKind.OPPOSITION
    return None
