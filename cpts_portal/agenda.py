"""The days to remember of the dossiers of one person: deadlines, clock, committees, contracts.

Four queries, whatever the number of dossiers. The same list makes the page and the calendars.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Q

from accounts.access import Permission
from accounts.models import User
from aci.contract_funding import settings_of
from aci.deadlines import contract_years
from aci.models import Contract
from cpts_portal.agenda_days import AgendaDay, sequence_of
from cpts_portal.agenda_sessions import of_sessions
from foundation import clock
from foundation.ical import Event
from projects.models import AgendaItem, Filing
from territories.models import Cpts

BEFORE = dt.timedelta(days=31)
AFTER = dt.timedelta(days=731)
DOMAIN = "portail-des-cpts"


def agenda_of(user: User, among: Q | None = None) -> list[AgendaDay]:
    """Of the dossiers that this person sees today, in the order of the days."""
    rows = Cpts.objects.visible_to(user, Permission.DOSSIER_SEE).filter(among or Q())
    dossiers = {cpts.pk: cpts for cpts in rows}
    keys = rows.values("pk")
    clocks = Filing.objects.visible_to(user).with_running_clock(keys)
    contracts = Contract.objects.visible_to(user).in_force_of(keys)
    told = [*_legal_ends(clocks, dossiers), *_of_contracts(contracts, dossiers)]
    # A day told by its own clock is not told again as « next deadline ».
    known = {(one.reference, one.day) for one in told}
    told += [one for one in _deadlines(dossiers.values()) if (one.reference, one.day) not in known]
    told += of_sessions(AgendaItem.objects.announced_to(user, keys), dossiers)
    today = clock.today()
    kept = [one for one in told if today - BEFORE <= one.day <= today + AFTER]
    return sorted(kept, key=lambda one: (one.day, one.hour, one.about, one.key))


def as_event(one: AgendaDay, root: str) -> Event:
    """For a calendar: its title holds all, since a telephone shows nothing else."""
    return Event(
        uid=f"{one.key}@{DOMAIN}",
        day=one.day,
        summary=f"{one.about}\u00a0: {one.label}",
        changed_at=one.changed_at,
        sequence=one.sequence,
        description=f"Dossier {one.reference}" if one.reference else "",
        url=f"{root}{one.path}",
        start=one.start,
        end=one.end,
        location=one.place,
    )


def _of_dossier(
    word: str, day: dt.date, label: str, cpts: Cpts, *, changed_at: dt.datetime, sequence: int = 0
) -> AgendaDay:
    return AgendaDay(
        f"{cpts.reference}-{word}",
        day,
        label,
        cpts.name,
        cpts.get_dossier_url(),
        changed_at,
        cpts.reference,
        sequence,
    )


def _deadlines(dossiers: Iterable[Cpts]) -> Iterator[AgendaDay]:
    """What the dossier waits for: opinions of committees, completeness, missions."""
    for cpts in dossiers:
        if cpts.next_deadline:
            yield _of_dossier(
                "echeance",
                cpts.next_deadline,
                cpts.next_deadline_label,
                cpts,
                changed_at=cpts.deadline_changed_at,
                sequence=sequence_of(cpts.deadline_changed_at),
            )


def _legal_ends(clocks: Iterable[Any], dossiers: dict[int, Cpts]) -> Iterator[AgendaDay]:
    """The last day of the ARS to object: it only moves later, by the days of the suspensions."""
    for filing in clocks:
        cpts = dossiers[filing.cpts_id]
        yield _of_dossier(
            f"{filing.kind}-{filing.number}-delai-legal",
            filing.due_on,
            "Fin du délai légal de l’ARS",
            cpts,
            changed_at=cpts.deadline_changed_at,
            sequence=max(
                0, (filing.due_on - filing.complete_at.astimezone(clock.PARIS).date()).days
            ),
        )


def _of_contracts(contracts: Iterable[Any], dossiers: dict[int, Cpts]) -> Iterator[AgendaDay]:
    """Anniversaries and end of the contracts in force; a signed contract does not change."""
    for contract in contracts:
        cpts, signed = dossiers[contract.cpts_id], contract.signed_on
        changed = dt.datetime.combine(signed, dt.time(9), clock.PARIS)
        for day, label, word in _contract_days(contract):
            key = f"{contract.reference}-{word}"
            yield replace(_of_dossier("", day, label, cpts, changed_at=changed), key=key)


def _contract_days(contract: Any) -> Iterator[tuple[dt.date, str, str]]:
    for year in contract_years(contract.signed_on, settings_of(contract)):
        if year.number > 1:
            label = f"Anniversaire du contrat\u00a0: ouverture de l’année {year.number}"
            yield year.start, label, f"annee-{year.number}"
    if contract.ends_on:
        yield contract.ends_on, "Fin du contrat", "fin"
