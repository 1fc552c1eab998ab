"""Pure: the colour of each CPTS, so that neighbours differ and a colour lasts over the years."""

from collections import Counter
from collections.abc import Collection, Mapping

COLOURS = 8

# From the first letter to the contract; the ramp of the style sheet darkens in this order.
STAGES = ("letter", "project", "project_filed", "validated", "contracted", "expired")


def colours(neighbours: Mapping[int, Collection[int]]) -> dict[int, int]:
    """CPTS → colour, 1 to 8. The same neighbours always give the same colours.

    Each starts from a colour of its own, so that most keep theirs from one date to the next; those
    with many neighbours choose first.
    """
    found: dict[int, int] = {}
    for cpts in sorted(neighbours, key=lambda one: (-len(neighbours[one]), one)):
        taken = Counter(found[other] for other in neighbours[cpts] if other in found)
        wished = [(cpts + step) % COLOURS + 1 for step in range(COLOURS)]
        found[cpts] = min(wished, key=lambda colour: taken[colour])
    return found


def stage_class(stage: str) -> str:
    """« contracted » → « s5 »: the class that the style sheet colours."""
    return f"s{STAGES.index(stage) + 1}" if stage in STAGES else ""


def colour_class(colour: int) -> str:
    """3 → « c3 »."""
    return f"c{colour}"
