"""The states of a letter of intent and of a health project, and who moves them. No database.

Both tables read as domain/procedures.md does. Which opinions are required, and in which order, is
data: the guards read it on the filing, which carries the procedure it began with.
"""

from typing import Protocol

from django.db.models import TextChoices

from accounts.access import Permission
from foundation.refusal import Refusal
from foundation.workflow import Transition, Workflow, in_words
from projects import session_workflow
from projects.opinion_states import OPINION_REQUEST_WORKFLOW as OPINION_REQUEST_WORKFLOW


class Kind(TextChoices):
    """The two filings of a CPTS, in the order of its life."""

    LETTER = "letter", "Lettre d’intention"
    PROJECT = "project", "Projet de santé"


class Ground(TextChoices):
    """On what the ARS may object to a projet de santé (article L1434-12 CSP)."""

    REGIONAL_PLAN = "regional_plan", "Le projet régional de santé"
    TERRITORY = "territory", "La pertinence du territoire"


class State(TextChoices):
    """The stored words, the same for both; each kind of filing has its own French labels."""

    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Transmis"
    INCOMPLETE = "incomplete", "À compléter"
    COMPLETE = "complete", "Complet"
    APPROVED = "approved", "Approuvé"
    REFUSED = "refused", "Refusé"
    WITHDRAWN = "withdrawn", "Retiré"


class LetterState(TextChoices):
    """The states of a lettre d’intention."""

    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Transmise"
    INCOMPLETE = "incomplete", "À compléter"
    COMPLETE = "complete", "Complète"
    APPROVED = "approved", "Approuvée"
    REFUSED = "refused", "Refusée"
    WITHDRAWN = "withdrawn", "Retirée"


class ProjectState(TextChoices):
    """The states of a projet de santé: `approved` is validated, `refused` is opposed."""

    DRAFT = "draft", "Brouillon"
    SUBMITTED = "submitted", "Transmis"
    INCOMPLETE = "incomplete", "À compléter"
    COMPLETE = "complete", "Complet"
    APPROVED = "approved", "Validé"
    REFUSED = "refused", "Opposition de l’ARS"
    WITHDRAWN = "withdrawn", "Retiré"


class Level(TextChoices):
    """Whose opinion: the local steering committee, then the regional one."""

    LOCAL = "local", "Comité local"
    REGIONAL = "regional", "Comité régional"


# Where the holders write, and where a decision is still to come.
WRITABLE = frozenset({State.DRAFT, State.INCOMPLETE})
UNDECIDED = frozenset({State.DRAFT, State.SUBMITTED, State.INCOMPLETE, State.COMPLETE})
# Where the legal clock of a project runs: complete, or with the pieces that were asked for received
# (docs/adr/0013). Before the first « complet » it has no end, and nothing can come of it.
RUNNING = frozenset({State.SUBMITTED, State.COMPLETE})
# One such filing at a time for a CPTS: a refused or withdrawn one may be taken up again.
ACTIVE = UNDECIDED | {State.APPROVED}


class FilingLike(Protocol):
    """What the guards read."""

    state: str

    @property
    def missing_answers(self) -> list[str]: ...
    @property
    def lacks_territory(self) -> bool: ...
    @property
    def unexplained_overlap(self) -> str: ...
    @property
    def missing_levels(self) -> list[Level]: ...
    @property
    def missing_levels_before_regional(self) -> list[Level]: ...
    @property
    def goes_on_without_opinions(self) -> bool: ...
    @property
    def is_latest(self) -> bool: ...
    @property
    def tacit_day_reached(self) -> bool: ...


@in_words(
    "toutes les réponses obligatoires sont données, le territoire a au moins une commune, et le "
    "motif est donné si une autre CPTS couvre déjà des communes"
)
def is_ready(filing: FilingLike) -> Refusal | None:
    """Answers, communes, and a reason where another CPTS holds them already."""
    missing = filing.missing_answers
    if missing:
        count = len(missing)
        named = ", ".join(f"« {label} »" for label in missing[:3])
        others = "" if count <= 3 else f" et {count - 3} de plus"
        noun = (
            "Une réponse obligatoire manque"
            if count == 1
            else (f"{count} réponses obligatoires manquent")
        )
        return Refusal(f"{noun} : {named}{others}.")
    if filing.lacks_territory:
        return Refusal("Choisissez au moins une commune du territoire avant de transmettre.")
    overlap = filing.unexplained_overlap
    if overlap:
        return Refusal(
            "Donnez le motif du chevauchement avant de transmettre, car des communes sont déjà "
            f"couvertes : {overlap}."
        )
    return None


@in_words("l’avis local est donné, si la procédure le demande avant l’avis régional")
def local_opinion_came_first(filing: FilingLike) -> Refusal | None:
    """Where the procedure puts the local committee first, the regional one waits for it."""
    if filing.missing_levels_before_regional:
        return Refusal("L’avis du comité local est attendu avant celui du comité régional.")
    return None


@in_words(
    "les avis que la procédure demande sont donnés, ou leur date est passée et la procédure permet "
    "de décider sans eux avec un motif"
)
def opinions_are_given(filing: FilingLike) -> Refusal | None:
    """The decision waits for the opinions that the procedure requires, as long as it says."""
    missing = filing.missing_levels
    if not missing or filing.goes_on_without_opinions:
        return None
    names = " et ".join(f"du {level.label.lower()}" for level in missing)
    noun = "L’avis" if len(missing) == 1 else "Les avis"
    verb = "est attendu" if len(missing) == 1 else "sont attendus"
    return Refusal(f"{noun} {names} {verb} avant la décision.")


@in_words("le délai légal n’est pas écoulé")
def clock_still_runs(filing: FilingLike) -> Refusal | None:
    """Article L1434-12 CSP: once the two months are over, the project is deemed validated."""
    if filing.tacit_day_reached:
        return Refusal("Le délai légal est écoulé : le projet de santé est réputé validé.")
    return None


@in_words("le délai légal est écoulé (00:00, heure de Paris, le lendemain du dernier jour)")
def clock_has_ended(filing: FilingLike) -> Refusal | None:
    """The other way round, for the portal's own act."""
    if not filing.tacit_day_reached:
        return Refusal("Le délai légal n’est pas écoulé.")
    return None


@in_words(
    "les avis que la procédure demande sont donnés, ou leur date est passée et la procédure permet "
    "de décider sans eux avec un motif ; et le délai légal n’est pas écoulé"
)
def opinions_are_given_in_time(filing: FilingLike) -> Refusal | None:
    return clock_still_runs(filing) or opinions_are_given(filing)


@in_words("c’est la dernière version")
def nothing_newer_exists(filing: FilingLike) -> Refusal | None:
    """Taking up again starts from the last version only."""
    if not filing.is_latest:
        return Refusal("Une version plus récente existe déjà.")
    return None


_P = Permission

LETTER_WORKFLOW = Workflow(
    "Lettre d’intention",
    LetterState,
    (
        Transition(
            "submit",
            {State.DRAFT, State.INCOMPLETE},
            State.SUBMITTED,
            _P.FILING_SUBMIT,
            "Transmettre à l’ARS et à la CPAM",
            guard=is_ready,
        ),
        Transition(
            "ask_for_pieces",
            {State.SUBMITTED, State.COMPLETE},
            State.INCOMPLETE,
            _P.FILING_ASK_PIECES,
            "Demander des pièces",
        ),
        Transition(
            "declare_complete",
            {State.SUBMITTED},
            State.COMPLETE,
            _P.FILING_COMPLETE,
            "Déclarer la lettre complète",
        ),
        Transition(
            "give_local_opinion",
            {State.COMPLETE},
            State.COMPLETE,
            _P.OPINION_GIVE,
            "Donner l’avis du comité local",
        ),
        Transition(
            "give_regional_opinion",
            {State.COMPLETE},
            State.COMPLETE,
            _P.OPINION_GIVE,
            "Donner l’avis du comité régional",
            guard=local_opinion_came_first,
        ),
        Transition(
            "approve",
            {State.COMPLETE},
            State.APPROVED,
            _P.FILING_DECIDE,
            "Approuver la lettre",
            guard=opinions_are_given,
        ),
        Transition(
            "refuse",
            {State.COMPLETE},
            State.REFUSED,
            _P.FILING_DECIDE,
            "Refuser la lettre",
        ),
        Transition(
            "withdraw",
            UNDECIDED,
            State.WITHDRAWN,
            _P.FILING_SUBMIT,
            "Retirer la lettre",
        ),
        Transition(
            "take_up_again",
            {State.REFUSED, State.WITHDRAWN},
            State.DRAFT,
            _P.FILING_SUBMIT,
            "Reprendre la lettre",
            guard=nothing_newer_exists,
        ),
    ),
)

PROJECT_WORKFLOW = Workflow(
    "Projet de santé",
    ProjectState,
    (
        Transition(
            "submit",
            {State.DRAFT, State.INCOMPLETE},
            State.SUBMITTED,
            _P.FILING_SUBMIT,
            "Transmettre à l’ARS et à la CPAM",
            guard=is_ready,
        ),
        Transition(
            "ask_for_pieces",
            {State.SUBMITTED, State.COMPLETE},
            State.INCOMPLETE,
            _P.FILING_ASK_PIECES,
            "Demander des pièces",
            guard=clock_still_runs,
        ),
        Transition(
            "declare_complete",
            {State.SUBMITTED},
            State.COMPLETE,
            _P.FILING_COMPLETE,
            "Déclarer le projet complet",
        ),
        Transition(
            "give_local_opinion",
            {State.COMPLETE},
            State.COMPLETE,
            _P.OPINION_GIVE,
            "Donner l’avis du comité local",
        ),
        Transition(
            "give_regional_opinion",
            {State.COMPLETE},
            State.COMPLETE,
            _P.OPINION_GIVE,
            "Donner l’avis du comité régional",
            guard=local_opinion_came_first,
        ),
        Transition(
            "validate",
            {State.COMPLETE},
            State.APPROVED,
            _P.FILING_DECIDE,
            "Valider le projet",
            guard=opinions_are_given_in_time,
        ),
        Transition(
            "oppose",
            {State.COMPLETE},
            State.REFUSED,
            _P.FILING_DECIDE,
            "S’opposer au projet",
            guard=clock_still_runs,
        ),
        # Article L1434-12 CSP: silence for two months after a complete file is a validation. The
        # answer to a request for pieces sets the clock going again, whether or not the ARS has
        # declared the file complete once more.
        Transition(
            "validate_tacitly",
            RUNNING,
            State.APPROVED,
            _P.SYSTEM,
            "Constater la validation tacite",
            guard=clock_has_ended,
        ),
        Transition(
            "withdraw",
            UNDECIDED,
            State.WITHDRAWN,
            _P.FILING_SUBMIT,
            "Retirer le projet",
            guard=clock_still_runs,
        ),
        Transition(
            "take_up_again",
            {State.REFUSED, State.WITHDRAWN},
            State.DRAFT,
            _P.FILING_SUBMIT,
            "Reprendre le projet",
            guard=nothing_newer_exists,
        ),
    ),
)

# The sessions in which the committees speak: their own file, printed with these.
SESSION_WORKFLOW = session_workflow.SESSION_WORKFLOW
