"""Pure: what a professional may receive from CPTS in a civil year, capped at the PASS.

Décret 2022-375: indemnities and remuneration together, from every CPTS, stay within the yearly
ceiling of the Sécurité sociale (PASS). The part above is refused.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from foundation.money import ZERO, format_euros, round_cents
from foundation.refusal import Refused

REFERENCE_FILE = Path(__file__).parent / "reference" / "pass.csv"


@dataclass(frozen=True, slots=True)
class YearlyCap:
    """The PASS of a civil year."""

    year: int
    amount: Decimal
    certainty: str
    source: str


@dataclass(frozen=True, slots=True)
class CappedPayment:
    """A sum asked for, cut at what was left under the cap of its year."""

    requested: Decimal
    room: Decimal
    cap: YearlyCap

    @property
    def accepted(self) -> Decimal:
        return min(self.requested, self.room)

    @property
    def refused(self) -> Decimal:
        return self.requested - self.accepted

    @property
    def reason(self) -> str | None:
        """Why a part is refused; `None` when the whole sum is accepted."""
        if not self.refused:
            return None
        return (
            f"{format_euros(self.refused)} sont refusés : avec cette somme, le plafond de "
            f"{format_euros(self.cap.amount)} pour {self.cap.year} serait dépassé."
        )


@cache
def read_caps(path: Path = REFERENCE_FILE) -> tuple[YearlyCap, ...]:
    """The rows of the reference file."""
    with path.open(encoding="utf-8", newline="") as file:
        return tuple(
            YearlyCap(
                year=int(row["year"]),
                amount=Decimal(row["amount_eur"]),
                certainty=row["certainty"],
                source=row["source"],
            )
            for row in csv.DictReader(file)
        )


def cap_of(year: int, caps: Iterable[YearlyCap]) -> YearlyCap:
    """The cap of a civil year; a year without a known cap is refused, never left uncapped."""
    for cap in caps:
        if cap.year == year:
            return cap
    raise Refused(f"Le plafond de la sécurité sociale de {year} n’est pas connu du portail.")


def apply_cap(requested: Decimal, *, already_received: Decimal, cap: YearlyCap) -> CappedPayment:
    """Cut a sum at the cap, given what the professional has received that year from any CPTS."""
    if requested <= 0:
        raise Refused("Une somme versée à un professionnel est supérieure à zéro.")
    if already_received < 0:
        raise Refused("Les sommes déjà reçues dans l’année ne peuvent pas être négatives.")
    room = max(cap.amount - already_received, ZERO)
    return CappedPayment(requested=round_cents(requested), room=round_cents(room), cap=cap)
