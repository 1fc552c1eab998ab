"""Putting a mission or a contract on hold: an alert, a record, no amount."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractHold
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.models import Job, JournalEntry
from tests.aci.conftest import TODAY
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents")
SignIn = Callable[[Any], Client]
SUSPENDED = dt.date(2024, 9, 1)


@pytest.fixture
def suspended(in_force: Contract, cast: Cast) -> ContractHold:
    """The mission PARCOURS, by the CPAM, from 1 September 2024."""
    with clock.at(SUSPENDED):
        return actions.suspend(
            in_force,
            mission=MissionCode.PARCOURS,
            starts_on=SUSPENDED,
            reason="La coordination est vacante.",
            by=cast.cpam_officer,
        )


def told(words: str) -> int:
    subjects = Job.objects.filter(kind="email").values_list("payload__subject", flat=True)
    return sum(words in subject for subject in subjects)


def test_a_mission_is_put_on_hold_then_taken_up_again(
    in_force: Contract, suspended: ContractHold, cast: Cast
) -> None:
    before = in_force.years.get()
    assert told("suspension dans le contrat") == 7
    assert JournalEntry.objects.get(verb="suspend").reason == "La coordination est vacante."
    with clock.at(dt.date(2024, 11, 1)):
        actions.lift(
            suspended,
            lifted_on=dt.date(2024, 11, 4),
            reason="Le poste est pourvu.",
            by=cast.ars_reviewer,
        )
        assert ContractHold.objects.holding().exists()
    with clock.at(dt.date(2024, 11, 4)):
        assert not ContractHold.objects.holding().exists()
        with pytest.raises(Refused, match="déjà levée"):
            actions.lift(
                suspended, lifted_on=dt.date(2024, 12, 1), reason="Encore.", by=cast.ars_reviewer
            )
    assert told("suspension levée") == 7
    year = in_force.years.get()
    assert (year.revision, year.lines) == (before.revision, before.lines)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "Dites pourquoi"),
        ({"mission": MissionCode.QUALITE}, "ne fait pas partie"),
        ({"starts_on": TODAY - dt.timedelta(days=1)}, "pendant le contrat"),
        ({"starts_on": dt.date(2029, 7, 1)}, "pendant le contrat"),
        ({}, "déjà en cours"),
    ],
)
def test_a_suspension_that_makes_no_sense_is_refused(
    suspended: ContractHold, cast: Cast, changed: dict[str, Any], words: str
) -> None:
    values = {"mission": MissionCode.PARCOURS, "starts_on": SUSPENDED, "reason": "Un motif."}
    with pytest.raises(Refused, match=words):
        actions.suspend(suspended.contract, by=cast.cpam_officer, **{**values, **changed})
    assert ContractHold.objects.count() == 1


def test_the_cpts_does_not_suspend_itself(suspended: ContractHold, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.suspend(
            suspended.contract, mission=None, starts_on=SUSPENDED, reason="Oui.", by=cast.president
        )
    with pytest.raises(NotAllowed):
        actions.lift(suspended, lifted_on=dt.date(2024, 11, 4), reason="Oui.", by=cast.president)


def test_it_is_not_lifted_before_it_begins_nor_without_a_reason(
    suspended: ContractHold, cast: Cast
) -> None:
    with pytest.raises(Refused, match="un jour suivant"):
        actions.lift(suspended, lifted_on=SUSPENDED, reason="Oui.", by=cast.cpam_officer)
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.lift(suspended, lifted_on=dt.date(2024, 11, 4), reason=" ", by=cast.cpam_officer)


def test_the_pages_alert_and_say_that_no_amount_changes(
    in_force: Contract, cast: Cast, sign_in: SignIn
) -> None:
    path = reverse("aci:suspensions", args=[cast.rives.reference])
    client = sign_in(cast.cpam_officer)
    new = reverse("aci:suspend", args=[cast.rives.reference])
    answer = client.post(new, {"mission": "", "starts_on": "2024-07-01", "reason": ""})
    assert "Dites pourquoi" in answer.content.decode()
    client.post(new, {"mission": "", "starts_on": "2024-07-01", "reason": "Bilan absent."})
    with QueryCount() as queries:
        page = client.get(path).content.decode()
    assert queries.number <= 6
    assert "Bilan absent." in page
    assert "aucun effet sur les montants" in page
    page = client.get(reverse("aci:contract", args=[cast.rives.reference])).content.decode()
    assert "Une mission ou le contrat est suspendu" in page
    lift = reverse("aci:lift", args=[cast.rives.reference, ContractHold.objects.get().uuid])
    client.post(lift, {"lifted_on": "2024-07-10", "reason": "Le bilan est déposé."})
    page = sign_in(cast.president).get(path).content.decode()
    assert "Le bilan est déposé." in page
    assert "Suspendre une mission" not in page


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"lifted_on": SUSPENDED, "lifted_name": "Anne", "lift_reason": "Oui."},
        {"lifted_on": dt.date(2024, 11, 4)},
    ],
)
def test_the_database_refuses_what_makes_no_sense(
    suspended: ContractHold, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractHold.objects.filter(pk=suspended.pk).update(**changes)
