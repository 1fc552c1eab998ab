"""Pure: the aids outside the grid, as `aci/grids/outside_grid.csv` holds them."""

import csv
import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from aci.grid_files import GRIDS_FOLDER
from foundation.money import format_euros

AIDS_FILE = GRIDS_FOLDER / "outside_grid.csv"


@dataclass(frozen=True, slots=True)
class Aid:
    """One aid, for a région or a size when it depends on them; off when nobody adopted it."""

    code: str
    label: str
    region: str
    size: int | None
    amount: Decimal | None
    amount_high: Decimal | None
    funder: str
    signed_before: dt.date | None
    to_confirm: bool
    is_enabled: bool
    source: str

    @property
    def usual(self) -> str:
        """« 15 000,00 € », « 20 000,00 € ou 25 000,00 € »; nothing when it is agreed each time."""
        amounts = [amount for amount in (self.amount, self.amount_high) if amount is not None]
        return " ou ".join(format_euros(amount) for amount in amounts)

    def concerns(self, *, region: str, size: int | None, signed_on: dt.date) -> bool:
        """Whether a contract of this région, size and date may receive it."""
        return (
            self.is_enabled
            and self.region in {"", region}
            and self.size in {None, size}
            and (self.signed_before is None or signed_on < self.signed_before)
        )


@cache
def read_aids(path: Path = AIDS_FILE) -> tuple[Aid, ...]:
    """Every aid, those that are off included."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(_aid(row) for row in csv.DictReader(file))


def aids_for(
    *, region: str, size: int | None, signed_on: dt.date, aids: Iterable[Aid]
) -> tuple[Aid, ...]:
    """Those that a contract may receive."""
    return tuple(aid for aid in aids if aid.concerns(region=region, size=size, signed_on=signed_on))


def _aid(row: dict[str, str]) -> Aid:
    return Aid(
        code=row["aid"],
        label=row["label"],
        region=row["region"],
        size=int(row["size"]) if row["size"] else None,
        amount=Decimal(row["amount_eur"]) if row["amount_eur"] else None,
        amount_high=Decimal(row["amount_high_eur"]) if row["amount_high_eur"] else None,
        funder=row["funder"],
        signed_before=dt.date.fromisoformat(row["signed_before"]) if row["signed_before"] else None,
        to_confirm=row["status"] == "to_confirm",
        is_enabled=row["enabled"] == "true",
        source=row["source"],
    )
