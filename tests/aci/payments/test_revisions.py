"""The review of a year, a termination, amounts outside the grid: what they add to pay."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from aci.mission_codes import MissionCode
from aci.models import Contract, PaymentLine
from aci.payments import actions, outside, revisions, year_revisions
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from tests.aci.payments.conftest import AFTER_YEAR_1, Prepare, open_years_until, paid
from tests.cast import Cast

ENDED = dt.date(2025, 4, 1)
AID = {
    "aid": "exception",
    "amount": Decimal("12345.67"),
    "funder": "ars",
    "decided_on": dt.date(2024, 6, 20),
    "due_on": dt.date(2024, 7, 1),
    "reason": "Reprise d’une maison médicale de garde",
}


def retained(contract: Contract, share: str) -> dict[MissionCode, Decimal]:
    year = year_revisions.last_revision(contract, 1)
    assert year is not None
    ceilings = revisions.variable_ceilings(year)
    return {code: (most * Decimal(share)).quantize(Decimal(1)) for code, most in ceilings.items()}


def settle(contract: Contract, cast: Cast, share: str, **changed: object) -> None:
    how: dict[str, object] = {
        "number": 1,
        "revision": 1,
        "retained": retained(contract, share),
        "crisis_recognised": False,
        "reason": "Dialogue de gestion du 20 août 2025",
        **changed,
    }
    with clock.at(AFTER_YEAR_1):
        revisions.settle_year(contract, by=cast.cpam_officer, **how)  # type: ignore[arg-type]


def variable(contract: Contract) -> list[tuple[Decimal, bool]]:
    rows = PaymentLine.objects.standing().filter(contract=contract, number=1, part="variable")
    return list(rows.order_by("pk").values_list("amount", "is_forecast"))


def test_the_review_makes_the_variable_parts_payable(contract: Contract, cast: Cast) -> None:
    before = variable(contract)
    assert all(is_forecast for _, is_forecast in before)
    settle(contract, cast, "0.5")
    after = variable(contract)
    assert sum(amount for amount, _ in after) == sum(retained(contract, "0.5").values())
    assert not any(is_forecast for _, is_forecast in after)
    with clock.at(AFTER_YEAR_1):
        assert PaymentLine.objects.to_order().filter(part="variable").count() == len(after)


def test_a_second_review_is_a_regularisation(
    contract: Contract, cast: Cast, prepare: Prepare
) -> None:
    settle(contract, cast, "1")
    with clock.at(AFTER_YEAR_1):
        paid(prepare(part="variable"), cast)
    settle(contract, cast, "0.5", revision=2)
    rows = PaymentLine.objects.filter(contract=contract, origin="regularisation")
    assert sum(row.amount for row in rows) == -sum(retained(contract, "0.5").values())
    assert all("trop-perçu" in row.label for row in rows)
    year = year_revisions.last_revision(contract, 1)
    assert year is not None
    standing = PaymentLine.objects.standing().filter(contract=contract, number=1)
    assert sum(row.amount for row in standing) == year.total_due


def test_a_recognised_crisis_is_added_whole(contract: Contract, cast: Cast) -> None:
    settle(contract, cast, "0", crisis_recognised=True)
    rows = PaymentLine.objects.standing().filter(contract=contract, part="crisis_recognised")
    assert [(row.amount, row.is_forecast) for row in rows] == [(Decimal("52500.00"), False)]
    assert variable(contract) == []


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"number": 2}, "n’est pas finie"),
        ({"number": 4}, "n’est pas finie"),
        ({"revision": 2}, "a été recalculée"),
        ({"reason": " "}, "compte rendu"),
        ({"retained": {}}, "pour chaque mission"),
        (
            {"retained": dict.fromkeys((MissionCode.ACCES_SOINS,), Decimal(1))},
            "pour chaque mission",
        ),
    ],
)
def test_a_bad_review_changes_nothing(
    contract: Contract, cast: Cast, changed: dict[str, object], words: str
) -> None:
    open_years_until(AFTER_YEAR_1)
    with pytest.raises(Refused, match=words):
        settle(contract, cast, "1", **changed)
    assert contract.years.filter(number=1).count() == 1


def test_more_than_the_envelope_is_refused(contract: Contract, cast: Cast) -> None:
    too_much = {code: amount + 1 for code, amount in retained(contract, "1").items()}
    with pytest.raises(Refused, match="compris entre 0 et"):
        settle(contract, cast, "1", retained=too_much)
    with clock.at(AFTER_YEAR_1), pytest.raises(NotAllowed):
        revisions.settle_year(
            contract,
            number=1,
            revision=1,
            retained=retained(contract, "1"),
            crisis_recognised=False,
            reason="x",
            by=cast.ars_director,
        )


def test_a_termination_leaves_an_amount_to_recover(
    contract: Contract, cast: Cast, prepare: Prepare
) -> None:
    """funding.md: 60 000 advanced, 91 of 365 days left, 14 958.90 to recover."""
    paid(prepare(code="FONCTIONNEMENT"), cast)
    year = year_revisions.last_revision(contract, 1)
    assert year is not None
    with clock.at(ENDED):
        year_revisions.revise_year(year, ended_on=ENDED)
        back = PaymentLine.objects.to_order().get(code="FONCTIONNEMENT")
        assert (back.amount, back.due_on) == (Decimal("-14958.90"), ENDED)
        order = actions.prepare_order(contract, lines=[back.pk], by=cast.cpam_officer)
    assert order.is_recovery


# --- Outside the grid ------------------------------------------------------------------------


def test_an_exception_is_written_apart_from_the_grid(contract: Contract, cast: Cast) -> None:
    line = outside.record_outside(contract, by=cast.ars_reviewer, **AID)  # type: ignore[arg-type]
    assert (line.origin, line.number, line.funder) == ("outside", None, "ars")
    assert contract.years.get().total_due == sum(
        row.amount for row in PaymentLine.objects.filter(contract=contract, origin="grid")
    )
    due = [row.pk for row in PaymentLine.objects.to_order().filter(contract=contract)]
    with pytest.raises(Refused, match="n’a qu’un financeur"):
        actions.prepare_order(contract, lines=due, by=cast.cpam_officer)
    order = actions.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)
    assert order.funder == "ars"
    with pytest.raises(Refused, match="dans un ordre"):
        outside.cancel_outside(line, by=cast.ars_reviewer)


def test_a_mistake_outside_the_grid_is_taken_back_once(contract: Contract, cast: Cast) -> None:
    line = outside.record_outside(contract, by=cast.cpam_officer, **AID)  # type: ignore[arg-type]
    outside.cancel_outside(line, by=cast.cpam_officer)
    with pytest.raises(Refused, match="déjà retirée"):
        outside.cancel_outside(line, by=cast.cpam_officer)
    with pytest.raises(Refused, match="a changé"):
        actions.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)
    grid = PaymentLine.objects.filter(origin="grid")[0]
    with pytest.raises(Refused, match="hors barème"):
        outside.cancel_outside(grid, by=cast.cpam_officer)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"aid": "seed_credit"}, "n’est pas ouverte"),  # a proposal that nobody adopted
        ({"aid": "start_up"}, "n’est pas ouverte"),  # of other régions
        ({"amount": Decimal(0)}, "compris entre"),
        ({"amount": Decimal("NaN")}, "compris entre"),
        ({"amount": Decimal(10) ** 9}, "compris entre"),
        ({"decided_on": dt.date(2024, 7, 2), "due_on": dt.date(2024, 7, 3)}, "jour à venir"),
        ({"due_on": dt.date(2024, 6, 19)}, "ne précède pas"),
        ({"reason": " "}, "pourquoi"),
    ],
)
def test_a_bad_aid_changes_nothing(
    contract: Contract, cast: Cast, changed: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        outside.record_outside(contract, by=cast.cpam_officer, **{**AID, **changed})  # type: ignore[arg-type]
    assert not PaymentLine.objects.filter(origin="outside").exists()


def test_the_database_asks_why(contract: Contract) -> None:
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        PaymentLine.objects.create(
            contract=contract,
            origin="outside",
            label="Sans motif",
            due_on=clock.today(),
            amount=Decimal(1),
        )


@pytest.mark.parametrize("part", ["president", "cpam_director", "ars_director", "coordinator"])
def test_others_write_nothing_outside_the_grid(contract: Contract, cast: Cast, part: str) -> None:
    with pytest.raises(NotAllowed):
        outside.record_outside(contract, by=getattr(cast, part), **AID)  # type: ignore[arg-type]
