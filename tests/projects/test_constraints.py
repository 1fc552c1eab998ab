"""What the database itself refuses, whoever writes to it."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation import clock
from projects.models import FieldComment, Filing, Opinion, Procedure, Suspension
from projects.workflow import State
from tests.cast import Cast
from tests.projects import filings

NOW = dt.datetime(2026, 3, 2, 12, tzinfo=clock.PARIS)


@pytest.mark.parametrize(
    "change",
    [
        {"state": State.APPROVED},  # decided without a date
        {"decided_at": NOW},  # a date without a decision
        {"state": State.REFUSED, "decided_at": NOW},  # refused without a reason
        {"complete_at": NOW, "submitted_at": None},  # complete, never handed over
        {"due_on": dt.date(2026, 5, 2), "tacit_on": dt.date(2026, 5, 3)},  # a letter has no clock
        {"kind": "project"},  # a project without a letter
    ],
    ids=str,
)
def test_a_filing_that_makes_no_sense(cast: Cast, change: dict[str, Any]) -> None:
    letter = filings.drafted_letter(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(pk=letter.pk).update(**change)


def test_one_active_filing_and_one_of_each_number(cast: Cast) -> None:
    letter = filings.drafted_letter(cast)
    same = {
        "cpts": cast.rives,
        "kind": "letter",
        "procedure": letter.procedure,
        "outline_code": letter.outline_code,
    }
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.create(**same, number=2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.create(**same, number=1, state=State.WITHDRAWN, decided_at=NOW)


def test_a_tacit_day_follows_the_due_day(cast: Cast) -> None:
    project = filings.complete_project(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Filing.objects.filter(pk=project.pk).update(tacit_on=project.due_on)


def test_suspensions_are_in_order_and_one_at_a_time(cast: Cast) -> None:
    project = filings.complete_project(cast)
    day = dt.date(2026, 3, 2)
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(filing=project, since=day, until=day - dt.timedelta(days=1))
    Suspension.objects.create(filing=project, since=day, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Suspension.objects.create(filing=project, since=day, reason="y")


def test_an_opinion_is_given_once_a_body_with_reasons(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    given = {"filing": letter, "level": "regional", "given_by": cast.committee_member}
    for wrong in (
        {"body": "URPS infirmiers", "recommendation": "favourable", "text": "encore"},
        {"body": "Autre", "recommendation": "unfavourable", "text": ""},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            Opinion.objects.create(**given, **wrong)


def test_a_comment_says_something(cast: Cast) -> None:
    letter = filings.submitted_letter(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        FieldComment.objects.create(filing=letter, field_key="needs", text="", by=cast.ars_reviewer)


def test_one_procedure_a_day_for_a_region_and_for_france(cast: Cast) -> None:
    filings.drafted_letter(cast)
    known = Procedure.objects.get(code="national-2019")
    for code, region in (("a", None), ("b", "44")):
        with pytest.raises(IntegrityError), transaction.atomic():
            known.pk, known.code, known.region_id = None, code, region
            known.save(force_insert=True)
