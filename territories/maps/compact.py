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
    "communes[département] : le n-ième caractère est la commune dont le code finit par n. "
    ". aucune commune, - zone blanche, * voir partages ([rang de la CPTS, dix-millièmes]), "
    "sinon la n-ième lettre (A à Z, a à z, 0 à 9, puis U+0100…) est la n-ième CPTS "
    "de lettres[département], par son rang dans cpts (adresse, étape)"
)


def who_covers_what(places: Iterable[Place], day: dt.date) -> bytes:
    """Compact JSON; `FORMAT` says how to read it."""
    numbered: dict[str, dict[int, Place]] = defaultdict(dict)
    found: dict[int, Coverer] = {}
    for place in sorted(places, key=lambda place: place.code):
        prefix, number = _parts(place.code)
        numbered[prefix][number] = place
        found.update({one.pk: one for one in place.coverers})
    coverers = sorted(found.values(), key=lambda one: one.slug)
    rank = {one.pk: position for position, one in enumerate(coverers)}
    letters = {prefix: _letters(group.values()) for prefix, group in numbered.items()}
    values = {
        "date": day.isoformat(),
        "format": FORMAT,
        "cpts": [one.slug for one in coverers],
        "etapes": [one.stage.value for one in coverers],
        "lettres": {p: [rank[pk] for pk in local] for p, local in letters.items()},
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
