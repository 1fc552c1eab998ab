"""What a link or a button of the simulator does to a draft: it answers the next draft.

Nothing is stored: « précédent » undoes. A change that is not possible gives the same draft and why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from foundation.refusal import Refused
from territories.aggregates import read_shares
from territories.drafts.draft import Draft, ReadDraft
from territories.models import Commune, Cpts
from territories.shares import read_share

CHANGES = ("epci", "ajouter", "retirer", "millesime", "part")


def draft_of(cpts: Cpts) -> Draft:
    """The territory in force of a CPTS fetched `with_shares`, itself left aside from overlaps."""
    vintage = cpts.territory.vintage if cpts.territory else None
    return Draft(read_shares(getattr(cpts, "shares", "")), vintage, cpts.slug)


def changed(draft: Draft, asked: Mapping[str, str]) -> ReadDraft | None:
    """The draft after the change that an address asks for; `None` when it asks for none."""
    verbs: dict[str, Callable[[str], Draft]] = {
        "epci": lambda siren: _adding_epci(draft, siren),
        "ajouter": lambda code: draft.adding([code]) if code not in draft.shares else draft,
        "retirer": draft.without,
        "millesime": lambda year: draft.counted_in(int(year) if year.isdecimal() else None),
        "part": lambda text: _sharing(draft, asked.get("commune", ""), text),
    }
    name = next((name for name in CHANGES if name in asked), None)
    if name is None:
        return None
    try:
        return ReadDraft(verbs[name](asked[name]))
    except Refused as refused:
        return ReadDraft(draft, refused.reason)


def adding(draft: Draft, shares: Mapping[str, int], with_share: set[str]) -> ReadDraft:
    """With the communes of a list; those that were there keep their share, but for one written."""
    new = {
        code: share
        for code, share in shares.items()
        if code not in draft.shares or code in with_share
    }
    try:
        return ReadDraft(draft.adding(new))
    except Refused as refused:
        return ReadDraft(draft, refused.reason)


def _adding_epci(draft: Draft, siren: str) -> Draft:
    members = Commune.objects.whole().filter(epci=siren)
    codes = [code for code in members.values_list("pk", flat=True) if code not in draft.shares]
    if not codes and not members.exists():
        raise Refused("Cette intercommunalité n’est pas connue du portail.")
    return draft.adding(codes)


def _sharing(draft: Draft, code: str, text: str) -> Draft:
    if code not in draft.shares:
        raise Refused("Cette commune n’est plus dans la simulation.")
    return draft.adding({code: read_share(text)})
