"""Pure: cuts a set of blocks (intercommunalities) into compact pieces of about the same mass."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from cpts_portal.national.places import Place

# A block stays whole while the cut misses its aim by less than this part of one piece.
TOLERANCE = 0.28


@dataclass(frozen=True, slots=True)
class Unit:
    """A place, or one sector of a large one: what a piece is made of."""

    place: Place
    share: int
    part: str
    people: int
    x: int
    y: int
    mass: float

    @property
    def order(self) -> tuple[str, str]:
        return self.place.code, self.part


@dataclass(frozen=True)
class Block:
    """Units that stay together where possible."""

    key: str
    units: tuple[Unit, ...]
    mass: float = field(init=False)
    x: int = field(init=False)
    y: int = field(init=False)

    def __post_init__(self) -> None:
        weights = [unit.people + 1 for unit in self.units]
        total = sum(weights)
        pairs = list(zip(self.units, weights, strict=True))
        object.__setattr__(self, "mass", sum(unit.mass for unit in self.units))
        object.__setattr__(self, "x", sum(unit.x * weight for unit, weight in pairs) // total)
        object.__setattr__(self, "y", sum(unit.y * weight for unit, weight in pairs) // total)


def cut(blocks: Sequence[Block], pieces: int) -> list[list[Unit]]:
    """Halve along the longer side, again and again, until there are as many pieces as asked."""
    if pieces == 1:
        return [sorted((unit for block in blocks for unit in block.units), key=_order)]
    first_pieces = pieces // 2
    first, second = _halve(blocks, first_pieces, pieces)
    return cut(first, first_pieces) + cut(second, pieces - first_pieces)


def _halve(
    blocks: Sequence[Block], first_pieces: int, pieces: int
) -> tuple[list[Block], list[Block]]:
    axis = _longer_side(blocks)
    ordered = sorted(blocks, key=lambda block: (getattr(block, axis), block.key))
    total = sum(block.mass for block in ordered)
    aim = total * first_pieces / pieces
    best = _best_cut(ordered, aim, first_pieces, pieces - first_pieces)
    if best is None or best.missed > TOLERANCE * total / pieces:
        ordered = _opened(ordered, axis, aim)
        best = _best_cut(ordered, aim, first_pieces, pieces - first_pieces) or best
    if best is None:
        raise ValueError(f"Too few places for {pieces} pieces: {ordered[0].key}.")
    return ordered[: best.at], ordered[best.at :]


@dataclass(frozen=True, slots=True)
class _Cut:
    """Before which block, and how far from the aim."""

    missed: float
    at: int


def _best_cut(blocks: Sequence[Block], aim: float, first: int, second: int) -> _Cut | None:
    """The nearest to the aim of the cuts that leave enough places on each side."""
    found: _Cut | None = None
    mass, units = 0.0, 0
    total = sum(len(block.units) for block in blocks)
    for index, block in enumerate(blocks):
        missed = abs(mass - aim)
        if units >= first and total - units >= second and (not found or missed < found.missed):
            found = _Cut(missed, index)
        mass += block.mass
        units += len(block.units)
    return found


def _opened(blocks: Sequence[Block], axis: str, aim: float) -> list[Block]:
    """The block across the aim is cut in two, between two of its units."""
    before = 0.0
    for index, block in enumerate(blocks):
        if before + block.mass > aim or index == len(blocks) - 1:
            return [*blocks[:index], *_split(block, axis, aim - before), *blocks[index + 1 :]]
        before += block.mass
    raise ValueError("There is nothing to cut.")


def _split(block: Block, axis: str, aim: float) -> list[Block]:
    """As near the aim as its units allow; a block of one unit stays whole."""
    units = sorted(block.units, key=lambda unit: (getattr(unit, axis), unit.order))
    if len(units) == 1:
        return [block]
    masses = [0.0]
    for unit in units:
        masses.append(masses[-1] + unit.mass)
    at = min(range(1, len(units)), key=lambda index: (abs(masses[index] - aim), index))
    halves = (tuple(units[:at]), tuple(units[at:]))
    return [Block(f"{block.key}{mark}", half) for mark, half in zip("<>", halves, strict=True)]


def _longer_side(blocks: Iterable[Block]) -> str:
    units = [unit for block in blocks for unit in block.units]
    width = max(unit.x for unit in units) - min(unit.x for unit in units)
    height = max(unit.y for unit in units) - min(unit.y for unit in units)
    return "x" if width > height else "y"


def _order(unit: Unit) -> tuple[str, str]:
    return unit.order
