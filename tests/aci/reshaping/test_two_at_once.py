"""Two workers on the day of the same merger: it happens once, whole."""

import threading

import pytest
from django.db import connection

from aci import actions
from aci.models import Contract, Reshaping
from foundation import clock
from foundation.refusal import Refused
from records.models import JournalEntry
from territories.models import Cpts
from tests.aci.reshaping.conftest import EFFECT, PREPARED
from tests.cast import Cast

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("light_documents"),
]


def at_once(day: object, *acts: object) -> list[object]:
    start = threading.Barrier(len(acts))
    answers: list[object] = [None] * len(acts)

    def run(index: int, act: object) -> None:
        start.wait(timeout=10)
        try:
            with clock.at(day):  # type: ignore[arg-type]
                answers[index] = act()  # type: ignore[operator]
        except Refused as refused:
            answers[index] = refused
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item, daemon=True) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return answers


def test_two_workers_carry_it_out_once(agreed: Reshaping, in_force: Contract) -> None:
    answers = at_once(EFFECT, actions.apply_reshapings, actions.apply_reshapings)
    assert sorted(answers, key=str) == [0, 1]
    assert Cpts.objects.filter(name="CPTS Artois").count() == 1
    assert Contract.objects.get(pk=in_force.pk).years.count() == 2
    assert JournalEntry.objects.filter(verb="end_by_reshaping").count() == 1


def test_an_act_on_the_contract_at_the_same_second_comes_before_or_after(
    agreed: Reshaping, in_force: Contract, cast: Cast
) -> None:
    def amend() -> object:
        return actions.draft_amendment(
            in_force, effective_on=PREPARED, reason="Une commune.", by=cast.cpam_officer
        )

    answers = at_once(EFFECT, actions.apply_reshapings, amend)
    done = Reshaping.objects.get().state == "applied"
    assert done is isinstance(answers[1], Refused)
    assert answers[0] == int(done)
    assert Cpts.objects.filter(name="CPTS Artois").exists() is done
