"""Ending a contract before its term: who asks, who is heard, who decides, what is recovered."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from aci import actions
from aci.ending_amounts import ending_amounts
from aci.models import Contract, ContractLetter, Termination
from aci.parties import Party
from aci.tasks import follow_terminations
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records import jobs
from records.models import Job, JournalEntry
from territories.models import Baton, Cpts, Stage
from tests.aci.conftest import DoJobs
from tests.aci.ending.conftest import DECIDED, ENDED, HEARD_UNTIL, NOTIFIED, REASON
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")
ONE_DAY = dt.timedelta(days=1)


def seen(contract: Contract) -> Contract:
    return Contract.objects.get(pk=contract.pk)


def rives(cast: Cast) -> Cpts:
    return Cpts.objects.get(pk=cast.rives.pk)


def mails(subject: str) -> int:
    told = Job.objects.filter(kind="email").values_list("payload__subject", flat=True)
    return sum(subject in one for one in told)


# --- Asking, notifying ---------------------------------------------------------------------------


def test_one_institution_asks_and_nothing_is_notified(asked: Termination, cast: Cast) -> None:
    assert seen(asked.contract).state == "in_force"
    assert asked.notified_on is None
    assert asked.awaited is Party.ARS
    assert mails("votre accord est demandé pour résilier") == 1  # the ARS director alone
    assert not ContractLetter.objects.exists()
    entry = JournalEntry.objects.get(verb="ask_termination")
    assert (entry.reason, entry.from_state, entry.to_state) == (REASON, "in_force", "in_force")


def test_the_accord_of_the_other_one_notifies(notified: Termination, cast: Cast) -> None:
    assert seen(notified.contract).state == "terminating"
    assert (notified.notified_on, notified.observations_until) == (NOTIFIED, HEARD_UNTIL)
    assert notified.earliest_end == HEARD_UNTIL + ONE_DAY
    cpts = rives(cast)
    assert (cpts.stage, cpts.baton) == (Stage.CONTRACTED, Baton.HOLDER)
    assert cpts.next_deadline == HEARD_UNTIL
    assert "observations" in cpts.next_deadline_label
    assert mails("résiliation du contrat ACI notifiée") == 7
    entry = JournalEntry.objects.get(verb="notify_termination")
    assert (entry.from_state, entry.to_state) == ("in_force", "terminating")


def test_the_cpts_gives_two_months_notice(given_notice: Termination, cast: Cast) -> None:
    assert seen(given_notice.contract).state == "terminating"
    assert given_notice.earliest_end == dt.date(2025, 3, 15)
    assert rives(cast).baton == Baton.ARS


def test_the_same_institution_does_not_agree_with_itself(asked: Termination, cast: Cast) -> None:
    with clock.at(NOTIFIED), pytest.raises(Refused, match="est déjà donné"):
        actions.agree_termination(
            asked.contract, party=Party.CPAM, mark=asked.mark, by=cast.cpam_director
        )
    assert seen(asked.contract).state == "in_force"


def test_a_second_demand_waits_for_the_first(asked: Termination, cast: Cast) -> None:
    with clock.at(NOTIFIED), pytest.raises(Refused, match="attend déjà un accord"):
        actions.ask_termination(
            asked.contract, party=Party.ARS, reason="Autre.", by=cast.ars_director
        )


def test_a_demand_without_a_reason_is_refused(contract: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="motifs"):
        actions.ask_termination(contract, party=Party.ARS, reason="  ", by=cast.ars_director)
    assert not Termination.objects.exists()


@pytest.mark.parametrize("part", ["coordinator", "ars_reviewer", "cpam_officer", "president"])
def test_only_the_signatories_of_the_institutions_ask(
    contract: Contract, cast: Cast, part: str
) -> None:
    with pytest.raises(NotAllowed):
        actions.ask_termination(contract, party=Party.ARS, reason=REASON, by=getattr(cast, part))


def test_a_demand_is_dropped_before_it_is_notified(asked: Termination, cast: Cast) -> None:
    with clock.at(NOTIFIED):
        actions.drop_termination(asked.contract, party=Party.ARS, by=cast.ars_director)
        with pytest.raises(Refused, match="Aucune résiliation"):
            actions.drop_termination(asked.contract, party=Party.ARS, by=cast.ars_director)
    asked.refresh_from_db()
    assert asked.closed_as == Termination.Close.DROPPED


def test_the_notice_of_the_cpts_overtakes_a_demand(asked: Termination, cast: Cast) -> None:
    with clock.at(NOTIFIED):
        actions.notify_termination(asked.contract, reason=REASON, by=cast.president)
    asked.refresh_from_db()
    assert asked.closed_as == Termination.Close.DROPPED
    assert Termination.objects.under_way().get().is_notice_of_cpts


def test_the_cpts_takes_its_notice_back(given_notice: Termination, cast: Cast) -> None:
    with clock.at(NOTIFIED + ONE_DAY):
        actions.withdraw_termination(given_notice.contract, by=cast.president)
    assert seen(given_notice.contract).state == "in_force"
    cpts = rives(cast)
    assert (cpts.baton, cpts.next_deadline) == (Baton.COORDINATOR, dt.date(2025, 7, 1))


# --- Hearing -------------------------------------------------------------------------------------


def observe(found: Termination, party: Party, by: Any, text: str = "Nous contestons.") -> None:
    actions.observe_termination(found.contract, party=party, text=text, by=by)


def test_the_cpts_writes_until_the_last_day(notified: Termination, cast: Cast) -> None:
    with clock.at(HEARD_UNTIL):
        observe(notified, Party.CPTS, cast.coordinator)
        observe(notified, Party.CPTS, cast.president, "Nous complétons.")
    texts = [one.text for one in Termination.objects.get().observations]
    assert texts == ["Nous contestons.", "Nous complétons."]
    assert mails("observations sur la résiliation") == 4
    with clock.at(HEARD_UNTIL + ONE_DAY), pytest.raises(Refused, match="est passé depuis"):
        observe(notified, Party.CPTS, cast.president)


def test_who_notified_does_not_observe(notified: Termination, cast: Cast) -> None:
    with clock.at(HEARD_UNTIL), pytest.raises(Refused, match="à l’autre partie"):
        observe(notified, Party.ARS, cast.ars_reviewer)


def test_observations_say_something(notified: Termination, cast: Cast) -> None:
    with clock.at(HEARD_UNTIL), pytest.raises(Refused, match="Écrivez"):
        observe(notified, Party.CPTS, cast.president, "  ")


def test_the_turn_passes_once_the_other_side_was_heard(notified: Termination, cast: Cast) -> None:
    with clock.at(HEARD_UNTIL):
        follow_terminations()
    assert rives(cast).baton == Baton.HOLDER
    with clock.at(HEARD_UNTIL + ONE_DAY):
        follow_terminations()
        follow_terminations()
    assert rives(cast).baton == Baton.ARS
    assert mails("décision à prendre sur la résiliation") == 2


# --- Deciding ------------------------------------------------------------------------------------


def decide(found: Termination, cast: Cast, **changed: Any) -> Termination:
    values = {
        "party": Party.ARS,
        "outcome": Termination.Outcome.TERMINATE,
        "ended_on": ENDED,
        "reason": "Le manquement est établi.",
        "by": cast.ars_director,
    }
    return actions.decide_termination(found.contract, **{**values, **changed})


def test_nobody_decides_before_the_month_is_over(notified: Termination, cast: Cast) -> None:
    with clock.at(HEARD_UNTIL), pytest.raises(Refused, match="après le délai d’observations"):
        decide(notified, cast)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": " "}, "motifs de la décision"),
        ({"ended_on": None}, "Indiquez le jour"),
        ({"ended_on": DECIDED - ONE_DAY}, "est passé"),
        ({"ended_on": dt.date(2025, 7, 1)}, "doit tomber après le 1er juillet 2025"),
        ({"ended_on": dt.date(2029, 7, 1)}, "hors du contrat"),
        ({"ended_on": dt.date(2023, 7, 1)}, "est passé"),
    ],
)
def test_a_decision_that_does_not_hold_is_refused(
    notified: Termination, cast: Cast, changed: dict[str, Any], words: str
) -> None:
    with clock.at(DECIDED), pytest.raises(Refused) as refused:
        decide(notified, cast, **changed)
    assert words in refused.value.reason.replace("\u00a0", " ")
    assert Termination.objects.get().outcome == ""


def test_the_notice_of_the_cpts_is_kept(given_notice: Termination, cast: Cast) -> None:
    with clock.at(DECIDED), pytest.raises(Refused, match="préavis"):
        decide(given_notice, cast, ended_on=dt.date(2025, 3, 14))


def test_the_cpts_never_decides(notified: Termination, cast: Cast) -> None:
    with clock.at(DECIDED), pytest.raises(NotAllowed):
        decide(notified, cast, by=cast.president)


def test_one_agrees_with_what_one_has_read(proposed: Termination, cast: Cast) -> None:
    mark = proposed.mark
    with clock.at(DECIDED):
        decide(proposed, cast, ended_on=ENDED + ONE_DAY)
        with pytest.raises(StaleVersion):
            actions.agree_decision(
                proposed.contract, party=Party.CPAM, mark=mark, by=cast.cpam_director
            )


def test_another_proposal_replaces_the_first(proposed: Termination, cast: Cast) -> None:
    with clock.at(DECIDED):
        again = decide(
            proposed,
            cast,
            party=Party.CPAM,
            outcome=Termination.Outcome.GIVE_UP,
            ended_on=None,
            by=cast.cpam_director,
        )
        assert again.awaited is Party.ARS
        with pytest.raises(Refused, match="est déjà donné"):
            actions.agree_decision(
                again.contract, party=Party.CPAM, mark=again.mark, by=cast.cpam_director
            )


def test_a_date_that_has_passed_since_is_proposed_again(proposed: Termination, cast: Cast) -> None:
    with clock.at(ENDED + ONE_DAY), pytest.raises(Refused, match="est passé"):
        actions.agree_decision(
            proposed.contract, party=Party.CPAM, mark=proposed.mark, by=cast.cpam_director
        )


def test_both_give_up_and_the_contract_goes_on(notified: Termination, cast: Cast) -> None:
    with clock.at(DECIDED):
        found = decide(notified, cast, outcome=Termination.Outcome.GIVE_UP, ended_on=None)
        actions.agree_decision(
            found.contract, party=Party.CPAM, mark=found.mark, by=cast.cpam_director
        )
    contract = seen(notified.contract)
    assert (contract.state, contract.terminated_on) == ("in_force", None)
    assert contract.years.count() == 1
    assert rives(cast).baton == Baton.COORDINATOR
    assert Termination.objects.get().closed_as == Termination.Close.GIVEN_UP
    assert mails("le contrat ACI se poursuit") == 7


# --- What it leaves ------------------------------------------------------------------------------


def test_the_worked_example_comes_out_to_the_cent(decided: Termination) -> None:
    """Taille 2, AVENANT_2, signed 1 Jul 2024, ended 1 Apr 2025: 60 000 advanced."""
    first, closed = decided.contract.years.order_by("revision")
    assert (first.revision, closed.revision) == (1, 2)
    assert closed.size == 2
    assert closed.grid == first.grid
    assert closed.inputs["ended_on"] == "2025-04-01"
    amounts = ending_amounts(closed.lines)
    assert amounts.advanced == Decimal("60000.00")
    assert amounts.to_recover == Decimal("14958.90")
    assert amounts.left_to_pay == 0
    assert closed.total_due == Decimal("45041.10")
    assert closed.schedule[-1]["date"] == "2025-04-01"
    assert closed.schedule[-1]["amount"] == "-14958.90"
    assert sum(Decimal(row["amount"]) for row in closed.schedule) == closed.total_due


def test_the_contract_runs_until_its_day_then_ends(decided: Termination, cast: Cast) -> None:
    contract = seen(decided.contract)
    assert (contract.state, contract.ends_on) == ("terminating", ENDED - ONE_DAY)
    cpts = rives(cast)
    assert (cpts.stage, cpts.contract_end) == (Stage.CONTRACTED, ENDED - ONE_DAY)
    assert (cpts.next_deadline, cpts.next_deadline_label) == (ENDED, "Fin du contrat, résilié")
    with clock.at(ENDED - ONE_DAY):
        assert actions.follow_terminations() == 0
    with clock.at(ENDED):
        assert actions.follow_terminations() == 1
        assert actions.follow_terminations() == 0
        assert actions.open_contract_years() == 0
    assert seen(contract).state == "terminated"
    cpts = rives(cast)
    assert (cpts.stage, cpts.baton, cpts.next_deadline) == (Stage.TERMINATED, Baton.NOBODY, None)
    assert mails("le contrat ACI a pris fin") == 7
    assert JournalEntry.objects.get(verb="terminate").actor.is_system


def test_decided_on_its_day_it_ends_at_once(notified: Termination, cast: Cast) -> None:
    with clock.at(ENDED):
        found = decide(notified, cast)
        actions.agree_decision(
            found.contract, party=Party.CPAM, mark=found.mark, by=cast.cpam_director
        )
    assert seen(notified.contract).state == "terminated"


def test_an_end_in_a_later_year_settles_it_when_it_opens(notified: Termination, cast: Cast) -> None:
    later = dt.date(2025, 9, 1)
    with clock.at(DECIDED):
        found = decide(notified, cast, ended_on=later)
        actions.agree_decision(
            found.contract, party=Party.CPAM, mark=found.mark, by=cast.cpam_director
        )
    assert found.contract.years.count() == 1
    with clock.at(dt.date(2027, 1, 1)):  # a worker that was down for two years
        follow_terminations()
        assert actions.open_contract_years() == 0
    years = found.contract.years.order_by("number")
    assert [year.number for year in years] == [1, 2]
    assert years[1].inputs["ended_on"] == "2025-09-01"
    assert ending_amounts(years[1].lines).to_recover > 0
    assert seen(found.contract).state == "terminated"


def test_a_contract_that_reaches_its_term_first_simply_expires(
    contract: Contract, cast: Cast
) -> None:
    with clock.at(dt.date(2029, 5, 20)):
        actions.notify_termination(contract, reason=REASON, by=cast.president)
    with clock.at(dt.date(2029, 7, 1)):
        follow_terminations()
        assert actions.expire_contracts() == 1
    assert seen(contract).state == "expired"
    assert Termination.objects.get().closed_as == Termination.Close.LAPSED


# --- Letters -------------------------------------------------------------------------------------


def test_the_letters_say_what_was_notified_then_decided(
    decided: Termination, do_jobs: DoJobs
) -> None:
    notice, decision = decided.letters
    assert notice.reference == f"{decided.contract.reference}-NR1"
    assert notice.inputs["values"]["resiliation.motif"] == REASON
    assert notice.inputs["values"]["delai.observations"] == "15\u00a0février\u00a02025"
    assert [one["name"] for one in notice.inputs["signatories"]] == [
        "Denis Directeur",
        "Claire Caisse",
    ]
    assert decision.reference == f"{decided.contract.reference}-RE1"
    assert "14\u00a0958,90" in decision.inputs["values"]["resiliation.recuperation"]
    assert "Aucune observation" in decision.inputs["values"]["resiliation.observations"]
    with clock.at(DECIDED):
        do_jobs()
    notice.refresh_from_db()
    assert notice.stored.read().startswith(b"%PDF")
    assert actions.make_contract_letter(notice.job) == notice.sha256  # twice is once
    with pytest.raises(Refused, match="déjà produit"):
        actions.want_letter_again(notice, by=decided.contract.signatures.first().user)


def test_a_letter_whose_work_failed_is_asked_for_again(
    notified: Termination, cast: Cast, do_jobs: DoJobs
) -> None:
    letter = notified.letters[0]
    Job.objects.filter(pk=letter.job.pk).update(state=Job.State.FAILED)
    again = actions.want_letter_again(letter, by=cast.president)
    assert again.job.state == Job.State.WANTED
    assert jobs.run(again.job.pk).state == Job.State.DONE


# --- What can never be stored --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changes",
    [
        {"reason": ""},
        {"notified_on": None},
        {"earliest_end": HEARD_UNTIL},
        {"outcome": "terminate", "ended_on": HEARD_UNTIL},
        {"decided_on": HEARD_UNTIL, "outcome": "give_up", "decision_reason": "Trop tôt."},
        {"decided_on": DECIDED, "outcome": "give_up", "decision_reason": ""},
        {"closed_on": DECIDED},
    ],
)
def test_the_database_refuses_a_termination_that_makes_no_sense(
    notified: Termination, changes: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Termination.objects.filter(pk=notified.pk).update(**changes)


def test_the_database_refuses_two_terminations_under_way(notified: Termination) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Termination.objects.create(
            contract=notified.contract, number=2, origin="cpts", reason="Encore."
        )


def test_the_database_refuses_a_terminated_contract_without_its_day(
    notified: Termination,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Contract.objects.filter(pk=notified.contract_id).update(state="terminated")
