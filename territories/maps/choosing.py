"""The map of a draft: what is chosen, what other CPTS hold around it, each commune a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from django.utils.safestring import SafeString

from territories.coverage import places_held
from territories.drafts.draft import Draft
from territories.maps.picker import departements_around, picker_map
from territories.models import Commune


def draft_map(
    draft: Draft, day: dt.date, *, href: Callable[[str, bool], str], departement: str = ""
) -> SafeString:
    """`href` gives the address of a commune, by its code and whether it is chosen already.

    Four queries. Empty when nothing is chosen and no département is given.
    """
    departements = departements_around(set(draft.shares)) or ({departement} if departement else ())
    if not departements:
        return SafeString("")
    return picker_map(
        draft.shares,
        taken=_held_by_others(departements, day, draft.besides),
        href=lambda code: href(code, code in draft.shares),
        departement=departement,
    )


def _held_by_others(departements: Collection[str], day: dt.date, besides: str) -> dict[str, str]:
    """Place → the CPTS that hold it, but for the one the draft comes from."""
    codes = Commune.objects.in_departements(departements).values_list("pk", flat=True)
    found: dict[str, str] = {}
    for place in places_held(codes, day):
        others = [one.name for one in place.coverers if one.slug != besides]
        if others:
            found[place.code] = ", ".join(others)
    return found
