"""Grids: their files, what they refuse, and which one pays a year."""

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest

from aci.deadlines import contract_year
from aci.funding_settings import FundingSettings, GridRule
from aci.grid import Grid, GridAmount, GridStatus, grid_in_force, grid_named, grid_of_year
from aci.grid_files import read_grids
from aci.mission_codes import MISSIONS, MissionCode, Part
from foundation.refusal import Refused
from tests.rules.funding_cases import ACI_2019, AVENANT_2, CRISE, FONCTIONNEMENT

USUAL = FundingSettings()


def test_the_two_grids_are_there_to_be_confirmed_with_their_source():
    assert [(grid.code, grid.effective_from) for grid in read_grids()] == [
        ("ACI_2019", dt.date(2019, 8, 25)),
        ("AVENANT_2", dt.date(2022, 4, 1)),
    ]
    assert all(grid.to_confirm and grid.source for grid in read_grids())
    assert not replace(AVENANT_2, status=GridStatus.CONFIRMED).to_confirm


@pytest.mark.parametrize("grid", read_grids(), ids=lambda grid: grid.code)
def test_a_grid_is_complete_and_grows_with_the_size(grid):
    assert grid.sizes == (1, 2, 3, 4)
    of_the_first = {(mission, part) for size, mission, part in grid.amounts if size == 1}
    for size in grid.sizes[1:]:
        for mission, part in of_the_first:
            assert grid.amount(size, mission, part) >= grid.amount(size - 1, mission, part)
    assert len(grid.amounts) == 4 * len(of_the_first)


def test_crise_came_with_avenant_2():
    assert AVENANT_2.missions == set(MissionCode)
    assert AVENANT_2.missions - ACI_2019.missions == {CRISE}
    assert FONCTIONNEMENT not in MISSIONS


@pytest.mark.parametrize(
    ("day", "code"),
    [
        ("2019-08-25", "ACI_2019"),
        ("2022-03-31", "ACI_2019"),
        ("2022-04-01", "AVENANT_2"),
        ("2030-01-01", "AVENANT_2"),
    ],
)
def test_the_grid_in_force_on_a_day(day, code):
    assert grid_in_force(dt.date.fromisoformat(day), read_grids()).code == code


def test_no_grid_was_in_force_before_the_agreement():
    with pytest.raises(Refused, match="24\u00a0août\u00a02019"):
        grid_in_force(dt.date(2019, 8, 24), read_grids())


@pytest.mark.parametrize(
    ("number", "chosen", "named", "code"),
    [
        (1, USUAL, None, "ACI_2019"),
        (2, USUAL, None, "AVENANT_2"),
        (1, USUAL, "AVENANT_2", "AVENANT_2"),
        (2, replace(USUAL, grid_rule=GridRule.SIGNATURE), None, "ACI_2019"),
        (2, replace(USUAL, grid_rule=GridRule.SIGNATURE), "AVENANT_2", "AVENANT_2"),
    ],
)
def test_the_grid_that_pays_a_contract_year(number, chosen, named, code):
    signed_on = dt.date(2021, 10, 19)
    year = contract_year(signed_on, number, chosen)
    grid = grid_of_year(
        signed_on=signed_on, year=year, grids=read_grids(), settings=chosen, named=named
    )
    assert grid.code == code


def test_an_unknown_grid_is_refused_with_the_known_ones():
    with pytest.raises(
        Refused, match="AVENANT_3 est inconnu, les barèmes sont ACI_2019, AVENANT_2"
    ):
        grid_named("AVENANT_3", read_grids())


def built(*amounts: tuple[Part, str]) -> Grid:
    return Grid.build(
        code="ESSAI",
        label="Essai",
        effective_from=dt.date(2027, 1, 1),
        source="essai",
        status=GridStatus.TO_CONFIRM,
        amounts=[
            GridAmount(1, MissionCode.ACCES_SOINS, part, Decimal(amount), "memory")
            for part, amount in amounts
        ],
    )


@pytest.mark.parametrize(
    ("amounts", "reason"),
    [
        ([(Part.FIXED, "1"), (Part.FIXED, "1")], "donne deux fois le montant"),
        ([(Part.FIXED, "-1")], "montant impossible"),
        ([(Part.FIXED, "NaN")], "montant impossible"),
        ([(Part.FIXED, "10"), (Part.FIXED_OF_WHICH_SNP, "11")], "dépassent la part fixe"),
        ([(Part.FIXED_OF_WHICH_SNP, "11")], "dépassent la part fixe"),
    ],
)
def test_an_impossible_grid_is_refused(amounts, reason):
    with pytest.raises(Refused, match=reason):
        built(*amounts)


def test_a_missing_amount_is_refused_never_taken_as_zero():
    grid = built((Part.FIXED, "10"))
    assert grid.amount(1, MissionCode.ACCES_SOINS, Part.FIXED) == 10
    with pytest.raises(Refused, match="part variable, en taille 1"):
        grid.amount(1, MissionCode.ACCES_SOINS, Part.VARIABLE)
