"""Pure: a line of the yearly amount, the rule it applies in words, and the payments it makes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from aci.deadlines import ContractYear, whole_months
from aci.funding_settings import Proration
from aci.mission_codes import MissionCode, Part
from foundation.dates import format_date
from foundation.money import ZERO, format_euros, prorata, round_cents
from foundation.numbers import format_percent
from foundation.refusal import Refused


@dataclass(frozen=True, slots=True)
class Counted:
    """The part of a contract year that an amount is due for."""

    part: int
    whole: int
    unit: Proration

    @classmethod
    def between(
        cls, start: dt.date, end: dt.date, *, year: ContractYear, unit: Proration
    ) -> "Counted":
        """From a day of the year, included, to another one, excluded."""
        if unit is Proration.DAYS:
            return cls((end - start).days, year.days, unit)
        # A year may lack a day (1 March to 29 February): whole, it still counts for twelve months.
        whole = (start, end) == (year.start, year.next_anniversary)
        return cls(12 if whole else whole_months(start, end), 12, unit)

    @property
    def is_whole(self) -> bool:
        return self.part == self.whole

    def of(self, amount: Decimal) -> Decimal:
        """Rounded to the cent, once."""
        return round_cents(amount) if self.is_whole else prorata(amount, self.part, self.whole)

    @property
    def words(self) -> str:
        """« 274 jours sur 366 »."""
        if self.is_whole:
            return "Année entière"
        unit = "mois entiers" if self.unit is Proration.MONTHS else "jours"
        return f"{self.part} {unit} sur {self.whole}"


class Basis(Protocol):
    """What a due was computed from. Its words are only written when somebody reads them."""

    def words(self, line: "Line") -> str: ...


@dataclass(frozen=True, slots=True)
class Line:
    """One part of the yearly amount of an envelope.

    `ceiling` is the yearly amount of the grid, never prorated. The balance may be negative
    when a contract ends: what was advanced beyond the due is to be recovered.
    """

    code: MissionCode
    part: Part
    ceiling: Decimal
    due: Decimal
    advance: Decimal
    advance_rate: Decimal
    advance_on: dt.date
    balance_on: dt.date
    basis: Basis

    @property
    def balance(self) -> Decimal:
        """The rest by difference, so that advance + balance = due to the cent."""
        return self.due - self.advance

    @property
    def label(self) -> str:
        if self.code is MissionCode.FONCTIONNEMENT:
            return self.code.label
        return f"{self.code.label}, {self.part.label}"

    @property
    def rule(self) -> str:
        """The rule applied, with the numbers used, for the officer who checks."""
        return self.basis.words(self)


@dataclass(frozen=True, slots=True)
class Payment:
    """A date on which an amount is paid, or recovered when it is negative."""

    date: dt.date
    label: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class TimeBasis:
    """Fonctionnement and fixed parts: due for the time that the year, or the mission, ran."""

    counted: Counted
    removed_snp: Decimal = ZERO
    ended_on: dt.date | None = None

    def words(self, line: Line) -> str:
        amount = f"{self.counted.words}, de {format_euros(line.ceiling)}"
        if self.removed_snp:
            whole = format_euros(line.ceiling + self.removed_snp)
            amount += (
                f" ({whole} moins {format_euros(self.removed_snp)} de soins non programmés, "
                "pas encore organisés)"
            )
        if self.ended_on is not None:
            return f"Fin du contrat le {format_date(self.ended_on)} : {amount}. {_end_words(line)}"
        return f"{amount}. {_payment_words(line)}"


@dataclass(frozen=True, slots=True)
class ShareBasis:
    """A variable part: the fraction of its envelope that the year's review finds achieved."""

    fraction: Decimal
    counted: Counted

    def words(self, line: Line) -> str:
        time = "" if self.counted.is_whole else f", pour {self.counted.words}"
        return (
            f"Objectifs atteints à {format_percent(self.fraction)}, "
            f"de {format_euros(line.ceiling)}{time}. {_review_words(line)}"
        )


@dataclass(frozen=True, slots=True)
class RetainedBasis:
    """A variable part: the amount of the indicators, or the one that the meeting retained."""

    reason: str
    limit: Decimal

    def words(self, line: Line) -> str:
        return (
            f"{format_euros(line.due)} retenus ({self.reason}), "
            f"dans la limite de {format_euros(self.limit)}. {_review_words(line)}"
        )


@dataclass(frozen=True, slots=True)
class CrisisBasis:
    """A crisis that the ARS recognises: the whole amount, at most once in a contract year."""

    def words(self, line: Line) -> str:
        return (
            "Crise sanitaire reconnue par l’ARS : montant entier du barème, une seule fois dans "
            f"l’année de contrat. Versé le {format_date(line.balance_on)}."
        )


@dataclass(frozen=True, slots=True)
class Share:
    """What the year's review found achieved: a fraction of the variable envelope."""

    fraction: Decimal

    def __post_init__(self) -> None:
        if not self.fraction.is_finite() or not 0 <= self.fraction <= 1:
            raise Refused("La part atteinte d’une mission est un nombre de 0 à 1.")

    def due(self, ceiling: Decimal, counted: Counted) -> Decimal:
        return prorata(ceiling * self.fraction, counted.part, counted.whole)

    def basis(self, ceiling: Decimal, counted: Counted) -> Basis:
        return ShareBasis(self.fraction, counted)


@dataclass(frozen=True, slots=True)
class Retained:
    """What the year's review found achieved: an amount, with where it comes from."""

    amount: Decimal
    reason: str

    def due(self, ceiling: Decimal, counted: Counted) -> Decimal:
        limit = counted.of(ceiling)
        if not 0 <= self.amount <= limit:
            raise Refused(
                f"Le montant retenu pour une part variable est compris entre 0 et "
                f"{format_euros(limit)}."
            )
        return round_cents(self.amount)

    def basis(self, ceiling: Decimal, counted: Counted) -> Basis:
        return RetainedBasis(self.reason, counted.of(ceiling))


Achievement = Share | Retained

FULLY = Share(Decimal(1))
NOT_AT_ALL = Share(Decimal(0))


def schedule_of(lines: Iterable[Line]) -> tuple[Payment, ...]:
    """Every payment of the year in the order of its date; a payment of nothing is left out."""
    payments = []
    for line in lines:
        if line.advance:
            payments.append(Payment(line.advance_on, _advance_label(line), line.advance))
        if line.balance:
            payments.append(Payment(line.balance_on, _balance_label(line), line.balance))
    return tuple(sorted(payments, key=lambda payment: payment.date))


def _advance_label(line: Line) -> str:
    if line.advance_rate == 1:
        return f"{line.label} : versement en totalité"
    return f"{line.label} : avance de {format_percent(line.advance_rate)}"


def _balance_label(line: Line) -> str:
    if not line.advance_rate:
        return f"{line.label} : versement après l’année"
    return f"{line.label} : " + ("solde" if line.balance > 0 else "trop-perçu à récupérer")


def _payment_words(line: Line) -> str:
    if line.advance_rate == 1:
        return f"Versé en totalité le {format_date(line.advance_on)}."
    return (
        f"Avance de {format_percent(line.advance_rate)} le {format_date(line.advance_on)}, "
        f"solde le {format_date(line.balance_on)}."
    )


def _end_words(line: Line) -> str:
    paid = f"Avance inchangée de {format_euros(line.advance)}"
    if line.balance < 0:
        return f"{paid}, dont {format_euros(-line.balance)} à récupérer."
    return f"{paid}, solde de {format_euros(line.balance)}."


def _review_words(line: Line) -> str:
    return f"Versé le {format_date(line.balance_on)}, après le dialogue de gestion."
