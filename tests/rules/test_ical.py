"""Calendars are read back by a strict parser, and keep the shape of RFC 5545."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from foundation.ical import Event, calendar_text, escaped, folded

CHANGED = dt.datetime(2026, 3, 1, 9, 5, tzinfo=dt.UTC)
EVENT = Event(
    uid="62-ABC-echeance@portail-des-cpts",
    day=dt.date(2026, 3, 29),  # the night of the change of hour
    summary="CPTS Béthune ; Bruay, et « autres » : fin du délai légal de l’ARS \\ 2 mois",
    changed_at=CHANGED,
    sequence=12,
    description="Première ligne\nSeconde ligne",
    url="https://portail.example/dossiers/62-ABC/",
)


def test_a_parser_reads_back_what_was_written() -> None:
    text = calendar_text("Agenda, Artois", [EVENT])
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert str(event["UID"]) == EVENT.uid
    assert event["DTSTART"].dt == EVENT.day
    assert event["DTEND"].dt == dt.date(2026, 3, 30)
    assert str(event["SUMMARY"]) == EVENT.summary
    assert str(event["DESCRIPTION"]) == EVENT.description
    assert str(event["URL"]) == EVENT.url
    assert (event["SEQUENCE"], event["LAST-MODIFIED"].dt) == (12, CHANGED)
    assert "NAME:Agenda\\, Artois\r\n" in text


def test_a_meeting_has_its_hours_in_universal_time_and_its_place() -> None:
    paris = ZoneInfo("Europe/Paris")
    start = dt.datetime(2026, 3, 29, 14, 0, tzinfo=paris)  # two hours before, the clock moved
    meeting = replace(EVENT, start=start, location="Lille ; salle 3, étage 2")
    text = calendar_text("Comités", [meeting])
    assert "DTSTART:20260329T120000Z\r\n" in text
    assert "DTEND" not in text, "an end that nobody knows is not told"
    (event,) = Calendar.from_ical(text).walk("VEVENT")
    assert event["DTSTART"].dt == start
    assert str(event["LOCATION"]) == meeting.location
    ended = replace(meeting, end=start + dt.timedelta(hours=3))
    (event,) = Calendar.from_ical(calendar_text("Comités", [ended])).walk("VEVENT")
    assert event["DTEND"].dt == start + dt.timedelta(hours=3)


def test_the_same_events_give_the_same_text() -> None:
    assert calendar_text("A", [EVENT]) == calendar_text("A", [EVENT])


def test_an_empty_calendar_is_a_calendar() -> None:
    assert not Calendar.from_ical(calendar_text("Vide", [])).walk("VEVENT")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300))
def test_lines_are_short_and_end_with_both_signs(text: str) -> None:
    event = Event("a@b", EVENT.day, text, CHANGED, description=text)
    written = calendar_text(text, [event])
    lines = written.encode().split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert "\n" not in written.replace("\r\n", "")
    assert written.count("BEGIN:VEVENT") == 1 or "BEGIN:VEVENT" in text
    for line in lines:
        line.decode()  # no character is cut in two


@pytest.mark.parametrize("size", [1, 74, 75, 76, 149, 150, 400])
def test_folded_parts_make_the_line_again(size: int) -> None:
    line = "é" * size
    parts = list(folded(line))
    assert parts[0] + "".join(part[1:] for part in parts[1:]) == line


def test_a_text_opens_no_property() -> None:
    assert escaped("a\r\nEND:VCALENDAR\x00\x1b") == "a\\nEND:VCALENDAR"
