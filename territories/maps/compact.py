"""Pure: who covers what for all of France, in few bytes.

Codes of a département follow each other, so each commune is one character, read at its place: 62119
is the 119th of « 62 ». That needs no list of codes, and compresses to four bits a commune. Names of
CPTS are left to the open data: they would weigh as much as the communes.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Iterable

from territories.coverage import Coverer, Place
from territories.shares import WHOLE

NO_PLACE, WHITE, SEVERAL = ".", "-", "*"
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
FORMAT = (
    "communes : n-ième caractère = commune dont le code finit par n ; . aucune, - zone blanche, "
    "* voir partages (rang dans cpts, dix-millièmes), sinon A-Za-z0-9 puis U+013E = n-ième de "
    "lettres (rang dans cpts, puis écarts)"
)


def who_covers_what(places: Iterable[Place], day: dt.date) -> bytes:
    """Compact JSON; `FORMAT` says how to read it."""
    numbered: dict[str, dict[int, Place]] = defaultdict(dict)
    found: dict[int, Coverer] = {}
    for place in sorted(places, key=lambda place: place.code):
        prefix, number = _parts(place.code)
        numbered[prefix][number] = place
        found.update({one.pk: one for one in place.coverers})
    letters = {prefix: _letters(group.values()) for prefix, group in numbered.items()}
    in_order = dict.fromkeys(pk for local in letters.values() for pk in local)
    coverers = [found[pk] for pk in dict.fromkeys([*in_order, *sorted(found)])]
    rank = {one.pk: position for position, one in enumerate(coverers)}
    values = {
        "date": day.isoformat(),
        "format": FORMAT,
        "cpts": [one.slug for one in coverers],
        "etapes": [one.stage.value for one in coverers],
        "lettres": {p: _steps([rank[pk] for pk in local]) for p, local in letters.items()},
        "communes": {p: _text(group, letters[p]) for p, group in numbered.items()},
        "partages": {
            place.code: [[rank[one.pk], one.share] for one in place.coverers]
            for group in numbered.values()
            for place in group.values()
            if place.coverers and not _has_one(place)
        },
    }
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()


def _parts(code: str) -> tuple[str, int]:
    """62119 → (62, 119); 97102 → (971, 2)."""
    cut = 3 if code.startswith("97") else 2
    return code[:cut], int(code[cut:])


def _letters(places: Iterable[Place]) -> dict[int, str]:
    """The CPTS of a département, those with the most communes first: frequent letters are alike."""
    count = Counter(place.coverers[0].pk for place in places if _has_one(place))
    ranked = sorted(count, key=lambda pk: (-count[pk], pk))
    return {
        pk: _LETTERS[position] if position < len(_LETTERS) else chr(0x100 + position)
        for position, pk in enumerate(ranked)
    }


def _steps(ranks: list[int]) -> list[int]:
    """[210, 211, 212] → [210, 1, 1]."""
    return [rank - before for rank, before in zip(ranks, [0, *ranks], strict=False)]


def _text(numbered: dict[int, Place], letters: dict[int, str]) -> str:
    places = (numbered.get(number) for number in range(1, max(numbered) + 1))
    return "".join(_character(place, letters) for place in places)


def _character(place: Place | None, letters: dict[int, str]) -> str:
    if place is None:
        return NO_PLACE
    if not place.coverers:
        return WHITE
    return letters[place.coverers[0].pk] if _has_one(place) else SEVERAL


def _has_one(place: Place) -> bool:
    return len(place.coverers) == 1 and place.total_share == WHOLE
