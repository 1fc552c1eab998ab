"""Pure: what the table beside a map says, from the same places as the drawing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from foundation.numbers import NBSP, format_number
from foundation.search import search_key
from territories.coverage import Coverer, Place
from territories.models import Stage
from territories.shares import WHOLE, counted, format_share


@dataclass
class CptsRow:
    """One CPTS of a map: its number there, and what it holds of the area."""

    pk: int
    slug: str
    name: str
    stage: Stage
    number: int = 0
    communes: int = 0
    inhabitants: int = 0

    @property
    def title(self) -> str:
        """« CPTS du Béthunois – ACI en vigueur – 99 communes, 115 000 habitants »."""
        return f"{self.name} – {self.stage.label} – {said(self.communes, self.inhabitants)}"


def cpts_rows(places: Iterable[Place]) -> list[CptsRow]:
    """The CPTS that hold these places, by name; the number is their place in the list."""
    found: dict[int, CptsRow] = {}
    for place in places:
        for held in place.coverers:
            row = found.setdefault(held.pk, CptsRow(held.pk, held.slug, held.name, held.stage))
            row.communes += 1
            row.inhabitants += counted(place.inhabitants, held.share)
    rows = sorted(found.values(), key=lambda row: (search_key(row.name), row.pk))
    for number, row in enumerate(rows, 1):
        row.number = number
    return rows


def said(communes: int, inhabitants: int) -> str:
    """« 1 commune, 459 habitants »."""
    noun = "commune" if communes < 2 else "communes"
    people = "habitant" if inhabitants < 2 else "habitants"
    return f"{format_number(communes)}{NBSP}{noun}, {format_number(inhabitants)}{NBSP}{people}"


def named(coverers: Iterable[Coverer]) -> str:
    """« CPTS Rives (60 %), CPTS Monts (40 %) »; a whole share is not said."""
    return ", ".join(
        one.name if one.share == WHOLE else f"{one.name} ({format_share(one.share)})"
        for one in coverers
    )
