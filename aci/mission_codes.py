"""Pure: the words of the funding grids — envelopes, missions and the parts of their amounts."""

from enum import StrEnum


class MissionCode(StrEnum):
    """What the agreement pays for, in the order of its tables.

    FONCTIONNEMENT is an envelope without a mission: it runs from the signature on.
    A mission brings sheets and screens, so its name comes with a release; its kind, its
    deadlines and its amounts are dated data (`aci/grids/`).
    """

    FONCTIONNEMENT = "FONCTIONNEMENT"
    ACCES_SOINS = "ACCES_SOINS"
    PARCOURS = "PARCOURS"
    PREVENTION = "PREVENTION"
    CRISE = "CRISE"
    QUALITE = "QUALITE"
    ACCOMPAGNEMENT = "ACCOMPAGNEMENT"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    MissionCode.FONCTIONNEMENT: "Fonctionnement",
    MissionCode.ACCES_SOINS: "Accès aux soins",
    MissionCode.PARCOURS: "Parcours pluriprofessionnels",
    MissionCode.PREVENTION: "Prévention",
    MissionCode.CRISE: "Réponse aux crises sanitaires graves",
    MissionCode.QUALITE: "Qualité et pertinence des soins",
    MissionCode.ACCOMPAGNEMENT: "Accompagnement des professionnels",
}

MISSIONS = tuple(code for code in MissionCode if code is not MissionCode.FONCTIONNEMENT)


class MissionKind(StrEnum):
    """Whether a CPTS must carry the mission (socle) or may (complémentaire)."""

    CORE = "core"
    OPTIONAL = "optional"

    @property
    def label(self) -> str:
        return "socle" if self is MissionKind.CORE else "complémentaire"


class Part(StrEnum):
    """The parts of an envelope, in the words of the grid."""

    FIXED = "fixed"
    FIXED_OF_WHICH_SNP = "fixed_of_which_snp"
    VARIABLE = "variable"
    PLAN_FIRST_YEAR = "plan_first_year"
    PLAN_UPDATE = "plan_update"
    CRISIS_RECOGNISED = "crisis_recognised"

    @property
    def label(self) -> str:
        return _PART_LABELS[self]


_PART_LABELS = {
    Part.FIXED: "part fixe",
    Part.FIXED_OF_WHICH_SNP: "dont soins non programmés",
    Part.VARIABLE: "part variable",
    Part.PLAN_FIRST_YEAR: "plan rédigé",
    Part.PLAN_UPDATE: "plan mis à jour",
    Part.CRISIS_RECOGNISED: "crise reconnue par l’ARS",
}
