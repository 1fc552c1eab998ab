"""Pure: the amounts to pay of a contract year, one by one, read from what the year stored."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from aci.mission_codes import MissionCode, Part
from foundation.money import ZERO


class Moment(StrEnum):
    """When a part of the yearly amount is paid."""

    ADVANCE = "advance"
    BALANCE = "balance"


@dataclass(frozen=True, slots=True)
class DueLine:
    """One payment of the schedule: what it pays, when, how much, whether it is sure."""

    code: MissionCode
    part: Part
    moment: Moment
    label: str
    due_on: dt.date
    amount: Decimal
    is_forecast: bool

    @property
    def key(self) -> tuple[str, str, str]:
        """What it stays in every revision of its year."""
        return self.code.value, self.part.value, self.moment.value


def due_lines(
    lines: Sequence[Mapping[str, str]],
    schedule: Sequence[Mapping[str, str]],
    *,
    reviewed: bool,
) -> tuple[DueLine, ...]:
    """The payments of a stored year (`ContractYear.lines` and `.schedule`), by date.

    A variable part is a forecast until the year's review has retained an amount.
    """
    return tuple(
        _due(line, moment, payment, reviewed=reviewed)
        for payment in schedule
        for line, moment in _line_of(lines, payment)
    )


def line_label(code: MissionCode, part: Part) -> str:
    """« Accès aux soins, part fixe »: as `aci.funding_lines.Line` writes it."""
    return code.label if code is MissionCode.FONCTIONNEMENT else f"{code.label}, {part.label}"


def _line_of(
    lines: Sequence[Mapping[str, str]], payment: Mapping[str, str]
) -> Iterator[tuple[Mapping[str, str], Moment]]:
    """The line that a payment belongs to: the one that its label names."""
    for line in lines:
        name, _, what = payment["label"].partition(":")
        if name.strip() == line_label(MissionCode(line["code"]), Part(line["part"])):
            is_advance = what.strip().startswith(("avance", "versement en"))
            yield line, Moment.ADVANCE if is_advance else Moment.BALANCE
            return
    raise ValueError(f"No line for the payment « {payment['label']} ».")


def _due(
    line: Mapping[str, str], moment: Moment, payment: Mapping[str, str], *, reviewed: bool
) -> DueLine:
    part = Part(line["part"])
    return DueLine(
        code=MissionCode(line["code"]),
        part=part,
        moment=moment,
        label=payment["label"],
        due_on=dt.date.fromisoformat(payment["date"]),
        amount=Decimal(payment["amount"]),
        is_forecast=part is Part.VARIABLE and not reviewed,
    )


@dataclass(frozen=True, slots=True)
class KnownLine:
    """A line already written for the same year, as the plan needs it."""

    pk: int
    key: tuple[str, str, str]
    amount: Decimal
    due_on: dt.date
    is_forecast: bool
    is_ordered: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What a new revision changes: lines that fall, lines that come."""

    replaced: tuple[int, ...]
    added: tuple[DueLine, ...]
    regularised: tuple[DueLine, ...]


def plan_of(wanted: Sequence[DueLine], known: Sequence[KnownLine], *, today: dt.date) -> Plan:
    """Compare what a revision asks with what is written: an ordered amount is never touched.

    Where something was ordered, only the difference comes, to pay or to recover, from today on.
    """
    replaced: list[int] = []
    added: list[DueLine] = []
    regularised: list[DueLine] = []
    by_key = {line.key: line for line in wanted}
    for key in dict.fromkeys([*by_key, *(line.key for line in known)]):
        here = [line for line in known if line.key == key]
        line = by_key.get(key)
        ordered = [item.amount for item in here if item.is_ordered]
        rest = (line.amount if line else ZERO) - sum(ordered, ZERO)
        free = [item for item in here if not item.is_ordered]
        if not ordered and line and _is_kept(free, line):
            continue
        replaced += [item.pk for item in free]
        if rest and not ordered and line:
            added.append(line)
        elif rest:
            regularised.append(_regularisation(key, line, rest, today))
    return Plan(tuple(replaced), tuple(added), tuple(regularised))


def _is_kept(free: Sequence[KnownLine], line: DueLine) -> bool:
    """The same amount on the same day: nothing to write."""
    return [(item.amount, item.due_on, item.is_forecast) for item in free] == [
        (line.amount, line.due_on, line.is_forecast)
    ]


def _regularisation(
    key: tuple[str, str, str], line: DueLine | None, rest: Decimal, today: dt.date
) -> DueLine:
    code, part, moment = MissionCode(key[0]), Part(key[1]), Moment(key[2])
    what = "de l’avance" if moment is Moment.ADVANCE else "du solde"
    end = "trop-perçu à récupérer" if rest < 0 else "complément à verser"
    return DueLine(
        code=code,
        part=part,
        moment=moment,
        label=f"{line_label(code, part)} : régularisation {what}, {end}",
        due_on=max(today, line.due_on) if line else today,
        amount=rest,
        is_forecast=line.is_forecast if line else False,
    )
