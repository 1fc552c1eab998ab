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
from aci.funding_lines import Achievement, Line, RetainedBasis
from aci.funding_lines import Share as Achieved
from aci.grid import Grid
from aci.mission_codes import MissionCode, Part
from foundation.dates import format_date
from foundation.money import ZERO, format_euros, prorata, round_cents
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
    """A due that several versions of the terms made."""

    shares: tuple[Share, ...]

    def words(self, line: Line) -> str:
        parts = " ; ".join(
            f"du {format_date(share.start)} au {format_date(share.stop - dt.timedelta(days=1))}, "
            f"{format_euros(share.due)} (plafond annuel de {format_euros(share.ceiling)})"
            for share in self.shares
        )
        return f"Année modifiée par avenant : {parts}. {_paid(line)}"


def year_in_force(spans: Sequence[Span], number: int, *, grids: Iterable[Grid]) -> YearFunding:
    """The nth contract year by the terms that hold on each of its days."""
    grids = tuple(grids)
    year = next(year for year in spans[0].basis.years if year.number == number)
    pieces = _pieces(spans, year)
    if len(pieces) == 1:
        return pieces[0][2].year(number, grids=grids)
    counted = [_Counted.of(*piece, year=year, grids=grids) for piece in pieces]
    keys = sorted({key for piece in counted for key in piece.whole}, key=_place)
    lines = [line for line in (_line(key, counted, year) for key in keys) if line is not None]
    last = counted[-1].funding
    return YearFunding(last.grid, last.size, year, None, last.settings, tuple(lines))


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
    """A variable part: the days under each version of the terms make its limit."""
    found = achieved.get(line.code)
    if line.part is not Part.VARIABLE or found is None:
        return line
    if isinstance(found, Achieved):
        return replace(line, due=round_cents(line.due * found.fraction))
    if not 0 <= found.amount <= line.due:
        raise Refused(
            f"Le montant retenu pour une part variable est compris entre 0 et "
            f"{format_euros(line.due)}."
        )
    basis = RetainedBasis(found.reason, line.due)
    return replace(line, due=round_cents(found.amount), basis=basis)


def _pieces(
    spans: Sequence[Span], year: ContractYear
) -> list[tuple[dt.date, dt.date, FundingBasis]]:
    """The year cut at each day on which other terms take effect."""
    begun = [span for span in spans if span.since is None or span.since <= year.start]
    within = [
        span for span in spans if span.since and year.start < span.since < year.next_anniversary
    ]
    starts = [(year.start, begun[-1].basis), *((span.since, span.basis) for span in within)]
    stops = [*(span.since for span in within), year.next_anniversary]
    return [
        (start, stop, basis)
        for (start, basis), stop in zip(starts, stops, strict=True)
        if start and stop and start < stop  # of two on the same day, the last one holds
    ]


@dataclass(frozen=True, slots=True)
class _Counted:
    """One piece of the year, with its lines for the whole year and at both ends of the piece."""

    start: dt.date
    stop: dt.date
    funding: YearFunding
    whole: dict[Key, Line]
    at_start: dict[Key, Line]
    at_stop: dict[Key, Line]

    @classmethod
    def of(
        cls,
        start: dt.date,
        stop: dt.date,
        basis: FundingBasis,
        *,
        year: ContractYear,
        grids: Sequence[Grid],
    ) -> _Counted:
        funding = basis.year(year.number, grids=grids)
        whole = _by_key(funding)

        def until(day: dt.date) -> dict[Key, Line]:
            if day in (year.start, year.next_anniversary):
                return {} if day == year.start else whole
            return _by_key(basis.year(year.number, grids=grids, until=day))

        return cls(start, stop, funding, whole, until(start), until(stop))

    def time_share(self, key: Key) -> Share | None:
        """What the piece adds to a part that is due for its days."""
        if key not in self.at_stop:
            return None
        line = self.at_stop[key]
        before = self.at_start[key].due if key in self.at_start else ZERO
        return Share(max(self.start, line.advance_on), self.stop, line.ceiling, line.due - before)


def _line(key: Key, pieces: Sequence[_Counted], year: ContractYear) -> Line | None:
    shares = _time_shares(key, pieces) if key[1] in _TIME else _year_shares(key, pieces, year)
    if not shares:
        return None
    advanced = _advanced(key, pieces)
    return Line(
        code=key[0],
        part=key[1],
        ceiling=shares[-1].ceiling,
        due=sum((share.due for share in shares), ZERO),
        advance=advanced.advance,
        advance_rate=advanced.advance_rate,
        advance_on=advanced.advance_on,
        balance_on=year.next_anniversary,
        basis=AmendedBasis(tuple(shares)),
    )


def _time_shares(key: Key, pieces: Sequence[_Counted]) -> list[Share]:
    return [share for share in (piece.time_share(key) for piece in pieces) if share]


def _year_shares(key: Key, pieces: Sequence[_Counted], year: ContractYear) -> list[Share]:
    """A part decided after the year: its ceilings follow each other by days.

    The days before the mission was added are those of its first ceiling: it is not prorated.
    """
    if key not in pieces[-1].whole:
        return []
    bearing = [piece for piece in pieces if key in piece.whole]
    starts = [year.start, *(piece.start for piece in bearing[1:])]
    stops = [*starts[1:], year.next_anniversary]
    return [
        Share(
            start,
            stop,
            piece.whole[key].ceiling,
            prorata(piece.whole[key].due, (stop - start).days, year.days),
        )
        for piece, start, stop in zip(bearing, starts, stops, strict=True)
    ]


def _advanced(key: Key, pieces: Sequence[_Counted]) -> Line:
    """The line whose advance was due first: never taken back nor raised before the balance."""
    bearing = [piece for piece in pieces if key in piece.whole]
    due = [piece for piece in bearing if piece.whole[key].advance_on < piece.stop]
    return (due or bearing)[0].whole[key]


def _by_key(funding: YearFunding) -> dict[Key, Line]:
    return {(line.code, line.part): line for line in funding.lines}


def _place(key: Key) -> tuple[int, int]:
    return _ORDER[key[0]], list(Part).index(key[1])


def _paid(line: Line) -> str:
    if not line.advance:
        return f"Versé le {format_date(line.balance_on)}, après le dialogue de gestion."
    paid = f"Avance de {format_euros(line.advance)} le {format_date(line.advance_on)}"
    if line.balance < 0:
        return f"{paid}, dont {format_euros(-line.balance)} à récupérer."
    return f"{paid}, solde de {format_euros(line.balance)} le {format_date(line.balance_on)}."
