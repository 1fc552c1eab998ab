"""French typography for every template (a builtin library): numbers, euros, dates, plurals."""

import datetime as dt
import re
from decimal import Decimal

from django import template

from foundation import clock
from foundation.dates import format_date, format_hour
from foundation.money import format_euros
from foundation.numbers import format_number

register = template.Library()

NBSP = "\u00a0"
BEFORE_OR_AFTER_A_SIGN = re.compile(r"(?<=«) | (?=[»:;?!%€])")


@register.filter(is_safe=True)
def fixed_spaces(sentence: object) -> str:
    """« ! » and its like never begin a line: for sentences written in Python with plain spaces."""
    return BEFORE_OR_AFTER_A_SIGN.sub(NBSP, str(sentence))


@register.filter
def euros(amount: Decimal | None) -> str:
    """1234.5 → « 1 234,50 € »; nothing for nothing."""
    return "" if amount is None else format_euros(amount)


@register.filter
def signed_euros(amount: Decimal) -> str:
    """A difference: « +1 234,50 € », « −12,00 € », « 0,00 € »."""
    return f"+{format_euros(amount)}" if amount > 0 else format_euros(amount)


@register.filter
def signed_percent(rate: Decimal) -> str:
    """0.0512 → « +5,1 % »; a little is never told as nothing."""
    if abs(rate) < Decimal("0.001"):
        return f"moins de 0,1{NBSP}%"
    text = f"{format_number(rate * 100, 1).removesuffix(',0')}{NBSP}%"
    return f"+{text}" if rate > 0 else text


@register.filter
def number(value: int | None) -> str:
    """32048 → « 32 048 », with non-breaking spaces."""
    return "" if value is None else f"{value:,}".replace(",", NBSP)


@register.filter
def percent(rate: float | None) -> str:
    """0.4523 → « 45,2 % »; a little is never told as nothing, nor nearly all as all."""
    if rate is None:
        return ""
    if 0 < rate < 0.001:
        return f"moins de 0,1{NBSP}%"
    if 0.999 < rate < 1:
        return f"plus de 99,9{NBSP}%"
    text = f"{rate * 100:.1f}".removesuffix(".0").replace(".", ",")
    return f"{text}{NBSP}%"


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """« 24 octobre 2024 », in Paris; nothing for nothing."""
    if value is None or value == "":
        return ""
    if isinstance(value, dt.datetime):
        value = value.astimezone(clock.PARIS).date()
    return format_date(value)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """« 24 octobre 2024 à 9 h 05 », in Paris."""
    if not value:
        return ""
    local = value.astimezone(clock.PARIS)
    return f"{format_date(local.date())} à {format_hour(local.time())}"


@register.filter
def hour(value: dt.time | dt.datetime | None) -> str:
    """« 9 h 05 », in Paris."""
    if isinstance(value, dt.datetime):
        value = value.astimezone(clock.PARIS).time()
    return "" if value is None else format_hour(value)


@register.filter
def since(value: dt.date | dt.datetime | None) -> str:
    """« aujourd’hui », « depuis hier », « depuis 12 jours ». Never negative."""
    if not value:
        return ""
    start = value.astimezone(clock.PARIS).date() if isinstance(value, dt.datetime) else value
    days = (clock.today() - start).days
    if days <= 0:
        return "aujourd’hui"
    return "depuis hier" if days == 1 else f"depuis {number(days)}{NBSP}jours"


@register.filter
def plural(count: int, words: str) -> str:
    """{{ 1|plural:"commune,communes" }} → « 1 commune ». French: 0 and 1 are singular."""
    one, many = words.split(",")
    return f"{number(count)}{NBSP}{one if abs(count) < 2 else many}"
