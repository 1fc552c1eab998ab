"""A letter as HTML, for the paper and for the previews. No row is read here."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string

from foundation import written_text

Inputs = Mapping[str, Any]


def letter_html(inputs: Inputs) -> str:
    """The whole document, accessible."""
    return render_to_string("pdf/letter.html", letter_context(inputs))


def letter_context(inputs: Inputs) -> dict[str, Any]:
    """What the page and the paper show alike."""
    return {
        **inputs,
        "dated": dt.date.fromisoformat(inputs["dated"]),
        "title": written_text.to_line(inputs["subject"], inputs["values"]),
        "text": written_text.to_html(inputs["body"], inputs["values"]),
        "is_certificate": inputs["kind"] == "tacit",
    }
