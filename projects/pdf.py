"""A letter as a document: HTML from its stored inputs, then PDF. No row is read here."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string

from foundation import pdf
from projects import letter_text

# Told to the page that waits: how far, and what is being done.
Report = Callable[[int, str], None]
Inputs = Mapping[str, Any]


def letter_html(inputs: Inputs) -> str:
    """The letter as accessible HTML."""
    return render_to_string("pdf/letter.html", letter_context(inputs))


def letter_context(inputs: Inputs) -> dict[str, Any]:
    """What the page and the paper show alike."""
    return {
        **inputs,
        "dated": dt.date.fromisoformat(inputs["dated"]),
        "title": letter_text.to_line(inputs["subject"], inputs["values"]),
        "text": letter_text.to_html(inputs["body"], inputs["values"]),
        "is_certificate": inputs["kind"] == "tacit",
    }


def letter_pdf(inputs: Inputs, *, report: Report) -> bytes:
    """The same inputs give the same bytes."""
    report(20, "Rédaction du courrier")
    html = letter_html(inputs)
    report(40, "Mise en page")
    return pdf.render(
        html,
        stylesheet=render_to_string("pdf/letter.css"),
        identifier=f"{inputs['reference']}/{inputs['kind']}",
    )
