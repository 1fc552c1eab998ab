"""What follows a merger of communes: history, populations and outlines of the one that remains.

The vanished commune stays, since frozen territories name it, and points to its heir.
"""

from collections import defaultdict
from collections.abc import Mapping

from django.db.models import Q

from foundation.search import search_key
from territories.imports.importing import Import
from territories.models import Commune, CommuneHistory, Population, TerritoryCommune
from territories.newest_figures import newest_vintage, show_newest
from territories.shapes import swallow

Figures = dict[str, dict[int, Population]]  # commune → vintage → its figure


def merge(run: Import, heir_of: Mapping[str, str], heirs: Mapping[str, set[str]]) -> None:
    """Give each vanished commune its heir.

    One split between several keeps its figures: nobody can tell whom each of them received.
    """
    for old, new in heir_of.items():
        Commune.objects.filter(Q(pk=old) | Q(successor=old)).update(successor=new)
    _write_history(heirs)
    whole = {old: new for old, new in heir_of.items() if len(heirs[old]) == 1}
    _add_up(whole)
    swallow(whole)
    run.changed(len(heir_of), "commune disparue", "communes disparues")
    _tell(run, heir_of, whole)


def _write_history(heirs: Mapping[str, set[str]]) -> None:
    """The old codes, and those that led to them, lead to the communes of today."""
    names = Commune.objects.in_bulk(list(heirs))
    rows = {
        (old, new): CommuneHistory(
            old_code=old,
            old_name=names[old].name,
            search_name=names[old].search_name,
            current_id=new,
            kind="ancien",
        )
        for old, news in heirs.items()
        for new in news
    }
    before = CommuneHistory.objects.filter(current__in=list(heirs))
    for row in before:
        for new in heirs[row.current_id]:
            rows.setdefault(
                (row.old_code, new),
                CommuneHistory(
                    old_code=row.old_code,
                    old_name=row.old_name,
                    search_name=row.search_name or search_key(row.old_name),
                    current_id=new,
                    kind=row.kind,
                ),
            )
    before.delete()
    CommuneHistory.objects.bulk_create(rows.values(), ignore_conflicts=True)


def _add_up(heir_of: Mapping[str, str]) -> None:
    """Every vintage of the heir counts the people of the communes it took in.

    A vintage in which one of them has no figure is left out rather than counted short.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for old, new in heir_of.items():
        groups[new].append(old)
    figures = _figures([*heir_of, *groups])
    wanted: list[Population] = []
    for new, olds in groups.items():
        # An heir that stood before brings its own people; a new code has only those it took in.
        members = [new, *olds] if new in figures else olds
        wanted.extend(_sums(new, members, figures))
    Population.objects.filter(commune__in=list(groups)).delete()
    Population.objects.bulk_create(wanted)
    newest = newest_vintage()
    if newest and groups:
        show_newest(newest)


def _figures(codes: list[str]) -> Figures:
    found: Figures = defaultdict(dict)
    for row in Population.objects.filter(commune__in=codes):
        found[row.commune_id][row.vintage] = row
    return found


def _sums(new: str, members: list[str], figures: Figures) -> list[Population]:
    known = set.intersection(*(set(figures.get(code, {})) for code in members))
    sums = []
    for vintage in sorted(known):
        rows = [figures[code][vintage] for code in members]
        totals = [row.total for row in rows]
        sums.append(
            Population(
                commune_id=new,
                vintage=vintage,
                municipal=sum(row.municipal for row in rows),
                total=None if None in totals else sum(total or 0 for total in totals),
            )
        )
    return sums


def _tell(run: Import, heir_of: Mapping[str, str], whole: Mapping[str, str]) -> None:
    names = dict(
        Commune.objects.filter(pk__in={*heir_of, *heir_of.values()}).values_list("pk", "name")
    )
    for old, new in heir_of.items():
        several = "" if old in whole else " (partagée : importez de nouveau les populations)"
        run.notes.append(f"{names[old]} ({old}) → {names[new]} ({new}){several}")
    using = (
        TerritoryCommune.objects.filter(commune__in=list(heir_of), territory__replaced_on=None)
        .order_by("territory__cpts__name", "commune__name")
        .values_list("territory__cpts__name", "commune__name")
    )
    if using:
        run.notes.append("Ces CPTS nomment encore une commune disparue :")
        run.notes.extend(f"  {cpts} : {commune}" for cpts, commune in using)
