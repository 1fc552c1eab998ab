"""Pure: which INSEE vintage a territory is counted with."""

import datetime as dt
from collections.abc import Collection, Mapping

from foundation.refusal import Refused

# vintage → commune → municipal population
Figures = Mapping[int, Mapping[str, int]]


def in_force_on(day: dt.date, figures: Figures) -> int:
    """Year N serves from 1 January N+3; never one that is not published."""
    return min(max(day.year - 3, min(figures)), max(figures))


def vintage_for(codes: Collection[str], in_force: int, figures: Figures) -> int:
    """The newest one not after that in force for which every commune has a figure, else the next.

    A few communes, and the arrondissements of the three cities, lack some years.
    """
    complete = [year for year in sorted(figures) if all(code in figures[year] for code in codes)]
    if not complete:
        raise Refused("Aucun millésime ne donne la population de toutes les communes.")
    until_then = [year for year in complete if year <= in_force]
    return until_then[-1] if until_then else complete[0]
