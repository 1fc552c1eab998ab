"""A letter as PDF, from its stored inputs alone."""

from collections.abc import Callable

from django.template.loader import render_to_string

from foundation import pdf
from projects.letter_pages import Inputs, letter_html

# Told to the page that waits: how far, and what is being done.
Report = Callable[[int, str], None]


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
