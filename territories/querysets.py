"""Who sees which rows, and named filters. `visible_to` is the only door of the views."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterable
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Cast, Coalesce, Concat

from accounts.access import Permission, Role, roles_granting
from foundation import clock
from foundation.search import search_key
from territories.aggregates import ByKey, listed_bearers, listed_by_commune, listed_shares
from territories.readers import ReadByQuerySet
from territories.search_words import SearchWords, read_words

# Two to five digits, or Corsica: the beginning of a postal code, or a code whole.
CODE = re.compile(r"\d{2,5}|2[AB]\d{3}")
# A refused project, a terminated contract or a CPTS that others replaced covers nobody.
ENDED = ("abandoned", "terminated", "replaced")
COVERING = ("letter", "project", "project_filed", "validated", "expired", "contracted")
READING = {Permission.DOSSIER_SEE, Permission.DOSSIER_LIST, Permission.SHARED_SEE}


def scope_filter(
    user: Any, permission: str, prefix: str = "", *, roles: frozenset[Role] | None = None
) -> Q:
    """The CPTS on which this person's current assignments bring the permission.

    `prefix` leads from the filtered model to the CPTS (« cpts__ »). Parties always see their own
    CPTS; authorities only what was handed to them (submitted at least once), committees only what
    the ARS declared complete. `territories.scopes.permissions_on` is the same rule for one object,
    and a test compares the two for everybody of the cast. `roles` keeps only some of the roles that
    grant it, where what they may reach differs further.
    """
    if not user.is_authenticated:
        return Q(pk__in=[])
    granting = roles_granting(permission) if roles is None else roles
    condition = Q(pk__in=[])
    for assignment in user.current_assignments:
        if assignment.role in granting:
            condition |= _covered_by(assignment, permission, prefix)
    return condition


def _covered_by(assignment: Any, permission: str, prefix: str) -> Q:
    if assignment.cpts_id is not None:
        return Q(**{f"{prefix}id": assignment.cpts_id})
    handed_over = ~Q(**{f"{prefix}stage": "emergence"})
    if assignment.role == Role.COMMITTEE:
        handed_over = Q(**{f"{prefix}is_public": True})
    area = assignment.area
    if not area:  # the whole of France
        return handed_over
    in_charge = Q(**{f"{prefix}{name}": value for name, value in area.items()})
    if permission in READING and "departement_id" not in area:
        # A CPTS may cross regions and districts: the others concerned read (procedures.md).
        concern = apps.get_model("territories", "Concern")
        in_charge |= Q(Exists(concern.objects.filter(cpts=OuterRef(f"{prefix}pk"), **area)))
    return in_charge & handed_over


class CptsQuerySet(ReadByQuerySet):
    """Communities, as the public sees them or as their parties do."""

    def visible_to(self, user: Any, *permissions: str) -> CptsQuerySet:
        """The dossiers this person may open, or act upon with one of these permissions."""
        condition = Q(pk__in=[])
        for permission in permissions or (Permission.DOSSIER_SEE,):
            condition |= scope_filter(user, permission)
        return self.filter(condition).read_by(user)

    def public(self) -> CptsQuerySet:
        """What anybody may see: communities whose letter was declared complete."""
        return self.filter(is_public=True)

    def standing(self) -> CptsQuerySet:
        """Public ones that cover their communes: a refused or withdrawn project covers nobody."""
        return self.public().exclude(stage__in=ENDED)

    def near(self, cpts: Any) -> CptsQuerySet:
        """Others that touch its territory, first, then those of its département."""
        borders = apps.get_model("territories", "Adjacency").objects
        own = apps.get_model("territories", "TerritoryCommune").objects
        touched = borders.filter(
            commune__in=own.filter(territory=cpts.territory_id).values("commune")
        ).values("neighbour")
        held = own.filter(territory=OuterRef("territory"), commune__in=touched)
        others = self.exclude(pk=cpts.pk).annotate(touches=Exists(held))
        found: CptsQuerySet = others.filter(
            Q(touches=True) | Q(departement=cpts.departement_id)
        ).order_by("-touches", "search_name")
        return found

    def with_header(self) -> CptsQuerySet:
        """With what the head of a dossier and the lists show, in the same query."""
        rows = self.select_related("territory", "region", "departement", "cpam_district")
        counted: CptsQuerySet = rows.with_unread().annotate(
            commune_count=Coalesce(F("territory__commune_count"), 0)
        )
        return counted

    def with_shares(self) -> CptsQuerySet:
        """With the communes of the territory in use and their shares, as one text (`shares`)."""
        listed: CptsQuerySet = self.annotate(shares=listed_shares("territory"))
        return listed

    def with_bearers(self) -> CptsQuerySet:
        """With who held the file and when, as one text (`bearers`, see `territories.bearers`)."""
        periods = apps.get_model("territories", "BatonPeriod").objects
        told: CptsQuerySet = self.annotate(bearers=listed_bearers(periods))
        return told

    def with_contacts(self) -> CptsQuerySet:
        """With how to reach its ARS and its CPAM, in the same query."""
        return self.select_related(
            "region__contact", "departement__contact", "cpam_district__contact"
        )

    def with_public_since(self) -> CptsQuerySet:
        """With the first day the public knew it: earlier versions of its territory are not told."""
        periods = apps.get_model("territories", "StagePeriod").objects.filter(
            cpts=OuterRef("pk"), is_public=True
        )
        known: CptsQuerySet = self.annotate(
            public_since=Subquery(periods.order_by("starts_on").values("starts_on")[:1])
        )
        return known

    def not_yet_public(self) -> CptsQuerySet:
        """Handed over to the authorities, not declared complete: what is to come."""
        return self.filter(is_public=False).exclude(stage__in=["emergence", *ENDED])

    def in_area(self, area: Any) -> CptsQuerySet:
        """Those followed in an area of `territories.areas`."""
        return self.filter(area.dossiers)

    def with_deadline_between(self, first: dt.date, last: dt.date) -> CptsQuerySet:
        """Whose next deadline falls in the period, the nearest first."""
        return self.filter(next_deadline__range=(first, last)).order_by("next_deadline", "pk")

    def with_card(self) -> CptsQuerySet:
        """With only what one line of a public list shows."""
        return self.select_related("territory", "region", "departement").only(
            *("name", "slug", "stage", "departement__name", "region__name"),
            *(
                f"territory__{name}"
                for name in ("population", "vintage", "size", "commune_count", "cpts_id")
            ),
        )

    def covering(self, commune: Any) -> CptsQuerySet:
        """Those whose territory in force holds the commune, whole or by arrondissement."""
        memberships = apps.get_model("territories", "TerritoryCommune").objects
        same_place = Q(commune=commune.pk) | Q(commune__parent=commune.pk)
        same_place |= Q(commune__successor=commune.pk)  # merged into it since
        if commune.parent_id:
            same_place |= Q(commune=commune.parent_id)
        return self.filter(territory__in=memberships.filter(same_place).values("territory"))

    def search(self, text: str, *, people: Q | None = None) -> CptsQuerySet:
        """Name, reference or commune, without accents or case; every word must be found.

        `people` adds those found by who acts for them, where the reader may know them.
        """
        words = search_key(text).split()
        if not words:
            return self
        named = Q()
        for word in words:
            named &= Q(search_name__contains=word)
        communes = apps.get_model("territories", "Commune").objects.search(text).order_by()
        # Not correlated: from the few communes to their territories, once.
        memberships = apps.get_model("territories", "TerritoryCommune").objects
        holding = memberships.filter(commune__in=communes.values("pk")).values("territory")
        return self.filter(named | Q(territory__in=holding) | (people or Q(pk__in=[])))


class CommuneQuerySet(models.QuerySet[Any]):
    """Communes, found as people name them."""

    def whole(self) -> CommuneQuerySet:
        """Communes of today only: the arrondissements of Paris, Lyon, Marseille count with them."""
        return self.filter(kind="COM", successor=None)

    def coded(self, code: str) -> CommuneQuerySet:
        """The one of that INSEE code, vanished or not."""
        return self.filter(pk=code)

    def with_places(self) -> CommuneQuerySet:
        """With what its page says of it, in the same query."""
        return self.select_related(
            "departement__region__contact",
            "departement__contact",
            "cpam_district__contact",
            "epci",
            "parent",
            "successor",
        )

    def drawn_around(self, chosen: Collection[str], departement: str) -> list[Any]:
        """(code, name, outline) of the places of some départements, those without left out.

        The départements of the chosen communes and of those that touch them; without any, the one
        given.
        """
        places = Q(departement=departement)
        if chosen:
            touching = apps.get_model("territories", "Adjacency").objects.filter(commune__in=chosen)
            own = self.model._default_manager.filter(pk__in=chosen).values("departement")
            places = Q(departement__in=own)
            places |= Q(departement__in=touching.values("neighbour__departement"))
        cities = self.model._default_manager.exclude(parent=None).values("parent")
        rows = self.filter(places, successor=None, shape__isnull=False)
        drawn = rows.exclude(pk__in=cities).order_by("pk")
        return list(drawn.values_list("pk", "name", "shape__detailed"))

    def with_figures(self) -> CommuneQuerySet:
        """With every published figure (« 2016:24895 2017:… ») and the communes that touch it.

        One short text each: a thousand communes stay one query and a thousand rows.
        """
        own = {"commune": OuterRef("pk")}
        figures = apps.get_model("territories", "Population").objects.filter(**own)
        figure = Concat(Cast("vintage", CharField()), Value(":"), Cast("municipal", CharField()))
        touching = apps.get_model("territories", "Adjacency").objects.filter(**own)
        found: CommuneQuerySet = self.select_related("departement").annotate(
            figures=Subquery(listed_by_commune(figures, figure)),
            touching=Subquery(listed_by_commune(touching, F("neighbour"))),
        )
        return found

    def in_draft(self, codes: Iterable[str], search: str, *, limit: int) -> CommuneQuerySet:
        """The communes of a draft, and those that a search finds (`is_found`): one query for both.

        The page of a draft shows both, and has few queries to spend.
        """
        chosen = Q(pk__in=list(codes))
        if not search.strip():
            alone: CommuneQuerySet = self.filter(chosen).annotate(is_found=Value(False))
            return alone.with_figures()
        near = self.model.objects.near(search)
        found = Q(pk__in=near[:limit].values("pk"))
        marked = Case(When(found, then=Value(True)), default=Value(False))
        both: CommuneQuerySet = self.filter(chosen | found).annotate(is_found=marked)
        return both.with_figures()

    def search(self, text: str) -> CommuneQuerySet:
        """By name, former name, INSEE code or postal code; best matches first.

        A département may follow the name (« Saint-Denis 93 »), a postal code may stand beside it.
        Vanished communes lead to those of today.
        """
        code = re.sub(r"\s", "", text).upper()
        if CODE.fullmatch(code):
            return self._coded(code)
        words = read_words(text)
        if words.code:
            return self._named(words).filter(self._has_code(words.code))
        return self._named(words)

    def near(self, text: str) -> CommuneQuerySet:
        """As `search`, then the communes of the intercommunal bodies named so; largest first."""
        key = search_key(text)
        named = Q(pk__in=self.search(text).order_by().values("pk"))
        found = named | Q(epci__search_name__contains=key) if len(key) > 2 else named
        rank = Case(When(named, then=0), default=1)
        ranked: CommuneQuerySet = self.filter(found).annotate(near_rank=rank)
        return ranked.order_by("near_rank", F("population").desc(nulls_last=True), "name", "pk")

    def _coded(self, code: str) -> CommuneQuerySet:
        """INSEE code of today or of yesterday, or postal code, whole or begun."""
        # « 75015 » is Paris 15e before Paris, whose many codes hold it too.
        rank = Case(When(Q(insee_code=code) | Q(postal_codes=code), then=0), default=1)
        found = self.filter(self._has_code(code), successor=None)
        return found.order_by(rank, F("population").desc(nulls_last=True), "name", "pk")

    def _has_code(self, code: str) -> Q:
        return (
            Q(insee_code=code)
            | Q(postal_codes__startswith=code)
            | Q(postal_codes__contains=f"|{code}")
            | self._once(old_code=code, vanished=Q(insee_code=code))
        )

    def _named(self, words: SearchWords) -> CommuneQuerySet:
        """The whole name, its beginning, the beginning of one of its words, or a former name."""
        key = words.key
        if len(key) < 2:  # one letter is a search only for the communes named so (« Y »)
            return self.filter(search_name=key or None, successor=None)
        whole, begun, found = self._likeness(key)
        if key[-1].isdigit():  # « marseille 1 » is its 1er before its 13e
            whole |= Q(search_name__startswith=f"{key}e ") | Q(search_name__startswith=f"{key}er ")
        if words.located:
            name, departement = words.located
            there = [Q(departement=departement) & likeness for likeness in self._likeness(name)]
            whole, begun, found = whole | there[0], begun | there[1], found | there[2]
        rank = Case(When(whole, then=0), When(begun, then=1), default=2)
        return self.filter(found, successor=None).order_by(
            rank, F("population").desc(nulls_last=True), "name", "pk"
        )

    def _likeness(self, name: str) -> tuple[Q, Q, Q]:
        """Named so, named with that beginning, or in any of the other ways."""
        begun = Q(search_name__startswith=name)
        once = self._once(search_name__startswith=name, vanished=begun)
        return Q(search_name=name), begun, begun | Q(search_name__contains=f" {name}") | once

    def _once(self, *, vanished: Q, **old: Any) -> Q:
        """The communes of today that took the place of a code or of a commune that vanished."""
        history = apps.get_model("territories", "CommuneHistory").objects.filter(**old)
        gone = self.model._default_manager.filter(vanished, successor__isnull=False)
        return Q(pk__in=history.values("current")) | Q(pk__in=gone.values("successor"))


class TerritoryCommuneQuerySet(models.QuerySet[Any]):
    """The communes of territories."""

    def with_commune(self) -> TerritoryCommuneQuerySet:
        """With the commune's name, in its order."""
        return self.select_related("commune").order_by("commune__search_name", "commune_id")

    def of_versions(self, cpts: Any) -> TerritoryCommuneQuerySet:
        """The communes of every version of a territory, all that its public page says of them.

        With how many communes their EPCI has, and their people by vintage. One query.
        """
        communes = apps.get_model("territories", "Commune").objects
        same_epci = (
            communes.whole()
            .filter(epci=OuterRef("commune__epci"))
            .order_by()
            .values("epci")
            .annotate(count=Count("pk"))
            .values("count")
        )
        figures = (
            apps.get_model("territories", "Population")
            .objects.filter(commune=OuterRef("commune"))
            .values("commune")
            .annotate(people=ByKey(Cast("vintage", CharField()), "municipal"))
            .values("people")
        )
        rows = self.filter(territory__cpts=cpts).select_related("territory", "commune__epci")
        told: TerritoryCommuneQuerySet = rows.annotate(
            communes_of_epci=Subquery(same_epci), people_by_vintage=Subquery(figures)
        ).order_by("territory__valid_from", "territory_id", "commune__search_name", "commune_id")
        return told

    def of_territories(self, versions: models.QuerySet[Any]) -> TerritoryCommuneQuerySet:
        """Of these versions, in the order of the open data. Two queries.

        The versions are read first: with the conditions on their CPTS in the same query, PostgreSQL
        joined every commune with every stage (minutes) where it knew little of the tables yet.
        """
        keys = list(versions.values_list("pk", flat=True))
        return self.filter(territory__in=keys).order_by("territory__cpts__slug", "commune_id")


class StagePeriodQuerySet(models.QuerySet[Any]):
    """The stages of CPTS, at a date."""

    def last_change(self) -> dt.datetime | None:
        """When the stage of a CPTS was last written."""
        last: dt.datetime | None = self.aggregate(last=Max("changed_at"))["last"]
        return last

    def counted_on(self, days: Iterable[dt.date], dossiers: Q) -> dict[dt.date, dict[str, int]]:
        """Day → stage → how many CPTS covered their communes, among those of a condition."""
        among = apps.get_model("territories", "Cpts").objects.filter(dossiers)
        periods = self.filter(cpts__in=among.values("pk")) if dossiers else self
        names = {f"on_{day:%Y%m%d}": day for day in days}
        counts = {name: Count("pk", filter=self._in_force(day)) for name, day in names.items()}
        public = periods.filter(is_public=True, stage__in=COVERING).order_by()
        rows = public.values("stage").annotate(**counts)
        found: dict[dt.date, dict[str, int]] = {day: {} for day in names.values()}
        for row in rows:
            for name, day in names.items():
                found[day][row["stage"]] = row[name]
        return found

    def _in_force(self, day: dt.date) -> Q:
        return Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))


class AssignmentQuerySet(models.QuerySet[Any]):
    """Who works where."""

    def current(self) -> AssignmentQuerySet:
        """In force today."""
        today = clock.today()
        return self.between(today, today)

    def between(self, first: dt.date, last: dt.date) -> AssignmentQuerySet:
        """In force on one of these days at least."""
        return self.filter(valid_from__lte=last).filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=first)
        )

    def of(self, user: Any) -> AssignmentQuerySet:
        """Those of one person, today's and before, newest first."""
        return self.filter(user=user).order_by("-valid_from", "-pk")

    def with_people(self) -> AssignmentQuerySet:
        """With their accounts, those closed since left out."""
        return self.select_related("user").filter(user__is_active=True, user__is_system=False)

    def with_scope(self) -> AssignmentQuerySet:
        """With the names of the scopes, in the same query."""
        return self.select_related("cpts", "cpam_district", "departement", "region")

    def on(self, cpts: Any) -> AssignmentQuerySet:
        """Whose scope covers this CPTS."""
        return self.filter(
            Q(cpts=cpts)
            | Q(cpam_district=cpts.cpam_district_id)
            | Q(departement=cpts.departement_id)
            | Q(region=cpts.region_id)
            | Q(cpts=None, cpam_district=None, departement=None, region=None)
        )
