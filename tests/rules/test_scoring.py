"""Indicators of the annex: tiers, all or nothing, proportional; their sum within the envelope."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aci.mission_codes import Part
from foundation.refusal import Refused
from missions.scoring import Direction, Indicator, Method, Tier, mission_score, score
from tests.rules.funding_cases import ACCES_SOINS, line_of, year_of


def tier(worst: int, best: int | None, euros: int) -> Tier:
    return Tier(Decimal(worst), None if best is None else Decimal(best), Decimal(euros))


LONG_TERM_ILL = Indicator(
    label="patients en ALD sans médecin traitant",
    direction=Direction.LOWER,
    method=Method.TIERS,
    tiers=(tier(219, 101, 3000), tier(100, 51, 6000), tier(50, None, 9000)),
)
SLOTS = Indicator(
    label="créneaux de soins non programmés",
    direction=Direction.HIGHER,
    method=Method.TIERS,
    tiers=(tier(300, None, 4000), tier(100, 199, 1000), tier(200, 299, 2500)),
)
PROTOCOL = Indicator(
    label="protocole diffusé",
    direction=Direction.HIGHER,
    method=Method.ALL_OR_NOTHING,
    euros=Decimal(5000),
    target=Decimal(1),
)
SCREENED = Indicator(
    label="patients dépistés",
    direction=Direction.HIGHER,
    method=Method.PROPORTIONAL,
    euros=Decimal(8000),
    target=Decimal(300),
)
WAITING = Indicator(
    label="jours d’attente",
    direction=Direction.LOWER,
    method=Method.PROPORTIONAL,
    euros=Decimal(1000),
    target=Decimal(10),
    baseline=Decimal(40),
)


@pytest.mark.parametrize(
    ("value", "euros"),
    [
        ("80", 6000),  # example 6 of the funding rules
        ("220", 0),
        ("219", 3000),
        ("101", 3000),
        ("100.5", 3000),
        ("100", 6000),
        ("51", 6000),
        ("50", 9000),
        ("0", 9000),
    ],
)
def test_tiers_where_lower_is_better(value, euros):
    assert score(LONG_TERM_ILL, Decimal(value)).euros == euros


@pytest.mark.parametrize(
    ("value", "euros"),
    [("99", 0), ("100", 1000), ("199.9", 1000), ("200", 2500), ("300", 4000), ("5000", 4000)],
)
def test_tiers_where_higher_is_better_in_any_order_of_the_annex(value, euros):
    assert score(SLOTS, Decimal(value)).euros == euros


@pytest.mark.parametrize(
    ("indicator", "value", "euros"),
    [
        (PROTOCOL, "1", "5000.00"),
        (PROTOCOL, "2", "5000.00"),
        (PROTOCOL, "0.99", "0.00"),
        (SCREENED, "0", "0.00"),
        (SCREENED, "100", "2666.67"),
        (SCREENED, "300", "8000.00"),
        (SCREENED, "900", "8000.00"),
        (SCREENED, "-5", "0.00"),
        (WAITING, "40", "0.00"),
        (WAITING, "60", "0.00"),
        (WAITING, "25", "500.00"),
        (WAITING, "10", "1000.00"),
        (WAITING, "0", "1000.00"),
    ],
)
def test_without_tiers_all_or_nothing_or_proportional(indicator, value, euros):
    assert str(score(indicator, Decimal(value)).euros) == euros


@pytest.mark.parametrize(
    ("indicator", "value", "rule"),
    [
        (LONG_TERM_ILL, "80", "Valeur 80 : palier 100 à 51, 6 000,00 €."),
        (LONG_TERM_ILL, "12", "Valeur 12 : palier 50 et moins, 9 000,00 €."),
        (LONG_TERM_ILL, "500", "Valeur 500 : aucun palier atteint."),
        (SLOTS, "1200", "Valeur 1 200 : palier 300 et plus, 4 000,00 €."),
        (PROTOCOL, "1", "Valeur 1, cible 1 : atteinte, 5 000,00 €."),
        (PROTOCOL, "0", "Valeur 0, cible 1 : non atteinte."),
        (SCREENED, "12.5", "Valeur 12,5, de 0 à 300 : au prorata, 333,33 € sur 8 000,00 €."),
    ],
)
def test_a_score_says_its_rule(indicator, value, rule):
    assert score(indicator, Decimal(value)).rule.replace("\u00a0", " ") == rule


@pytest.mark.parametrize("value", [None, Decimal("NaN"), Decimal("Infinity")])
def test_a_missing_measure_is_refused_never_taken_as_zero(value):
    with pytest.raises(Refused, match="n’est pas saisie"):
        score(PROTOCOL, value)


def indicator(method: Method, direction: Direction = Direction.HIGHER, **more: object) -> Indicator:
    return Indicator(label="essai", direction=direction, method=method, **more)


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        ({"method": Method.TIERS}, "n’a pas de palier"),
        ({"method": Method.TIERS, "tiers": (tier(5, 1, 10),)}, "bornes inversées"),
        ({"method": Method.TIERS, "tiers": (tier(1, 5, 10), tier(5, 9, 20))}, "se chevauchent"),
        ({"method": Method.TIERS, "tiers": (tier(1, None, 10), tier(5, 9, 20))}, "se chevauchent"),
        ({"method": Method.TIERS, "tiers": (tier(1, 5, -10),)}, "valeur négative"),
        ({"method": Method.ALL_OR_NOTHING}, "n’a pas de cible"),
        ({"method": Method.PROPORTIONAL}, "n’a pas de cible"),
        (
            {"method": Method.ALL_OR_NOTHING, "target": Decimal(1), "euros": Decimal(-1)},
            "valeur négative",
        ),
        ({"method": Method.PROPORTIONAL, "target": Decimal(0)}, "ne dépasse pas son point"),
        ({"method": Method.PROPORTIONAL, "target": Decimal(-3)}, "ne dépasse pas son point"),
        (
            {
                "method": Method.PROPORTIONAL,
                "direction": Direction.LOWER,
                "target": Decimal(3),
            },
            "n’a pas de point de départ",
        ),
    ],
)
def test_an_annex_that_makes_no_sense_is_refused(made, reason):
    with pytest.raises(Refused, match=reason):
        indicator(**made)


def test_the_most_that_an_indicator_pays():
    assert LONG_TERM_ILL.most == 9000
    assert PROTOCOL.most == 5000


def test_the_sum_is_capped_by_the_variable_envelope():
    measures = [(LONG_TERM_ILL, Decimal(10)), (PROTOCOL, Decimal(1)), (SCREENED, Decimal(300))]
    total = mission_score(measures, envelope=Decimal(20_000))
    assert (total.reached, total.euros) == (22_000, 20_000)
    assert "22\u00a0000,00\u00a0€ plafonnés" in total.achievement.reason
    below = mission_score(measures[:2], envelope=Decimal(20_000))
    assert (below.reached, below.euros) == (14_000, 14_000)
    assert below.achievement.reason == "somme des indicateurs de l’annexe"


def test_the_score_of_a_mission_pays_its_variable_line():
    total = mission_score([(LONG_TERM_ILL, Decimal(80))], envelope=Decimal(20_000))
    year = year_of(ACCES_SOINS, achieved={ACCES_SOINS: total.achievement})
    assert line_of(year, ACCES_SOINS, Part.VARIABLE).due == 6000


@given(st.decimals(-100, 1000, places=1), st.decimals(0, 1000, places=1))
def test_a_better_measure_never_pays_less(value, progress):
    for one in (SLOTS, PROTOCOL, SCREENED):
        assert score(one, value).euros <= score(one, value + progress).euros <= one.most
    for one in (LONG_TERM_ILL, WAITING):
        assert score(one, value).euros <= score(one, value - progress).euros <= one.most
