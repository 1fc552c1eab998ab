"""Pure: a grid that somebody tries, read from a table; what it does not say stays as it is."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from aci.grid import Grid, GridAmount, GridStatus
from aci.mission_codes import MissionCode, Part
from foundation.csv_files import rows_of
from foundation.refusal import Refused
from foundation.search import search_key

CODE = "ESSAI"
HEADER = ["Taille", "Mission", "Part", "Montant"]
MOST_LINES = 500
# The columns of an export of this page, and those of the reference file.
_COLUMNS = {
    "taille": "size",
    "size": "size",
    "mission": "mission",
    "enveloppe": "mission",
    "part": "part",
    "montant": "amount",
    "amount eur": "amount",
}
_MISSIONS = {search_key(word): code for code in MissionCode for word in (code.value, code.label)}
_PARTS = {search_key(word): part for part in Part for word in (part.value, part.label)}


def grid_rows(grid: Grid) -> Iterator[list[str | int]]:
    """The table of a grid, in words, as it is given to be changed."""
    ordered = sorted(
        grid.amounts.values(),
        key=lambda line: (
            line.size,
            list(MissionCode).index(line.mission),
            list(Part).index(line.part),
        ),
    )
    for line in ordered:
        amount = f"{line.amount:f}".replace(".", ",")
        yield [line.size, line.mission.label, line.part.label, amount]


def read_draft_grid(text: str, base: Grid, *, effective_from: dt.date) -> Grid:
    """The lines of the text over those of `base`; a line that cannot be read is refused by number.

    An empty text is the base itself, under the name of the trial.
    """
    amounts = dict(base.amounts)
    seen: dict[tuple[int, MissionCode, Part], int] = {}
    for number, line in _lines(text):
        key = (line.size, line.mission, line.part)
        if key in seen:
            raise Refused(
                f"Ligne {number} : le même montant est déjà donné à la ligne {seen[key]}."
            )
        seen[key] = number
        amounts[key] = line
    return Grid.build(
        code=CODE,
        label="Barème à l’essai",
        effective_from=effective_from,
        source="Saisi pour un essai : rien n’est enregistré.",
        status=GridStatus.TO_CONFIRM,
        amounts=amounts.values(),
    )


def _lines(text: str) -> Iterator[tuple[int, GridAmount]]:
    rows = ((number, [cell.strip() for cell in cells]) for number, cells in rows_of(text))
    first = next(rows, None)
    if first is None:
        return
    columns = [_COLUMNS.get(search_key(cell.replace("_", " "))) for cell in first[1]]
    missing = {"size", "mission", "part", "amount"} - set(columns)
    if missing:
        raise Refused(f"La première ligne donne les colonnes : {', '.join(HEADER)}.")
    for count, (number, cells) in enumerate(rows, 1):
        if count > MOST_LINES:
            raise Refused(f"Un barème a au plus {MOST_LINES} lignes.")
        yield number, _line(number, dict(zip(columns, cells, strict=False)))


def _line(number: int, cells: dict[str | None, str]) -> GridAmount:
    size, amount = cells.get("size", ""), cells.get("amount", "")
    named, named_part = cells.get("mission", ""), cells.get("part", "")
    mission, part = _MISSIONS.get(search_key(named)), _PARTS.get(search_key(named_part))
    if not (size.isascii() and size.isdecimal() and 1 <= int(size[:3]) <= 9):
        raise Refused(f"Ligne {number} : la taille est un nombre de 1 à 9.")
    if mission is None:
        raise Refused(f"Ligne {number} : la mission « {named[:60]} » est inconnue.")
    if part is None:
        raise Refused(f"Ligne {number} : la part « {named_part[:60]} » est inconnue.")
    return GridAmount(int(size), mission, part, _amount(number, amount), certainty="draft")


def _amount(number: int, text: str) -> Decimal:
    """« 60 000,50 » or « 60000.50 »; below a hundred million euros."""
    bare = "".join(text.replace("€", "").split()).replace(",", ".")
    try:
        amount = Decimal(bare) if len(bare) <= 12 and "e" not in bare.lower() else None
    except InvalidOperation:
        amount = None
    if amount is None or not amount.is_finite() or amount < 0:
        raise Refused(f"Ligne {number} : le montant « {text[:30]} » ne se lit pas.")
    return amount
