"""« Essayer un barème »: the table that is read, and the years by both grids, to the cent."""

import datetime as dt
import time
from dataclasses import replace
from decimal import Decimal

import pytest

from aci.funding_settings import FundingSettings
from aci.grid import Grid
from aci.grid_files import read_grids
from aci.mission_codes import MISSIONS, MissionCode, Part
from aci.projection.costs import HORIZON, Case, project
from aci.projection.draft_grid import CODE, HEADER, grid_rows, read_draft_grid
from foundation.refusal import Refused

GRIDS = read_grids()
BASE = GRIDS[-1]
DAY = dt.date(2027, 1, 1)
CORE = (MissionCode.ACCES_SOINS, MissionCode.PARCOURS, MissionCode.PREVENTION, MissionCode.CRISE)
SIGNED = dt.date(2025, 3, 1)
CASE = Case(
    name="CPTS Rives",
    slug="rives",
    departement="62",
    signed_on=SIGNED,
    mission_starts=dict.fromkeys(CORE, SIGNED),
    unscheduled_care_since=SIGNED,
    population=50_000,
    size=2,
    settings=FundingSettings(),
)


def tried(text: str) -> Grid:
    return read_draft_grid(text, BASE, effective_from=DAY)


def lines(*rows: str) -> str:
    return "\n".join(["Taille;Mission;Part;Montant", *rows])


# --- The table -----------------------------------------------------------------------------------


def test_the_table_of_a_grid_reads_back_as_the_same_grid() -> None:
    text = "\n".join(";".join(str(cell) for cell in row) for row in (HEADER, *grid_rows(BASE)))
    again = tried(text)
    assert {key: line.amount for key, line in again.amounts.items()} == {
        key: line.amount for key, line in BASE.amounts.items()
    }
    assert again.code == CODE
    assert again.to_confirm


def test_the_reference_file_is_read_too() -> None:
    text = "size,mission,part,amount_eur,certainty\n2,FONCTIONNEMENT,fixed,70000.50,memory\n"
    grid = tried(text)
    assert grid.amount(2, MissionCode.FONCTIONNEMENT, Part.FIXED) == Decimal("70000.50")


def test_lines_that_are_left_out_keep_their_amount() -> None:
    grid = tried(lines("2;Fonctionnement;part fixe;70 000,50 €"))
    assert grid.amount(2, MissionCode.FONCTIONNEMENT, Part.FIXED) == Decimal("70000.50")
    first = (1, MissionCode.FONCTIONNEMENT, Part.FIXED)
    assert grid.amount(*first) == BASE.amount(*first)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("n’importe quoi", "La première ligne donne les colonnes : Taille, Mission, Part, Montant"),
        (lines("x;Fonctionnement;part fixe;1"), "Ligne 2 : la taille"),
        (lines("0;Fonctionnement;part fixe;1"), "Ligne 2 : la taille"),
        (lines("1;Jardinage;part fixe;1"), "Ligne 2 : la mission « Jardinage » est inconnue"),
        (lines("1;Fonctionnement;part rare;1"), "Ligne 2 : la part « part rare » est inconnue"),
        (lines("1;Fonctionnement;part fixe;beaucoup"), "Ligne 2 : le montant « beaucoup »"),
        (lines("1;Fonctionnement;part fixe;-1"), "Ligne 2 : le montant « -1 »"),
        (lines("1;Fonctionnement;part fixe;1e9"), "Ligne 2 : le montant « 1e9 »"),
        (lines("1;Fonctionnement;part fixe;NaN"), "Ligne 2 : le montant « NaN »"),
        (lines("1;Fonctionnement;part fixe"), "Ligne 2 : le montant « »"),
        (
            lines("1;Fonctionnement;part fixe;1", "1;FONCTIONNEMENT;fixed;2"),
            "Ligne 3 : le même montant est déjà donné à la ligne 2",
        ),
        (lines(*["1;Fonctionnement;part fixe;1"] * 2), "Ligne 3"),
        (
            lines("1;Accès aux soins;dont soins non programmés;999999"),
            "les soins non programmés dépassent la part fixe",
        ),
    ],
)
def test_a_line_that_cannot_be_read_is_told_by_its_number(text: str, sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        tried(text)
    assert sentence in refused.value.reason.replace("«  »", "« »")


# --- The years -----------------------------------------------------------------------------------


def test_the_same_grid_changes_nothing() -> None:
    found = project([CASE], grids=GRIDS, tried=tried(""), from_day=DAY)
    assert found.total.change == 0
    assert found.unchanged == 1
    assert list(found.by_year) == [2027, 2028, 2029, 2030, 2031]


def test_one_amount_more_is_paid_each_year_that_opens_after_the_date() -> None:
    grid = tried(lines("2;Fonctionnement;part fixe;70000"))
    extra = Decimal(70_000) - BASE.amount(2, MissionCode.FONCTIONNEMENT, Part.FIXED)
    found = project([CASE], grids=GRIDS, tried=grid, from_day=DAY)
    assert [pair.change for pair in found.by_year.values()] == [extra] * HORIZON
    assert found.by_mission[MissionCode.FONCTIONNEMENT].change == extra * HORIZON
    assert found.by_size[2].change == found.total.change
    assert [result.case for result in found.winners] == [CASE]
    assert not found.losers
    in_april = project([CASE], grids=GRIDS, tried=grid, from_day=dt.date(2027, 4, 1))
    assert in_april.by_year[2027].change == 0, "the year of 1 March had opened already"
    assert in_april.by_year[2028].change == extra


def test_the_three_sums_are_the_total_to_the_cent() -> None:
    late = replace(
        CASE,
        signed_on=dt.date(2026, 10, 15),
        mission_starts={mission: dt.date(2027, 1, 15) for mission in MISSIONS},
        size=1,
        population=39_000,
    )
    grid = tried(
        lines("1;Prévention;part fixe;12345,67", "2;Parcours pluriprofessionnels;part variable;1")
    )
    found = project([CASE, late], grids=GRIDS, tried=grid, from_day=DAY)
    for groups in (found.by_year, found.by_mission, found.by_size):
        pairs = list(groups.values())
        assert sum(pair.now for pair in pairs) == found.total.now
        assert sum(pair.tried for pair in pairs) == found.total.tried
    assert sum(result.total.tried for result in found.results) == found.total.tried
    assert len(found.winners) + len(found.losers) == 2


def test_newer_populations_change_the_size_and_nothing_else() -> None:
    grown = replace(CASE, tried_population=81_000, tried_size=3)
    found = project([grown], grids=GRIDS, tried=None, from_day=DAY)
    assert found.resized == 1
    assert found.total.change > 0
    six = replace(grown, mission_starts=dict.fromkeys(MISSIONS, SIGNED))
    yearly = project([six], grids=GRIDS, tried=None, from_day=DAY).by_year[2028]
    # funding.md: AVENANT_2, plan updated, no crisis, sizes 2 and 3.
    assert (yearly.now, yearly.tried) == (Decimal(310_000), Decimal(397_500))


def test_a_contract_that_ends_goes_on_in_the_same_terms() -> None:
    found = project([CASE], grids=GRIDS, tried=None, from_day=DAY)
    later = [pair.now for year, pair in found.by_year.items() if year >= 2030]
    assert later == [found.by_year[2029].now] * 2, "signed in 2025: its sixth and seventh years"


def test_a_contract_signed_later_has_no_year_before() -> None:
    future = replace(CASE, signed_on=dt.date(2028, 5, 1), mission_starts={})
    found = project([future], grids=GRIDS, tried=None, from_day=DAY)
    assert list(found.results[0].by_year) == [2028, 2029, 2030, 2031]


def test_a_contract_that_names_its_grid_keeps_it() -> None:
    named = replace(CASE, grid_code=BASE.code)
    grid = tried(lines("2;Fonctionnement;part fixe;1"))
    assert project([named], grids=GRIDS, tried=grid, from_day=DAY).total.change == 0


def test_france_is_computed_in_less_than_two_seconds() -> None:
    """840 CPTS × 5 years by two grids: seconds of the processor, whatever else the machine does."""
    cases = [replace(CASE, name=f"CPTS {number}", size=number % 4 + 1) for number in range(840)]
    grid = tried(lines("2;Fonctionnement;part fixe;70000"))
    begun = time.process_time()
    found = project(cases, grids=GRIDS, tried=grid, from_day=DAY)
    assert time.process_time() - begun < 2
    assert len(found.results) == 840
