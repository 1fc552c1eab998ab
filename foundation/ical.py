"""Calendars in the text of RFC 5545: days and meetings, stable identifiers, lines of 75 octets.

By hand: the `icalendar` library brings three others for what is written here, and most of it reads.
The tests read back what this writes with that library.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CONTENT_TYPE = "text/calendar; charset=utf-8"
LINE_OCTETS = 75
PRODUCT = "-//Portail des CPTS//Agenda//FR"
_ESCAPES = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n", "\r": None})


@dataclass(frozen=True, slots=True)
class Event:
    """One day to remember, or a meeting when it has a `start` (aware).

    The same `uid` with a higher `sequence` replaces what was known.
    """

    uid: str
    day: dt.date
    summary: str
    changed_at: dt.datetime
    sequence: int = 0
    description: str = ""
    url: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    location: str = ""


def calendar_text(name: str, events: Iterable[Event]) -> str:
    """The whole calendar. The same events give the same text: no hour of the reading in it."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escaped(name)}",
        f"X-WR-CALNAME:{escaped(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for event in events:
        lines += _lines_of(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{part}\r\n" for line in lines for part in folded(line))


def escaped(text: str) -> str:
    """A text value: its separators mean nothing, its line ends are written, no control sign."""
    bare = "".join(char for char in text if char >= " " or char in "\n\r\t")
    return bare.translate(_ESCAPES)


def folded(line: str) -> Iterator[str]:
    """Parts of 75 octets at most, never inside a character; what follows begins with a space."""
    part, size = "", 0
    for char in line:
        octets = len(char.encode())
        if size + octets > LINE_OCTETS:
            yield part
            part, size = " ", 1
        part, size = part + char, size + octets
    yield part


def _lines_of(event: Event) -> list[str]:
    changed = _instant(event.changed_at)
    lines = [
        "BEGIN:VEVENT",
        f"UID:{escaped(event.uid)}",
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{event.sequence}",
        *_when(event),
        f"SUMMARY:{escaped(event.summary)}",
    ]
    if event.location:
        lines.append(f"LOCATION:{escaped(event.location)}")
    if event.description:
        lines.append(f"DESCRIPTION:{escaped(event.description)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _when(event: Event) -> list[str]:
    """A whole day leaves its owner free; a meeting does not, and may have no known end."""
    if event.start is None:
        return [
            f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}",
            f"DTEND;VALUE=DATE:{event.day + dt.timedelta(days=1):%Y%m%d}",
            "TRANSP:TRANSPARENT",
        ]
    ends = [f"DTEND:{_instant(event.end)}"] if event.end else []
    return [f"DTSTART:{_instant(event.start)}", *ends, "TRANSP:OPAQUE"]


def _instant(moment: dt.datetime) -> str:
    """In universal time: no description of a time zone to carry."""
    return f"{moment.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"
