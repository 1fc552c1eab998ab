"""Loads the national set, all or nothing."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from django.db import transaction

from aci.actions import load_grids
from cpts_portal.national.calendar import Milestone
from cpts_portal.national.contracts import write_contracts, write_years
from cpts_portal.national.dossiers import Dossier, dossier_of, planned
from cpts_portal.national.filings import write_filings
from cpts_portal.national.journal import write_journals
from cpts_portal.national.naming import SLUG_PREFIX
from cpts_portal.national.people import authorities_of, gather_cast, make_holders
from cpts_portal.national.places import read_places
from cpts_portal.national.territories import finish_cpts, write_cpts, write_territories
from cpts_portal.national.vintages import Figures
from foundation import clock
from foundation.bulk import refresh_statistics
from foundation.refusal import Refused
from missions.actions import load_indicators
from projects.actions import load_opinion_grids, load_procedures
from projects.models import OpinionGrid, Procedure
from territories.models import Commune, Cpts, Population

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Summary:
    """What was loaded, for the person who waits."""

    cpts: int
    communes: int
    people: int
    everybody: int
    years: int
    entries: int
    sizes: dict[int, int]
    stages: dict[str, int]

    @property
    def covered(self) -> float:
        """Per cent of the inhabitants of France, those counted twice included."""
        return 100 * self.people / self.everybody


def is_loaded() -> bool:
    return Cpts.objects.filter(slug__startswith=SLUG_PREFIX).exists()


@transaction.atomic
def load(say: Say) -> Summary:
    """Write the 840 dossiers; the caller has seen that they are not there yet."""
    _refuse_other_communes()
    load_procedures()
    load_opinion_grids()
    load_grids()
    load_indicators()
    say("Découpage des communes")
    dossiers = _dossiers()
    figures = _figures()
    say("CPTS et territoires")
    write_cpts(dossiers)
    communes = write_territories(dossiers, figures)
    say("Lettres d’intention et projets de santé")
    write_filings(dossiers, figures)
    say("Contrats et années de contrat")
    write_contracts(dossiers)
    years = write_years(dossiers)
    finish_cpts(dossiers)
    say("Journal")
    entries = write_journals(dossiers)
    refresh_statistics()
    return _summary(dossiers, figures, communes=communes, years=years, entries=entries)


def _refuse_other_communes() -> None:
    known = set(Commune.objects.filter(successor=None).values_list("pk", flat=True))
    missing = [place.code for place in read_places() if place.code not in known]
    if missing:
        raise Refused(
            f"{len(missing)} communes manquent ({', '.join(missing[:3])}…) : "
            "lancez d’abord load_territories."
        )


def _dossiers() -> list[Dossier]:
    plans = planned(clock.today())
    cast = gather_cast()
    in_post = authorities_of([area for area, _, _ in plans], cast)
    procedure_in_force = cache(Procedure.objects.in_force)
    holders = make_holders([identity for _, identity, _ in plans], cast)
    grid_in_force = cache(OpinionGrid.objects.in_force)
    return [
        dossier_of(
            area,
            identity,
            calendar,
            procedure_in_force(area.main.place.region, calendar.days[Milestone.FOUNDED]),
            in_post[area.main.place.district],
            people,
            grid_in_force(area.main.place.region, calendar.days[Milestone.FOUNDED]),
        )
        for (area, identity, calendar), people in zip(plans, holders, strict=True)
    ]


def _figures() -> Figures:
    figures: dict[int, dict[str, int]] = defaultdict(dict)
    rows = Population.objects.values_list("vintage", "commune_id", "municipal")
    for vintage, code, people in rows.iterator(chunk_size=20_000):
        figures[vintage][code] = people
    return figures


def _summary(
    dossiers: Sequence[Dossier], figures: Figures, *, communes: int, years: int, entries: int
) -> Summary:
    newest = figures[max(figures)]
    return Summary(
        cpts=len(dossiers),
        communes=communes,
        people=sum(dossier.area.people for dossier in dossiers),
        everybody=sum(newest.get(place.code, 0) for place in read_places()),
        years=years,
        entries=entries,
        sizes=dict(sorted(Counter(dossier.territory.size or 0 for dossier in dossiers).items())),
        stages=dict(Counter(dossier.standing.stage.label for dossier in dossiers).most_common()),
    )
