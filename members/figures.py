"""Pure: how many members, by college and by profession, from grouped rows without any name."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.numbers import format_number
from members.application import College, Kind, StructureKind
from members.professions import profession_label
from members.workflow import MemberState

OPEN = {MemberState.APPLIED, MemberState.APPROVED}


@dataclass(frozen=True, slots=True)
class Line:
    """One count, with the code that filters on it."""

    code: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What any party may read of the members of a CPTS."""

    rows: int
    members: int
    to_decide: int
    colleges: tuple[Line, ...]
    professions: tuple[Line, ...]
    structures: tuple[Line, ...]
    # Professions of members and applicants together: what the list can be filtered on.
    present: tuple[Line, ...]

    @property
    def is_empty(self) -> bool:
        """True when nobody ever applied."""
        return not self.rows

    @property
    def waiting_sentence(self) -> str:
        """« 2 demandes attendent la décision du bureau. »"""
        if self.to_decide == 1:
            return "Une demande attend la décision du bureau."
        return f"{format_number(self.to_decide)} demandes attendent la décision du bureau."

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> "Figures":
        """From `Member.objects.figures(cpts)`."""
        states: Counter[str] = Counter()
        colleges: Counter[str] = Counter()
        professions: Counter[str] = Counter()
        structures: Counter[str] = Counter()
        present: Counter[str] = Counter()
        for row in rows:
            states[row["state"]] += row["count"]
            if row["kind"] == Kind.PERSON and row["state"] in OPEN:
                present[row["profession"]] += row["count"]
            if row["state"] != MemberState.APPROVED:
                continue
            colleges[row["college"]] += row["count"]
            if row["kind"] == Kind.PERSON:
                professions[row["profession"]] += row["count"]
            else:
                structures[row["structure_kind"]] += row["count"]
        return cls(
            rows=sum(states.values()),
            members=states[MemberState.APPROVED],
            to_decide=states[MemberState.APPLIED],
            colleges=tuple(
                Line(college.value, str(college.label), colleges[college.value])
                for college in College
            ),
            professions=_most_first(professions, profession_label),
            structures=_most_first(structures, lambda code: str(StructureKind(code).label)),
            present=tuple(
                sorted(_most_first(present, profession_label), key=lambda line: line.label)
            ),
        )


def _most_first(counts: Counter[str], label_of: Callable[[str], str]) -> tuple[Line, ...]:
    lines = [Line(code, label_of(code), count) for code, count in counts.items()]
    return tuple(sorted(lines, key=lambda line: (-line.count, line.label)))
