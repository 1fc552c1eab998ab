"""The journal of a dossier: filtered by kind of act and period, paged, exported."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from foundation import clock
from records import journal
from tests.cast import Cast
from tests.projects import filings
from tests.queries import QueryCount

MONDAY = dt.date(2027, 3, 1)
TUESDAY = dt.date(2027, 3, 2)


@pytest.fixture
def acts(cast: Cast) -> None:
    for day, sentence in ((MONDAY, "Acte du lundi"), (TUESDAY, "=Acte du mardi")):
        with clock.at(day):
            journal.record(
                "act",
                cast.rives,
                by=cast.coordinator,
                dossier=cast.rives.reference,
                sentence=sentence,
            )
    journal.record(
        "act", cast.nurse, by=cast.nurse, dossier=cast.rives.reference, sentence="Acte d’un compte"
    )


@pytest.mark.parametrize(
    ("query", "shown", "hidden"),
    [
        ("?objet=territoire", "Acte du lundi", "Acte d’un compte"),
        ("?objet=contrat", "Aucun acte ne répond à ces critères", "Acte du lundi"),
        ("?depuis=2027-03-02", "Acte du mardi", "Acte du lundi"),
        ("?depuis=2027-03-01&jusqu_au=2027-03-01", "Acte du lundi", "Acte du mardi"),
        ("?jusqu_au=9999-12-31", "Acte du lundi", "ne répond à ces critères"),
        ("?objet=autre", "Acte du lundi", "ne répond à ces critères"),
        ("?depuis=hier", "Acte du lundi", "ne répond à ces critères"),
    ],
)
def test_the_journal_is_filtered(
    cast: Cast, acts: None, sign_in: Any, query: str, shown: str, hidden: str
) -> None:
    address = reverse("dossier_journal", args=[cast.rives.reference])
    page = sign_in(cast.ars_reviewer).get(address + query)
    assert page.status_code == 200
    text = page.content.decode()
    assert shown in text
    assert hidden not in text


def test_the_page_asks_little(cast: Cast, acts: None, sign_in: Any) -> None:
    client = sign_in(cast.ars_reviewer)
    with QueryCount() as count:
        client.get(reverse("dossier_journal", args=[cast.rives.reference]) + "?objet=territoire")
    assert count.number <= 6


def test_the_export_holds_the_same_acts_and_no_formula(
    cast: Cast, acts: None, sign_in: Any
) -> None:
    address = reverse("dossier_journal_export", args=[cast.rives.reference])
    answer = sign_in(cast.president).get(f"{address}?depuis=2027-03-02")
    lines = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert lines[0] == "Numéro;Date;Heure;Acte;Auteur;Qualité;Motif;Empreinte"
    assert len(lines) == 2
    assert ";2027-03-02;09:00;'=Acte du mardi;Chloé Coordinatrice;" in lines[1]


@pytest.mark.parametrize(("part", "status"), [("nurse", 403), ("monts_coordinator", 404)])
def test_the_export_is_for_those_who_read_the_dossier(
    cast: Cast, sign_in: Any, part: str, status: int
) -> None:
    address = reverse("dossier_journal_export", args=[cast.rives.reference])
    assert sign_in(getattr(cast, part)).get(address).status_code == status


@pytest.mark.parametrize("name", ["dossier", "dossier_journal", "dossier_journal_export"])
def test_whom_the_authorities_ask_is_not_told_to_the_holders(
    cast: Cast, sign_in: Any, name: str
) -> None:
    filings.invited_local_member(cast, filings.complete_letter(cast))

    def told(part: str) -> str:
        answer = sign_in(cast.people()[part]).get(reverse(name, args=[cast.rives.reference]))
        return str(b"".join(answer), "utf-8")

    for part in ("ars_reviewer", "cpam_officer"):
        assert "Invitation à donner un avis" in told(part), part
    for part in ("holder", "president", "coordinator", "committee_member"):
        words = told(part)
        assert "Invitation à donner un avis" not in words, part
        assert "complète" in words, f"{part} reads the other acts"
