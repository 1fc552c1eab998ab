"""What another population vintage would change: it never touches a figure that was kept."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, Sum

from foundation import clock
from foundation.numbers import NBSP, format_number
from territories.aggregates import counted_people
from territories.models import Stage, TerritoryCommune
from territories.sizes import read_thresholds, size_of, thresholds_on

_GONE = (Stage.TERMINATED, Stage.ABANDONED, Stage.REPLACED)


@dataclass(frozen=True, slots=True)
class SizeChange:
    """A CPTS that would have another size with this vintage."""

    name: str
    slug: str
    reference: str
    kept_size: int
    kept_vintage: int
    kept_population: int
    size: int
    vintage: int
    population: int

    @property
    def sentence(self) -> str:
        """« CPTS X : taille 1 conservée (39 944 habitants en 2016), taille 2 avec 2018 (…) »."""
        kept, counted = format_number(self.kept_population), format_number(self.population)
        return (
            f"{self.name} : taille{NBSP}{self.kept_size} conservée"
            f" ({kept}{NBSP}habitants en {self.kept_vintage}),"
            f" taille{NBSP}{self.size} avec {self.vintage} ({counted}{NBSP}habitants)"
        )


@dataclass(frozen=True, slots=True)
class UnknownSize:
    """A CPTS that cannot be counted with this vintage: some of its communes have no figure."""

    name: str
    reference: str
    missing: int

    @property
    def sentence(self) -> str:
        """« CPTS X : 2 communes sans population »."""
        noun = "commune" if self.missing == 1 else "communes"
        return f"{self.name} : {format_number(self.missing)}{NBSP}{noun} sans population"


def size_changes(vintage: int, among: Any = None) -> list[SizeChange]:
    """The territories in use whose size this vintage would change, by name; one query.

    `among` keeps those of some CPTS (a queryset) only.
    """
    thresholds = thresholds_on(clock.today(), read_thresholds())
    rows = _counted(vintage).filter(known=F("wanted"), people__gt=0)
    if among is not None:
        rows = rows.filter(territory__cpts__in=among.order_by().values("pk"))
    changes = []
    for row in rows:
        size = size_of(row["people"], thresholds)
        if size != row["territory__size"]:
            changes.append(
                SizeChange(
                    name=row["territory__cpts__name"],
                    slug=row["territory__cpts__slug"],
                    reference=row["territory__cpts__reference"],
                    kept_size=row["territory__size"],
                    kept_vintage=row["territory__vintage"],
                    kept_population=row["territory__population"],
                    size=size,
                    vintage=vintage,
                    population=row["people"],
                )
            )
    return changes


def unknown_sizes(vintage: int) -> list[UnknownSize]:
    """The territories in use in which a commune has no figure for this vintage; one query."""
    return [
        UnknownSize(
            name=row["territory__cpts__name"],
            reference=row["territory__cpts__reference"],
            missing=row["wanted"] - row["known"],
        )
        for row in _counted(vintage).filter(known__lt=F("wanted"))
    ]


def _counted(vintage: int) -> Any:
    """One row for each territory in use: its inhabitants, and how many communes have a figure.

    A commune that merged into another of the same territory is counted with that one.
    """
    same_territory = TerritoryCommune.objects.filter(
        territory=OuterRef("territory"), commune=OuterRef("commune__successor")
    )
    return (
        TerritoryCommune.objects.filter(territory__replaced_on=None, territory__size__isnull=False)
        .exclude(territory__cpts__stage__in=_GONE)
        .exclude(Exists(same_territory))
        .annotate(
            figure=FilteredRelation(
                "commune__populations", condition=Q(commune__populations__vintage=vintage)
            )
        )
        .values(
            *("territory_id", "territory__size", "territory__vintage", "territory__population"),
            *("territory__cpts__name", "territory__cpts__slug", "territory__cpts__reference"),
        )
        .annotate(
            people=Sum(counted_people(F("figure__municipal"), F("share"))),
            known=Count("figure"),
            wanted=Count("pk"),
        )
        .order_by("territory__cpts__name", "territory_id")
    )
