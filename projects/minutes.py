"""The minutes of a session: a first text from what happened, and its shape on paper. Reading only.

The text stays simple, so that anyone may correct it: « # » opens a title, « - » an item of a list.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from foundation.dates import format_date, format_hour
from projects.votes import Presence


@dataclass
class Block:
    """A title, a paragraph, or a list."""

    kind: str
    lines: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def blocks(text: str) -> list[Block]:
    """The text as a page shows it."""
    found: list[Block] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        kind, words = _read(line.strip())
        if kind == "space":
            found.append(Block(kind))
        elif found and found[-1].kind == kind and kind != "title":
            found[-1].lines.append(words)
        else:
            found.append(Block(kind, [words]))
    return [block for block in found if block.kind != "space"]


def _read(line: str) -> tuple[str, str]:
    if not line:
        return "space", ""
    if line.startswith("#"):
        return "title", line.lstrip("# ")
    if line.startswith("- "):
        return "list", line[2:].strip()
    return "paragraph", line


def draft_minutes(session: Any, items: list[Any], members: list[Any]) -> str:
    """What the portal knows of the session, to be completed by the secretary.

    The items are fetched `with_ballots`, the members with their accounts.
    """
    parts = [*_head(session), *_attendance(session, members), *_files(items, members)]
    return "\n".join(parts) + "\n"


def _head(session: Any) -> Iterator[str]:
    yield f"# {session.body}, séance du {format_date(session.day)}"
    yield ""
    if session.place:
        yield f"Lieu : {session.place}"
    if session.link:
        yield "Visioconférence : oui"
    yield f"Vote : {'secret' if session.is_secret else 'à main levée'}"
    yield ""


def _attendance(session: Any, members: list[Any]) -> Iterator[str]:
    yield "# Présence"
    yield ""
    for member in members:
        chair = ", préside la séance" if member.is_chair else ""
        by = ""
        if member.presence == Presence.REPRESENTED:
            other = next((one for one in members if one.pk == member.represented_by_id), None)
            by = f" par {other.user.get_full_name()}" if other else ""
        yield f"- {member} : {member.get_presence_display().lower()}{by}{chair}"
    yield ""
    quorum = session.quorum
    reached = "atteint" if quorum.is_reached else "non atteint"
    yield f"Quorum {reached} : {quorum.counted} comptés, {quorum.needed} nécessaires."
    yield ""


def _files(items: list[Any], members: list[Any]) -> Iterator[str]:
    by_key = {str(member.pk): member for member in members}
    for item in items:
        yield f"# {item.number}. {item.title}"
        yield ""
        if item.slot_start:
            heard = f" : {item.heard}" if item.heard else ""
            start, end = format_hour(item.slot_start), format_hour(item.slot_end)
            yield f"Audition de {start} à {end}{heard}"
        if item.rapporteur:
            yield f"Rapporteur : {item.rapporteur}"
        for key in item.declared or {}:  # told by `with_ballots`
            yield f"Conflit d’intérêts : {by_key[key]} ; n’a pas pris part au vote."
        yield f"Vote : {item.votes_in_words}."
        if item.is_postponed:
            yield "Point reporté, sans avis."
        elif item.recommendation:
            chair = " (voix de la présidence prépondérante)" if item.by_chair else ""
            yield f"Avis du comité : {item.get_recommendation_display().lower()}{chair}."
        if item.reasons:
            yield f"Motifs : {item.reasons}"
        yield ""
