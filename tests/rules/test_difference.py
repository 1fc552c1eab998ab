"""The structural difference between two versions of a contract: nothing lost, nothing invented."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aci.difference import Section, Unit, difference
from aci.mission_codes import MISSIONS, Part
from foundation.numbers import NBSP

CODES = ["01001", "01002", "01003", "01004", "01005", "2A004"]
DAYS = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31)).map(dt.date.isoformat)
EUROS = st.integers(0, 10**8).map(lambda cents: f"{Decimal(cents) / 100:.2f}")


def _territory(people: dict[str, int]) -> dict[str, Any]:
    return {
        "population": sum(people.values()),
        "size": 1 if sum(people.values()) < 40_000 else 2,
        "vintage": 2017,
        "communes": [
            {"code": code, "name": f"Commune {code}", "population": count, "is_completed": False}
            for code, count in people.items()
        ],
    }


TERRITORIES = st.dictionaries(st.sampled_from(CODES), st.integers(1, 90_000)).map(_territory)
MISSION_LISTS = st.dictionaries(st.sampled_from(MISSIONS), st.none() | DAYS, min_size=1).map(
    lambda starts: [
        {"code": code.value, "label": code.label, "starts_on": day, "start_by": None}
        for code, day in starts.items()
    ]
)
LINES = st.dictionaries(
    st.tuples(st.sampled_from(MISSIONS), st.sampled_from([Part.FIXED, Part.VARIABLE])), EUROS
).map(
    lambda dues: [
        {"code": code.value, "part": part.value, "due": due} for (code, part), due in dues.items()
    ]
)
YEARS = st.dictionaries(st.integers(1, 5), LINES).map(
    lambda years: [
        {"contract_year": {"number": number}, "lines": lines} for number, lines in years.items()
    ]
)
INDICATORS = st.dictionaries(
    st.sampled_from(["ald", "snp", "rcp"]), st.tuples(EUROS, st.lists(st.integers(0, 9)))
).map(
    lambda rows: [
        {"code": code, "label": f"Indicateur {code}", "euros": euros, "tiers": tiers}
        for code, (euros, tiers) in rows.items()
    ]
)
TIERS = st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True)


def _annex_line(code: str, euros: str, worsts: list[int]) -> dict[str, Any]:
    return {
        "code": code,
        "mission": "ACCES_SOINS",
        "unit": "patients",
        "label": f"Indicateur {code}",
        "direction": "lower",
        "method": "tiers",
        "euros": "0",
        "target": None,
        "baseline": None,
        "tiers": [
            {"worst": str(worst * 10 + 5), "best": str(worst * 10), "euros": euros}
            for worst in worsts
        ],
    }


ANNEXES = st.dictionaries(
    st.integers(1, 3),
    st.dictionaries(st.sampled_from(["ald", "snp"]), st.tuples(EUROS, TIERS), min_size=1),
    max_size=2,
).map(
    lambda years: [
        {"year": year, "lines": [_annex_line(code, *row) for code, row in rows.items()]}
        for year, rows in years.items()
    ]
)
WORDS = st.lists(st.sampled_from(["Cinq", "ans", "six", "{{ cpts.nom }}"]), min_size=1, max_size=5)
BLOCKS = st.dictionaries(st.sampled_from(["objet", "duree", "suivi"]), WORDS.map(" ".join)).map(
    lambda bodies: [
        {"key": key, "form": "article", "title": key.title(), "body": body}
        for key, body in bodies.items()
    ]
)
TEXTS = st.fixed_dictionaries({"annexes": ANNEXES, "blocks": BLOCKS})
VERSIONS = st.fixed_dictionaries(
    {
        "parties": st.fixed_dictionaries(
            {"cpts": st.fixed_dictionaries({"name": st.text(max_size=5), "seat": st.just("Ici")})}
        ),
        "territory": TERRITORIES,
        "missions": MISSION_LISTS,
        "unscheduled_care_since": st.none() | DAYS,
        "years": YEARS,
    },
    optional={"indicators": INDICATORS, "made_on": DAYS, "not_known_yet": st.integers(0, 3)},
)


@given(VERSIONS)
def test_a_version_does_not_differ_from_itself(version: dict[str, Any]) -> None:
    assert not difference(version, version)
    assert difference(version, dict(version)).sections == []


@given(VERSIONS, VERSIONS)
def test_the_way_back_is_the_mirror(one: dict[str, Any], other: dict[str, Any]) -> None:
    there, back = difference(one, other), difference(other, one)
    assert set(there.mirrored.rows) == set(back.rows)
    assert len(there.rows) == len(back.rows)


@given(VERSIONS, VERSIONS)
def test_communes_out_then_in_give_the_other_territory(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    people = {row["code"]: row["population"] for row in one["territory"]["communes"]}
    found = difference(one, other)
    for row in found.of(Section.COMMUNES_OUT):
        assert people.pop(row.key[0]) == row.before
    for row in (*found.of(Section.COMMUNES_IN), *found.of(Section.COMMUNES)):
        people[row.key[0]] = int(str(row.after))
    assert people == {row["code"]: row["population"] for row in other["territory"]["communes"]}
    sizes = [row for row in found.of(Section.TERRITORY) if row.key == ("size",)]
    assert bool(sizes) == (one["territory"]["size"] != other["territory"]["size"])


@given(VERSIONS, VERSIONS)
def test_lines_envelopes_and_totals_agree_to_the_cent(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    rows = difference(one, other).of(Section.AMOUNTS)
    for group in {row.group for row in rows}:
        sums = {
            level: sum(
                (
                    Decimal(str(row.delta))
                    for row in rows
                    if (row.group, row.level) == (group, level)
                ),
                Decimal(0),
            )
            for level in ("total", "envelope", "line")
        }
        assert sums["total"] == sums["envelope"] == sums["line"]


def test_a_commune_in_that_crosses_a_size_reads_right() -> None:
    before, after = _territory({"01001": 39_965}), _territory({"01001": 39_965, "01002": 812})
    rows = difference({"territory": before}, {"territory": after}).rows
    assert [(row.label, row.before_words, row.after_words, row.delta_words) for row in rows] == [
        ("Communes", "1", "2", "+1"),
        ("Population", f"39{NBSP}965", f"40{NBSP}777", "+812"),
        ("Taille", "1", "2", "+1"),
        ("Commune 01002 (01002)", "", "812", "+812"),
    ]


def test_years_that_only_one_side_prints_are_compared_as_whole_years() -> None:
    def year(number: int, due: str) -> dict[str, Any]:
        line = {"code": "PARCOURS", "part": "fixed", "due": due}
        return {"contract_year": {"number": number}, "lines": [line]}

    one = {"years": [year(1, "10.00"), year(2, "20.00")]}
    found = difference(one, {"years": [year(3, "25.50")]})
    total = found.rows[0]
    assert (total.group, total.unit) == ("Années de contrat 2 et 3, chacune entière", Unit.EUROS)
    assert (total.before_words, total.delta_words) == (f"20,00{NBSP}€", f"+5,50{NBSP}€")


def test_clauses_and_tiers_are_compared_one_by_one() -> None:
    one = {"clauses": [{"key": "duree", "title": "Durée", "text": "Cinq ans."}], "indicators": []}
    other = {
        "clauses": [{"key": "duree", "title": "Durée", "text": "Six ans."}],
        "indicators": [{"code": "ald", "label": "Patients en ALD", "tiers": [50, 100]}],
    }
    rows = difference(one, other).rows
    assert [(row.section, row.label, row.before, row.after) for row in rows] == [
        (Section.INDICATORS, "Patients en ALD", None, "Patients en ALD"),
        (Section.CLAUSES, "Durée : texte", "Cinq ans.", "Six ans."),
    ]


@given(TEXTS, TEXTS)
def test_the_words_of_an_article_are_all_there_on_both_sides(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert not difference(one, one)
    assert set(difference(one, other).mirrored.rows) == set(difference(other, one).rows)
    for row in difference(one, other).of(Section.CLAUSES):
        before = "".join(part.text for part in row.segments if not part.is_added)
        after = "".join(part.text for part in row.segments if part.is_same or part.is_added)
        assert (before, after) == (row.before or "", row.after or "")


def _article(body: str, title: str = "Durée") -> dict[str, Any]:
    return {"blocks": [{"key": "duree", "form": "article", "title": title, "body": body}]}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            _article("Conclu pour cinq ans, par **{{ cpts.nom }}**."),
            _article("Conclu pour six ans, par **{{ cpts.nom }}**."),
            [("Article 1 – Durée", "modifié", "cinq", "six")],
        ),
        (_article("Cinq ans."), {}, [("Article 1 – Durée", "retiré", "Cinq ans.", "")]),
        ({}, _article("Cinq ans."), [("Article 1 – Durée", "ajouté", "", "Cinq ans.")]),
        (
            _article("Cinq ans."),
            _article("Cinq ans.", "Terme"),
            [("Durée / Terme : titre", "modifié", "Durée", "Terme")],
        ),
        (_article("Par **{{ cpts.nom }}**."), _article("Par {{ cpts.nom }}."), []),
    ],
)
def test_articles_read_word_by_word(
    one: dict[str, Any], other: dict[str, Any], told: list[tuple[str, ...]]
) -> None:
    rows = difference(one, other).of(Section.CLAUSES)
    assert [
        (
            row.label,
            row.change.value,
            "".join(part.text for part in row.segments if part.kind == "removed"),
            "".join(part.text for part in row.segments if part.is_added),
        )
        for row in rows
    ] == told


def _annexed(**changed: Any) -> dict[str, Any]:
    line = {**_annex_line("ald", "3000.00", [1, 2]), **changed}
    return {"annexes": [{"year": 2, "lines": [line]}]}


ALD = "Accès aux soins : Indicateur ald"
TARGET = {"method": "all_or_nothing", "tiers": [], "target": "8", "euros": "500"}


@pytest.mark.parametrize(
    ("one", "other", "told"),
    [
        (
            _annexed(),
            _annexed(tiers=_annex_line("ald", "3500.00", [2])["tiers"]),
            [
                (f"{ALD}, palier 25 à 20", "3 000,00 €", "3 500,00 €"),
                (f"{ALD}, palier 15 à 10", "3 000,00 €", ""),
            ],
        ),
        (_annexed(**TARGET), _annexed(**TARGET, unit="%"), [(f"{ALD}, unité", "patients", "%")]),
        (
            _annexed(**TARGET),
            _annexed(**{**TARGET, "target": "6", "euros": "700"}),
            [(f"{ALD}, cible", "8", "6"), (f"{ALD}, valeur", "500,00 €", "700,00 €")],
        ),
        (_annexed(**TARGET), {}, [(ALD, "8 ou moins, tout ou rien", "")]),
        ({}, _annexed(**TARGET), [(ALD, "", "8 ou moins, tout ou rien")]),
    ],
)
def test_indicators_are_told_tier_by_tier(
    one: dict[str, Any], other: dict[str, Any], told: list[tuple[str, ...]]
) -> None:
    rows = difference(one, other).of(Section.INDICATORS)
    said = [(row.label, row.before_words, row.after_words) for row in rows]
    assert [tuple(text.replace(NBSP, " ") for text in row) for row in said] == told
    assert {row.group for row in rows} == {"Année de contrat 2"}
