"""Two sessions of the Grand Est committee: that of 18 December 2019, and one to come.

What the press document prints is kept: five favourable opinions on letters, two projects validated.
Members, hours, slots and votes are invented.
"""

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.models import User
from cpts_portal.story.dossier import give_local_opinion
from cpts_portal.story.people import EAST_REGION, Cast
from foundation import clock
from projects import actions
from projects.actions.session_outcomes import Outcome
from projects.actions.sessions import Pointing, Slot
from projects.minutes import draft_minutes
from projects.models import AgendaItem, CommitteeSession, Filing
from projects.session_querysets import eligible_seats
from projects.votes import Choice, Presence
from projects.workflow import Level, State
from territories.models import Region

BODY = "Comité régional du Grand Est"
PAST_DAY = dt.date(2019, 12, 18)
PAST_TITLE = f"Séance du {BODY}, 18 décembre 2019"
COMING_TITLE = f"Séance du {BODY}, à venir"
ONE_DAY = dt.timedelta(days=1)
# Beside the two demonstration accounts, which speak for the physicians and for the nurses.
BODIES = {
    "insurance": "Assurance maladie",
    "pharmacists": "URPS pharmaciens",
    "physiotherapists": "URPS masseurs-kinésithérapeutes",
    "federation": "Fédération des maisons de santé",
}
HEARD = "le groupe de préparation de la CPTS"


def tell_past(chapters: list[dict[str, Any]], cast: Cast) -> bool:
    """The closed session, with what preceded it that day and what followed; True when told now."""
    slugs = [chapter["slug"] for chapter in chapters if "heard" in _last(chapter)]
    filings = _waiting(slugs, missing=[Level.LOCAL, Level.REGIONAL])
    if len(filings) != len(slugs):
        return False  # told already, or by an older version of the portal
    with transaction.atomic():
        session = _convened(cast, filings, at=_at(PAST_DAY, 14), since=PAST_DAY - 23 * ONE_DAY)
        with clock.at(PAST_DAY):
            for filing in filings:
                give_local_opinion(filing, cast.authorities(filing.cpts))
        _hold(session, cast)
        with clock.at(_at(PAST_DAY, 18)):
            for filing in filings:
                filing.refresh_from_db()
                if not filing.is_letter:
                    actions.validate(filing, by=cast.accounts["east_director"])
        _write_minutes(session, cast)
    return True


def tell_coming(chapters: list[dict[str, Any]], cast: Cast, today: dt.date) -> bool:
    """The session three weeks after loading, whose members are convened; True when told now."""
    slugs = [chapter["slug"] for chapter in chapters if "local" in chapter["letter"]]
    filings = _waiting(slugs, missing=[Level.REGIONAL])
    if len(filings) != len(slugs) or AgendaItem.objects.filter(filing__in=filings).exists():
        return False
    day = today + 21 * ONE_DAY
    while day.weekday() >= 5:  # committees do not sit at the weekend
        day += ONE_DAY
    with transaction.atomic():
        _convened(cast, filings, at=_at(day, 14), since=today - 6 * ONE_DAY)
    return True


def _last(chapter: dict[str, Any]) -> dict[str, Any]:
    last: dict[str, Any] = chapter.get("project") or chapter["letter"]
    return last


def _waiting(slugs: list[str], *, missing: list[Level]) -> list[Filing]:
    complete = Filing.objects.filter(cpts__slug__in=slugs, state=State.COMPLETE)
    found = complete.select_related("cpts__region", "procedure").order_by("complete_at", "pk")
    return [filing for filing in found if filing.missing_levels == missing]


def _convened(
    cast: Cast, filings: list[Filing], *, at: dt.datetime, since: dt.date
) -> CommitteeSession:
    """Prepare the session, choose its members, convene them: a slot of twenty minutes each."""
    region = Region.objects.get(pk=EAST_REGION)
    secretary = cast.accounts["east_reviewer"]
    members = _members(cast, region)
    with clock.at(since):
        session = actions.create_session(
            region=region,
            body=BODY,
            starts_at=at,
            place="Nancy, siège de l’ARS Grand Est",
            by=secretary,
        )
        for rank, filing in enumerate(filings):
            start = at + dt.timedelta(minutes=10 + 20 * rank)
            end = start + dt.timedelta(minutes=20)
            slot = Slot(start.time(), end.time(), HEARD, rapporteur=secretary.get_full_name())
            actions.add_item(session, filing, slot=slot, by=secretary)
        seats = {
            seat.user_id: seat.pk
            for seat in eligible_seats(session)
            if seat.user_id in {one.pk for one in members}
        }
        chair = seats[cast.accounts["east_physicians"].pk]
        actions.choose_members(session, seats.values(), chair=chair, by=secretary)
    with clock.at(since + 2 * ONE_DAY):
        return actions.convene(session, by=secretary)


def _members(cast: Cast, region: Region) -> list[User]:
    others = [cast.sits(f"committee-{post}", body, region) for post, body in BODIES.items()]
    return [cast.accounts["east_physicians"], cast.accounts["east_nurses"], *others]


def _hold(session: CommitteeSession, cast: Cast) -> None:
    """One member excused, one conflict of interest, every other vote in favour."""
    secretary = cast.accounts["east_reviewer"]
    members = list(session.members.select_related("user").order_by("pk"))
    absent = next(one for one in members if one.body == BODIES["federation"])
    in_conflict = next(one for one in members if one.body == BODIES["pharmacists"])
    with clock.at(_at(PAST_DAY, 14)):
        actions.take_attendance(
            session,
            {
                one.pk: Pointing(Presence.EXCUSED if one == absent else Presence.PRESENT)
                for one in members
            },
            by=secretary,
        )
        actions.open_session(session, by=secretary)
        items = list(AgendaItem.objects.of(session))
        for item in items:
            item.session = session
        actions.declare_conflict(
            items[0], in_conflict, reason="Exerce sur ce territoire (inventé)", by=in_conflict.user
        )
    for rank, item in enumerate(items):
        with clock.at(_at(PAST_DAY, 14) + dt.timedelta(minutes=30 + 20 * rank)):
            for one in members:
                if one != absent and not (rank == 0 and one == in_conflict):
                    actions.vote(item, choice=Choice.FOR, by=one.user)
    with clock.at(_at(PAST_DAY, 17)):
        reasons = Outcome("Territoire cohérent et professionnels engagés (motifs inventés).")
        actions.close_session(session, {item.pk: reasons for item in items}, by=secretary)


def _write_minutes(session: CommitteeSession, cast: Cast) -> None:
    secretary = cast.accounts["east_reviewer"]
    with clock.at(PAST_DAY + 2 * ONE_DAY):
        items = list(AgendaItem.objects.of(session).with_ballots())
        members = list(session.members.select_related("user"))
        text = draft_minutes(session, items, members)
        actions.save_minutes(session, text=text, version=0, by=secretary)
    with clock.at(PAST_DAY + 21 * ONE_DAY):
        actions.approve_minutes(session, version=1, by=secretary)


def _at(day: dt.date, hour: int) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour), clock.PARIS)
