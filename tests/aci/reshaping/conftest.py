"""CPTS Rives under contract and CPTS Monts with a validated project: they merge, by the verbs."""

import datetime as dt
from dataclasses import replace

import pytest

from accounts.access import Role
from accounts.models import User
from aci import actions
from aci.models import Contract, Reshaping
from foundation import clock
from projects import actions as projects
from projects.models import HealthProject
from territories.actions import ChosenCommune, assign, choose_communes
from territories.models import Cpts
from tests.aci.conftest import TODAY
from tests.cast import Cast, make_user
from tests.projects import filings

EFFECT = dt.date(2025, 4, 1)
PREPARED = dt.date(2025, 1, 15)
REASON = "Les deux bassins partagent le même hôpital."


@pytest.fixture
def monts_president(cast: Cast) -> User:
    with clock.at(TODAY):
        president = make_user("Mona Monts")
        assign(president, Role.PRESIDENT, cpts=cast.monts)
        return president


@pytest.fixture
def monts_ready(cast: Cast, monts_president: User) -> Cast:
    """Seen from Monts: its project is validated, no contract is prepared."""
    seen = replace(
        cast,
        rives=cast.monts,
        holder=cast.monts_coordinator,
        president=monts_president,
        coordinator=cast.monts_coordinator,
    )
    with clock.at(TODAY):
        projects.validate(filings.examined_project(seen), by=cast.ars_director)
    return seen


def merging(cast: Cast, **changes: object) -> Reshaping:
    """As the ARS drafts it on 15 January 2025."""
    given: dict[str, object] = {"effective_on": EFFECT, "reason": REASON, "by": cast.ars_reviewer}
    given |= changes
    one = actions.Successor("CPTS Artois", cast.geography.pas_de_calais, cast.geography.artois)
    with clock.at(PREPARED):
        cpts = [Cpts.objects.get(pk=pk) for pk in (cast.rives.pk, cast.monts.pk)]
        return actions.draft_reshaping("merger", cpts, [one], **given)  # type: ignore[arg-type]


@pytest.fixture
def merger(in_force: Contract, monts_ready: Cast, cast: Cast) -> Reshaping:
    """Prepared."""
    return merging(cast)


@pytest.fixture
def proposed(merger: Reshaping, cast: Cast) -> Reshaping:
    """Put to the parties."""
    with clock.at(PREPARED):
        return actions.propose_reshaping(merger, by=cast.ars_reviewer)


@pytest.fixture
def agreed(proposed: Reshaping, cast: Cast, monts_president: User) -> Reshaping:
    """By the two CPTS, the CPAM and the ARS."""
    with clock.at(PREPARED):
        for person in (cast.president, monts_president, cast.cpam_director, cast.ars_director):
            proposed = actions.agree_reshaping(proposed, by=person)
    return proposed


@pytest.fixture
def merged_ground(cast: Cast, project: HealthProject) -> Cast:
    """CPTS Rives without a contract, on three communes."""
    with clock.at(TODAY):
        choose_communes(
            Cpts.objects.get(pk=cast.rives.pk),
            [ChosenCommune(code) for code in ("62119", "62178", "62617")],
            by=cast.holder,
            vintage=2023,
        )
    return cast
