"""Whose turn it is: which roles answer for each holder of the baton. Pure reading, no query."""

from typing import Any

from accounts.access import Role
from territories.models import Baton, Cpts
from territories.scopes import roles_on

ROLES_IN_TURN: dict[Baton, frozenset[Role]] = {
    Baton.HOLDER: frozenset({Role.HOLDER, Role.PRESIDENT, Role.COORDINATOR}),
    Baton.ARS: frozenset({Role.ARS_REVIEWER, Role.ARS_DIRECTOR}),
    Baton.CPAM: frozenset({Role.CPAM_OFFICER, Role.CPAM_DIRECTOR}),
    Baton.COMMITTEE: frozenset({Role.COMMITTEE}),
    Baton.SIGNATORIES: frozenset({Role.PRESIDENT, Role.CPAM_DIRECTOR, Role.ARS_DIRECTOR}),
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


def is_turn_of(user: Any, cpts: Cpts) -> bool:
    """True when this person is among those the dossier waits for."""
    return bool(ROLES_IN_TURN[Baton(cpts.baton)] & roles_on(user, cpts))


def batons_of(roles: frozenset[Role]) -> frozenset[Baton]:
    """The holders of the baton that these roles answer for: the filter of « À faire »."""
    return frozenset(baton for baton, bearers in ROLES_IN_TURN.items() if bearers & roles)
