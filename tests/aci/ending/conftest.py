"""A contract of CPTS Rives, taille 2, at each step of its termination, by the product's verbs."""

import datetime as dt

import pytest

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract, Termination
from aci.parties import Party
from foundation import clock
from projects.models import HealthProject
from tests.aci.conftest import TODAY, DoJobs, Signatories, sign_for
from tests.cast import Cast

REASON = "La mission d’accès aux soins n’a pas démarré dans son délai."
NOTIFIED = dt.date(2025, 1, 15)
HEARD_UNTIL = dt.date(2025, 2, 15)
DECIDED = dt.date(2025, 3, 10)
ENDED = dt.date(2025, 4, 1)


@pytest.fixture
def contract(
    project: HealthProject, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> Contract:
    """Signed on 1 July 2024; its only mission starts after the end that will be decided.

    So that the year holds fonctionnement alone, as the worked example of the domain notes.
    """
    contract = actions.draft(
        project,
        missions={MissionCode.QUALITE: dt.date(2025, 6, 1)},
        unscheduled_care_since=TODAY,
        by=cast.cpam_officer,
    )
    for party, person in signatories.items():
        contract = actions.accept(contract, party=party, version=contract.terms_version, by=person)
    contract = actions.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    for party, person in signatories.items():
        contract = sign_for(contract, party, person)
    return Contract.objects.get(pk=contract.pk)


@pytest.fixture
def asked(contract: Contract, cast: Cast) -> Termination:
    """By the CPAM; the ARS has not agreed."""
    with clock.at(NOTIFIED):
        return actions.ask_termination(
            contract, party=Party.CPAM, reason=REASON, by=cast.cpam_director
        )


@pytest.fixture
def notified(asked: Termination, cast: Cast) -> Termination:
    """By both institutions: the CPTS is heard until 15 February 2025."""
    with clock.at(NOTIFIED):
        return actions.agree_termination(
            asked.contract, party=Party.ARS, mark=asked.mark, by=cast.ars_director
        )


@pytest.fixture
def given_notice(contract: Contract, cast: Cast) -> Termination:
    """By the CPTS: two months, until 15 March 2025."""
    with clock.at(NOTIFIED):
        return actions.notify_termination(contract, reason=REASON, by=cast.president)


@pytest.fixture
def proposed(notified: Termination, cast: Cast) -> Termination:
    """The ARS proposes 1 April 2025."""
    with clock.at(DECIDED):
        return actions.decide_termination(
            notified.contract,
            party=Party.ARS,
            outcome=Termination.Outcome.TERMINATE,
            ended_on=ENDED,
            reason="Le manquement est établi.",
            by=cast.ars_director,
        )


@pytest.fixture
def decided(proposed: Termination, cast: Cast) -> Termination:
    """The CPAM agrees."""
    with clock.at(DECIDED):
        return actions.agree_decision(
            proposed.contract, party=Party.CPAM, mark=proposed.mark, by=cast.cpam_director
        )
