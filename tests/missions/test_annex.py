"""The annex of the indicators: written with the contract, signed with it, paying once signed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from aci import actions as contracts
from aci.annexes import signed_lines
from aci.indicator_rules import AnnexLine, read_line
from aci.mission_codes import MissionCode
from aci.models import Contract, IndicatorAnnex
from aci.parties import Party
from aci.pdf import contract_html
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from missions import actions
from missions.annex_forms import AnnexLineForm
from missions.annex_pages import national_lines
from missions.models import Indicator
from projects import actions as projects
from records.models import JournalEntry
from tests.aci import conftest as aci_conftest
from tests.aci.conftest import CORE, TODAY, sign_for
from tests.cast import Cast
from tests.projects import filings
from tests.queries import QueryCount

light_documents = aci_conftest.light_documents
do_jobs = aci_conftest.do_jobs
pytestmark = pytest.mark.usefixtures("light_documents", "today")
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ALD = "ald-sans-medecin-traitant"


@pytest.fixture(autouse=True)
def today() -> Any:
    with clock.at(TODAY):
        yield TODAY


@pytest.fixture
def negotiated(cast: Cast, today: dt.date) -> Contract:
    actions.load_indicators()
    project = projects.validate(filings.examined_project(cast), by=cast.ars_director)
    return contracts.draft(project, missions=CORE, by=cast.cpam_officer)


def fill(contract: Contract, cast: Cast, year: int = 1) -> Contract:
    found = Contract.objects.get(pk=contract.pk)
    return contracts.set_annex(
        found,
        year=year,
        lines=national_lines(found, year),
        version=found.terms_version,
        by=cast.cpam_officer,
    )


def line(code: str = ALD, mission: str = "ACCES_SOINS") -> AnnexLine:
    return read_line(
        {
            "code": code,
            "mission": mission,
            "label": "Un indicateur",
            "unit": "%",
            "direction": "higher",
            "method": "all_or_nothing",
            "euros": "5000",
            "target": "60.00",
            "baseline": None,
            "tiers": [],
        }
    )


ONE = (line(),)


def url(cast: Cast, rest: str = "") -> str:
    return f"/dossiers/{cast.rives.reference}/contrat/indicateurs/{rest}"


# --- The act -----------------------------------------------------------------------------------


def test_the_annex_is_an_article_that_the_parties_accept(negotiated: Contract, cast: Cast) -> None:
    for party, person in ((Party.CPTS, cast.president), (Party.ARS, cast.ars_director)):
        contracts.accept(negotiated, party=party, version=1, by=person)
    contract = fill(negotiated, cast)
    assert contract.terms_version == 2
    assert contract.parties_to_accept == list(Party)
    text = contract.texts.first()
    assert text is not None
    assert [key for key, mark in text.marks.items() if mark["since"] == 2] == ["indicateurs"]
    assert JournalEntry.objects.filter(verb="set_annex").count() == 1
    inputs = {**text.content, "kind": "draft", "version": 2, "made_on": "2024-07-01"}
    html = contract_html(inputs).replace("\u00a0", " ")
    assert "219 à 101 : 3 000,00 € ; 100 à 51 : 6 000,00 € ; 50 et moins : 9 000,00 €" in html


def test_what_the_annex_refuses(negotiated: Contract, cast: Cast) -> None:
    def write(lines: Any = ONE, year: int = 1, version: int = 1, by: Any = None) -> None:
        contracts.set_annex(
            negotiated, year=year, lines=lines, version=version, by=by or cast.cpam_officer
        )

    with pytest.raises(NotAllowed):
        write(by=cast.president)
    with pytest.raises(StaleVersion):
        write(version=7)
    with pytest.raises(Refused, match="nombre de 1 à 5"):
        write(year=6)
    with pytest.raises(Refused, match="ne comprend pas la mission « Qualité"):
        write(lines=[line(mission="QUALITE")])
    with pytest.raises(Refused, match="figure deux fois"):
        write(lines=[line(), line()])
    with pytest.raises(Refused, match="Rien n’a changé"):
        write(lines=[])
    assert not IndicatorAnnex.objects.exists()
    assert Contract.objects.get(pk=negotiated.pk).terms_version == 1


def test_an_unsigned_annex_pays_nothing(negotiated: Contract, cast: Cast) -> None:
    contract = fill(negotiated, cast)
    annex = contract.annexes.get()
    with pytest.raises(Refused, match="année 1 n’est pas signée : elle ne paie encore rien"):
        signed_lines(contract, annex)


def test_the_database_keeps_one_annex_a_year(negotiated: Contract, cast: Cast) -> None:
    annex = fill(negotiated, cast).annexes.get()
    for wrong in (
        IndicatorAnnex(contract=annex.contract, year=1, lines=[]),
        IndicatorAnnex(contract=annex.contract, year=0, lines=[]),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            wrong.save()


# --- The page ----------------------------------------------------------------------------------


def test_worked_example_6_holds_on_the_page(
    negotiated: Contract, cast: Cast, do_jobs: Any, sign_in: Any
) -> None:
    contract = fill(negotiated, cast)
    people = {
        Party.CPTS: cast.president,
        Party.CPAM: cast.cpam_director,
        Party.ARS: cast.ars_director,
    }
    for party, person in people.items():
        contract = contracts.accept(contract, party=party, version=2, by=person)
    contracts.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    for party, person in people.items():
        sign_for(Contract.objects.get(pk=contract.pk), party, person)
    mission = contract.missions.get(code=MissionCode.ACCES_SOINS)
    with clock.at(dt.date(2024, 12, 1)):
        actions.enter_value(
            mission,
            Indicator.objects.get(code=ALD),
            year=1,
            value=Decimal(80),
            measured_on=dt.date(2024, 11, 30),
            proof=SimpleUploadedFile("preuve.pdf", PDF, "application/pdf"),
            by=cast.coordinator,
        )
        client: Client = sign_in(cast.president)
        with QueryCount() as count:
            page = client.get(url(cast)).content.decode().replace("\u00a0", " ")
    assert "Valeur 80 : palier 100 à 51, 6 000,00 €." in page
    assert count.number <= 6
    assert "Modifier" not in page


def test_the_officer_writes_the_annex(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = sign_in(cast.cpam_officer)
    with QueryCount() as count:
        assert "Aucun indicateur pour cette année" in client.get(url(cast)).content.decode()
    assert count.number <= 6
    answer = client.post(
        url(cast, "remplir/"), {"year": 1, "version": 1, "source": "national"}, follow=True
    )
    page = answer.content.decode().replace("\u00a0", " ")
    assert "pour une enveloppe variable de" in page
    assert "n’est pas signée" in page
    edit = url(cast, f"indicateur/?annee=1&indicateur={ALD}")
    assert "219 à 101 : 3000" in client.get(edit).content.decode()
    body = {
        "version": 2,
        "mission": "ACCES_SOINS",
        "label": "ALD sans médecin traitant",
        "unit": "patients",
        "direction": "lower",
        "method": "tiers",
        "tiers": "300 à 101 : 3 000\n110 à 51 : 40 000,50 €",
    }
    assert "paliers qui se chevauchent" in client.post(edit, body).content.decode()
    refused = client.post(edit, {**body, "tiers": "beaucoup"}).content.decode()
    assert "«\u00a0beaucoup\u00a0» ne se lit pas" in refused
    body["tiers"] = "300 à 101 : 3 000\n100 à 51 : 40 000,50 €"
    page = client.post(edit, body, follow=True).content.decode().replace("\u00a0", " ")
    assert "100 à 51 : 40 000,50 €" in page
    assert "Au-delà de l’enveloppe" in page
    client.post(url(cast, "retirer/"), {"year": 1, "version": 3, "code": ALD})
    assert ALD not in [row["code"] for row in IndicatorAnnex.objects.get().lines]
    client.post(url(cast, "remplir/"), {"year": 2, "version": 4, "source": "previous"})
    one, two = IndicatorAnnex.objects.order_by("year")
    assert one.lines == two.lines


def test_what_is_written_is_what_was_read() -> None:
    form = AnnexLineForm(
        AnnexLineForm.values_of(line()) | {"version": 1, "euros": "5000", "target": "60"},
        missions=[MissionCode.ACCES_SOINS],
    )
    assert form.is_valid(), form.errors
    assert form.line(ALD, []).as_plain() == line().as_plain()
    assert form.line("", ["un-indicateur"]).code == "un-indicateur-2"


def test_a_neighbour_reads_and_writes_nothing(
    negotiated: Contract, cast: Cast, sign_in: Any
) -> None:
    assert sign_in(cast.president).get(url(cast, "indicateur/")).status_code == 403
    assert sign_in(cast.other_district_officer).get(url(cast)).status_code == 404
    assert sign_in(cast.committee_member).get(url(cast)).status_code == 200
