"""Grids as rows, the stored year read back, the estimate, and the alert of a newer vintage."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from aci import actions
from aci.contract_funding import estimate_basis, stored_grids
from aci.funding_pages import contract_funding, estimated_funding, size_alert
from aci.funding_sheet import plain_sheet, read_sheet
from aci.grid_files import read_grids
from aci.mission_codes import MissionCode
from aci.models import Contract, FundingGrid, FundingGridAmount
from foundation import clock
from projects.models import HealthProject
from territories.actions import ChosenCommune, choose_communes, population_by_vintage
from territories.models import Cpts, Population
from tests.aci.conftest import CORE, TODAY
from tests.cast import Cast

pytestmark = pytest.mark.usefixtures("light_documents")

# --- Grids ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_rows_say_what_the_files_say(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("load_grids")
    assert "2 barèmes" in capsys.readouterr().out
    count = FundingGridAmount.objects.count()
    assert stored_grids() == read_grids()
    assert actions.load_grids() == 2
    assert FundingGridAmount.objects.count() == count


@pytest.mark.django_db
def test_without_rows_the_files_serve() -> None:
    assert stored_grids() == read_grids()


@pytest.mark.django_db
def test_loading_corrects_an_amount_but_not_in_a_confirmed_grid() -> None:
    actions.load_grids()
    FundingGridAmount.objects.update(amount=1)
    FundingGrid.objects.filter(code="ACI_2019").update(
        status="confirmed", confirmed_reference="JO du 24 août 2019"
    )
    actions.load_grids()
    kept, corrected = stored_grids()
    assert {line.amount for line in kept.amounts.values()} == {Decimal(1)}
    assert kept.source == "JO du 24 août 2019"
    assert not kept.to_confirm
    assert corrected == read_grids()[1]


@pytest.mark.django_db
def test_a_grid_is_confirmed_by_a_text() -> None:
    actions.load_grids()
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingGrid.objects.update(status="confirmed")


@pytest.mark.django_db
def test_an_amount_is_not_negative() -> None:
    actions.load_grids()
    with pytest.raises(IntegrityError), transaction.atomic():
        FundingGridAmount.objects.update(amount=-1)


# --- Sheets --------------------------------------------------------------------------------------


def test_a_stored_year_reads_back_as_it_was_computed(in_force: Contract) -> None:
    year = in_force.years.get()
    sheet = read_sheet(year.as_plain())
    assert sheet.total_due == year.total_due
    assert sheet.total_advance + sheet.total_balance == sheet.total_due
    assert sheet.grid["code"] == "AVENANT_2"
    assert sheet.to_confirm
    assert [envelope.code for envelope in sheet.envelopes] == [
        MissionCode.FONCTIONNEMENT,
        *CORE,
    ]
    assert sheet.envelopes[1].lines[0].certainty


def test_the_four_core_missions_of_size_2_bring_their_published_total(cast: Cast) -> None:
    """All started at once, plan written, no crisis: 327 500 less the optional missions."""
    basis = estimate_basis(cast.rives.territory, dict.fromkeys(CORE, TODAY), signed_on=TODAY)
    sheet = read_sheet(plain_sheet(basis.year(1, grids=read_grids())))
    assert sheet.total_due == Decimal("292500.00")


def test_an_estimate_needs_inhabitants(cast: Cast) -> None:
    cast.rives.territory.size = None
    assert estimated_funding(cast.rives, None, "") is None


def test_an_estimate_without_any_mission_is_the_operating_part(cast: Cast) -> None:
    page = estimated_funding(Cpts.objects.with_header().get(pk=cast.rives.pk), None, "1")
    assert page is not None
    assert page.sheet.total_due == Decimal("60000.00")


def test_the_year_of_today_is_shown_first(in_force: Contract) -> None:
    with clock.at(dt.date(2026, 2, 1)):
        page = contract_funding([in_force], "", "")
    assert page.sheet.number == 2


def test_the_contract_in_force_is_shown_before_its_renewal(in_force: Contract, cast: Cast) -> None:
    renewal = actions.draft(in_force.health_project, missions=CORE, by=cast.cpam_officer)
    page = contract_funding([renewal, in_force], "", "")
    assert page.contract == in_force
    assert page.others == (renewal,)
    assert contract_funding([renewal, in_force], "", "2").contract == renewal


def test_a_contract_may_name_its_grid(negotiated: Contract) -> None:
    negotiated.grid = FundingGrid.objects.get(code="ACI_2019")
    negotiated.missions.filter(code="CRISE").delete()
    page = contract_funding([negotiated], "1", "")
    assert page.sheet.grid["code"] == "ACI_2019"


# --- The alert of a newer vintage ----------------------------------------------------------------


def near_the_threshold(cast: Cast, newest: int) -> None:
    """The communes of Rives count 39 900 in 2022 and `newest` in 2023."""
    Population.objects.filter(commune="62119", vintage=2022).update(municipal=39_900)
    Population.objects.filter(commune="62119", vintage=2023).update(municipal=newest)
    choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder, vintage=2022)


def shown(contract: Contract) -> Contract:
    found: Contract = Contract.objects.with_page().with_newest_population().get(pk=contract.pk)
    return found


@pytest.fixture
def signed_in_2022_figures(request: pytest.FixtureRequest, cast: Cast) -> Contract:
    request.getfixturevalue("project")
    near_the_threshold(cast, 40_100)
    contract: Contract = request.getfixturevalue("in_force")
    return contract


def test_a_newer_vintage_that_changes_the_size_is_told(signed_in_2022_figures: Contract) -> None:
    alert = size_alert(shown(signed_in_2022_figures)).replace("\u00a0", " ")
    assert alert == "Le millésime 2023 donnerait la taille 2 ; le contrat n’est pas modifié."
    assert signed_in_2022_figures.territory.size == 1


def test_a_newer_vintage_of_the_same_size_is_not_an_alert(
    signed_in_2022_figures: Contract,
) -> None:
    Population.objects.filter(commune="62119", vintage=2023).update(municipal=39_999)
    assert size_alert(shown(signed_in_2022_figures)) == ""


def test_before_the_signature_there_is_nothing_to_alert_about(
    project: HealthProject, negotiated: Contract
) -> None:
    assert size_alert(shown(negotiated)) == ""


def test_the_page_counts_as_the_territory_does(signed_in_2022_figures: Contract) -> None:
    contract = shown(signed_in_2022_figures)
    by_vintage = population_by_vintage(contract.territory)
    newest = max(by_vintage)
    assert (contract.newest_vintage, contract.newest_population) == (newest, by_vintage[newest])
    Population.objects.filter(vintage=2023).delete()
    contract = shown(signed_in_2022_figures)
    assert (contract.newest_vintage, contract.newest_population) == (2022, 39_900)
