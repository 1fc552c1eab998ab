"""Pure: what a person or an organisation hands in to join, and whether it holds together."""

from dataclasses import dataclass

from django.db.models import TextChoices

from foundation.refusal import Refusal
from members.identifiers import is_finess, is_rpps, is_siret
from members.professions import OTHER, profession


class Kind(TextChoices):
    """Who joins."""

    PERSON = "person", "Personne"
    ORGANISATION = "organisation", "Organisation"


class Civility(TextChoices):
    """Never required: nothing is decided from it."""

    MADAM = "mme", "Madame"
    SIR = "m", "Monsieur"


class Mode(TextChoices):
    """Mode of practice, in the letters of the Annuaire Santé."""

    PRIVATE = "L", "Libéral"
    SALARIED = "S", "Salarié"
    VOLUNTEER = "B", "Bénévole"


class College(TextChoices):
    """The two colleges of the general assembly."""

    ACTIVE = "active", "Actifs"
    PARTNER = "partner", "Partenaires"


class StructureKind(TextChoices):
    """Organisations that may be members (lifecycle.md, « Joining »)."""

    HEALTH = "health", "Établissement de santé"
    CENTRE = "centre", "Maison ou centre de santé"
    MEDICO_SOCIAL = "medico_social", "Établissement ou service médico-social"
    SOCIAL = "social", "Service social"
    PREVENTION = "prevention", "Organisme de prévention"
    USERS = "users", "Association d’usagers"
    OTHER = "other", "Autre organisation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What the form brings, whatever the screen. For an organisation, the person represents it."""

    kind: Kind
    first_name: str
    last_name: str
    email: str
    statutes_accepted: bool
    civility: str = ""
    phone: str = ""
    profession: str = ""
    specialty: str = ""
    rpps: str = ""
    mode: str = ""
    places: str = ""
    mssante: str = ""
    college: str = College.ACTIVE
    structure_name: str = ""
    structure_kind: str = ""
    siret: str = ""
    finess: str = ""
    position: str = ""
    interests: str = ""
    is_main_cpts: bool = False

    def problems(self) -> dict[str, str]:
        """Field → what is wrong, in French; empty when the application holds together."""
        found = self._problems_of_anybody()
        found |= self._problems_of(self.kind)
        return found

    def refusal(self) -> Refusal | None:
        """The first problem, for callers without a form."""
        return next((Refusal(sentence) for sentence in self.problems().values()), None)

    def _problems_of_anybody(self) -> dict[str, str]:
        found = {}
        if not self.first_name:
            found["first_name"] = "Indiquez le prénom."
        if not self.last_name:
            found["last_name"] = "Indiquez le nom."
        if "@" not in self.email:
            found["email"] = "Indiquez une adresse électronique : la réponse y sera envoyée."
        if not self.statutes_accepted:
            found["statutes_accepted"] = "L’adhésion demande d’accepter les statuts de la CPTS."
        return found

    def _problems_of(self, kind: Kind) -> dict[str, str]:
        return self._of_a_person() if kind == Kind.PERSON else self._of_an_organisation()

    def _of_a_person(self) -> dict[str, str]:
        found = {}
        if profession(self.profession) is None and self.profession != OTHER:
            found["profession"] = "Choisissez une profession dans la liste, ou « Autre métier »."
        if self.profession == OTHER and not self.specialty:
            found["specialty"] = "Précisez votre métier."
        if self.mode not in Mode.values:
            found["mode"] = "Indiquez votre mode d’exercice."
        if self.rpps and not is_rpps(self.rpps):
            found["rpps"] = "Ce numéro RPPS n’est pas valide : il compte 11 chiffres, dont une clé."
        elif self.rpps and "profession" not in found and not self._bears_rpps():
            found["rpps"] = "Ce métier n’a pas de numéro RPPS : laissez ce champ vide."
        return found

    def _bears_rpps(self) -> bool:
        practised = profession(self.profession)
        return practised is not None and practised.is_registered

    def _of_an_organisation(self) -> dict[str, str]:
        found = {}
        if not self.structure_name:
            found["structure_name"] = "Indiquez le nom de l’organisation."
        if self.structure_kind not in StructureKind.values:
            found["structure_kind"] = "Indiquez la nature de l’organisation."
        if not self.siret and not self.finess:
            found["siret"] = "Indiquez le numéro SIRET ou le numéro FINESS."
        if self.siret and not is_siret(self.siret):
            found["siret"] = "Ce numéro SIRET n’est pas valide : il compte 14 chiffres."
        if self.finess and not is_finess(self.finess):
            found["finess"] = "Ce numéro FINESS n’est pas valide : il compte 9 caractères."
        return found
