"""The renewal is offered in time: a reminder, the CPAM's turn, a button in the last year."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aci import actions
from aci.models import Contract
from aci.tasks import remind_renewals
from foundation import clock
from records.models import Job, JournalEntry
from territories.models import Baton, Cpts
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")
SignIn = Callable[[Any], Client]
LAST_DAY = dt.date(2029, 6, 30)
REMINDED = dt.date(2028, 12, 30)  # six months before


def told() -> int:
    subjects = Job.objects.filter(kind="email").values_list("payload__subject", flat=True)
    return sum("prend fin le" in subject for subject in subjects)


def test_the_parties_are_reminded_once_and_the_cpam_has_the_turn(
    in_force: Contract, cast: Cast, sign_in: SignIn
) -> None:
    with clock.at(REMINDED - dt.timedelta(days=1)):
        remind_renewals()
    assert told() == 0
    with clock.at(REMINDED):
        remind_renewals()
        remind_renewals()
        page = sign_in(cast.cpam_officer).get(reverse("dashboard")).content.decode()
    assert told() == 7
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.CPAM
    assert "Renouvellement du contrat à préparer" in page
    assert JournalEntry.objects.filter(verb="remind_renewal").count() == 1


def test_nothing_is_reminded_once_a_renewal_is_being_prepared(
    in_force: Contract, cast: Cast
) -> None:
    with clock.at(REMINDED - dt.timedelta(days=30)):
        missions = {one.mission: None for one in in_force.missions.all()}
        actions.draft(in_force.health_project, missions=missions, by=cast.cpam_officer)
    with clock.at(REMINDED):
        assert actions.remind_renewals() == 0


@pytest.mark.parametrize(
    ("when", "is_offered"),
    [
        (dt.date(2024, 7, 2), False),
        (dt.date(2028, 6, 29), False),
        (dt.date(2028, 6, 30), True),
        (LAST_DAY, True),
    ],
)
def test_the_renewal_is_offered_in_the_last_year(
    in_force: Contract, when: dt.date, is_offered: bool
) -> None:
    with clock.at(when):
        assert in_force.is_renewal_offered is is_offered
