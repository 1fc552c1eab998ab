"""Acts on a CPTS and its territory: found it, choose its communes, freeze them, pass the baton."""

import datetime as dt
import secrets
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, F, Max, Sum
from django.utils.text import slugify

from accounts.access import Role
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from records import journal
from territories.aggregates import counted_people
from territories.models import (
    Assignment,
    Baton,
    BatonPeriod,
    Commune,
    Concern,
    CpamDistrict,
    Cpts,
    Departement,
    Population,
    Stage,
    StagePeriod,
    Territory,
    TerritoryCommune,
)
from territories.shares import WHOLE, counted
from territories.sizes import read_thresholds, size_of, thresholds_on

# No 0/O, 1/I/L: a reference is read aloud on the telephone.
_REFERENCE_LETTERS = "ACDEFGHJKMNPQRTUVWXY34679"


def default_vintage(day: dt.date) -> int:
    """The INSEE vintage in force on a day: year N serves from 1 January N+3 (funding.md)."""
    newest = Population.objects.aggregate(newest=Max("vintage"))["newest"]
    return min(day.year - 3, newest) if newest else day.year - 3


@transaction.atomic
def found_cpts(
    *,
    name: str,
    departement: Departement,
    cpam_district: CpamDistrict,
    by: User,
    reference: str = "",
    slug: str = "",
) -> Cpts:
    """Open the dossier of a community that does not exist yet; its author becomes its holder."""
    cpts = Cpts(
        name=name.strip(),
        slug=slug or free_slug(name),
        reference=reference or free_reference(departement.code),
        region_id=departement.region_id,
        departement=departement,
        cpam_district=cpam_district,
        baton=Baton.HOLDER,
        baton_since=clock.now(),
        stage_since=clock.today(),
    )
    cpts.save()
    cpts.territory = Territory.objects.create(
        cpts=cpts, vintage=default_vintage(clock.today()), valid_from=clock.today()
    )
    cpts.save(update_fields=["territory"])
    StagePeriod.objects.create(cpts=cpts, stage=cpts.stage, starts_on=cpts.stage_since)
    BatonPeriod.objects.create(cpts=cpts, baton=cpts.baton, starts_on=clock.today())
    assign(by, Role.HOLDER, cpts=cpts)
    journal.record(
        "found_cpts",
        cpts,
        by=by,
        dossier=cpts.reference,
        sentence="Ouverture du dossier",
        role=str(Role.HOLDER.label),
    )
    return cpts


def assign(user: User, role: Role, *, body: str = "", **scope: object) -> Assignment:
    """Give a role on one scope (region=, departement=, cpam_district= or cpts=), once."""
    given = {"body": body, "valid_from": clock.today()}
    assignment, _ = Assignment.objects.get_or_create(
        user=user, role=role, valid_to=None, **scope, defaults=given
    )
    _read_rights_again(user)
    return assignment


def end_assignment(user: User, role: Role, **scope: object) -> None:
    """Take a role back from today on; the row stays, with its dates."""
    yesterday = clock.today() - dt.timedelta(days=1)  # `valid_to` is a day still in force
    Assignment.objects.current().filter(user=user, role=role, **scope).update(valid_to=yesterday)
    _read_rights_again(user)


def _read_rights_again(user: User) -> None:
    """The rights of this request follow at once, be the account behind Django's lazy one."""
    for name in ("current_assignments", "permissions"):
        with suppress(AttributeError):  # not read yet
            delattr(user, name)


def note_document(cpts: Cpts, *, known_on: dt.date, source: str) -> None:
    """Say from which dated document a stage is known, for a CPTS that the portal did not follow."""
    cpts.stage_as_of = known_on
    cpts.stage_source = source
    cpts.save(update_fields=["stage_as_of", "stage_source"])


@dataclass(frozen=True, slots=True)
class ChosenCommune:
    """A commune chosen for a territory, the part of it that counts, and how it is known."""

    insee_code: str
    certainty: str = TerritoryCommune.Certainty.NAMED
    share: int = WHOLE  # in ten-thousandths
    part: str = ""


def locked_territory(cpts: Cpts) -> Territory:
    """The territory in use, until the end of the transaction for this act alone.

    The CPTS is held first, as every other act does: two acts never wait for each other.
    """
    held = Cpts.objects.select_for_update(of=("self",)).only("territory", "stage").get(pk=cpts.pk)
    if held.territory_id is None:
        raise Refused("Ce dossier n’a pas de territoire.")
    if held.stage == Stage.REPLACED:
        raise Refused("Cette CPTS a été remplacée : son territoire ne change plus.")
    return Territory.objects.select_for_update(of=("self",)).get(pk=held.territory_id)


@transaction.atomic
def choose_communes(
    cpts: Cpts,
    chosen: Iterable[ChosenCommune],
    *,
    by: User,
    vintage: int | None = None,
    vintage_reason: str | None = None,
    source: str = "",
) -> Territory:
    """Replace the communes of the draft territory and count its population and size.

    A version that was handed over is kept as it was: the change opens a new one.
    Refuses an unknown commune, a missing figure (never taken as 0), an empty or frozen territory.
    """
    territory = locked_territory(cpts)
    if territory.is_frozen:
        raise Refused("Le territoire est figé par le contrat : seul un avenant peut le modifier.")
    by_code = {item.insee_code: item for item in chosen}
    refuse_counted_twice(by_code.keys())
    vintage = vintage or territory.vintage
    municipal = figures_of(by_code.keys(), vintage)
    figures = {code: counted(municipal[code], item.share) for code, item in by_code.items()}
    if territory.handed_over_at is not None:
        territory = _open_version(territory)
    fill_territory(territory, by_code, figures, vintage, vintage_reason, source)
    note_concerns(cpts, by_code.keys())
    cpts.territory = territory
    cpts.save(update_fields=["territory"])
    return territory


def fill_territory(
    territory: Territory,
    chosen: Mapping[str, ChosenCommune],
    figures: Mapping[str, int],
    vintage: int,
    vintage_reason: str | None,
    source: str,
) -> None:
    """Write the communes of a version, and count its population and size."""
    territory.communes.all().delete()
    TerritoryCommune.objects.bulk_create(
        TerritoryCommune(
            territory=territory,
            commune_id=code,
            population=figures[code],
            certainty=item.certainty,
            share=item.share,
            part=item.part,
        )
        for code, item in chosen.items()
    )
    territory.vintage = vintage
    if vintage_reason is not None:
        territory.vintage_reason = vintage_reason
    territory.source = source or territory.source
    territory.population = sum(figures.values())
    territory.commune_count = len(figures)
    territory.size = _size_today(territory.population)
    uncertain = {TerritoryCommune.Certainty.INFERRED, TerritoryCommune.Certainty.FILLED}
    territory.is_completed = any(item.certainty in uncertain for item in chosen.values())
    territory.changed_at = clock.real_now()
    territory.save()


def hand_over_territory(cpts: Cpts) -> Territory:
    """The version as the authorities receive it: from now on a change opens another one."""
    territory = locked_territory(cpts)
    if territory.handed_over_at is None:
        territory.handed_over_at = clock.now()
        territory.save(update_fields=["handed_over_at"])
    cpts.territory = territory
    return territory


@transaction.atomic
def freeze_territory(cpts: Cpts, *, version: Territory | None = None) -> Territory:
    """Keep communes, vintage, population and size for ever: done when a contract is signed.

    Of the version in use, or of an older one for a contract signed when that one was.
    """
    territory = version or locked_territory(cpts)
    if territory.is_frozen:
        return territory
    if not territory.population:
        raise Refused("Le territoire n’a pas d’habitants : il ne peut pas être figé.")
    territory.frozen_at = clock.now()
    territory.save(update_fields=["frozen_at"])
    return territory


def _open_version(territory: Territory) -> Territory:
    """The version after this one, from today on; the old one keeps its communes and its dates."""
    today = clock.today()
    territory.replaced_on = max(today, territory.valid_from)
    territory.changed_at = clock.real_now()
    territory.save(update_fields=["replaced_on", "changed_at"])
    return Territory.objects.create(
        cpts_id=territory.cpts_id,
        valid_from=territory.replaced_on,
        vintage=territory.vintage,
        vintage_reason=territory.vintage_reason,
        source=territory.source,
        overlap_reason=territory.overlap_reason,
        explained_overlaps=territory.explained_overlaps,
    )


def move(
    cpts: Cpts,
    *,
    stage: Stage | None = None,
    baton: Baton | None = None,
    deadline: tuple[dt.date, str] | None = None,
    contract_end: dt.date | None = None,
    public: bool | None = None,
) -> None:
    """Note on the CPTS what its dossier has become. Called by the acts of the apps to the right."""
    if stage is not None and stage != cpts.stage:
        cpts.stage = stage
        cpts.stage_since = clock.today()
    passed = baton is not None and baton != cpts.baton
    if baton is not None and passed:
        cpts.baton = baton
        cpts.baton_since = clock.now()
    if (deadline or (None, "")) != (cpts.next_deadline, cpts.next_deadline_label):
        cpts.next_deadline, cpts.next_deadline_label = deadline or (None, "")
        cpts.deadline_changed_at = clock.real_now()
    if contract_end is not None:
        cpts.contract_end = contract_end
    if public is not None:
        cpts.is_public = public
    cpts.save()
    _note_stage(cpts)
    if passed:
        _note_baton(cpts)


def _note_stage(cpts: Cpts) -> None:
    """Keep the history of stages: the last one of a day counts for that day."""
    today, now = clock.today(), clock.real_now()
    present = cpts.stage_periods.filter(ends_on=None).first()
    if present and (present.stage, present.is_public) == (cpts.stage, cpts.is_public):
        return
    if present and present.starts_on >= today:
        present.stage, present.is_public, present.changed_at = cpts.stage, cpts.is_public, now
        present.save(update_fields=["stage", "is_public", "changed_at"])
        return
    if present:
        present.ends_on, present.changed_at = today, now
        present.save(update_fields=["ends_on", "changed_at"])
    cpts.stage_periods.create(stage=cpts.stage, is_public=cpts.is_public, starts_on=today)


def _note_baton(cpts: Cpts) -> None:
    """Keep who had the file, and how long: the last bearer of a day counts for that day."""
    today = clock.today()
    present = cpts.baton_periods.filter(ends_on=None).first()
    if present and present.starts_on >= today:
        present.baton = cpts.baton
        present.save(update_fields=["baton"])
        return
    if present:
        present.ends_on = today
        present.save(update_fields=["ends_on"])
    cpts.baton_periods.create(baton=cpts.baton, starts_on=today)


def population_by_vintage(territory: Territory) -> dict[int, int]:
    """What the same communes count in every published vintage: {2016: 32 012, …}.

    A vintage in which one commune has no figure is left out rather than counted short.
    """
    rows = (
        Population.objects.filter(commune__memberships__territory=territory)
        .values("vintage")
        .annotate(
            people=Sum(counted_people(F("municipal"), F("commune__memberships__share"))),
            known=Count("pk"),
        )
        .order_by("vintage")
    )
    whole = territory.commune_count
    return {row["vintage"]: row["people"] for row in rows if row["known"] == whole}


def refuse_counted_twice(codes: Iterable[str]) -> None:
    """Paris, Lyon and Marseille exist whole and by arrondissement: their people count once."""
    chosen = set(codes)
    twice = Commune.objects.filter(insee_code__in=chosen, parent__in=chosen)
    both = twice.values_list("name", "parent__name").first()
    if both:
        raise Refused(f"{both[0]} fait partie de {both[1]} : choisissez l’une ou l’autre.")


def figures_of(codes: Iterable[str], vintage: int) -> dict[str, int]:
    """The municipal population of each commune; refuses by naming what is unknown."""
    wanted = set(codes)
    if not wanted:
        raise Refused("Choisissez au moins une commune.")
    communes = {
        commune.insee_code: commune.name
        for commune in Commune.objects.filter(insee_code__in=wanted).only("insee_code", "name")
    }
    unknown = sorted(wanted - communes.keys())
    if unknown:
        raise Refused(f"Commune inconnue : {', '.join(unknown)}.")
    figures = dict(
        Population.objects.filter(commune__in=wanted, vintage=vintage).values_list(
            "commune_id", "municipal"
        )
    )
    missing = sorted(communes[code] for code in wanted - figures.keys())
    if missing:
        raise Refused(f"Pas de population {vintage} pour {', '.join(missing)}.")
    return figures


def _size_today(population: int) -> int | None:
    if not population:
        return None
    return size_of(population, thresholds_on(clock.today(), read_thresholds()))


def note_concerns(cpts: Cpts, codes: Iterable[str]) -> None:
    """The other ARS and CPAM on whose ground the communes lie will read the dossier."""
    places = set(
        Commune.objects.filter(insee_code__in=list(codes)).values_list(
            "departement__region_id", "cpam_district_id"
        )
    )
    regions = {region for region, _ in places} - {cpts.region_id}
    districts = {district for _, district in places if district} - {cpts.cpam_district_id}
    cpts.concerns.all().delete()
    Concern.objects.bulk_create(
        [Concern(cpts=cpts, region_id=code) for code in sorted(regions)]
        + [Concern(cpts=cpts, cpam_district_id=code) for code in sorted(districts)]
    )


def free_slug(name: str) -> str:
    """« bethunois », or with a few letters when it is taken."""
    base = slugify(name.lower().removeprefix("cpts ").strip())[:70] or "cpts"
    taken = set(Cpts.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return base if base not in taken else f"{base}-{secrets.token_hex(3)}"


def free_reference(departement_code: str) -> str:
    """« 62-7K3M9Q »: no counter, so that nobody can guess how many dossiers exist."""
    while True:
        letters = "".join(secrets.choice(_REFERENCE_LETTERS) for _ in range(6))
        reference = f"{departement_code}-{letters}"
        if not Cpts.objects.filter(reference=reference).exists():
            return reference
