"""The choices that the texts leave open: each is a setting, shown, stored and read back."""

import datetime as dt
from decimal import Decimal

import pytest

from aci.funding_settings import (
    FundingSettings,
    GridRule,
    LeapAnniversary,
    Proration,
    UnscheduledCareRule,
)
from aci.grid_files import SettingRow, read_setting_rows, settings_on
from aci.mission_codes import Part
from foundation.refusal import Refused
from tests.rules.funding_cases import (
    ACCES_SOINS,
    FONCTIONNEMENT,
    PARCOURS,
    PREVENTION,
    day,
    line_of,
    year_of,
)

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("since", "rule", "due"),
    [
        (None, UnscheduledCareRule.PART_START, 25_000),
        ("2023-07-01", UnscheduledCareRule.PART_START, 60_000),
        ("2023-07-02", UnscheduledCareRule.PART_START, 25_000),
        (None, UnscheduledCareRule.YEAR_END, 25_000),
        ("2024-06-30", UnscheduledCareRule.YEAR_END, 60_000),
        ("2024-07-01", UnscheduledCareRule.YEAR_END, 25_000),
    ],
)
def test_when_unscheduled_care_counts(since, rule, due):
    year = year_of(
        ACCES_SOINS,
        snp_since=since and day(since),
        settings=FundingSettings(unscheduled_care_rule=rule),
    )
    assert line_of(year, ACCES_SOINS).due == due


def test_months_are_the_other_way_to_count_an_incomplete_year():
    settings = FundingSettings(proration=Proration.MONTHS)
    year = year_of(
        PARCOURS,
        signed_on=day("2023-10-15"),
        starts={ACCES_SOINS: day("2024-01-15"), PREVENTION: day("2024-01-16")},
        settings=settings,
    )
    assert line_of(year, ACCES_SOINS).due == 45_000  # nine whole months
    assert line_of(year, PREVENTION).due == Decimal("6666.67")  # eight
    assert line_of(year, PARCOURS).due == 25_000
    assert line_of(year, PREVENTION).rule.startswith("8 mois entiers sur 12, de")


def test_in_months_too_a_whole_year_is_whole():
    """From 1 March 2027 to 29 February 2028 eleven whole months fit, but the year is whole."""
    settings = FundingSettings(proration=Proration.MONTHS, leap_anniversary=LeapAnniversary.MARCH_1)
    year = year_of(PARCOURS, signed_on=day("2024-02-29"), number=4, settings=settings)
    assert year.contract_year.start == day("2027-03-01")
    assert line_of(year, PARCOURS).due == 25_000


def test_the_variable_part_may_be_prorated_by_setting():
    settings = FundingSettings(variable_prorated_in_first_year=True)
    starts = {ACCES_SOINS: day("2024-01-15")}
    first = year_of(signed_on=day("2023-10-15"), starts=starts, settings=settings)
    line = line_of(first, ACCES_SOINS, Part.VARIABLE)
    assert line.due == Decimal("14972.68")
    assert line.ceiling == 20_000
    assert "274 jours sur 366" in line.rule
    later = year_of(signed_on=day("2023-10-15"), starts=starts, settings=settings, number=2)
    assert line_of(later, ACCES_SOINS, Part.VARIABLE).due == 20_000


def test_the_rates_of_advances_are_settings():
    settings = FundingSettings(
        advance_rate=Decimal("0.6"), operating_first_advance_rate=Decimal("0.8")
    )
    year = year_of(PARCOURS, settings=settings)
    assert line_of(year, FONCTIONNEMENT).advance == 40_000
    assert line_of(year, PARCOURS).advance == 15_000
    assert f"avance de 80{NBSP}%" in year.schedule[0].label


# --- Stored, read, shown ----------------------------------------------------------------------

OTHER = FundingSettings(
    contract_years=6,
    advance_rate=Decimal("0.7"),
    operating_first_advance_rate=Decimal("0.9"),
    proration=Proration.MONTHS,
    variable_prorated_in_first_year=True,
    leap_anniversary=LeapAnniversary.MARCH_1,
    grid_rule=GridRule.SIGNATURE,
    unscheduled_care_rule=UnscheduledCareRule.YEAR_END,
)


@pytest.mark.parametrize("kept", [FundingSettings(), OTHER])
def test_settings_are_stored_as_texts_and_read_back(kept):
    assert FundingSettings.from_texts(kept.as_texts()) == kept
    assert all(isinstance(text, str) for text in kept.as_texts().values())


def test_every_setting_is_said_in_french_and_none_is_said_alike():
    usual, other = FundingSettings().sentences, OTHER.sentences
    assert len(usual) == len(other) == len(FundingSettings().as_texts())
    assert not set(usual) & set(other)


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ({"proration": "weeks"}, "valeur inconnue"),
        ({"advance_rate": "beaucoup"}, "valeur inconnue"),
        ({"contract_years": "cinq"}, "valeur inconnue"),
        ({"variable_prorated_in_first_year": "oui"}, "valeur inconnue"),
        ({"advance_rate": "1.5"}, "entre 0 et 1"),
        ({"operating_first_advance_rate": "-1"}, "entre 0 et 1"),
        ({"contract_years": "0"}, "au moins un an"),
        ({"vitesse": "3", "allure": "1"}, "inconnu\u00a0: allure, vitesse"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(texts, reason):
    with pytest.raises(Refused, match=reason):
        FundingSettings.from_texts(texts)


def test_the_file_holds_every_setting_at_its_documented_default():
    rows = read_setting_rows()
    assert settings_on(dt.date(2024, 1, 1), rows) == FundingSettings()
    assert {row.setting for row in rows} == set(FundingSettings().as_texts())
    assert {row.certainty for row in rows} == {"confirmed", "assumption"}


def test_settings_are_dated():
    later = SettingRow(dt.date(2027, 1, 1), "advance_rate", "0.8", "confirmed", "avenant à venir")
    rows = (later, *read_setting_rows())
    assert settings_on(dt.date(2026, 12, 31), rows).advance_rate == Decimal("0.75")
    assert settings_on(dt.date(2027, 1, 1), rows).advance_rate == Decimal("0.8")
    with pytest.raises(Refused, match="24\u00a0août\u00a02019"):
        settings_on(dt.date(2019, 8, 24), rows)
