"""Writes the journal: one SHA-256 chain per dossier, so that decisions do not wait in line."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, models, transaction

from accounts.models import User
from foundation import clock
from foundation.bulk import insert_objects
from records.models import JournalEntry, JournalHead
from records.spelling import sha256_of


@dataclass(frozen=True, slots=True)
class Act:
    """What one entry says, before it takes its place in a chain."""

    verb: str
    subject: models.Model
    by: User
    sentence: str
    at: dt.datetime
    role: str
    from_state: str = ""
    to_state: str = ""
    reason: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


def record(
    verb: str,
    subject: models.Model,
    *,
    by: User,
    dossier: str,
    sentence: str,
    from_state: str = "",
    to_state: str = "",
    reason: str = "",
    role: str = "",
    **data: Any,
) -> JournalEntry:
    """Add one entry to the dossier's chain. Call it inside the action's transaction.

    `sentence` is the French line of the timeline; `data` holds JSON values (dates and decimals as
    strings). Without a role given, the first current role of the author is kept.
    """
    head = _locked_head(dossier)
    act = Act(
        verb=verb,
        subject=subject,
        by=by,
        sentence=sentence,
        at=clock.now(),
        role=role or _quality_of(by),
        from_state=from_state,
        to_state=to_state,
        reason=reason,
        data=data,
    )
    entry = _chained(act, head)
    entry.save()
    JournalHead.objects.filter(pk=dossier).update(number=entry.number, sha256=entry.sha256)
    return entry


def record_chains(chains: Mapping[str, Sequence[Act]]) -> int:
    """Write whole chains of new dossiers at once, each in order; returns how many entries.

    For a set told in bulk: the same entries as `record` would write. The database refuses a dossier
    whose chain has already begun.
    """
    heads: list[JournalHead] = []
    entries: list[JournalEntry] = []
    for dossier, acts in chains.items():
        head = JournalHead(dossier=dossier)
        entries += _whole_chain(acts, head)
        heads.append(head)
    JournalHead.objects.bulk_create(heads)
    return insert_objects(JournalEntry, entries)


def _whole_chain(acts: Sequence[Act], head: JournalHead) -> Iterator[JournalEntry]:
    for act in acts:
        entry = _chained(act, head)
        head.number, head.sha256 = entry.number, entry.sha256
        yield entry


def _chained(act: Act, head: JournalHead) -> JournalEntry:
    """The entry of an act after the head of its chain, not saved."""
    entry = JournalEntry(
        dossier=head.dossier,
        number=head.number + 1,
        at=act.at,
        verb=act.verb,
        sentence=act.sentence,
        subject_type=act.subject._meta.label_lower,
        subject_id=str(act.subject.pk),
        from_state=act.from_state,
        to_state=act.to_state,
        reason=act.reason,
        actor=act.by,
        actor_name=act.by.get_full_name(),
        actor_role=act.role,
        data=dict(act.data),
        previous_sha256=head.sha256,
    )
    entry.sha256 = digest(entry)
    return entry


def digest(entry: JournalEntry) -> str:
    """SHA-256 of everything the entry says and of the entry before it."""
    return sha256_of(
        actor_id=entry.actor_id,
        actor_name=entry.actor_name,
        actor_role=entry.actor_role,
        at=entry.at.astimezone(clock.PARIS).isoformat(),
        data=entry.data,
        dossier=entry.dossier,
        number=entry.number,
        previous=entry.previous_sha256,
        reason=entry.reason,
        sentence=entry.sentence,
        from_state=entry.from_state,
        to_state=entry.to_state,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        verb=entry.verb,
    )


def _locked_head(dossier: str) -> JournalHead:
    heads = JournalHead.objects.select_for_update()
    head = heads.filter(pk=dossier).first()
    if head:
        return head
    try:
        with transaction.atomic():  # two first entries at once: one inserts, the other waits
            JournalHead.objects.create(dossier=dossier)
    except IntegrityError:
        pass
    return heads.get(pk=dossier)


def _quality_of(user: User) -> str:
    if user.is_system:
        return "portail"
    return user.current_assignments[0].get_role_display() if user.current_assignments else ""
