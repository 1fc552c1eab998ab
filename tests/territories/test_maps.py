"""What maps draw: who covers what, overlaps and white zones, and the table that says the same."""

import datetime as dt
import html
import json
import re
import time
from typing import Any

import brotli
import pytest
from django.test import Client
from django.urls import reverse

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, move
from territories.areas import FRANCE, Area, area_of
from territories.coverage import every_place, places_among
from territories.maps.compact import who_covers_what
from territories.maps.drawing import area_map, commune_map, cpts_map
from territories.maps.picker import picker_map
from territories.maps.sheets import map_sheet
from territories.models import Commune, CommuneShape, Rendition, Stage
from tests.cast import Cast, Geography, make_cast
from tests.queries import QueryCount
from tests.territories.drawn import draw_squares

pytestmark = pytest.mark.django_db

PAS_DE_CALAIS, HAUTS_DE_FRANCE = "departement-62", "region-32"
BETHUNE, BRUAY, LILLERS, NOEUX = "62119", "62178", "62516", "62617"


@pytest.fixture
def drawn(cast: Cast) -> Cast:
    """Rives holds Béthune and Bruay, Monts holds Lillers; Nœux and Lille are white."""
    draw_squares()
    return cast


def area(slug: str) -> Area:
    found = area_of(slug)
    assert found is not None
    return found


def today_of(slug: str) -> str:
    return str(area_map(area(slug), clock.today()).svg)


def group_of(svg: str, name: str) -> str:
    """The content of one layer; empty when it is not drawn."""
    found = re.search(rf'<g class="{name}[^"]*"[^>]*>(.*?)</g>', svg)
    return found.group(1) if found else ""


def titles(svg: str) -> list[str]:
    return re.findall(r"<title>(.*?)</title>", svg)


def overlap(cast: Cast) -> None:
    chosen = [ChosenCommune(LILLERS), ChosenCommune(BETHUNE)]
    choose_communes(cast.monts, chosen, by=cast.monts_coordinator)


def share(cast: Cast) -> None:
    rives = [ChosenCommune(BETHUNE, share=6000), ChosenCommune(BRUAY)]
    monts = [ChosenCommune(LILLERS), ChosenCommune(BETHUNE, share=4000)]
    choose_communes(cast.rives, rives, by=cast.holder)
    choose_communes(cast.monts, monts, by=cast.monts_coordinator)


# --- Areas -----------------------------------------------------------------------------------


def test_a_region_shows_each_cpts_as_one_link(drawn: Cast) -> None:
    svg = today_of(HAUTS_DE_FRANCE)
    links = re.findall(r'<a href="([^"]+)"', group_of(svg, "map-cpts"))
    assert sorted(links) == [drawn.monts.get_absolute_url(), drawn.rives.get_absolute_url()]
    assert (
        "CPTS Rives – Lettre d’intention déposée – 2\u00a0communes, 46\u00a0648\u00a0habitants"
        in titles(svg)
    )


def test_white_land_is_dotted_and_says_how_many_live_there(drawn: Cast) -> None:
    white = group_of(today_of(HAUTS_DE_FRANCE), "map-white")
    assert 'fill="url(#carte-white)"' in white
    assert titles(white) == [
        "Lille – zone blanche, 1\u00a0commune, 238\u00a0246\u00a0habitants",
        "Nœux-les-Mines – zone blanche, 1\u00a0commune, 11\u00a0590\u00a0habitants",
    ]


def test_a_departement_shows_each_commune_as_a_link_to_its_page(drawn: Cast) -> None:
    svg = today_of(PAS_DE_CALAIS)
    links = re.findall(r'<a href="/communes/(\d+)/"', svg)
    assert sorted(links) == [BETHUNE, BRUAY, LILLERS, NOEUX]
    assert "Béthune – CPTS Rives" in titles(svg)
    assert len(re.findall("<path", group_of(svg, "map-outlines"))) == 2


def test_an_overlap_is_marked_by_a_pattern_of_its_own(drawn: Cast) -> None:
    assert group_of(today_of(HAUTS_DE_FRANCE), "map-overlap") == ""
    overlap(drawn)
    for slug in (HAUTS_DE_FRANCE, PAS_DE_CALAIS):
        svg = today_of(slug)
        assert 'fill="url(#carte-overlap)"' in group_of(svg, "map-overlap")
        assert "Béthune – chevauchement\u00a0: CPTS Rives, CPTS Monts" in titles(svg)


def test_a_shared_commune_is_no_overlap(drawn: Cast) -> None:
    share(drawn)
    svg = today_of(PAS_DE_CALAIS)
    assert 'fill="url(#carte-shared)"' in group_of(svg, "map-shared")
    assert group_of(svg, "map-overlap") == ""
    assert (
        "Béthune – commune partagée\u00a0: CPTS Rives (60\u00a0%), CPTS Monts (40\u00a0%)"
        in titles(svg)
    )


def test_neighbours_have_different_colours_and_both_colourings_are_there(drawn: Cast) -> None:
    move(drawn.monts, stage=Stage.CONTRACTED)
    classes = re.findall(r'<a href="/cpts/[^"]+" class="(c\d) (s\d)"', today_of(HAUTS_DE_FRANCE))
    assert len({colour for colour, _ in classes}) == 2
    assert {stage for _, stage in classes} == {"s1", "s5"}


def test_the_number_on_the_map_is_that_of_the_table(drawn: Cast) -> None:
    svg = today_of(HAUTS_DE_FRANCE)
    numbers = dict(re.findall(r'x="(\d+)" y="\d+">(\d+)</text>', svg))
    from_west = [numbers[x] for x in sorted(numbers, key=int)]
    rows = map_sheet(area(HAUTS_DE_FRANCE), clock.today()).cpts
    assert [(row["number"], row["name"]) for row in rows] == [(1, "CPTS Monts"), (2, "CPTS Rives")]
    assert from_west == ["1", "2"]


def test_the_past_shows_who_covered_then(geography: Geography) -> None:
    draw_squares()
    with clock.at(dt.date(2021, 3, 1)):
        make_cast(geography)
    before = map_sheet(area(HAUTS_DE_FRANCE), dt.date(2020, 12, 31))
    after = map_sheet(area(HAUTS_DE_FRANCE), dt.date(2021, 12, 31))
    assert (before.cpts, len(after.cpts)) == ([], 2)
    assert "map-cpts" not in before.svg
    assert "map-cpts" in after.svg


def test_what_is_not_public_is_not_drawn(drawn: Cast) -> None:
    move(drawn.monts, public=False)
    assert "Monts" not in today_of(HAUTS_DE_FRANCE)


def test_names_are_escaped(drawn: Cast) -> None:
    type(drawn.rives).objects.filter(pk=drawn.rives.pk).update(name='<b>"Rives"&')
    svg = today_of(HAUTS_DE_FRANCE)
    assert "<b>" not in svg
    assert "&lt;b&gt;" in svg


def test_without_outlines_there_is_nothing_to_draw(cast: Cast) -> None:
    assert area_map(area(HAUTS_DE_FRANCE), clock.today()).is_empty


def test_approximate_limits_say_so(drawn: Cast) -> None:
    assert not area_map(area(HAUTS_DE_FRANCE), clock.today()).is_schematic
    CommuneShape.objects.filter(pk=NOEUX).update(origin=CommuneShape.Origin.SCHEMATIC)
    assert area_map(area(HAUTS_DE_FRANCE), clock.today()).is_schematic


# --- One CPTS, one commune, the choice of communes --------------------------------------------


def test_the_map_of_a_cpts_shows_its_neighbours(drawn: Cast) -> None:
    drawing = cpts_map(drawn.rives)
    assert sorted(re.findall(r"/communes/(\d+)/", drawing.svg)) == [BETHUNE, BRUAY, LILLERS, NOEUX]
    assert [line.row.name for line in drawing.key] == ["CPTS Monts", "CPTS Rives"]
    assert "map-own" in drawing.svg


def test_the_map_of_a_commune_shows_it_among_its_neighbours(drawn: Cast) -> None:
    drawing = commune_map(Commune.objects.get(pk=BETHUNE))
    assert sorted(re.findall(r"/communes/(\d+)/", drawing.svg)) == [BETHUNE, BRUAY, LILLERS]


def test_choosing_on_the_map_adds_takes_away_and_warns(drawn: Cast) -> None:
    svg = picker_map(
        [BETHUNE, LILLERS],
        taken=lambda codes: {LILLERS: "CPTS Monts"} if LILLERS in codes else {},
        href=lambda code: f"?ajouter={code}",
    )
    assert "Retirer Béthune" in titles(group_of(svg, "map-chosen"))
    assert "Ajouter Bruay-la-Buissière" in titles(group_of(svg, "map-free"))
    assert "Retirer Lillers (dans CPTS Monts)" in titles(svg)
    assert 'fill="url(#choix-overlap)"' in svg
    assert 'href="?ajouter=62178"' in svg


def test_nothing_chosen_yet_shows_the_departement(drawn: Cast) -> None:
    with QueryCount() as count:
        svg = picker_map([], taken=lambda codes: {}, href=str, departement="62")
    assert len(titles(svg)) == 4
    assert count.number == 1
    assert picker_map([], taken=lambda codes: {}, href=str) == ""


def test_the_simulator_leads_from_a_commune_of_the_map_to_the_next_simulation(
    client: Client, drawn: Cast
) -> None:
    page = client.get("/simulateur/carte/", {"t": "62:119516"})
    svg = page.context["picker"]
    assert page.status_code == 200
    assert "Retirer Lillers (dans CPTS Monts)" in titles(svg)
    assert "Ajouter Bruay-la-Buissière (dans CPTS Rives)" in titles(svg)
    address = next(href for href in re.findall(r'href="([^"]+)"', svg) if "ajouter=62178" in href)
    answer = client.get(html.unescape(address))
    assert answer.status_code == 302
    assert answer["Location"].endswith("#carte-choix")
    assert "62:119178516" in answer["Location"]


def test_the_map_of_a_dossier_is_for_those_who_write_it(sign_in: Any, drawn: Cast) -> None:
    address = f"/dossiers/{drawn.rives.reference}/territoire/modifier/carte/"
    client = sign_in(drawn.holder)
    with QueryCount() as count:
        page = client.get(address)
    assert count.number <= 6
    svg = page.context["picker"]
    assert "Retirer Béthune" in titles(group_of(svg, "map-chosen"))
    assert "?q=62516#ajouter" in svg
    assert sign_in(drawn.monts_coordinator).get(address).status_code == 404
    assert sign_in(drawn.ars_reviewer).get(address).status_code == 403


def test_the_map_says_that_a_territory_was_completed(client: Client, drawn: Cast) -> None:
    assert "complétés" not in get(client, zone=PAS_DE_CALAIS)
    guessed = [ChosenCommune(LILLERS, "filled")]
    choose_communes(drawn.monts, guessed, by=drawn.monts_coordinator, vintage=2023)
    assert "complétés" in get(client, zone=PAS_DE_CALAIS)


def test_two_maps_of_a_page_have_their_own_patterns(drawn: Cast) -> None:
    svgs = [area_map(area(PAS_DE_CALAIS), clock.today(), name=name).svg for name in ("un", "deux")]
    ids = [set(re.findall(r' id="([^"]+)"', svg)) for svg in svgs]
    assert ids[0]
    assert not ids[0] & ids[1]


# --- The page --------------------------------------------------------------------------------


def get(client: Client, **parameters: str) -> str:
    answer = client.get(reverse("territories:map"), parameters)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_kept_map_costs_one_query_to_a_visitor(client: Client, drawn: Cast) -> None:
    get(client, zone=HAUTS_DE_FRANCE)
    with QueryCount() as count:
        get(client, zone=HAUTS_DE_FRANCE)
    assert count.number == 1


def test_signed_in_within_the_budget(sign_in, drawn: Cast) -> None:
    client = sign_in(drawn.ars_reviewer)
    get(client)
    with QueryCount() as count:
        get(client)
    assert count.number <= 6


def test_a_change_of_territory_draws_the_map_again(client: Client, drawn: Cast) -> None:
    assert "Aucun chevauchement" in get(client, zone=PAS_DE_CALAIS, tableau="chevauchements")
    overlap(drawn)
    page = get(client, zone=PAS_DE_CALAIS, tableau="chevauchements")
    assert "CPTS Monts, CPTS Rives" in page
    assert "25\u00a0224" in page


def test_the_three_tables_say_what_the_map_shows(client: Client, drawn: Cast) -> None:
    page = get(client, zone=PAS_DE_CALAIS, tableau="blanches")
    names = re.findall(r"data-map-link>([^<]+)</a>", page)
    assert names == ["Saint-Omer", "Berck", "Nœux-les-Mines"]  # the most populous first
    page = get(client, zone=PAS_DE_CALAIS)
    assert "Lettre d’intention déposée" in page
    assert "CPTS Monts" in page


@pytest.mark.parametrize(
    ("zone", "title", "communes"),
    [
        ("epci-200072460", "Agglomération 200072460", [BETHUNE, BRUAY, LILLERS, NOEUX]),
        ("cpam-621", "CPAM de l’Artois", [BETHUNE, BRUAY, LILLERS, NOEUX]),
        ("departement-59", "Nord", ["59350"]),
    ],
)
def test_every_kind_of_area_has_its_map(
    client: Client, drawn: Cast, zone: str, title: str, communes: list[str]
) -> None:
    page = get(client, zone=zone, tableau="blanches")
    assert f"{title}, " in page
    assert sorted(re.findall(r'<a href="/communes/(\d+)/" [^>]*tabindex', page)) == communes


def test_the_way_up_and_down_from_an_area(client: Client, drawn: Cast) -> None:
    page = get(client, zone=PAS_DE_CALAIS)
    assert "?zone=france" in page
    assert "?zone=region-32" in page
    assert "?zone=epci-200072460" in page


def test_htmx_gets_the_map_without_the_form(client: Client, drawn: Cast) -> None:
    answer = client.get(reverse("territories:map"), HTTP_HX_REQUEST="true")
    assert "<svg" in answer.content.decode()
    assert "<form" not in answer.content.decode()
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize(
    "bad",
    [
        {"zone": "region-99"},
        {"zone": "cpam-\x00"},
        {"zone": "departement-62' OR 1=1"},
        {"annee": "1e9999999"},
        {"annee": "2018"},
        {"annee": "²⁰²¹"},
        {"date": "2021-02-30"},
        {"date": "2999-01-01"},
        {"date": "NaN"},
        {"couleur": "rouge", "tableau": "users", "page": "9" * 400},
        {"page": "-1"},
    ],
    ids=str,
)
def test_bad_parameters_are_ignored_at_once(client: Client, drawn: Cast, bad: dict) -> None:
    get(client)
    start = time.process_time()
    page = get(client, **bad)
    assert time.process_time() - start < 0.05
    assert "France entière, " in page


@pytest.mark.parametrize(
    ("parameters", "day"),
    [
        ({"annee": "2021"}, "31\u00a0décembre\u00a02021"),
        ({"date": "2022-05-04", "annee": "2021"}, "4\u00a0mai\u00a02022"),
    ],
)
def test_a_year_is_its_last_day_and_a_date_comes_first(
    client: Client, drawn: Cast, parameters: dict, day: str
) -> None:
    assert f"Hauts-de-France, {day}" in get(client, zone=HAUTS_DE_FRANCE, **parameters)


def test_dates_do_not_pile_up_in_the_database(client: Client, drawn: Cast) -> None:
    for day in range(1, 9):
        get(client, date=f"2022-05-0{day}")
    assert Rendition.objects.count() == 1


# --- Files -----------------------------------------------------------------------------------


def test_the_picture_is_served_once_and_has_colours_of_its_own(client: Client, drawn: Cast) -> None:
    path = reverse("territories:map_image")
    answer = client.get(path, {"zone": HAUTS_DE_FRANCE})
    svg = answer.content.decode()
    assert answer["Content-Type"] == "image/svg+xml"
    assert "class=" not in svg
    assert "<a " not in svg
    assert re.search(r'<g fill="#[0-9a-f]{6}"', svg)
    again = client.get(path, {"zone": HAUTS_DE_FRANCE}, HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


def test_who_covers_what_is_compact_and_can_be_read_back(client: Client, drawn: Cast) -> None:
    share(drawn)
    answer = client.get(reverse("territories:coverage_json"), HTTP_ACCEPT_ENCODING="br")
    values = json.loads(brotli.decompress(answer.content))
    pas_de_calais = values["communes"]["62"]
    assert pas_de_calais[119 - 1] == "*"
    assert pas_de_calais[617 - 1] == "-"
    assert pas_de_calais[0] == "."
    held = pas_de_calais[178 - 1]
    ranks = values["lettres"]["62"]
    rank = sum(ranks[: "AB".index(held) + 1])
    assert values["cpts"][rank] == drawn.rives.slug
    assert values["etapes"][rank] == "letter"
    assert sum(part for _, part in values["partages"][BETHUNE]) == 10_000
    again = client.get(reverse("territories:coverage_json"), HTTP_IF_NONE_MATCH=answer["ETag"])
    assert again.status_code == 304


def test_the_compact_form_says_every_place(drawn: Cast) -> None:
    places = every_place(FRANCE, clock.today())
    values = json.loads(who_covers_what(places, clock.today()))
    said = {
        f"{prefix}{number:03d}"
        for prefix, text in values["communes"].items()
        for number, letter in enumerate(text, 1)
        if letter != "."
    }
    assert said == {place.code for place in places}


def test_the_csv_has_a_row_for_each_place_and_cpts(client: Client, drawn: Cast) -> None:
    type(drawn.rives).objects.filter(pk=drawn.rives.pk).update(name="=CPTS")
    overlap(drawn)
    path = reverse("territories:coverage_csv")
    answer = client.get(path, {"zone": PAS_DE_CALAIS})
    rows = [line.split(";") for line in answer.content.decode("utf-8-sig").splitlines()]
    assert rows[0][:4] == ["code", "commune", "departement", "habitants"]
    bethune = [row for row in rows if row[0] == BETHUNE]
    assert sorted(row[5] for row in bethune) == ["'=CPTS", "CPTS Monts"]
    assert [row[4] for row in rows if row[0] == NOEUX] == [""]
    only = client.get(path, {"zone": PAS_DE_CALAIS, "tableau": "blanches"}).content.decode()
    assert BETHUNE not in only
    assert NOEUX in only


def test_places_among_answers_for_a_city_and_its_arrondissements(geography: Geography) -> None:
    Commune.objects.create(
        pk="59801",
        name="Lille 1er Arrondissement",
        kind="ARM",
        parent_id="59350",
        departement=geography.nord,
    )
    assert [place.code for place in places_among(["59350"], clock.today())] == ["59801"]
    assert places_among([], clock.today()) == []


def test_a_city_drawn_whole_for_its_arrondissements_is_shared(drawn: Cast) -> None:
    for number in (1, 2):
        Commune.objects.create(
            pk=f"5980{number}",
            name=f"Lille {number}e Arrondissement",
            kind="ARM",
            parent_id="59350",
            departement=drawn.geography.nord,
        )
    choose = [ChosenCommune("62516")]
    choose_communes(drawn.monts, choose, by=drawn.monts_coordinator)
    svg = today_of("departement-59")
    assert 'href="/communes/59350/"' in svg
    assert any(title.startswith("Lille – zone blanche") for title in titles(svg))
