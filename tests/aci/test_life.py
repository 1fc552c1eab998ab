"""A contract in force: what the third signature brings, its years, its end, its renewal."""

import datetime as dt
from decimal import Decimal

import pytest

from aci import actions
from aci.models import Contract, ContractYear
from aci.parties import Party
from aci.tasks import expire_contracts, open_contract_years
from foundation import clock
from foundation.refusal import Refused
from records.models import Job, JournalEntry
from territories.models import Baton, Cpts, Stage, Territory
from tests.aci.conftest import CORE, TODAY, DoJobs, Signatories, sign_for
from tests.cast import Cast

CORE_LATER = dict.fromkeys(CORE)  # everything starts on the day of the signature

pytestmark = pytest.mark.usefixtures("light_documents")

LAST_DAY = dt.date(2029, 6, 30)


def test_the_third_signature_puts_the_contract_in_force(in_force: Contract, cast: Cast) -> None:
    assert in_force.state == "in_force"
    assert (in_force.signed_on, in_force.ends_on) == (TODAY, LAST_DAY)
    assert in_force.funding_settings["proration"] == "days"
    starts = {mission.mission: mission.starts_on for mission in in_force.missions.all()}
    assert starts == {code: start or TODAY for code, start in CORE.items()}
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert (cpts.stage, cpts.baton) == (Stage.CONTRACTED, Baton.COORDINATOR)
    assert cpts.contract_end == LAST_DAY
    assert cpts.next_deadline == dt.date(2025, 1, 1)  # six months: Accès aux soins, Crise
    assert "Démarrage" in cpts.next_deadline_label


def test_the_territory_is_frozen_with_the_contract(in_force: Contract, cast: Cast) -> None:
    territory = Territory.objects.get(pk=cast.rives.territory_id)
    assert in_force.territory == territory
    assert territory.is_frozen


def test_contract_year_one_opens_with_its_lines(in_force: Contract) -> None:
    year = in_force.years.get()
    assert (year.number, year.revision) == (1, 1)
    assert (year.start, year.end) == (TODAY, dt.date(2025, 6, 30))
    assert year.grid.code == "AVENANT_2"
    assert (year.population, year.size) == (46_648, 2)
    first = year.lines[0]
    assert (first["code"], first["due"], first["advance"]) == (
        "FONCTIONNEMENT",
        "60000.00",
        "60000.00",
    )
    assert year.total_due == sum(Decimal(line["due"]) for line in year.lines)
    assert year.total_due == sum(Decimal(row["amount"]) for row in year.schedule)
    assert year.inputs["missions"]["CRISE"] == "2024-09-01"


def test_the_three_parties_are_told_and_the_final_file_is_wanted(
    in_force: Contract, cast: Cast
) -> None:
    subjects = Job.objects.filter(kind="email").values_list("payload__subject", flat=True)
    assert sum("est en vigueur" in subject for subject in subjects) == 7
    assert in_force.document_job is not None
    assert in_force.document_job.kind == "contract_final_pdf"
    entry = JournalEntry.objects.get(verb="enter_into_force")
    assert (entry.from_state, entry.to_state) == ("to_sign", "in_force")
    assert entry.actor.is_system


def test_a_contract_signed_late_at_night_is_of_the_day_in_paris(
    to_sign: Contract, signatories: Signatories
) -> None:
    late = dt.datetime(2024, 7, 1, 22, 30, tzinfo=dt.UTC)  # 2 July, 0:30 in Paris
    with clock.at(late):
        for party, person in signatories.items():
            to_sign = sign_for(to_sign, party, person)
    assert to_sign.signed_on == dt.date(2024, 7, 2)


def test_a_computed_year_is_never_changed(in_force: Contract) -> None:
    year = in_force.years.get()
    year.total_due = Decimal(0)
    with pytest.raises(TypeError):
        year.save()


# --- Years ---------------------------------------------------------------------------------------


def test_years_open_at_their_anniversary_once(in_force: Contract, cast: Cast) -> None:
    with clock.at(dt.date(2025, 6, 30)):
        assert actions.open_contract_years() == 0
    with clock.at(dt.date(2025, 7, 1)):
        assert actions.open_contract_years() == 1
        assert actions.open_contract_years() == 0
    year = in_force.years.get(number=2)
    assert year.start == dt.date(2025, 7, 1)
    update = [line for line in year.lines if line["code"] == "CRISE"]
    assert [line["part"] for line in update] == ["plan_update"]
    assert Cpts.objects.get(pk=cast.rives.pk).next_deadline == dt.date(2026, 1, 1)


def test_the_deadline_shown_is_always_to_come(in_force: Contract, cast: Cast) -> None:
    with clock.at(dt.date(2025, 1, 2)):  # the day after the first deadline
        assert actions.open_contract_years() == 0
    assert Cpts.objects.get(pk=cast.rives.pk).next_deadline == dt.date(2025, 7, 1)


def test_a_late_task_opens_all_the_years_that_are_due(in_force: Contract) -> None:
    with clock.at(dt.date(2027, 3, 1)):
        open_contract_years()
    numbers = ContractYear.objects.filter(contract=in_force).values_list("number", flat=True)
    assert sorted(numbers) == [1, 2, 3]


# --- End and renewal -----------------------------------------------------------------------------


def test_a_contract_expires_the_day_after_its_last_day(in_force: Contract, cast: Cast) -> None:
    with clock.at(LAST_DAY):
        expire_contracts()
    in_force.refresh_from_db()
    assert in_force.state == "in_force"
    with clock.at(LAST_DAY + dt.timedelta(days=1)):
        assert actions.expire_contracts() == 1
        assert actions.expire_contracts() == 0
    in_force.refresh_from_db()
    assert in_force.state == "expired"
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert (cpts.stage, cpts.baton, cpts.contract_end) == (Stage.EXPIRED, Baton.CPAM, LAST_DAY)
    assert JournalEntry.objects.get(verb="expire").actor.is_system


def renew(contract: Contract, signatories: Signatories, cast: Cast) -> Contract:
    renewal = actions.draft(contract.health_project, missions=CORE_LATER, by=cast.cpam_officer)
    for party, person in signatories.items():
        renewal = actions.accept(renewal, party=party, version=1, by=person)
    return actions.freeze(renewal, by=cast.cpam_officer)


def test_a_renewal_is_not_signed_while_the_contract_before_runs(
    in_force: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    with clock.at(LAST_DAY):
        renewal = renew(in_force, signatories, cast)
        do_jobs()
        with pytest.raises(Refused, match="se signe à partir du lendemain"):
            sign_for(renewal, Party.CPTS, cast.president)


def test_a_renewal_takes_over_even_before_the_nightly_task(
    in_force: Contract, signatories: Signatories, cast: Cast, do_jobs: DoJobs
) -> None:
    frozen_on = Territory.objects.get(pk=in_force.territory_id).frozen_at
    with clock.at(LAST_DAY + dt.timedelta(days=1)):
        renewal = renew(in_force, signatories, cast)
        do_jobs()
        for party, person in signatories.items():
            renewal = sign_for(renewal, party, person)
        assert actions.expire_contracts() == 0
    in_force.refresh_from_db()
    assert (in_force.state, renewal.state) == ("expired", "in_force")
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert (cpts.stage, cpts.stage_since) == (Stage.CONTRACTED, dt.date(2029, 7, 1))
    assert cpts.contract_end == dt.date(2034, 6, 30)
    assert Territory.objects.get(pk=in_force.territory_id).frozen_at == frozen_on


def test_an_expired_contract_whose_renewal_is_negotiated_keeps_the_baton_there(
    in_force: Contract, signatories: Signatories, cast: Cast
) -> None:
    with clock.at(LAST_DAY):
        actions.draft(in_force.health_project, missions=CORE_LATER, by=cast.cpam_officer)
    with clock.at(LAST_DAY + dt.timedelta(days=1)):
        actions.expire_contracts()
    assert Cpts.objects.get(pk=cast.rives.pk).baton == Baton.THREE_PARTIES
