"""Pure: stage by stage, whose turn it was in a dossier – what its lists, maps and figures show."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cpts_portal.national.calendar import Calendar, Milestone
from foundation.dates import add_months
from territories.models import Baton, Stage

_M = Milestone
STAGES = {
    _M.FOUNDED: Stage.EMERGENCE,
    _M.LETTER_FILED: Stage.LETTER,
    _M.LETTER_DECIDED: Stage.PROJECT,
    _M.PROJECT_FILED: Stage.PROJECT_FILED,
    _M.PROJECT_DECIDED: Stage.VALIDATED,
}
BATONS = {
    _M.FOUNDED: Baton.HOLDER,
    _M.LETTER_FILED: Baton.ARS,
    _M.LETTER_OPINION: Baton.ARS,
    _M.LETTER_DECIDED: Baton.HOLDER,
    _M.PROJECT_OPENED: Baton.HOLDER,
    _M.PROJECT_FILED: Baton.ARS,
    _M.PROJECT_OPINION: Baton.ARS,
    _M.PROJECT_DECIDED: Baton.CPAM,
}
FILED = {_M.LETTER_FILED, _M.PROJECT_FILED}
COMPLETE = {_M.LETTER_COMPLETE, _M.PROJECT_COMPLETE}
OPINIONS = {_M.LETTER_OPINION, _M.PROJECT_OPINION}
OF_CONTRACTS = {_M.DRAFTED, _M.ACCEPTED, _M.SIGNED}

Deadline = tuple[dt.date, str]


@dataclass(frozen=True, slots=True)
class Delays:
    """What the regional procedure asks for."""

    letter_levels: tuple[str, ...]
    project_levels: tuple[str, ...]
    tacit_months: int
    completeness_days: int
    opinion_days: int


@dataclass(frozen=True, slots=True)
class Turn:
    """What a day brought: `None` leaves what was there."""

    day: dt.date
    stage: Stage | None = None
    baton: Baton | None = None
    deadline: Deadline | None = None
    keeps_deadline: bool = False
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class Period:
    """A stage from one day to another, excluded; as `territories.StagePeriod` keeps it."""

    stage: Stage
    is_public: bool
    starts_on: dt.date
    ends_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who had the file from one day to another, excluded; as `territories.BatonPeriod` keeps it."""

    baton: Baton
    starts_on: dt.date
    ends_on: dt.date | None = None


@dataclass
class Standing:
    """Where a dossier stands once every turn is taken."""

    stage: Stage = Stage.EMERGENCE
    stage_since: dt.date = dt.date.min
    baton: Baton = Baton.HOLDER
    baton_since: dt.date = dt.date.min
    deadline: Deadline | None = None
    is_public: bool = False
    periods: list[Period] = field(default_factory=list)
    bearings: list[Bearing] = field(default_factory=list)


def standing(calendar: Calendar, delays: Delays, today: dt.date) -> Standing:
    """Take the turns of a calendar one after the other, as `territories.actions.move` does."""
    turns = sorted(
        [*_of_filings(calendar, delays), *_of_contracts(calendar, today)], key=lambda turn: turn.day
    )
    found = Standing(stage_since=turns[0].day, baton_since=turns[0].day)
    for turn in turns:
        _take(found, turn)
    found.periods = list(_periods(turns))
    found.bearings = list(_bearings(turns))
    return found


def _take(found: Standing, turn: Turn) -> None:
    if turn.stage is not None and turn.stage != found.stage:
        found.stage, found.stage_since = turn.stage, turn.day
    if turn.baton is not None and turn.baton != found.baton:
        found.baton, found.baton_since = turn.baton, turn.day
    if not turn.keeps_deadline:
        found.deadline = turn.deadline
    found.is_public = found.is_public or turn.is_public


def _of_filings(calendar: Calendar, delays: Delays) -> Iterator[Turn]:
    for milestone, day in calendar.days.items():
        levels = delays.letter_levels if "letter" in milestone else delays.project_levels
        if milestone in OF_CONTRACTS or (milestone in OPINIONS and not levels):
            continue
        baton = BATONS.get(milestone)
        if milestone in COMPLETE:
            baton = Baton.COMMITTEE if levels else Baton.ARS
        yield Turn(
            day=day,
            stage=STAGES.get(milestone),
            baton=baton,
            deadline=_deadline(milestone, day, calendar, delays, awaits_opinion=bool(levels)),
            is_public=milestone in COMPLETE,
        )


def _deadline(
    milestone: Milestone,
    day: dt.date,
    calendar: Calendar,
    delays: Delays,
    *,
    awaits_opinion: bool,
) -> Deadline | None:
    """What `projects.actions` announce at that moment."""
    if milestone in FILED:
        days = dt.timedelta(days=delays.completeness_days)
        return day + days, "Vérification de la complétude"
    if milestone in {_M.PROJECT_COMPLETE, _M.PROJECT_OPINION}:
        return legal_end(calendar, delays), "Fin du délai légal de l’ARS"
    if milestone == _M.LETTER_COMPLETE and awaits_opinion:
        return day + dt.timedelta(days=delays.opinion_days), "Avis du comité"
    return None


def legal_end(calendar: Calendar, delays: Delays) -> dt.date:
    """The last day of the ARS to object to a complete project."""
    return add_months(calendar.days[_M.PROJECT_COMPLETE], delays.tacit_months)


def _of_contracts(calendar: Calendar, today: dt.date) -> Iterator[Turn]:
    """Deadlines of a contract in force are those of its missions: told once it is written."""
    contracts = calendar.contracts
    for rank, contract in enumerate(contracts):
        yield Turn(contract.drafted, baton=Baton.THREE_PARTIES, keeps_deadline=True)
        if contract.accepted:
            yield Turn(contract.accepted, baton=Baton.CPAM, keeps_deadline=True)
        if contract.signed:
            yield Turn(contract.signed, stage=Stage.CONTRACTED, baton=Baton.COORDINATOR)
        if contract.ends and contract.ends < today:
            over = contract.ends + dt.timedelta(days=1)
            renewals = contracts[rank + 1 : rank + 2]
            is_open = any(renewal.drafted <= contract.ends for renewal in renewals)
            yield Turn(over, stage=Stage.EXPIRED, baton=None if is_open else Baton.CPAM)


def _periods(turns: Sequence[Turn]) -> Iterator[Period]:
    """The last stage of a day counts for that day."""
    shown = list(_shown(turns))
    for rank, (day, stage, is_public) in enumerate(shown):
        following = shown[rank + 1 : rank + 2]
        yield Period(stage, is_public, day, following[0][0] if following else None)


def _shown(turns: Iterable[Turn]) -> Iterator[tuple[dt.date, Stage, bool]]:
    by_day: dict[dt.date, tuple[Stage, bool]] = {}
    stage, is_public = Stage.EMERGENCE, False
    for turn in turns:
        stage, is_public = turn.stage or stage, is_public or turn.is_public
        by_day[turn.day] = (stage, is_public)
    before: tuple[Stage, bool] | None = None
    for day, now in by_day.items():
        if now != before:
            yield (day, *now)
        before = now


def _bearings(turns: Sequence[Turn]) -> Iterator[Bearing]:
    """The last bearer of a day counts for that day; one who keeps the file opens no new period."""
    by_day: dict[dt.date, Baton] = {turns[0].day: Baton.HOLDER}
    bearer = Baton.HOLDER
    for turn in turns:
        if turn.baton is not None and turn.baton != bearer:
            bearer = by_day[turn.day] = turn.baton
    days = list(by_day)
    for rank, (day, baton) in enumerate(by_day.items()):
        following = days[rank + 1 : rank + 2]
        yield Bearing(baton, day, following[0] if following else None)
