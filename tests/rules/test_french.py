"""French typography of every screen: non-breaking spaces, commas, plurals, dates."""

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils.safestring import SafeString

from foundation import clock
from foundation.dates import format_date
from foundation.templatetags import french, portal

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Decimal("1234.5"), f"1{NBSP}234,50{NBSP}€"), (Decimal("0"), f"0,00{NBSP}€"), (None, "")],
)
def test_euros(value: Decimal | None, shown: str) -> None:
    assert french.euros(value) == shown


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Le code « 62998 » : lequel ?", f"Le code «{NBSP}62998{NBSP}»{NBSP}: lequel{NBSP}?"),
        (f"Déjà{NBSP}: fait", f"Déjà{NBSP}: fait"),
        ("À 9:30, sans signe", "À 9:30, sans signe"),
    ],
)
def test_fixed_spaces(sentence: str, shown: str) -> None:
    assert french.fixed_spaces(sentence) == shown


def test_fixed_spaces_leave_escaping_to_the_template() -> None:
    sentence = Template("{{ typed|fixed_spaces }}{{ ours|fixed_spaces }}")
    shown = sentence.render(Context({"typed": "<b> : ", "ours": SafeString("<i> : ")}))
    assert shown == f"&lt;b&gt;{NBSP}: <i>{NBSP}: "


@pytest.mark.parametrize(
    ("value", "shown"),
    [(32048, f"32{NBSP}048"), (0, "0"), (None, ""), (1_000_000, f"1{NBSP}000{NBSP}000")],
)
def test_number(value: int | None, shown: str) -> None:
    assert french.number(value) == shown


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (dt.date(2024, 10, 24), f"24{NBSP}octobre{NBSP}2024"),
        (dt.date(2024, 8, 1), f"1er{NBSP}août{NBSP}2024"),
    ],
)
def test_dates(value: dt.date, shown: str) -> None:
    assert format_date(value) == shown
    assert french.day(value) == shown


def test_an_instant_is_shown_on_the_day_it_is_in_paris() -> None:
    late = dt.datetime(2026, 1, 31, 23, 30, tzinfo=dt.UTC)
    assert french.day(late) == f"1er{NBSP}février{NBSP}2026"
    assert french.moment(late) == f"1er{NBSP}février{NBSP}2026 à 0{NBSP}h{NBSP}30"


def test_nothing_is_shown_for_nothing() -> None:
    assert french.day(None) == french.moment(None) == french.since(None) == ""


@pytest.mark.parametrize(
    ("days_ago", "shown"),
    [(0, "aujourd’hui"), (-3, "aujourd’hui"), (1, "depuis hier"), (12, f"depuis 12{NBSP}jours")],
)
def test_age(days_ago: int, shown: str) -> None:
    with clock.at(dt.date(2026, 11, 21)):
        assert french.since(clock.today() - dt.timedelta(days=days_ago)) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, f"0{NBSP}commune"), (1, f"1{NBSP}commune"), (39, f"39{NBSP}communes")],
)
def test_plural(count: int, shown: str) -> None:
    assert french.plural(count, "commune,communes") == shown


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (0.4523, f"45,2{NBSP}%"),
        (0.5, f"50{NBSP}%"),
        (0.0, f"0{NBSP}%"),
        (1.0, f"100{NBSP}%"),
        (0.0004, f"moins de 0,1{NBSP}%"),
        (0.9996, f"plus de 99,9{NBSP}%"),
        (None, ""),
    ],
)
def test_a_rate_is_a_percentage_that_never_hides_a_little(rate: float | None, shown: str) -> None:
    assert french.percent(rate) == shown


@pytest.mark.parametrize(
    ("rate", "width"), [(0.4523, "45.2%"), (None, "0.0%"), (1.2, "100.0%"), (-0.1, "0.0%")]
)
def test_a_bar_stays_in_its_frame(rate: float | None, width: str) -> None:
    assert portal.bar_width(rate) == width
