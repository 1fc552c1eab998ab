"""The days to remember of the dossiers of one person: deadlines, legal clock, contracts.

Three queries, whatever the number of dossiers. The same list makes the page and the calendars.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.access import Permission
from accounts.models import User
from aci.contract_funding import settings_of
from aci.deadlines import contract_years
from aci.models import Contract
from foundation import clock
from foundation.ical import Event
from projects.models import Filing
from territories.models import Cpts

BEFORE = dt.timedelta(days=31)
AFTER = dt.timedelta(days=731)
DOMAIN = "portail-des-cpts"
# Sequence numbers grow with the time of writing, in minutes from this instant.
FIRST_INSTANT = dt.datetime(2019, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class AgendaDay:
    """One day of one dossier, with what it is."""

    key: str
    day: dt.date
    label: str
    cpts: Cpts
    changed_at: dt.datetime
    sequence: int = 0

    @property
    def is_late(self) -> bool:
        return self.day < clock.today()


def agenda_of(user: User, among: Q | None = None) -> list[AgendaDay]:
    """Of the dossiers that this person sees today, in the order of the days."""
    rows = Cpts.objects.visible_to(user, Permission.DOSSIER_SEE).filter(among or Q())
    dossiers = {cpts.pk: cpts for cpts in rows}
    keys = rows.values("pk")
    clocks = Filing.objects.visible_to(user).with_running_clock(keys)
    contracts = Contract.objects.visible_to(user).in_force_of(keys)
    told = [*_legal_ends(clocks, dossiers), *_of_contracts(contracts, dossiers)]
    # A day told by its own clock is not told again as « next deadline ».
    known = {(one.cpts.pk, one.day) for one in told}
    told += [one for one in _deadlines(dossiers.values()) if (one.cpts.pk, one.day) not in known]
    today = clock.today()
    kept = [one for one in told if today - BEFORE <= one.day <= today + AFTER]
    return sorted(kept, key=lambda one: (one.day, one.cpts.name, one.key))


def as_event(one: AgendaDay, url: str) -> Event:
    """For a calendar: its title holds all, since a telephone shows nothing else."""
    return Event(
        uid=f"{one.key}@{DOMAIN}",
        day=one.day,
        summary=f"{one.cpts.name}\u00a0: {one.label}",
        changed_at=one.changed_at,
        sequence=one.sequence,
        description=f"Dossier {one.cpts.reference}",
        url=url,
    )


def _deadlines(dossiers: Iterable[Cpts]) -> Iterator[AgendaDay]:
    """What the dossier waits for: opinions of committees, completeness, missions."""
    for cpts in dossiers:
        if cpts.next_deadline:
            minutes = int((cpts.deadline_changed_at - FIRST_INSTANT).total_seconds() // 60)
            yield AgendaDay(
                f"{cpts.reference}-echeance",
                cpts.next_deadline,
                cpts.next_deadline_label,
                cpts,
                cpts.deadline_changed_at,
                max(0, minutes),
            )


def _legal_ends(clocks: Iterable[Any], dossiers: dict[int, Cpts]) -> Iterator[AgendaDay]:
    """The last day of the ARS to object: it only moves later, by the days of the suspensions."""
    for filing in clocks:
        cpts = dossiers[filing.cpts_id]
        yield AgendaDay(
            f"{cpts.reference}-{filing.kind}-{filing.number}-delai-legal",
            filing.due_on,
            "Fin du délai légal de l’ARS",
            cpts,
            cpts.deadline_changed_at,
            max(0, (filing.due_on - filing.complete_at.astimezone(clock.PARIS).date()).days),
        )


def _of_contracts(contracts: Iterable[Any], dossiers: dict[int, Cpts]) -> Iterator[AgendaDay]:
    """Anniversaries and end of the contracts in force; a signed contract does not change."""
    for contract in contracts:
        cpts, signed = dossiers[contract.cpts_id], contract.signed_on
        changed = dt.datetime.combine(signed, dt.time(9), clock.PARIS)
        for day, label, word in _contract_days(contract):
            yield AgendaDay(f"{contract.reference}-{word}", day, label, cpts, changed)


def _contract_days(contract: Any) -> Iterator[tuple[dt.date, str, str]]:
    for year in contract_years(contract.signed_on, settings_of(contract)):
        if year.number > 1:
            label = f"Anniversaire du contrat\u00a0: ouverture de l’année {year.number}"
            yield year.start, label, f"annee-{year.number}"
    if contract.ends_on:
        yield contract.ends_on, "Fin du contrat", "fin"
