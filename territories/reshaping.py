"""A CPTS takes the place of others from a day on: territories, stages, roles, who followed whom.

Called inside the act of a merger or a split, which holds every CPTS concerned.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from accounts.access import Role
from accounts.models import User
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refusal, Refused
from territories.actions import (
    ChosenCommune,
    assign,
    default_vintage,
    figures_of,
    fill_territory,
    free_reference,
    free_slug,
    locked_territory,
    move,
    note_concerns,
    refuse_counted_twice,
)
from territories.models import (
    Assignment,
    Baton,
    BatonPeriod,
    CpamDistrict,
    Cpts,
    Departement,
    Stage,
    StagePeriod,
    Succession,
    Territory,
)
from territories.shares import counted

# Who writes goes on writing; a presidency is of one association, the new one chooses its own.
CARRIED = {
    Role.HOLDER: Role.HOLDER,
    Role.PRESIDENT: Role.HOLDER,
    Role.OFFICE: Role.OFFICE,
    Role.COORDINATOR: Role.COORDINATOR,
}


@dataclass(frozen=True, slots=True)
class NewCpts:
    """Who the successor is, and its communes."""

    name: str
    departement: Departement
    cpam_district: CpamDistrict
    communes: Mapping[str, ChosenCommune]


def held_cpts(pks: Iterable[int]) -> dict[int, Cpts]:
    """These CPTS until the end of the transaction, always locked in the same order."""
    rows = (
        Cpts.objects.select_for_update(of=("self",))
        .select_related("territory", "region", "departement", "cpam_district")
        .filter(pk__in=list(pks))
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def replacement_refusal(cpts: Cpts, day: dt.date) -> Refusal | None:
    """Why this CPTS cannot be replaced from that day on: its history would be rewritten."""
    if cpts.stage == Stage.REPLACED:
        return Refusal(f"{cpts.name} a déjà été remplacée par une autre CPTS.")
    if cpts.territory is None or not cpts.territory.commune_count:
        return Refusal(f"{cpts.name} n’a pas de territoire.")
    known = max(cpts.stage_since, cpts.territory.valid_from)
    if day < known or (day == known and cpts.stage != Stage.EXPIRED):
        return Refusal(
            f"La situation de {cpts.name} a changé le {format_date(known)} : choisissez une date "
            "d’effet postérieure."
        )
    return None


def found_successor(new: NewCpts, *, since: dt.date) -> Cpts:
    """A CPTS that takes over from that day on, known to the public, its project to be written."""
    vintage = default_vintage(since)
    refuse_counted_twice(new.communes.keys())
    municipal = figures_of(new.communes.keys(), vintage)
    figures = {code: counted(municipal[code], one.share) for code, one in new.communes.items()}
    cpts = Cpts(
        name=new.name.strip(),
        slug=free_slug(new.name),
        reference=free_reference(new.departement.code),
        region_id=new.departement.region_id,
        departement=new.departement,
        cpam_district=new.cpam_district,
        stage=Stage.PROJECT,
        stage_since=since,
        is_public=True,
        baton=Baton.HOLDER,
        baton_since=clock.now(),
    )
    cpts.save()
    territory = Territory.objects.create(cpts=cpts, vintage=vintage, valid_from=since)
    fill_territory(territory, new.communes, figures, vintage, None, "")
    cpts.territory = territory
    cpts.save(update_fields=["territory"])
    note_concerns(cpts, new.communes.keys())
    StagePeriod.objects.create(cpts=cpts, stage=cpts.stage, is_public=True, starts_on=since)
    BatonPeriod.objects.create(cpts=cpts, baton=cpts.baton, starts_on=clock.today())
    return cpts


def extend_territory(
    cpts: Cpts, communes: Mapping[str, ChosenCommune], *, since: dt.date
) -> Territory:
    """Another version from that day on, of a CPTS that no contract binds to the one before."""
    before = locked_territory(cpts)
    vintage = default_vintage(since)
    refuse_counted_twice(communes.keys())
    municipal = figures_of(communes.keys(), vintage)
    figures = {code: counted(municipal[code], one.share) for code, one in communes.items()}
    before.replaced_on, before.changed_at = since, clock.real_now()
    before.save(update_fields=["replaced_on", "changed_at"])
    territory = Territory.objects.create(
        cpts=cpts, vintage=vintage, valid_from=since, source=before.source
    )
    fill_territory(territory, communes, figures, vintage, None, "")
    note_concerns(cpts, communes.keys())
    cpts.territory = territory
    cpts.save(update_fields=["territory"])
    return territory


def replace_cpts(cpts: Cpts, successors: Iterable[Cpts], *, kind: str, since: dt.date) -> None:
    """Its stage and its territory stop on the eve; its page, its file and its journal stay."""
    refusal = replacement_refusal(cpts, since)
    if refusal:
        raise Refused(refusal)
    now = clock.real_now()
    move(cpts, baton=Baton.NOBODY, deadline=None)
    cpts.stage, cpts.stage_since = Stage.REPLACED, since
    cpts.stage_as_of, cpts.stage_source = None, ""  # known from the act itself
    cpts.save(update_fields=["stage", "stage_since", "stage_as_of", "stage_source"])
    present = cpts.stage_periods.get(ends_on=None)
    if present.starts_on == since:  # its contract reached its term on the eve
        present.stage, present.changed_at = cpts.stage, now
        present.save(update_fields=["stage", "changed_at"])
    else:
        present.ends_on, present.changed_at = since, now
        present.save(update_fields=["ends_on", "changed_at"])
        cpts.stage_periods.create(stage=cpts.stage, is_public=cpts.is_public, starts_on=since)
    if cpts.territory is not None:
        cpts.territory.replaced_on, cpts.territory.changed_at = since, now
        cpts.territory.save(update_fields=["replaced_on", "changed_at"])
    Succession.objects.bulk_create(
        Succession(kind=kind, predecessor=cpts, successor=successor, since=since)
        for successor in successors
    )


def carry_roles(before: Cpts, after: Cpts) -> list[User]:
    """Those who write and coordinate here do it there too; what they could read they still can."""
    posts = (
        Assignment.objects.current()
        .filter(cpts=before, role__in=CARRIED)
        .select_related("user")
        .order_by("pk")
    )
    people: dict[int, User] = {}
    for post in posts:
        assign(post.user, CARRIED[Role(post.role)], cpts=after)
        people[post.user_id] = post.user
    return list(people.values())
