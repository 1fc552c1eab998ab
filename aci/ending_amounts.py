"""Pure: what the end of a contract in a year leaves to recover, or still to pay."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from aci.mission_codes import MissionCode, Part
from foundation.money import ZERO, format_euros
from foundation.numbers import NBSP


@dataclass(frozen=True, slots=True)
class Settled:
    """One line of the year in which the contract ends."""

    code: MissionCode
    part: Part
    advance: Decimal
    due: Decimal
    balance: Decimal
    rule: str

    @property
    def label(self) -> str:
        return f"{self.code.label}, {self.part.label}"


@dataclass(frozen=True, slots=True)
class EndingAmounts:
    """The lines, and their sums. What is advanced beyond what is due is a negative balance."""

    lines: tuple[Settled, ...]

    @property
    def advanced(self) -> Decimal:
        return sum((line.advance for line in self.lines), ZERO)

    @property
    def due(self) -> Decimal:
        return sum((line.due for line in self.lines), ZERO)

    @property
    def to_recover(self) -> Decimal:
        return -sum((line.balance for line in self.lines if line.balance < 0), ZERO)

    @property
    def left_to_pay(self) -> Decimal:
        return sum((line.balance for line in self.lines if line.balance > 0), ZERO)

    @property
    def sentence(self) -> str:
        """For the letter and the journal."""
        parts = []
        if self.to_recover:
            parts.append(
                f"Les avances versées dépassent ce qui est dû de {format_euros(self.to_recover)}, "
                "à récupérer."
            )
        if self.left_to_pay:
            parts.append(f"Il reste à verser {format_euros(self.left_to_pay)}.")
        return (
            " ".join(parts) or f"Rien n’est à récupérer{NBSP}: les avances couvrent ce qui est dû."
        )


def ending_amounts(lines: Iterable[Mapping[str, str]]) -> EndingAmounts:
    """From the stored lines of the revision that closes the year."""
    return EndingAmounts(
        tuple(
            Settled(
                code=MissionCode(line["code"]),
                part=Part(line["part"]),
                advance=Decimal(line["advance"]),
                due=Decimal(line["due"]),
                balance=Decimal(line["balance"]),
                rule=line["rule"],
            )
            for line in lines
        )
    )
