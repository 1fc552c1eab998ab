"""Members of CPTS that others replace: each membership goes on in exactly one of the new ones.

Called inside the act of a merger or a split, once the roles are carried and the CPTS are held.
Members of an association that merges or splits are members of those that follow it (law of 1 July
1901, article 9 bis): nobody applies again, and everybody may leave. Consents are asked anew.
"""

import re
from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Q

from accounts.access import Role
from accounts.models import User
from foundation import clock
from foundation.search import search_key
from members import emails
from members.models import Member
from members.workflow import WORKFLOW, MemberState
from territories.actions import assign, end_assignment
from territories.models import Cpts
from territories.scopes import may_on

# What a membership is, besides where it is, what was decided and when.
_OWN = (
    "user_id",
    "kind",
    "state",
    "college",
    "civility",
    "first_name",
    "last_name",
    "email",
    "email_confirmed_at",
    "phone",
    "mssante",
    "profession",
    "specialty",
    "rpps",
    "mode",
    "places",
    "structure_name",
    "structure_kind",
    "siret",
    "finess",
    "position",
    "interests",
    "statutes_accepted_at",
    "applied_at",
    "decided_at",
    "decided_by_id",
)


def carry_members(
    predecessors: Sequence[Cpts], successors: Mapping[int, Sequence[str]], *, by: User
) -> dict[int, int]:
    """Close every open membership and open it again with one successor. Successor → how many.

    `successors` gives the names of the communes of each, by its key: whoever practises in them
    goes there; the others go to the first. Somebody who was in several is a member once.
    """
    rows = list(
        Member.objects.select_for_update(of=("self",))
        .select_related("cpts", "user")
        .open()
        .filter(cpts__in=[one.pk for one in predecessors])
        .order_by("pk")
    )
    # Those accepted come first, the oldest first: their row is the one that goes on.
    rows.sort(key=lambda one: (one.state != MemberState.APPROVED, one.applied_at, one.pk))
    mains = {one.pk for one in rows if one.is_main_cpts}
    chosen = {one.pk: successor_of(one.places, successors) for one in rows}
    for row in rows:
        _close(row, by=by)
    counts = dict.fromkeys(successors, 0)
    for person in _persons(rows):
        successor = chosen[person[0].pk]
        counts[successor] += _open_again(person, successor, mains, by=by)
    return counts


def successor_of(places: str, successors: Mapping[int, Sequence[str]]) -> int:
    """Pure: the only successor that holds a commune named there, else the first one."""
    text = f" {_words(places)} "
    named = [
        pk
        for pk, communes in successors.items()
        if any(f" {_words(commune)} " in text for commune in communes)
    ]
    return named[0] if len(named) == 1 else next(iter(successors))


def _words(text: str) -> str:
    return " ".join(re.split(r"[^a-z0-9]+", search_key(text))).strip()


def _persons(rows: Iterable[Member]) -> list[list[Member]]:
    """The memberships of each person: the same address, or the same account, is one person."""
    persons: list[list[Member]] = []
    for row in rows:
        same = [
            person
            for person in persons
            if any(
                row.email == one.email or (row.user_id and row.user_id == one.user_id)
                for one in person
            )
        ]
        if not same:
            persons.append([row])
            continue
        same[0].append(row)
        for other in same[1:]:  # this row shows that they are one
            same[0].extend(other)
            persons.remove(other)
    return persons


def _close(row: Member, *, by: User) -> None:
    """The former membership ends; its consents were given to an association that is no more."""
    row.consents.in_force().update(revoked_at=clock.now())
    was = row.state
    WORKFLOW.apply("carry", row, may=may_on(by, row.cpts))
    row.left_at, row.is_main_cpts = clock.now(), False
    row.save(update_fields=["state", "left_at", "is_main_cpts"])
    row.state = was  # what it was is what goes on
    if row.user:
        end_assignment(row.user, Role.MEMBER, cpts=row.cpts)


def _open_again(person: list[Member], successor: int, mains: set[int], *, by: User) -> int:
    """One more member there, or none when the person is one already."""
    first = person[0]
    user = first.user or next((one.user for one in person if one.user), None)
    known = Q(email=first.email) | Q(user=user) if user else Q(email=first.email)
    if Member.objects.open().filter(known, cpts=successor).exists():
        return 0
    row = Member(
        cpts_id=successor,
        continues=first,
        is_main_cpts=any(one.pk in mains for one in person),
        **{name: getattr(first, name) for name in _OWN},
    )
    row.user = user
    row.save()
    if row.state == MemberState.APPROVED and user:
        assign(user, Role.MEMBER, cpts=row.cpts)
    emails.send_to_member("member_carried", row, by=by)
    return 1
