"""The map of a draft: what is chosen, what other CPTS hold around it, each commune a link."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection

from django.utils.safestring import SafeString

from territories.coverage import places_held
from territories.drafts.draft import Draft
from territories.maps.picker import picker_map


def draft_map(
    draft: Draft, day: dt.date, *, href: Callable[[str, bool], str], departement: str = ""
) -> SafeString:
    """`href` gives the address of a commune, by its code and whether it is chosen already.

    Two queries. Empty when nothing is chosen and no département is given.
    """

    def held_by_others(codes: Collection[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for place in places_held(codes, day):
            others = [one.name for one in place.coverers if one.slug != draft.besides]
            if others:
                found[place.code] = ", ".join(others)
        return found

    if not draft.shares and not departement:
        return SafeString("")
    return picker_map(
        draft.shares,
        taken=held_by_others,
        href=lambda code: href(code, code in draft.shares),
        departement=departement,
    )
