"""One commune joins Bugey Sud and the size changes: the difference, its pages, its document.

Real communes of the Ain in the 2017 vintage: 39 965 inhabitants, and 131 in Marchamp. They are
lent to CPTS Rives, whose people and authorities act.
"""

import datetime as dt
import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from aci import actions, pdf
from aci.difference import Section, difference
from aci.models import Amendment, Contract
from foundation import clock
from projects import actions as projects
from projects.models import HealthProject
from territories.actions import ChosenCommune, choose_communes
from tests.aci.conftest import DoJobs, Signatories
from tests.aci.test_amendments import conclude
from tests.aci.test_documents import VALID, silent, text_of, verdicts
from tests.cast import Cast
from tests.projects import filings
from tests.queries import QueryCount
from tests.territories.real_places import codes_of, load_places

MARCHAMP = "01233"
EFFECT = dt.date(2024, 10, 1)


@pytest.fixture
def project(cast: Cast, day: dt.date, tmp_path: Path) -> HealthProject:
    """The validated projet of a CPTS with the communes of Bugey Sud."""
    codes = codes_of("bugey-sud")
    load_places(tmp_path, [*codes, MARCHAMP])
    choose_communes(
        cast.rives,
        [ChosenCommune(code) for code in codes],
        by=cast.holder,
        vintage=2017,
        vintage_reason="Chiffres du dossier de presse.",
    )
    return projects.validate(filings.examined_project(cast), by=cast.ars_director)


@pytest.fixture
def amendment(light_documents: None, in_force: Contract, cast: Cast) -> Amendment:
    """Marchamp joins on 1 October 2024, inside contract year 1."""
    row = actions.draft_amendment(
        in_force,
        effective_on=EFFECT,
        reason="La commune de Marchamp rejoint la CPTS.",
        by=cast.cpam_officer,
    )
    before = row.territory_before
    return actions.change_amended_territory(
        row,
        chosen=[
            *(ChosenCommune(code) for code in before.communes.values_list("commune_id", flat=True)),
            ChosenCommune(MARCHAMP),
        ],
        vintage=2017,
        vintage_reason=None,
        version=1,
        by=cast.cpam_officer,
    )


def _inputs(amendment: Amendment) -> dict[str, Any]:
    document = amendment.documents.get(version=amendment.terms_version)
    return dict(document.inputs)


def test_the_difference_reads_right(amendment: Amendment) -> None:
    inputs = _inputs(amendment)
    found = difference(inputs["before"], inputs)
    words = {
        section: [
            " | ".join((row.label, row.before_words, row.after_words, row.delta_words))
            for row in found.of(section)
        ]
        for section in Section
    }
    assert [one.replace("\xa0", " ") for one in words[Section.TERRITORY]] == [
        "Communes | 43 | 44 | +1",
        "Population | 39 965 | 40 096 | +131",
        "Taille | 1 | 2 | +1",
    ]
    assert words[Section.COMMUNES_IN] == ["Marchamp (01233) |  | 131 | +131"]
    assert words[Section.COMMUNES_OUT] == words[Section.MISSIONS] == []
    amounts = [one.replace("\xa0", " ") for one in words[Section.AMOUNTS]]
    # 92 of the 365 days at 50 000, 273 at 60 000; then 60 000.
    assert "Fonctionnement | 50 000,00 € | 57 479,45 € | +7 479,45 €" in amounts
    assert "Fonctionnement | 50 000,00 € | 60 000,00 € | +10 000,00 €" in amounts
    groups = {row.group for row in found.of(Section.AMOUNTS)}
    assert groups == {"Année de contrat 1", "Année de contrat 2"}
    assert inputs["amendment"]["assumptions"]


def test_signed_the_years_follow(
    amendment: Amendment, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    with clock.at(EFFECT):
        conclude(amendment, cast, signatories, do_jobs)
    first, revised = amendment.amended.years.order_by("revision")
    assert (first.size, first.population) == (1, 39_965)
    assert (revised.size, revised.population) == (2, 40_096)
    line = revised.lines[0]
    assert (line["due"], line["advance"], line["balance"]) == ("57479.45", "50000.00", "7479.45")
    with clock.at(dt.date(2025, 7, 1)):
        actions.open_contract_years()
    second = amendment.amended.years.get(number=2)
    assert (second.size, second.lines[0]["due"]) == (2, "60000.00")


def test_its_pages_tell_it_in_few_queries(amendment: Amendment, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.coordinator)
    with QueryCount() as count:
        page = client.get(amendment.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert count.number <= 6
    for words in ("Marchamp (01233)", "40 096", "57 479,45 €", "Année partagée par l’avenant"):
        assert words in page
    address = f"/dossiers/{cast.rives.reference}/contrat/differences/"
    with QueryCount() as count:
        page = client.get(address).content.decode().replace("\xa0", " ")
    assert count.number <= 6
    assert "Marchamp (01233)" in page
    contract = amendment.amended.reference
    keys = {"de": f"{amendment.reference}.2", "a": f"{contract}.1"}
    back = client.get(address, keys).content.decode().replace("\xa0", " ")
    assert "Communes qui sortent" in back
    assert "−131" in back
    same = client.get(address, {"de": f"{contract}.1", "a": f"{contract}.1"}).content.decode()
    assert "Choisissez deux versions différentes" in same


def test_the_document_annexes_the_difference_and_meets_both_standards(
    amendment: Amendment, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = {**_inputs(amendment), "kind": "frozen"}
    words = text_of(pdf.contract_html(inputs)).replace("\xa0", " ")
    assert "La CPTS passe de la taille 1 à la taille 2 ." in words
    assert "Sa population passe de 39 965 à 40 096 habitants" in words
    assert "Marchamp (01233)" in words
    monkeypatch.undo()  # the real worker
    content = pdf.contract_pdf(inputs, report=silent)
    assert verdicts(content) == VALID
    assert content == pdf.contract_pdf(inputs, report=silent)
    with pikepdf.open(io.BytesIO(content)) as document:
        assert "avenant.json" in document.attachments
