"""The papers of a session as PDF: its minutes, and the pack of the files on its agenda."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.template.loader import render_to_string

from foundation import clock, pdf
from projects.minutes import blocks
from projects.models import AgendaItem, SessionDocument

# Told to the page that waits: how far, and what is being done.
Report = Callable[[int, str], None]


@dataclass(frozen=True, slots=True)
class FilePages:
    """One file of the pack: what was handed over, where, and the opinions released."""

    item: AgendaItem
    answers: list[tuple[str, list[tuple[str, Any, bool]]]]
    territory: dict[str, Any]
    opinions: list[Any]


def render(document: SessionDocument, *, report: Report) -> bytes:
    """The bytes of one document, from the rows as they stand."""
    session = document.session
    if document.kind == SessionDocument.Kind.MINUTES:
        report(20, "Mise en page du compte rendu")
        html = render_to_string(
            "pdf/session_minutes.html",
            {"session": session, "blocks": blocks(session.minutes), "made_on": _made_on(session)},
        )
    else:
        html = render_to_string("pdf/session_pack.html", _pack(session, report))
        report(70, "Mise en page du dossier de séance")
    return pdf.render(
        html,
        stylesheet=render_to_string("pdf/contract.css"),
        identifier=f"{session.chain}/{document.kind}/{session.minutes_version}",
    )


def _made_on(session: Any) -> Any:
    """Minutes bear the day of their approval, a working copy that of its making."""
    approved = session.minutes_approved_at
    return approved.astimezone(clock.PARIS).date() if approved else clock.today()


def _pack(session: Any, report: Report) -> dict[str, Any]:
    items = list(AgendaItem.objects.of(session))
    pages = []
    for rank, item in enumerate(items):
        report(5 + 60 * rank // len(items), f"Dossier {rank + 1} sur {len(items)}")
        pages.append(_file(item))
    members = session.members.select_related("user")
    return {"session": session, "pages": pages, "members": members, "made_on": clock.today()}


def _file(item: AgendaItem) -> FilePages:
    filing = item.filing
    sent = filing.submissions.order_by("-number").first()
    answers = sent.answers if sent else filing.answers
    steps = [
        (
            step.title,
            [(label, shown, isinstance(shown, list)) for label, shown in _rows(step, answers)],
        )
        for step in filing.outline.steps_for(answers)
    ]
    return FilePages(
        item=item,
        answers=[(title, rows) for title, rows in steps if rows],
        territory=sent.territory if sent else {},
        # One pack for all who sit: until their release, opinions are their bodies' own.
        opinions=list(filing.opinions.all()) if filing.opinions_released_at else [],
    )


def _rows(step: Any, answers: dict[str, Any]) -> list[tuple[str, Any]]:
    return [(asked.label, asked.shown(answers.get(asked.key))) for asked in step.questions]
