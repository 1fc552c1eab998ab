"""Whose turn it is, in roles and in words. Reads what the lists already hold, asks no query."""

from dataclasses import dataclass
from typing import Any

from accounts.access import Role
from territories.models import Baton, Cpts, Stage
from territories.scopes import roles_on

ROLES_IN_TURN: dict[Baton, frozenset[Role]] = {
    Baton.HOLDER: frozenset({Role.HOLDER, Role.PRESIDENT, Role.COORDINATOR}),
    Baton.ARS: frozenset({Role.ARS_REVIEWER, Role.ARS_DIRECTOR}),
    Baton.CPAM: frozenset({Role.CPAM_OFFICER, Role.CPAM_DIRECTOR}),
    Baton.COMMITTEE: frozenset({Role.COMMITTEE}),
    Baton.SIGNATORY_CPTS: frozenset({Role.PRESIDENT}),
    Baton.SIGNATORY_CPAM: frozenset({Role.CPAM_DIRECTOR}),
    Baton.SIGNATORY_ARS: frozenset({Role.ARS_DIRECTOR}),
    Baton.THREE_PARTIES: frozenset(
        {
            Role.PRESIDENT,
            Role.COORDINATOR,
            Role.CPAM_OFFICER,
            Role.CPAM_DIRECTOR,
            Role.ARS_REVIEWER,
            Role.ARS_DIRECTOR,
        }
    ),
    Baton.COORDINATOR: frozenset({Role.COORDINATOR, Role.PRESIDENT}),
    Baton.NOBODY: frozenset(),
}

_AWAITED: dict[tuple[Baton, Stage], str] = {
    (Baton.HOLDER, Stage.EMERGENCE): "Lettre d’intention à transmettre",
    (Baton.HOLDER, Stage.LETTER): "Lettre d’intention à compléter",
    (Baton.HOLDER, Stage.PROJECT): "Projet de santé à transmettre",
    (Baton.HOLDER, Stage.PROJECT_FILED): "Projet de santé à compléter",
    (Baton.ARS, Stage.LETTER): "Lettre d’intention à instruire",
    (Baton.ARS, Stage.PROJECT_FILED): "Projet de santé à instruire",
    (Baton.COMMITTEE, Stage.LETTER): "Avis attendu sur la lettre d’intention",
    (Baton.COMMITTEE, Stage.PROJECT_FILED): "Avis attendu sur le projet de santé",
    (Baton.CPAM, Stage.VALIDATED): "Contrat ACI à préparer",
    (Baton.CPAM, Stage.CONTRACTED): "Renouvellement du contrat à préparer",
    (Baton.CPAM, Stage.EXPIRED): "Renouvellement du contrat à préparer",
    (Baton.COORDINATOR, Stage.CONTRACTED): "Missions à mener",
    (Baton.HOLDER, Stage.CONTRACTED): "Observations sur la résiliation à écrire",
    (Baton.ARS, Stage.CONTRACTED): "Résiliation à examiner avec la CPAM",
}
_AWAITED_AT_ANY_STAGE: dict[Baton, str] = {
    Baton.THREE_PARTIES: "Contrat ACI à accepter par les trois parties",
    Baton.SIGNATORY_CPTS: "Contrat ACI à signer",
    Baton.SIGNATORY_CPAM: "Contrat ACI à signer",
    Baton.SIGNATORY_ARS: "Contrat ACI à signer",
    Baton.NOBODY: "Rien n’est attendu",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five steps of the life of a dossier, for the reader to see where it stands."""

    number: int
    label: str
    is_current: bool
    is_done: bool


_STEPS = (
    ("Lettre d’intention", {Stage.EMERGENCE, Stage.LETTER}),
    ("Projet de santé", {Stage.PROJECT, Stage.PROJECT_FILED}),
    ("Contrat ACI", {Stage.VALIDATED}),
    ("Missions", {Stage.CONTRACTED}),
    ("Fin ou renouvellement", {Stage.EXPIRED, Stage.TERMINATED, Stage.REPLACED}),
)


def steps_of(cpts: Cpts) -> list[Step]:
    """The five steps, the current one marked; none for a project that was given up."""
    current = next(
        (number for number, (_, stages) in enumerate(_STEPS, 1) if cpts.stage in stages), 0
    )
    if not current:
        return []
    return [
        Step(number, label, is_current=number == current, is_done=number < current)
        for number, (label, _) in enumerate(_STEPS, 1)
    ]


def is_turn_of(user: Any, cpts: Cpts) -> bool:
    """True when this person is among those the dossier waits for."""
    return bool(ROLES_IN_TURN[Baton(cpts.baton)] & roles_on(user, cpts))


def batons_of(roles: frozenset[Role]) -> frozenset[Baton]:
    """The holders of the baton that these roles answer for: the filter of « À faire »."""
    return frozenset(baton for baton, bearers in ROLES_IN_TURN.items() if bearers & roles)


def awaited(cpts: Cpts) -> str:
    """« Avis attendu sur la lettre d’intention »: what the dossier waits for."""
    baton, stage = Baton(cpts.baton), Stage(cpts.stage)
    known = _AWAITED.get((baton, stage)) or _AWAITED_AT_ANY_STAGE.get(baton)
    return known or f"Au tour de\u00a0: {baton.label}"
