"""The agenda: a page by week, calendars at secret addresses, and what their owner may see today."""

import datetime as dt
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar

from accounts import actions as accounts_actions
from accounts.access import Role
from accounts.log_filter import MaskLinks
from accounts.models import User
from aci.models import Contract
from foundation import clock
from foundation.refusal import Refused
from projects import actions
from projects.actions.sessions import Slot
from territories import feeds
from territories.actions import end_assignment, move
from territories.models import Baton, CalendarFeed
from tests.aci.conftest import (  # noqa: F401  (fixtures, found by their names)
    accepted,
    day,
    do_jobs,
    frozen_without_file,
    in_force,
    light_documents,
    negotiated,
    project,
    signatories,
    to_sign,
)
from tests.cast import Cast, make_cpts
from tests.portal.conftest import Read
from tests.projects import filings
from tests.projects.sessions import made
from tests.queries import QueryCount

SignIn = Callable[[User], Client]


def feed(client: Client, token: str, **headers: str) -> Any:
    return client.get(reverse("calendar", args=[token]), headers=headers)


def events(client: Client, token: str) -> list[Any]:
    answer = feed(client, token)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(answer.content).walk("VEVENT")


def summaries(client: Client, token: str) -> list[str]:
    return [str(event["SUMMARY"]).replace("\u00a0", " ") for event in events(client, token)]


@pytest.fixture
def deadline(cast: Cast) -> dt.date:
    """The committee is to say what it thinks of the letter of Rives within ten days."""
    on = clock.today() + dt.timedelta(days=10)
    move(cast.rives, baton=Baton.COMMITTEE, deadline=(on, "Avis du comité"))
    return on


# --- What is told ------------------------------------------------------------------------------


def test_an_opinion_due_is_in_the_calendars_of_those_who_follow_the_dossier(
    cast: Cast, deadline: dt.date, client: Client
) -> None:
    for part in ("president", "ars_reviewer", "cpam_officer", "committee_member"):
        (event,) = events(client, feeds.subscribe(by=getattr(cast, part)))
        assert event["DTSTART"].dt == deadline
        assert str(event["SUMMARY"]) == "CPTS Rives\u00a0: Avis du comité"
        assert str(event["URL"]) == f"http://testserver/dossiers/{cast.rives.reference}/"
    for part in ("monts_coordinator", "other_region_reviewer", "other_district_officer"):
        assert events(client, feeds.subscribe(by=getattr(cast, part))) == []


def test_the_legal_clock_is_told_once(cast: Cast, client: Client) -> None:
    filing = filings.complete_project(cast)
    (told,) = summaries(client, feeds.subscribe(by=cast.ars_reviewer))
    assert told == "CPTS Rives : Fin du délai légal de l’ARS"
    assert filing.due_on


def test_anniversaries_and_the_end_of_a_contract_are_told(
    cast: Cast,
    light_documents: None,  # noqa: F811
    in_force: Contract,  # noqa: F811
    client: Client,
) -> None:
    token = feeds.subscribe(by=cast.cpam_officer)
    with clock.at(dt.date(2028, 1, 1)):
        told = summaries(client, token)
    assert "CPTS Rives : Anniversaire du contrat : ouverture de l’année 5" in told
    assert "CPTS Rives : Fin du contrat" in told
    assert len(told) == len(set(told))


def test_a_deadline_that_moves_keeps_its_identifier_and_grows(
    cast: Cast, deadline: dt.date, client: Client
) -> None:
    token = feeds.subscribe(by=cast.ars_reviewer)
    (before,) = events(client, token)
    move(cast.rives, deadline=(deadline, "Avis du comité"))
    assert feed(client, token).content == feed(client, token).content
    (same,) = events(client, token)
    assert same["SEQUENCE"] == before["SEQUENCE"], "nothing changed"
    cast.rives.deadline_changed_at -= dt.timedelta(hours=2)
    cast.rives.save()
    (earlier,) = events(client, token)
    move(cast.rives, deadline=(deadline - dt.timedelta(days=3), "Avis du comité"))
    (after,) = events(client, token)
    assert after["UID"] == earlier["UID"] == before["UID"]
    assert after["SEQUENCE"] > earlier["SEQUENCE"]
    assert after["LAST-MODIFIED"].dt > earlier["LAST-MODIFIED"].dt


def test_a_calendar_not_changed_is_not_sent_again(
    cast: Cast, deadline: dt.date, client: Client
) -> None:
    token = feeds.subscribe(by=cast.ars_reviewer)
    first = feed(client, token)
    again = feed(client, token, if_none_match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    move(cast.rives, deadline=(deadline + dt.timedelta(days=1), "Avis du comité"))
    assert feed(client, token, if_none_match=first["ETag"]).status_code == 200


# --- Committees ---------------------------------------------------------------------------------


def test_a_session_is_a_meeting_for_who_sits_and_a_hearing_for_who_comes(
    cast: Cast, client: Client
) -> None:
    session = made.prepared(cast)
    slot = Slot(start=dt.time(14, 20), end=dt.time(14, 40), heard="le bureau")
    actions.change_item(made.item_of(session), slot=slot, by=cast.ars_reviewer)
    coordinator = feeds.subscribe(by=cast.coordinator)
    assert not any("audition" in told for told in summaries(client, coordinator)), "not convened"
    actions.convene(session, by=cast.ars_reviewer)
    member = feeds.subscribe(by=cast.committee_member)
    (meeting,) = [one for one in events(client, member) if "séance" in str(one["SUMMARY"])]
    assert str(meeting["SUMMARY"]) == "Comité régional\u00a0: séance, 1 dossier"
    assert meeting["DTSTART"].dt == session.starts_at
    assert meeting["DTEND"].dt.astimezone(clock.PARIS).time() == dt.time(14, 40)
    assert str(meeting["LOCATION"]) == "Lille, siège de l’ARS"
    (hearing,) = [one for one in events(client, coordinator) if "audition" in str(one["SUMMARY"])]
    assert str(hearing["SUMMARY"]) == "CPTS Rives\u00a0: audition, Comité régional"
    assert hearing["DTSTART"].dt.astimezone(clock.PARIS).time() == dt.time(14, 20)


def test_a_session_that_moves_replaces_what_calendars_hold(cast: Cast, client: Client) -> None:
    session = made.convened(cast)
    token = feeds.subscribe(by=cast.committee_member)

    def meeting() -> Any:
        (found,) = [one for one in events(client, token) if "séance" in str(one["SUMMARY"])]
        return found

    before = meeting()
    with clock.at(clock.now() + dt.timedelta(hours=3)):
        actions.edit_session(
            session,
            body=session.body,
            starts_at=session.starts_at + dt.timedelta(days=7),
            place="Arras",
            link="",
            is_secret=False,
            by=cast.ars_reviewer,
        )
    after = meeting()
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] > before["SEQUENCE"]
    assert after["DTSTART"].dt == before["DTSTART"].dt + dt.timedelta(days=7)


def test_a_session_over_is_not_late(cast: Cast, read: Read) -> None:
    session = made.convened(cast)
    assert "séance, 1 dossier" in read(cast.committee_member, "agenda")
    with clock.at(session.day + dt.timedelta(days=2)):
        assert "séance, 1 dossier" not in read(cast.committee_member, "agenda")


# --- Which part --------------------------------------------------------------------------------


def test_a_calendar_tells_only_its_part(cast: Cast, deadline: dt.date, client: Client) -> None:
    move(cast.monts, deadline=(deadline, "Vérification de la complétude"))
    geography = cast.geography
    director = cast.ars_director
    for scope, told in [
        ({}, 2),
        ({"region": geography.hauts_de_france}, 2),
        ({"departement": geography.pas_de_calais}, 2),
        ({"departement": geography.nord}, 0),
        ({"cpam_district": geography.artois}, 2),
        ({"region": geography.grand_est}, 0),  # not hers: nothing
        ({"cpts": cast.rives}, 1),
    ]:
        assert len(events(client, feeds.subscribe(by=director, **scope))) == told, scope


def test_one_chooses_among_what_one_follows(cast: Cast, deadline: dt.date, sign_in: SignIn) -> None:
    client = sign_in(cast.ars_director)
    url = reverse("subscriptions")
    for scope, words in [
        ("tout", "Tous mes dossiers"),
        ("region-32", "Hauts-de-France"),
        ("departement-62", "Pas-de-Calais"),
    ]:
        page = client.post(url, {"scope": scope}).content.decode()
        address = re.findall(r"/agenda/flux/([\w-]+)\.ics", page)
        assert len(address) == 1
        assert re.search(rf"<strong>{words}( \(\d+\))?</strong>", page)
        assert summaries(client, address[0]) == ["CPTS Rives : Avis du comité"]
    for scope in ("region-44", "departement-67", f"cpts-{cast.rives.reference}", "", "x"):
        page = client.post(url, {"scope": scope}).content.decode()
        assert "Choisissez" in page
        assert "Votre adresse est prête" not in page
    assert CalendarFeed.objects.count() == 3
    assert "/agenda/flux/" not in client.get(url).content.decode(), "shown once"


def test_the_calendar_of_a_cpts_is_asked_from_its_page(
    cast: Cast, deadline: dt.date, sign_in: SignIn, read: Read
) -> None:
    assert "S’abonner à l’agenda" in read(cast.ars_reviewer, "dossier", cast.rives.reference)
    query = f"?cpts={cast.rives.reference}"
    client = sign_in(cast.ars_reviewer)
    scope = {"scope": f"cpts-{cast.rives.reference}"}
    page = client.post(reverse("subscriptions") + query, scope).content.decode()
    assert "<strong>CPTS Rives</strong>" in page
    other = sign_in(cast.other_region_reviewer)
    assert other.get(reverse("subscriptions") + query).status_code == 404


# --- The secret address ------------------------------------------------------------------------


def test_an_address_closes_with_the_right_to_see(
    cast: Cast, deadline: dt.date, client: Client
) -> None:
    officer, coordinator = cast.cpam_officer, cast.coordinator
    token, other = feeds.subscribe(by=officer), feeds.subscribe(by=coordinator)
    assert summaries(client, token) == summaries(client, other)
    end_assignment(officer, Role.CPAM_OFFICER, cpam_district=cast.geography.artois)
    accounts_actions.deactivate(coordinator)
    assert feed(client, token).status_code == 404
    assert feed(client, other).status_code == 404


def test_an_address_is_replaced_or_deleted(cast: Cast, deadline: dt.date, sign_in: SignIn) -> None:
    first = feeds.subscribe(by=cast.president)
    second = feeds.subscribe(by=cast.president)
    client = sign_in(cast.president)
    assert feed(client, first).status_code == 404
    assert feed(client, second).status_code == 200
    url = reverse("revoke_subscription", args=[CalendarFeed.objects.get().uuid])
    assert sign_in(cast.coordinator).post(url).status_code == 404
    answer = sign_in(cast.president).post(url, follow=True)
    assert "n’ouvre plus aucun agenda" in answer.content.decode()
    assert feed(client, second).status_code == 404


def test_ten_addresses_and_no_more(cast: Cast) -> None:
    for number in range(feeds.MOST_FEEDS):
        cpts = make_cpts(f"CPTS {number}", cast.holder, ["62119"], cast.geography)
        feeds.subscribe(by=cast.ars_director, cpts=cpts)
    feeds.subscribe(by=cast.ars_director, cpts=cpts)  # replaces its own
    with pytest.raises(Refused, match="supprimez-en un"):
        feeds.subscribe(by=cast.ars_director)


def test_the_address_is_stored_nowhere_nor_logged(cast: Cast) -> None:
    token = feeds.subscribe(by=cast.president)
    stored = CalendarFeed.objects.get()
    assert token not in str(CalendarFeed.objects.values().get())
    assert len(stored.token_sha256) == 64
    line = logging.LogRecord("x", 20, "", 1, "GET /agenda/flux/%s.ics", (token,), None)
    assert MaskLinks().filter(line)
    assert line.getMessage() == "GET /agenda/flux/…"


@pytest.mark.parametrize("token", ["x", "%00", "a" * 200, "é"])
def test_an_unknown_address_is_not_found(cast: Cast, client: Client, token: str) -> None:
    assert client.get(f"/agenda/flux/{token}.ics").status_code == 404


def test_the_database_refuses_two_scopes_and_twins(cast: Cast) -> None:
    feeds.subscribe(by=cast.president)
    region = cast.geography.hauts_de_france
    for scope in ({}, {"region": region, "cpts": cast.rives}):
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarFeed.objects.create(user=cast.president, token_sha256="b" * 64, **scope)


# --- The page ----------------------------------------------------------------------------------


def test_the_page_tells_the_same_days_by_week(cast: Cast, deadline: dt.date, read: Read) -> None:
    page = read(cast.ars_reviewer, "agenda")
    assert "Semaine du" in page
    assert "CPTS Rives , Avis du comité" in page
    with clock.at(clock.now() + dt.timedelta(days=12)):
        late = read(cast.ars_reviewer, "agenda")
    assert "Dépassé depuis moins d’un mois" in late
    assert "CPTS Rives , Avis du comité dépassé" in late
    assert "Aucune date dans les semaines à venir" in read(cast.monts_coordinator, "agenda")


def test_the_page_is_for_those_who_follow_dossiers(cast: Cast, sign_in: SignIn) -> None:
    for part in ("nurse", "national_reader", "administrator", "stranger"):
        client = sign_in(getattr(cast, part))
        assert client.get(reverse("agenda")).status_code == 403
        assert "Aucun dossier à suivre" in client.get(reverse("subscriptions")).content.decode()


def test_pages_and_calendars_stay_within_their_queries(
    cast: Cast, deadline: dt.date, sign_in: SignIn
) -> None:
    token = feeds.subscribe(by=cast.ars_reviewer)
    urls = [reverse("agenda"), reverse("subscriptions"), reverse("calendar", args=[token])]
    client = sign_in(cast.ars_reviewer)
    counts = []
    for _ in range(2):
        for url in urls:
            with QueryCount() as count:
                assert client.get(url).status_code == 200
            counts.append(count.number)
        for number in range(12):
            cpts = make_cpts(f"CPTS {number}", cast.holder, ["62119"], cast.geography)
            move(cpts, deadline=(deadline, "Avis du comité"))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 6
