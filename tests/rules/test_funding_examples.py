"""The totals, worked examples and sentences of the funding rules, one by one."""

import datetime as dt
from decimal import Decimal

import pytest

from aci.funding import ContractTerms, compute_year
from aci.funding_lines import Retained, Share
from aci.mission_codes import MISSIONS, MissionKind, Part
from foundation.refusal import Refused
from tests.rules.funding_cases import (
    ACCES_SOINS,
    ACI_2019,
    AVENANT_2,
    CRISE,
    FONCTIONNEMENT,
    PARCOURS,
    PREVENTION,
    QUALITE,
    SIGNED,
    SOCLE_2019,
    WITHOUT_CRISIS,
    amounts,
    day,
    line_of,
    nothing,
    year_of,
)

NBSP = "\u00a0"


# --- Totals of the section « Parts » ----------------------------------------------------------


@pytest.mark.parametrize(
    ("size", "total"), [(1, 220_000), (2, 287_500), (3, 370_000), (4, 450_000)]
)
def test_totals_of_2019(size, total):
    assert year_of(*WITHOUT_CRISIS, grid=ACI_2019, size=size).total_due == total


@pytest.mark.parametrize(
    ("size", "written_crisis", "written", "updated"),
    [
        (1, 287_500, 250_000, 237_500),
        (2, 380_000, 327_500, 310_000),
        (3, 487_500, 420_000, 397_500),
        (4, 580_000, 505_000, 480_000),
    ],
)
def test_totals_of_avenant_2(size, written_crisis, written, updated):
    first = year_of(*MISSIONS, size=size, crisis_recognised=True)
    assert first.total_due == written_crisis
    assert year_of(*MISSIONS, size=size).total_due == written
    assert year_of(*MISSIONS, size=size, number=2).total_due == updated


def test_floor_without_unscheduled_care():
    """50 000 inhabitants: 60 000 + 30 000 + 35 000 + 12 500, the figure the agencies print."""
    floor = year_of(
        *SOCLE_2019, grid=ACI_2019, size=2, snp_since=None, achieved=nothing(*SOCLE_2019)
    )
    assert [line.due for line in floor.lines if line.due] == [60_000, 30_000, 35_000, 12_500]
    assert floor.total_due == 137_500
    assert line_of(floor, ACCES_SOINS).ceiling == 30_000
    assert "45\u00a0000,00\u00a0€ de soins non programmés" in line_of(floor, ACCES_SOINS).rule


# --- Worked examples --------------------------------------------------------------------------


def test_example_1():
    year = year_of(*WITHOUT_CRISIS, grid=ACI_2019, size=2)
    by_envelope = {}
    for line in year.lines:
        by_envelope[line.code] = by_envelope.get(line.code, 0) + line.due
    assert list(by_envelope.values()) == [60_000, 97_500, 70_000, 25_000, 20_000, 15_000]
    assert year.total_due == 287_500


@pytest.mark.parametrize(("achieved", "total"), [({}, 195_000), (nothing(*SOCLE_2019), 145_000)])
def test_example_2(achieved, total):
    signed_on = day("2021-10-19")
    year = year_of(*SOCLE_2019, grid=ACI_2019, signed_on=signed_on, achieved=achieved)
    assert year.total_due == total


def test_example_3():
    year = year_of(*MISSIONS, size=3, number=5)
    fixed = [Part.FIXED, Part.PLAN_UPDATE]
    assert line_of(year, FONCTIONNEMENT).due == 75_000
    assert sum(line.due for line in year.lines[1:] if line.part in fixed) == 200_000
    assert sum(line.due for line in year.lines if line.part is Part.VARIABLE) == 122_500
    assert year.total_due == 397_500
    assert year_of(*MISSIONS, size=3, number=5, crisis_recognised=True).total_due == 465_000


def test_example_4():
    year = year_of(
        signed_on=day("2023-10-15"),
        starts={ACCES_SOINS: day("2024-01-15"), PREVENTION: day("2024-06-01")},
    )
    assert year.contract_year.days == 366
    assert amounts(line_of(year, FONCTIONNEMENT)) == ("50000.00", "50000.00", "0.00")
    assert amounts(line_of(year, ACCES_SOINS)) == ("44918.03", "33688.52", "11229.51")
    assert amounts(line_of(year, PREVENTION)) == ("3715.85", "2786.89", "928.96")
    rule = line_of(year, ACCES_SOINS).rule
    assert rule.startswith("274 jours sur 366, de 60\u00a0000,00\u00a0€.")
    assert "Avance de 75\u00a0% le 15\u00a0janvier\u00a02024" in rule


def test_termination_example():
    year = year_of(size=2, signed_on=day("2024-07-01"), ended_on=day("2025-04-01"))
    assert amounts(line_of(year, FONCTIONNEMENT)) == ("45041.10", "60000.00", "-14958.90")
    assert [(payment.date, payment.amount) for payment in year.schedule] == [
        (day("2024-07-01"), Decimal("60000.00")),
        (day("2025-04-01"), Decimal("-14958.90")),
    ]
    assert year.schedule[1].label == f"Fonctionnement{NBSP}: trop-perçu à récupérer"
    assert "274 jours sur 365" in line_of(year, FONCTIONNEMENT).rule
    assert "14\u00a0958,90\u00a0€ à récupérer" in line_of(year, FONCTIONNEMENT).rule


# --- Time -------------------------------------------------------------------------------------


def test_later_years_of_fonctionnement_pay_an_advance_then_the_balance():
    line = line_of(year_of(number=2), FONCTIONNEMENT)
    assert amounts(line) == ("50000.00", "37500.00", "12500.00")
    assert (line.advance_on, line.balance_on) == (day("2024-07-01"), day("2025-07-01"))


def test_a_mission_started_in_an_earlier_year_is_whole():
    year = year_of(starts={PARCOURS: day("2024-01-01")}, number=2)
    assert amounts(line_of(year, PARCOURS)) == ("25000.00", "18750.00", "6250.00")
    assert line_of(year, PARCOURS).advance_on == day("2024-07-01")
    assert line_of(year, PARCOURS).rule.startswith("Année entière, de 25\u00a0000,00\u00a0€.")


@pytest.mark.parametrize("start", ["2024-07-01", "2024-07-02", "2031-01-01"])
def test_a_mission_that_starts_after_the_end_of_the_year_gives_no_line(start):
    year = year_of(starts={PARCOURS: day(start), CRISE: day(start)}, crisis_recognised=True)
    assert [line.code for line in year.lines] == [FONCTIONNEMENT]


def test_a_mission_may_start_on_the_last_day_of_the_year():
    line = line_of(year_of(starts={PARCOURS: day("2024-06-30")}), PARCOURS)
    assert line.due == Decimal("68.31")  # 1 day of 366
    assert line.ceiling == 25_000


def test_a_mission_that_is_not_started_yields_nothing():
    assert [line.code for line in year_of().lines] == [FONCTIONNEMENT]


def test_the_variable_part_is_whole_in_the_first_year_and_paid_after_it():
    year = year_of(starts={QUALITE: day("2024-06-01")}, achieved={QUALITE: Share(Decimal("0.333"))})
    line = line_of(year, QUALITE, Part.VARIABLE)
    assert amounts(line) == ("2497.50", "0.00", "2497.50")
    assert line.ceiling == 7_500
    assert line.balance_on == day("2024-07-01")
    assert line.rule.startswith("Objectifs atteints à 33,3\u00a0%, de 7\u00a0500,00\u00a0€.")


def test_the_lines_come_in_the_order_of_the_agreement():
    year = year_of(*reversed(MISSIONS), crisis_recognised=True)
    assert [(line.code, line.part.value) for line in year.lines] == [
        ("FONCTIONNEMENT", "fixed"),
        ("ACCES_SOINS", "fixed"),
        ("ACCES_SOINS", "variable"),
        ("PARCOURS", "fixed"),
        ("PARCOURS", "variable"),
        ("PREVENTION", "fixed"),
        ("PREVENTION", "variable"),
        ("CRISE", "plan_first_year"),
        ("CRISE", "crisis_recognised"),
        ("QUALITE", "fixed"),
        ("QUALITE", "variable"),
        ("ACCOMPAGNEMENT", "fixed"),
        ("ACCOMPAGNEMENT", "variable"),
    ]


# --- CRISE ------------------------------------------------------------------------------------


def test_the_plan_of_the_year_the_mission_starts_is_prorated():
    line = line_of(year_of(starts={CRISE: day("2024-01-01")}), CRISE, Part.PLAN_FIRST_YEAR)
    assert amounts(line) == ("12431.69", "9323.77", "3107.92")  # 182 days of 366


def test_a_crisis_started_in_an_earlier_year_pays_the_update():
    line = line_of(year_of(starts={CRISE: day("2024-01-01")}, number=2), CRISE, Part.PLAN_UPDATE)
    assert amounts(line) == ("12500.00", "9375.00", "3125.00")


def test_a_recognised_crisis_is_paid_whole_after_the_year():
    year = year_of(starts={CRISE: day("2024-06-01")}, crisis_recognised=True)
    line = line_of(year, CRISE, Part.CRISIS_RECOGNISED)
    assert amounts(line) == ("37500.00", "0.00", "37500.00")
    assert line.balance_on == day("2024-07-01")
    assert "reconnue par l’ARS" in line.rule
    assert line.label == "Réponse aux crises sanitaires graves, crise reconnue par l’ARS"


def test_only_the_grid_of_the_year_computed_is_looked_at():
    """CRISE started while ACI_2019 paid: nothing known then, the update of avenant 2 later."""
    starts = {CRISE: day("2021-12-01")}
    signed_on = day("2021-07-01")
    with pytest.raises(Refused, match="ACI_2019 ne prévoit pas la mission"):
        year_of(starts=starts, signed_on=signed_on, grid=ACI_2019)
    with pytest.raises(Refused, match="ACI_2019 ne prévoit pas la mission"):
        year_of(starts=starts, signed_on=signed_on, grid=ACI_2019, number=2)
    later = year_of(starts=starts, signed_on=signed_on, grid=AVENANT_2, number=2)
    assert line_of(later, CRISE, Part.PLAN_UPDATE).due == 12_500


def test_a_grid_without_crise_refuses_it_only_in_a_year_that_would_pay_it():
    starts = {CRISE: day("2022-07-01")}
    signed_on = day("2021-07-01")
    year = year_of(starts=starts, signed_on=signed_on, grid=ACI_2019, crisis_recognised=True)
    assert [line.code for line in year.lines] == [FONCTIONNEMENT]


# --- Termination ------------------------------------------------------------------------------


def test_at_termination_advances_stay_those_of_the_full_year():
    year = year_of(
        PARCOURS,
        starts={ACCES_SOINS: day("2025-03-01"), CRISE: day("2025-01-01")},
        number=2,
        ended_on=day("2025-04-01"),
        crisis_recognised=True,
        achieved={PARCOURS: Share(Decimal("0.5"))},
    )
    # 274, 274, 31 and 90 days of 365; a mission started in the year was advanced to its end.
    assert {line.label: amounts(line) for line in year.lines} == {
        "Fonctionnement": ("37534.25", "37500.00", "34.25"),
        "Parcours pluriprofessionnels, part fixe": ("18767.12", "18750.00", "17.12"),
        "Accès aux soins, part fixe": ("5095.89", "15041.09", "-9945.20"),
        "Réponse aux crises sanitaires graves, plan rédigé": ("6164.38", "9297.95", "-3133.57"),
    }
    assert all(line.balance_on == day("2025-04-01") for line in year.lines)
    assert "solde de 34,25\u00a0€" in line_of(year, FONCTIONNEMENT).rule


def test_at_termination_review_and_crisis_have_no_effect_at_all():
    end = {"number": 2, "ended_on": day("2025-04-01")}
    bare = year_of(CRISE, PARCOURS, **end)
    reviewed = year_of(
        CRISE,
        PARCOURS,
        crisis_recognised=True,
        achieved={PARCOURS: Share(Decimal(0)), QUALITE: Share(Decimal(1))},
        **end,
    )
    assert reviewed.lines == bare.lines
    without_crise = year_of(PARCOURS, crisis_recognised=True, **end)
    assert Part.CRISIS_RECOGNISED not in {line.part for line in without_crise.lines}


@pytest.mark.parametrize("start", ["2024-02-01", "2024-02-02", "2024-06-30"])
def test_a_mission_that_starts_on_or_after_the_end_gives_no_line(start):
    year = year_of(starts={QUALITE: day(start)}, ended_on=day("2024-02-01"))
    assert [line.code for line in year.lines] == [FONCTIONNEMENT]


def test_a_crise_that_starts_after_the_end_is_not_asked_of_the_grid():
    starts = {CRISE: day("2022-03-01")}
    year = year_of(
        starts=starts, grid=ACI_2019, signed_on=day("2021-07-01"), ended_on=day("2022-03-01")
    )
    assert [line.code for line in year.lines] == [FONCTIONNEMENT]


@pytest.mark.parametrize("end", ["2023-06-30", "2023-07-01", "2024-07-01", "2024-07-02"])
def test_the_end_lies_strictly_inside_the_year(end):
    with pytest.raises(Refused, match="fin du contrat doit tomber"):
        year_of(ended_on=day(end))


# --- Schedule ---------------------------------------------------------------------------------


def test_the_schedule_of_a_first_year():
    year = year_of(
        signed_on=day("2023-10-15"),
        starts={ACCES_SOINS: day("2024-01-15"), PREVENTION: day("2023-10-15")},
        achieved=nothing(PREVENTION),
    )
    assert [(str(p.date), p.label.replace(NBSP, " "), str(p.amount)) for p in year.schedule] == [
        ("2023-10-15", "Fonctionnement : versement en totalité", "50000.00"),
        ("2023-10-15", "Prévention, part fixe : avance de 75 %", "7500.00"),
        ("2024-01-15", "Accès aux soins, part fixe : avance de 75 %", "33688.52"),
        ("2024-10-15", "Accès aux soins, part fixe : solde", "11229.51"),
        ("2024-10-15", "Accès aux soins, part variable : versement après l’année", "20000.00"),
        ("2024-10-15", "Prévention, part fixe : solde", "2500.00"),
    ]
    assert sum(payment.amount for payment in year.schedule) == year.total_due
    assert year.total_advance + year.total_balance == year.total_due


# --- The amount that the meeting retains ------------------------------------------------------


def test_an_amount_may_be_retained_instead_of_a_fraction():
    retained = Retained(Decimal("6000"), "décision du dialogue de gestion")
    line = line_of(year_of(PARCOURS, achieved={PARCOURS: retained}), PARCOURS, Part.VARIABLE)
    assert amounts(line) == ("6000.00", "0.00", "6000.00")
    assert line.rule.startswith(
        "6\u00a0000,00\u00a0€ retenus (décision du dialogue de gestion), "
        "dans la limite de 25\u00a0000,00\u00a0€."
    )


@pytest.mark.parametrize("amount", ["25000.01", "-0.01"])
def test_a_retained_amount_stays_within_the_envelope(amount):
    with pytest.raises(Refused, match="compris entre 0 et 25\u00a0000,00"):
        year_of(PARCOURS, achieved={PARCOURS: Retained(Decimal(amount), "essai")})


# --- Refusals ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"starts": {PARCOURS: day("2023-06-30")}}, "avant la signature du 1er\u00a0juillet"),
        ({"starts": {FONCTIONNEMENT: SIGNED}}, "n’est pas une mission"),
        ({"number": 0}, "de 1 à 5"),
        ({"number": 6}, "de 1 à 5"),
        ({"achieved": {CRISE: Share(Decimal(1))}}, "n’a pas de part variable"),
        ({"achieved": {PARCOURS: Share(Decimal(1))}}, "ne fait pas partie du contrat"),
        ({"achieved": {FONCTIONNEMENT: Share(Decimal(1))}}, "ne fait pas partie du contrat"),
        ({"crisis_recognised": True}, "qu’avec la mission"),
        ({"size": 5}, "ne prévoit rien pour"),
        ({"signed_on": dt.date(9996, 1, 1), "number": 5}, "trop lointaine"),
    ],
)
def test_what_is_wrong_is_refused_in_one_sentence(case, reason):
    with pytest.raises(Refused, match=reason) as refused:
        year_of(**case)
    assert refused.value.reason.endswith(".")
    assert "\n" not in refused.value.reason


@pytest.mark.parametrize("fraction", ["-0.01", "1.01", "NaN", "Infinity"])
def test_a_fraction_lies_between_nothing_and_everything(fraction):
    with pytest.raises(Refused, match="de 0 à 1"):
        Share(Decimal(fraction))


def test_a_review_that_says_nothing_of_a_mission_is_refused():
    terms = ContractTerms(SIGNED, {PARCOURS: SIGNED}, unscheduled_care_since=None)
    with pytest.raises(Refused, match="n’est pas renseignée"):
        compute_year(terms=terms, number=1, grid=AVENANT_2, size=1, achieved={})


def test_kinds_and_parts_have_french_words():
    assert [kind.label for kind in MissionKind] == ["socle", "complémentaire"]
    assert len({part.label for part in Part}) == len(Part)
    assert len({mission.label for mission in MISSIONS}) == 6
