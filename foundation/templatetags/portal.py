"""What templates need beside django-dsfr (a builtin library): form keys, tones, file sizes."""

import uuid
from typing import Any

from django import template
from django.contrib.messages import constants
from django.contrib.messages.storage.base import Message

from foundation.numbers import NBSP, format_number

register = template.Library()

# DSFR has four tones of alert; Django's « debug » is never shown to people.
_TONES = {
    constants.SUCCESS: "success",
    constants.WARNING: "warning",
    constants.ERROR: "error",
}
_UNITS = ("octets", "ko", "Mo", "Go")


@register.simple_tag
def new_form_key() -> str:
    """One key for each form shown: the second submission of a double click finds the first."""
    return str(uuid.uuid4())


@register.filter
def tone(message: Message) -> str:
    """The DSFR tone of a message of django.contrib.messages."""
    return _TONES.get(message.level, "info")


@register.filter
def plural_word(count: int, words: str) -> str:
    """{{ 1|plural_word:"commune,communes" }} → « commune », where the number stands elsewhere."""
    one, many = words.split(",")
    return one if abs(count) < 2 else many


@register.filter
def file_size(size: int | None) -> str:
    """61880 → « 61 ko »; nothing for nothing."""
    if size is None:
        return ""
    amount, unit = size, 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount // 1000, unit + 1
    return f"{format_number(amount)}{NBSP}{_UNITS[unit]}"


@register.filter
def bar_width(rate: float | None) -> str:
    """0.4523 → « 45.2% »: the width of a bar, in the words of SVG."""
    return f"{min(max(rate or 0.0, 0.0), 1.0) * 100:.1f}%"


@register.simple_tag
def pages_around(page: Any) -> list[int | str]:
    """[1, "…", 17, 18, 19, "…", 40]: the page numbers worth a link."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
