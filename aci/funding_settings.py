"""Pure: the choices that the texts leave open, named, defaulted and shown, never hidden in code.

A contract keeps the settings it was signed under (`as_texts` to store, `from_texts` to read).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from foundation.numbers import NBSP, format_percent
from foundation.refusal import Refused


class Proration(StrEnum):
    """How the time of an incomplete year is counted."""

    DAYS = "days"  # days over 365 or 366
    MONTHS = "months"  # whole months over 12


class LeapAnniversary(StrEnum):
    """Where the anniversary of a 29 February falls in common years."""

    FEBRUARY_28 = "february_28"
    MARCH_1 = "march_1"


class GridRule(StrEnum):
    """Which grid pays a contract year, unless the contract or the user names one."""

    YEAR_START = "year_start"
    SIGNATURE = "signature"


class UnscheduledCareRule(StrEnum):
    """On which day one looks whether unscheduled care is organised, for a contract year."""

    PART_START = "part_start"  # the day the part begins to run, when its advance is paid
    YEAR_END = "year_end"  # the last day of the year, before its balance


@dataclass(frozen=True, slots=True)
class FundingSettings:
    """The settings of a contract. Each default is the assumption or rate of the funding rules."""

    contract_years: int = 5
    # 75 % at the anniversary or the start of a mission, the balance at the next anniversary.
    advance_rate: Decimal = Decimal("0.75")
    # Fonctionnement of contract year 1 is paid whole at signature.
    operating_first_advance_rate: Decimal = Decimal("1")
    proration: Proration = Proration.DAYS
    variable_prorated_in_first_year: bool = False
    leap_anniversary: LeapAnniversary = LeapAnniversary.FEBRUARY_28
    grid_rule: GridRule = GridRule.YEAR_START
    unscheduled_care_rule: UnscheduledCareRule = UnscheduledCareRule.PART_START

    def __post_init__(self) -> None:
        for rate in (self.advance_rate, self.operating_first_advance_rate):
            if not 0 <= rate <= 1:
                raise Refused("Un taux d’avance est compris entre 0 et 1.")
        if self.contract_years < 1:
            raise Refused("Un contrat dure au moins un an.")

    def as_texts(self) -> dict[str, str]:
        """Every setting as text, to be stored with the contract."""
        return {field.name: _as_text(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_texts(cls, texts: Mapping[str, str]) -> "FundingSettings":
        """The settings read from stored texts; a setting that is absent keeps its default."""
        unknown = sorted(texts.keys() - _READERS.keys())
        if unknown:
            raise Refused(f"Réglage de financement inconnu : {', '.join(unknown)}.")
        try:
            return cls(**{name: _READERS[name](text) for name, text in texts.items()})
        except (ValueError, KeyError, InvalidOperation) as error:
            raise Refused("Un réglage de financement a une valeur inconnue.") from error

    @property
    def sentences(self) -> tuple[str, ...]:
        """The settings in French, for the pages and documents that print an amount."""
        return (
            f"Le contrat dure {self.contract_years}{NBSP}ans.",
            f"Avance de {format_percent(self.advance_rate)}, solde à l’anniversaire suivant.",
            f"Fonctionnement de la première année : "
            f"{format_percent(self.operating_first_advance_rate)} à la signature.",
            _PRORATION[self.proration],
            _VARIABLE[self.variable_prorated_in_first_year],
            _LEAP[self.leap_anniversary],
            _GRID_RULE[self.grid_rule],
            _UNSCHEDULED[self.unscheduled_care_rule],
        )


_PRORATION = {
    Proration.DAYS: "Une année incomplète se compte en jours, sur 365 ou 366.",
    Proration.MONTHS: "Une année incomplète se compte en mois entiers, sur 12.",
}
_VARIABLE = {
    False: "La part variable n’est pas réduite l’année du démarrage de la mission.",
    True: "La part variable est réduite au prorata l’année du démarrage de la mission.",
}
_LEAP = {
    LeapAnniversary.FEBRUARY_28: (
        "L’anniversaire d’un 29 février tombe le 28 février des années communes."
    ),
    LeapAnniversary.MARCH_1: (
        "L’anniversaire d’un 29 février tombe le 1er mars des années communes."
    ),
}
_GRID_RULE = {
    GridRule.YEAR_START: "Le barème est celui en vigueur au premier jour de l’année de contrat.",
    GridRule.SIGNATURE: "Le barème est celui en vigueur à la signature du contrat.",
}
_UNSCHEDULED = {
    UnscheduledCareRule.PART_START: (
        "L’organisation des soins non programmés se constate le jour où la part commence à courir."
    ),
    UnscheduledCareRule.YEAR_END: (
        "L’organisation des soins non programmés se constate le dernier jour de l’année de contrat."
    ),
}

_BOOLEANS = {"true": True, "false": False}
_READERS: dict[str, Callable[[str], Any]] = {
    "contract_years": int,
    "advance_rate": Decimal,
    "operating_first_advance_rate": Decimal,
    "proration": Proration,
    "variable_prorated_in_first_year": _BOOLEANS.__getitem__,
    "leap_anniversary": LeapAnniversary,
    "grid_rule": GridRule,
    "unscheduled_care_rule": UnscheduledCareRule,
}


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
