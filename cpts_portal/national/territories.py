"""Writes the CPTS of the set, their territories, the communes of these and their stages."""

from collections.abc import Iterable, Iterator, Sequence

from cpts_portal.national.calendar import Milestone
from cpts_portal.national.dossiers import Dossier, at_nine
from cpts_portal.national.naming import SOURCE
from cpts_portal.national.partition import Part
from cpts_portal.national.people import assignments_of
from cpts_portal.national.vintages import Figures, in_force_on, vintage_for
from foundation import clock
from foundation.bulk import insert_objects, insert_rows
from foundation.search import search_key
from territories.models import (
    Assignment,
    BatonPeriod,
    Concern,
    Cpts,
    StagePeriod,
    Territory,
    TerritoryCommune,
)
from territories.shares import counted
from territories.sizes import read_thresholds, size_of, thresholds_on

BATCH = 500
FIELDS = ("territory", "commune", "share", "part", "population", "certainty")
OVERLAP_REASON = "Leurs habitants se soignent dans les deux bassins (motif inventé)."
OTHER_VINTAGE = "Le millésime {} ne donne pas la population de toutes les communes."


def write_cpts(dossiers: Sequence[Dossier]) -> None:
    """The rows that lists show, with the people who act for them."""
    for dossier in dossiers:
        dossier.cpts = _cpts(dossier)
    Cpts.objects.bulk_create([dossier.cpts for dossier in dossiers], batch_size=BATCH)
    people = (row for one in dossiers for row in assignments_of(one.cpts, one.holders))
    insert_objects(Assignment, people)
    insert_objects(StagePeriod, (row for dossier in dossiers for row in _periods(dossier)))
    insert_objects(BatonPeriod, (row for dossier in dossiers for row in _bearings(dossier)))
    insert_objects(Concern, (row for dossier in dossiers for row in _concerns(dossier)))


def write_territories(dossiers: Sequence[Dossier], figures: Figures) -> int:
    """One version for each, frozen by its contract; returns how many communes were written."""
    for dossier in dossiers:
        dossier.territory = _territory(dossier, figures)
    Territory.objects.bulk_create([dossier.territory for dossier in dossiers], batch_size=BATCH)
    for dossier in dossiers:
        dossier.cpts.territory = dossier.territory
    return insert_rows(TerritoryCommune, FIELDS, _communes(dossiers, figures))


def finish_cpts(dossiers: Iterable[Dossier]) -> None:
    """What is only known at the end: the territory in use and the next deadline."""
    fields = ["territory", "next_deadline", "next_deadline_label"]
    Cpts.objects.bulk_update([dossier.cpts for dossier in dossiers], fields, batch_size=BATCH)


def _cpts(dossier: Dossier) -> Cpts:
    identity, now, place = dossier.identity, dossier.standing, dossier.area.main.place
    deadline = now.deadline or (None, "")
    ends = [contract.ends for contract in dossier.calendar.contracts if contract.ends]
    return Cpts(
        slug=identity.slug,
        reference=identity.reference,
        name=identity.name,
        search_name=search_key(f"{identity.name} {identity.reference}")[:400],
        region_id=place.region,
        departement_id=place.departement,
        cpam_district_id=place.district,
        stage=now.stage,
        stage_since=now.stage_since,
        is_public=now.is_public,
        baton=now.baton,
        baton_since=at_nine(now.baton_since),
        next_deadline=deadline[0],
        next_deadline_label=deadline[1],
        contract_end=ends[-1] if ends else None,
        created_at=at_nine(dossier.founded),
    )


def _periods(dossier: Dossier) -> Iterator[StagePeriod]:
    for period in dossier.standing.periods:
        yield StagePeriod(
            cpts=dossier.cpts,
            stage=period.stage,
            is_public=period.is_public,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
        )


def _bearings(dossier: Dossier) -> Iterator[BatonPeriod]:
    for bearing in dossier.standing.bearings:
        yield BatonPeriod(
            cpts=dossier.cpts,
            baton=bearing.baton,
            starts_on=bearing.starts_on,
            ends_on=bearing.ends_on,
        )


def _concerns(dossier: Dossier) -> Iterator[Concern]:
    """As `territories.actions` notes them: the other ARS and CPAM of its communes."""
    places = [part.place for part in dossier.area.all_parts]
    main = dossier.area.main.place
    for region in sorted({place.region for place in places} - {main.region}):
        yield Concern(cpts=dossier.cpts, region_id=region)
    for district in sorted({place.district for place in places} - {main.district}):
        yield Concern(cpts=dossier.cpts, cpam_district_id=district)


def _territory(dossier: Dossier, figures: Figures) -> Territory:
    day = dossier.first_signature or dossier.founded
    codes = [part.place.code for part in dossier.area.all_parts]
    in_force = in_force_on(day, figures)
    vintage = vintage_for(codes, in_force, figures)
    population = sum(people_of(part, vintage, figures) for part in dossier.area.all_parts)
    signed = dossier.first_signature
    return Territory(
        cpts=dossier.cpts,
        valid_from=dossier.founded,
        vintage=vintage,
        vintage_reason="" if vintage == in_force else OTHER_VINTAGE.format(in_force),
        population=population,
        size=size_of(population, thresholds_on(day, read_thresholds())),
        commune_count=len(codes),
        source=SOURCE,
        handed_over_at=dossier.moment(Milestone.LETTER_FILED),
        frozen_at=at_nine(signed) if signed else None,
        overlap_reason=OVERLAP_REASON if dossier.area.borrowed else "",
        changed_at=clock.real_now(),
    )


def _communes(
    dossiers: Iterable[Dossier], figures: Figures
) -> Iterator[tuple[int, str, int, str, int, str]]:
    for dossier in dossiers:
        territory = dossier.territory
        for part in dossier.area.all_parts:
            people = people_of(part, territory.vintage, figures)
            certainty = TerritoryCommune.Certainty.NAMED.value
            yield territory.pk, part.place.code, part.share, part.part, people, certainty


def people_of(part: Part, vintage: int, figures: Figures) -> int:
    """The inhabitants that a part counts in one vintage."""
    return counted(figures[vintage][part.place.code], part.share)
