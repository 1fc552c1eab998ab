"""Pure: a contract year inside which an amendment takes effect — each time by its own terms.

Assumptions of ADR 0015, shown beside the amounts (`ASSUMPTIONS`): fonctionnement and fixed parts
are due by the days under each version of the terms; the variable part is shared by days likewise;
what was advanced stays, and the balance carries the difference.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from aci.deadlines import ContractYear
from aci.funding import YearFunding
from aci.funding_basis import FundingBasis
from aci.funding_lines import Achievement, Basis, Counted, Line, RetainedBasis
from aci.funding_lines import Share as Achieved
from aci.grid import Grid
from aci.mission_codes import MissionCode, Part
from foundation.dates import format_date
from foundation.money import ZERO, format_euros, prorata, round_cents
from foundation.numbers import format_percent
from foundation.refusal import Refused

ASSUMPTIONS = (
    "Le fonctionnement et les parts fixes sont dus au prorata des jours passés sous chaque version "
    "des termes, chaque période étant arrondie au centime.",
    "La part variable de l’année est partagée de la même façon entre les plafonds successifs.",
    "Une mission ajoutée en cours d’année a sa part variable entière ; une mission retirée n’en a "
    "plus.",
    "Les avances déjà dues à la date d’effet ne changent pas : la différence est dans le solde, "
    "versé ou récupéré à l’anniversaire.",
    "Le barème de l’année reste celui de son premier jour.",
)

Key = tuple[MissionCode, Part]
_ORDER = {code: position for position, code in enumerate(MissionCode)}
_TIME = {Part.FIXED, Part.PLAN_FIRST_YEAR, Part.PLAN_UPDATE}


@dataclass(frozen=True, slots=True)
class Span:
    """Terms that hold from a day on, until those of the next span; `None`: from the signature."""

    since: dt.date | None
    basis: FundingBasis


@dataclass(frozen=True, slots=True)
class Share:
    """What one span gives to a line: from a day, included, to another one, excluded."""

    start: dt.date
    stop: dt.date
    ceiling: Decimal
    due: Decimal


@dataclass(frozen=True, slots=True)
class AmendedBasis:
    """A due that several versions of the terms made, and what its review found achieved."""

    shares: tuple[Share, ...]
    fraction: Decimal | None = None  # of a variable part, once it is reviewed
    ended_on: dt.date | None = None  # the contract ends in the year

    def words(self, line: Line) -> str:
        parts = " ; ".join(
            f"du {format_date(share.start)} au {format_date(share.stop - dt.timedelta(days=1))}, "
            f"{format_euros(share.due)} (plafond annuel de {format_euros(share.ceiling)})"
            for share in self.shares
        )
        end = f"Fin du contrat le {format_date(self.ended_on)}. " if self.ended_on else ""
        reached = (
            ""
            if self.fraction is None
            else f" Objectifs atteints à {format_percent(self.fraction)}."
        )
        return f"{end}Année modifiée par avenant : {parts}.{reached} {_paid(line)}"


def year_in_force(spans: Sequence[Span], number: int, *, grids: Iterable[Grid]) -> YearFunding:
    """The nth contract year by the terms that hold on each of its days."""
    grids = tuple(grids)
    year = next(year for year in spans[0].basis.years if year.number == number)
    pieces = _pieces(spans, year)
    if len(pieces) == 1:
        return pieces[0][2].year(number, grids=grids)
    counted = [
        _Counted.of(start, stop, basis.year(number, grids=grids)) for start, stop, basis in pieces
    ]
    keys = sorted({key for piece in counted for key in piece.lines}, key=_place)
    lines = [line for line in (_line(key, counted) for key in keys) if line is not None]
    last = counted[-1].funding
    return replace(last, lines=tuple(lines))


def reviewed(
    funding: YearFunding, achieved: Mapping[MissionCode, Achievement], extra: Iterable[Line] = ()
) -> YearFunding:
    """The year with what its review found achieved; `extra`: lines that only a review brings."""
    lines = [_reviewed_line(line, achieved) for line in funding.lines]
    known = {(line.code, line.part) for line in lines}
    lines += [line for line in extra if (line.code, line.part) not in known]
    lines.sort(key=lambda line: _place((line.code, line.part)))
    return replace(funding, lines=tuple(lines))


def _reviewed_line(line: Line, achieved: Mapping[MissionCode, Achievement]) -> Line:
    """A variable part: the days under each version of the terms make its limit.

    One that the review does not name is refused, as in a year that nothing cuts.
    """
    if line.part is not Part.VARIABLE:
        return line
    found = achieved.get(line.code)
    if found is None:
        raise Refused(f"La part atteinte de « {line.code.label} » n’est pas renseignée.")
    if isinstance(found, Achieved):
        basis: Basis = line.basis
        if isinstance(basis, AmendedBasis):
            basis = replace(basis, fraction=found.fraction)
        return replace(line, due=round_cents(line.due * found.fraction), basis=basis)
    if not 0 <= found.amount <= line.due:
        raise Refused(
            f"Le montant retenu pour une part variable est compris entre 0 et "
            f"{format_euros(line.due)}."
        )
    retained = RetainedBasis(found.reason, line.due)
    return replace(line, due=round_cents(found.amount), basis=retained)


def _pieces(
    spans: Sequence[Span], year: ContractYear
) -> list[tuple[dt.date, dt.date, FundingBasis]]:
    """The year cut at each day on which other terms take effect, until the contract ends."""
    ended_on = spans[-1].basis.ended_on
    end = min(year.next_anniversary, ended_on) if ended_on else year.next_anniversary
    begun = [span for span in spans if span.since is None or span.since <= year.start]
    within = [span for span in spans if span.since and year.start < span.since < end]
    starts = [(year.start, begun[-1].basis), *((span.since, span.basis) for span in within)]
    stops = [*(span.since for span in within), end]
    return [
        (start, stop, basis)
        for (start, basis), stop in zip(starts, stops, strict=True)
        if start and stop and start < stop  # of two on the same day, the last one holds
    ]


@dataclass(frozen=True, slots=True)
class _Counted:
    """One piece of the year, with its lines as if its terms had held all year."""

    start: dt.date
    stop: dt.date
    funding: YearFunding
    lines: Mapping[Key, Line]

    @classmethod
    def of(cls, start: dt.date, stop: dt.date, funding: YearFunding) -> _Counted:
        return cls(start, stop, funding, {(line.code, line.part): line for line in funding.lines})

    def time_share(self, key: Key) -> Share | None:
        """What the piece adds to a part that is due for its days.

        By difference, so that the pieces of terms that do not change sum to the whole.
        """
        line = self.lines.get(key)
        if line is None or line.advance_on >= self.stop:
            return None
        due = self._until(line, self.stop) - self._until(line, self.start)
        return Share(max(self.start, line.advance_on), self.stop, line.ceiling, due)

    def year_share(self, key: Key, start: dt.date) -> Share:
        """What the piece adds to a part decided after the year, from a day on."""
        line, year = self.lines[key], self.funding.contract_year

        def until(day: dt.date) -> Decimal:
            return prorata(line.due, (day - year.start).days, year.days)

        return Share(start, self.stop, line.ceiling, until(self.stop) - until(start))

    def _until(self, line: Line, day: dt.date) -> Decimal:
        """What is due for the time before a day, by the terms of this piece alone."""
        if day <= line.advance_on:
            return ZERO
        unit = self.funding.settings.proration
        year = self.funding.contract_year
        return Counted.between(line.advance_on, day, year=year, unit=unit).of(line.ceiling)


def _line(key: Key, pieces: Sequence[_Counted]) -> Line | None:
    shares = _time_shares(key, pieces) if key[1] in _TIME else _year_shares(key, pieces)
    if not shares:
        return None
    funding = pieces[-1].funding
    return replace(
        _advanced(key, pieces),
        ceiling=shares[-1].ceiling,
        due=sum((share.due for share in shares), ZERO),
        balance_on=pieces[-1].stop,
        basis=AmendedBasis(tuple(shares), ended_on=funding.ended_on),
    )


def _time_shares(key: Key, pieces: Sequence[_Counted]) -> list[Share]:
    return [share for share in (piece.time_share(key) for piece in pieces) if share]


def _year_shares(key: Key, pieces: Sequence[_Counted]) -> list[Share]:
    """A part decided after the year: its ceilings follow each other by days.

    The days before the mission was added are those of its first ceiling: it is not prorated.
    """
    if key not in pieces[-1].lines:
        return []
    bearing = [piece for piece in pieces if key in piece.lines]
    starts = [pieces[0].start, *(piece.start for piece in bearing[1:])]
    return [piece.year_share(key, start) for piece, start in zip(bearing, starts, strict=True)]


def _advanced(key: Key, pieces: Sequence[_Counted]) -> Line:
    """The line whose advance was due first: never taken back nor raised before the balance."""
    bearing = [piece for piece in pieces if key in piece.lines]
    due = [piece for piece in bearing if piece.lines[key].advance_on < piece.stop]
    return (due or bearing)[0].lines[key]


def _place(key: Key) -> tuple[int, int]:
    return _ORDER[key[0]], list(Part).index(key[1])


def _paid(line: Line) -> str:
    if not line.advance:
        return f"Versé le {format_date(line.balance_on)}, après le dialogue de gestion."
    paid = f"Avance de {format_euros(line.advance)} le {format_date(line.advance_on)}"
    if line.balance < 0:
        return f"{paid}, dont {format_euros(-line.balance)} à récupérer."
    return f"{paid}, solde de {format_euros(line.balance)} le {format_date(line.balance_on)}."
