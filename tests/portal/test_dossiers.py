"""The working list and the page of a dossier: who sees what, why each row is there, the export."""

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from foundation import clock
from records import journal
from territories.actions import end_assignment, move
from territories.models import Baton, Cpts, Stage
from tests.cast import Cast, make_cpts
from tests.portal.conftest import Read
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
PART = {"HX-Request": "true"}


@pytest.fixture
def arras(cast: Cast) -> Cpts:
    """A third dossier of the same district, whose contract is in force."""
    cpts = make_cpts("CPTS Arras", cast.holder, ["62617"], cast.geography)
    move(
        cpts,
        stage=Stage.CONTRACTED,
        baton=Baton.COORDINATOR,
        deadline=(clock.today() - dt.timedelta(days=3), "Anniversaire du contrat"),
        contract_end=dt.date(2030, 1, 1),
    )
    return cpts


def names(page: str) -> list[str]:
    """In the order of the page."""
    found = [(page.index(name), name) for name in ("Rives", "Monts", "Arras") if name in page]
    return [name for _, name in sorted(found)]


# --- The list ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "seen"),
    [
        ("ars_reviewer", {"Rives", "Monts"}),
        ("ars_delegation", {"Rives", "Monts"}),
        ("ars_director", {"Rives", "Monts"}),
        ("cpam_officer", {"Rives", "Monts"}),
        ("cpam_director", {"Rives", "Monts"}),
        ("committee_member", {"Rives", "Monts"}),
        ("other_region_reviewer", set()),
        ("other_district_officer", set()),
    ],
)
def test_the_list_stays_inside_the_scope(cast: Cast, read: Read, part: str, seen: set[str]) -> None:
    assert set(names(read(getattr(cast, part), "dossiers"))) == seen


@pytest.mark.parametrize(
    "part", ["holder", "president", "coordinator", "nurse", "national_reader", "administrator"]
)
def test_the_list_is_for_those_who_follow_many_dossiers(
    cast: Cast, sign_in: SignIn, part: str
) -> None:
    for route in ("dossiers", "dossiers_export", "dossiers_export_xlsx"):
        assert sign_in(getattr(cast, part)).get(reverse(route)).status_code == 403


def test_a_row_says_why_it_is_there(cast: Cast, read: Read) -> None:
    move(cast.rives, baton=Baton.COMMITTEE)
    with clock.at(clock.now() + dt.timedelta(days=12)):
        page = read(cast.ars_reviewer, "dossiers")
    assert "Avis attendu sur la lettre d’intention Comité, depuis 12 jours" in page
    assert "Lettre d’intention à instruire À vous, depuis 12 jours" in page


def test_the_longest_wait_comes_first_and_running_contracts_last(
    cast: Cast, arras: Cpts, read: Read
) -> None:
    with clock.at(clock.now() - dt.timedelta(days=30)):
        move(cast.monts, baton=Baton.HOLDER)
    with clock.at(clock.now() - dt.timedelta(days=300)):
        move(arras, baton=Baton.NOBODY)
    assert names(read(cast.ars_reviewer, "dossiers")) == ["Monts", "Rives", "Arras"]


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("?q=rives", ["Rives"]),
        ("?q=noeux", ["Arras"]),
        ("?q=introuvable", []),
        ("?etape=contracted", ["Arras"]),
        ("?tour=ars", ["Rives", "Monts"]),
        ("?taille=2", ["Rives"]),
        ("?departement=59", []),
        ("?tri=nom", ["Arras", "Monts", "Rives"]),
        ("?tri=population&tour=ars", ["Rives", "Monts"]),
        ("?tri=echeance&etape=contracted", ["Arras"]),
        # Anything else is ignored, never an error.
        ("?tri=password&page=1e9999999&region=44&is_public=1&taille=NaN", ["Arras"]),
    ],
)
def test_filters_live_in_the_address(
    cast: Cast, arras: Cpts, read: Read, query: str, seen: list[str]
) -> None:
    page = read(cast.cpam_officer, "dossiers", query=query)
    found = names(page)
    assert found[: len(seen)] == seen if "password" not in query else "Arras" in found
    assert seen or "Aucun dossier ne répond à ces critères" in page


def test_one_box_finds_names_communes_people_and_references(cast: Cast, read: Read) -> None:
    cast.rives.president_name = "Dr Zoé Lefèvre-Müller"
    cast.rives.save()
    officer = cast.cpam_officer
    for text in (
        "RIVES",
        "béthune",
        cast.rives.reference.lower(),
        "presidente paule",  # whatever the order and the accents
        "chloe",
        "lefevre muller",
    ):
        assert names(read(officer, "dossiers", query=f"?q={text}")) == ["Rives"], text
    # Plain members, the office and people of the authorities are not what one looks for here.
    for text in ("ines infirmiere", "serge secretaire", "rachel referente", "paule monts"):
        assert names(read(officer, "dossiers", query=f"?q={text}")) == [], text


def test_people_are_no_longer_found_once_their_post_ends(cast: Cast, read: Read) -> None:
    end_assignment(cast.coordinator, Role.COORDINATOR, cpts=cast.rives)
    assert names(read(cast.cpam_officer, "dossiers", query="?q=chloe")) == []


def test_the_public_list_does_not_tell_people(cast: Cast, client: Client) -> None:
    page = client.get(reverse("territories:cpts_list") + "?q=chloe coordinatrice")
    assert "CPTS Rives" not in page.content.decode()


def test_a_search_outside_the_scope_finds_nothing(cast: Cast, read: Read) -> None:
    for text in ("chloe", cast.rives.reference, "bethune"):
        page = read(cast.other_district_officer, "dossiers", query=f"?q={text}")
        assert names(page) == []


def test_a_search_takes_four_queries(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.ars_reviewer)
    with QueryCount() as count:
        client.get(reverse("dossiers") + "?q=chloe")
    assert count.number <= 4


def test_a_deadline_that_is_over_is_said_in_words(cast: Cast, arras: Cpts, read: Read) -> None:
    page = read(cast.ars_reviewer, "dossiers", query="?q=arras")
    assert "dépassée Anniversaire du contrat" in page
    assert "1er janvier 2030" in page


def test_the_list_says_how_long_each_party_has_held_the_dossier(
    cast: Cast, read: Read, sign_in: SignIn
) -> None:
    start = clock.now()
    with clock.at(start + dt.timedelta(days=12)):
        move(cast.rives, baton=Baton.COMMITTEE)
    with clock.at(start + dt.timedelta(days=15)):
        move(cast.rives, baton=Baton.ARS)
        move(cast.monts, baton=Baton.NOBODY)
    with clock.at(start + dt.timedelta(days=20)):
        assert "ARS : 17 Comité : 3" in read(cast.ars_reviewer, "dossiers", query="?q=rives")
        (row,) = export(sign_in(cast.ars_reviewer), "?q=rives")
        summary = read(cast.president, "dossier", cast.rives.reference)
    row = {name.replace("\u00a0", " "): value for name, value in row.items()}
    assert (row["Jours : ARS"], row["Jours : Comité"]) == ("17", "3")
    assert row["Jours : Signataire de la CPTS"] == "0"
    assert "ARS en ce moment 17 2 Comité 3 1" in summary
    assert "Jours passés chez chacun" not in read(cast.nurse, "dossier", cast.rives.reference)


def test_htmx_gets_the_results_only(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.ars_reviewer).get(reverse("dossiers"), headers=PART).content.decode()
    assert "CPTS Rives" in page
    assert "<html" not in page
    assert "<form" not in page


def test_the_list_takes_four_queries_whatever_its_length(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.ars_reviewer)
    counts = []
    for _ in range(2):
        with QueryCount() as count:
            client.get(reverse("dossiers"))
        counts.append(count.number)
        for number in range(28):
            make_cpts(f"CPTS {number}", cast.holder, ["62119"], cast.geography)
    assert counts[0] == counts[1] <= 4
    with QueryCount() as count:
        page = client.get(reverse("dossiers") + "?page=3").content.decode()
    assert count.number <= 4
    assert "58" in page


# --- The export --------------------------------------------------------------------------------


def export(client: Client, query: str = "") -> list[dict[str, str]]:
    response = client.get(reverse("dossiers_export") + query)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    text = b"".join(response.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def test_the_export_holds_the_rows_of_the_filters(cast: Cast, arras: Cpts, sign_in: SignIn) -> None:
    (row,) = export(sign_in(cast.ars_reviewer), "?etape=contracted&tri=nom")
    assert row["Nom"] == "CPTS Arras"
    assert row["Communes"] == "1"
    assert row["Population municipale"] == "11590"
    assert row["Fin du contrat"] == "2030-01-01"
    assert row["Attendu"] == "Missions à mener"


def test_the_export_stays_inside_the_scope(cast: Cast, sign_in: SignIn) -> None:
    assert export(sign_in(cast.other_region_reviewer)) == []
    assert len(export(sign_in(cast.ars_reviewer))) == 2


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_of_the_export_is_never_a_formula(cast: Cast, sign_in: SignIn, first: str) -> None:
    Cpts.objects.filter(pk=cast.rives.pk).update(name=f"{first}HYPERLINK(1)")
    exported = {row["Nom"] for row in export(sign_in(cast.ars_reviewer))}
    assert f"'{first}HYPERLINK(1)" in exported


def test_the_export_is_also_a_workbook(cast: Cast, arras: Cpts, sign_in: SignIn) -> None:
    url = reverse("dossiers_export_xlsx") + "?etape=contracted"
    response = sign_in(cast.ars_reviewer).get(url)
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row") == 2
    assert "CPTS Arras" in sheet
    assert "<v>11590</v>" in sheet


def test_the_links_of_the_exports_keep_the_filters(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.ars_reviewer).get(reverse("dossiers") + "?tour=ars&page=1")
    assert "/dossiers/export.csv?tour=ars" in page.content.decode()
    assert "/dossiers/export.xlsx?tour=ars" in page.content.decode()


def test_the_export_takes_four_queries_whatever_its_length(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.ars_reviewer)
    for _ in range(2):
        with QueryCount() as count:
            export(client)
        assert count.number <= 4
        for number in range(12):
            make_cpts(f"CPTS {number}", cast.holder, ["62119"], cast.geography)


# --- One dossier -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "status", "journal_status"),
    [
        ("holder", 200, 200),
        ("president", 200, 200),
        ("office", 200, 200),
        ("coordinator", 200, 200),
        ("nurse", 200, 403),
        ("ars_reviewer", 200, 200),
        ("ars_delegation", 200, 200),
        ("cpam_director", 200, 200),
        ("committee_member", 200, 200),
        ("monts_coordinator", 404, 404),
        ("other_region_reviewer", 404, 404),
        ("other_district_officer", 404, 404),
        ("national_reader", 403, 403),
        ("administrator", 403, 403),
        ("stranger", 403, 403),
    ],
)
def test_who_opens_the_dossier(
    cast: Cast, sign_in: SignIn, part: str, status: int, journal_status: int
) -> None:
    client = sign_in(getattr(cast, part))
    reference = cast.rives.reference
    assert client.get(reverse("dossier", args=[reference])).status_code == status
    assert client.get(reverse("dossier_journal", args=[reference])).status_code == journal_status


def test_the_head_says_whose_turn_it_is_to_each_reader(cast: Cast, read: Read) -> None:
    reference = cast.rives.reference
    for_the_ars = read(cast.ars_reviewer, "dossier", reference)
    for_the_cpts = read(cast.president, "dossier", reference)
    assert "À qui le tour À vous, aujourd’hui Lettre d’intention à instruire" in for_the_ars
    assert "À qui le tour ARS, aujourd’hui Lettre d’intention à instruire" in for_the_cpts
    for page in (for_the_ars, for_the_cpts):
        assert "2 communes, 46 648 habitants" in page
        assert "Taille 2, population municipale 2023" in page
        assert "Pas de contrat signé" in page


def test_the_parties_know_how_to_reach_each_other(cast: Cast, read: Read) -> None:
    page = read(cast.cpam_officer, "dossier", cast.rives.reference)
    for person in (cast.president, cast.coordinator, cast.ars_director, cast.cpam_director):
        assert person.email in page
    for person in (cast.nurse, cast.committee_member, cast.monts_coordinator, cast.administrator):
        assert person.email not in page


def test_a_plain_member_reads_the_shared_facts_only(cast: Cast, read: Read) -> None:
    page = read(cast.nurse, "dossier", cast.rives.reference)
    assert "ARS chargée du dossier" in page
    assert cast.ars_reviewer.email not in page
    assert "Derniers actes" not in page
    assert "Financement" not in page


def test_the_tabs_are_those_one_may_open(cast: Cast, read: Read) -> None:
    reference = cast.rives.reference
    assert "Résumé Territoire Missions" in read(cast.nurse, "dossier", reference)
    assert "Contrat Missions Financement Adhérents Échanges Journal" in read(
        cast.president, "dossier", reference
    )
    assert "Journal" not in read(cast.nurse, "dossier", reference)


def test_the_five_steps_mark_where_the_dossier_stands(
    cast: Cast, arras: Cpts, sign_in: SignIn
) -> None:
    page = sign_in(cast.ars_reviewer).get(reverse("dossier", args=[arras.reference]))
    content = page.content.decode()
    assert content.count("life-steps__step--done") == 3
    assert 'aria-current="step"' in content


def test_a_project_given_up_has_no_steps(cast: Cast, sign_in: SignIn) -> None:
    move(cast.rives, stage=Stage.ABANDONED, baton=Baton.NOBODY)
    page = sign_in(cast.ars_reviewer).get(reverse("dossier", args=[cast.rives.reference]))
    assert "life-steps__step" not in page.content.decode()
    assert "Rien n’est attendu" in page.content.decode()


def test_the_journal_tells_everything_newest_first(cast: Cast, read: Read) -> None:
    for number in range(60):
        journal.record(
            "act",
            cast.rives,
            by=cast.coordinator,
            dossier=cast.rives.reference,
            sentence=f"Acte {number}",
        )
    journal.record(
        "act", cast.monts, by=cast.holder, dossier=cast.monts.reference, sentence="Ailleurs"
    )
    reference = cast.rives.reference
    first = read(cast.president, "dossier_journal", reference)
    assert "61 actes" in first
    assert first.index("Acte 59") < first.index("Acte 12")
    assert "Acte 9 " not in first
    assert "Ailleurs" not in first
    assert "Ouverture du dossier" in read(
        cast.president, "dossier_journal", reference, query="?page=2"
    )


@pytest.mark.parametrize("route", ["dossier", "dossier_journal"])
def test_a_page_of_the_dossier_takes_six_queries(cast: Cast, sign_in: SignIn, route: str) -> None:
    for person in (cast.president, cast.ars_reviewer, cast.cpam_officer, cast.committee_member):
        client = sign_in(person)
        with QueryCount() as count:
            client.get(reverse(route, args=[cast.rives.reference]))
        assert count.number <= 6


def test_names_are_escaped(cast: Cast, sign_in: SignIn) -> None:
    Cpts.objects.filter(pk=cast.rives.pk).update(name="<script>alert(1)</script>")
    client = sign_in(cast.ars_reviewer)
    for url in (reverse("dossiers"), reverse("dossier", args=[cast.rives.reference])):
        assert "<script>alert" not in client.get(url).content.decode()
