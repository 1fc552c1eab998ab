"""Writes the letters and the projects, what was handed over, and the opinions of the committees."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from cpts_portal.national.calendar import Milestone
from cpts_portal.national.dossiers import STEPS, Dossier, at_nine
from cpts_portal.national.territories import people_of
from cpts_portal.national.turns import legal_end
from cpts_portal.national.vintages import Figures
from cpts_portal.story.dossier import letter_answers, project_answers, scores_for
from foundation.bulk import insert_objects
from foundation.search import search_key
from projects.actions.opinion_requests import SHORTEST
from projects.models import (
    Filing,
    HealthProject,
    LetterOfIntent,
    Opinion,
    OpinionRequest,
    Submission,
)
from projects.opinion_states import RequestState
from projects.outline import Outline, outline_for
from projects.scoring_grid import total_of
from projects.workflow import Kind, Level, State

BATCH = 250
ONE_DAY = dt.timedelta(days=1)
WRITTEN_BEFORE_FILING = 5 * ONE_DAY
# In the order of the agreement; the fourth is a core mission since its second amendment.
MISSIONS = ("ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE")


def write_filings(dossiers: Sequence[Dossier], figures: Figures) -> None:
    """A letter for each dossier, a project for those whose letter is approved."""
    for dossier in dossiers:
        dossier.letter = _letter(dossier)
    letters = [dossier.letter for dossier in dossiers]
    LetterOfIntent.objects.bulk_create(letters, batch_size=BATCH)
    for dossier in dossiers:
        dossier.project = _project(dossier)
    projects = [dossier.project for dossier in dossiers if dossier.project]
    HealthProject.objects.bulk_create(projects, batch_size=BATCH)
    insert_objects(
        Submission, (row for dossier in dossiers for row in _submissions(dossier, figures))
    )
    for dossier in dossiers:
        dossier.opinions = list(_opinions(dossier))
    opinions = [row for dossier in dossiers for row in dossier.opinions]
    Opinion.objects.bulk_create(opinions, batch_size=BATCH)
    requests = [row for dossier in dossiers for row in _requests(dossier)]
    OpinionRequest.objects.bulk_create(requests, batch_size=BATCH)


def _letter(dossier: Dossier) -> LetterOfIntent:
    outline = outline_for(Kind.LETTER, dossier.founded)
    answers = letter_answers(
        dossier.identity.name,
        communes=dossier.territory.commune_count,
        population=dossier.territory.population,
        missions=_missions(outline),
    )
    written = dossier.calendar.has(Milestone.LETTER_FILED)
    return LetterOfIntent(
        opened_on=dossier.founded,
        **_common(dossier, Kind.LETTER, outline),
        **(_written(dossier, Kind.LETTER, outline, answers) if written else {}),
    )


def _project(dossier: Dossier) -> HealthProject | None:
    opened = dossier.calendar.days.get(Milestone.PROJECT_OPENED)
    if opened is None:
        return None
    outline = outline_for(Kind.PROJECT, opened)
    begun = outline.prefilled(dossier.letter.answers)
    project = HealthProject(
        opened_on=opened,
        letter=dossier.letter,
        answers=begun,
        **_common(dossier, Kind.PROJECT, outline),
    )
    if dossier.calendar.has(Milestone.PROJECT_FILED):
        given = project_answers(outline, _missions(outline))
        for name, value in _written(dossier, Kind.PROJECT, outline, given, begun).items():
            setattr(project, name, value)
    if project.complete_at:
        project.due_on = legal_end(dossier.calendar, dossier.delays)
        project.tacit_on = project.due_on + ONE_DAY
    return project


def _missions(outline: Outline) -> list[str]:
    offered = {mission.code for mission in outline.missions}
    return [code for code in MISSIONS if code in offered]


def _common(dossier: Dossier, kind: Kind, outline: Outline) -> dict[str, Any]:
    """State and dates, as the acts leave them."""
    steps = STEPS[kind]
    complete, decided = dossier.moment(steps.complete), dossier.moment(steps.decided)
    submitted = dossier.moment(steps.filed)
    given = dossier.calendar.has(steps.opinion)
    return {
        "cpts": dossier.cpts,
        "kind": kind,
        "procedure": dossier.procedure,
        "outline_code": outline.code,
        "state": _state(submitted, complete, decided),
        "territory": dossier.territory if submitted else None,
        "submitted_at": submitted,
        "complete_at": complete,
        "decided_at": decided,
        "given_levels": [level.value for level in dossier.levels(kind)] if given else [],
        "opinions_due_on": _opinions_due_on(dossier, complete) if dossier.levels(kind) else None,
        "opinions_released_at": decided,
    }


def _state(
    submitted: dt.datetime | None, complete: dt.datetime | None, decided: dt.datetime | None
) -> State:
    if decided:
        return State.APPROVED
    if complete:
        return State.COMPLETE
    return State.SUBMITTED if submitted else State.DRAFT


def _written(
    dossier: Dossier,
    kind: Kind,
    outline: Outline,
    given: Mapping[str, Any],
    begun: Mapping[str, Any] = MappingProxyType({}),
) -> dict[str, Any]:
    """As `projects.actions.write_answers` saves them, once, some days before the filing."""
    opened = dossier.founded if kind == Kind.LETTER else dossier.calendar.days[_OPENED]
    day = dossier.calendar.days[STEPS[kind].filed] - WRITTEN_BEFORE_FILING
    answers = {**begun, **given}
    steps = outline.steps_for(answers)
    touched = [step for step in steps if any(item.key in given for item in step.questions)]
    return {
        "answers": answers,
        "edit_version": 1,
        "step_versions": {step.slug: 1 for step in touched},
        "edited_at": at_nine(max(day, opened)),
        "edited_by": dossier.holders.holder,
    }


_OPENED = Milestone.PROJECT_OPENED


def _submissions(dossier: Dossier, figures: Figures) -> Iterator[Submission]:
    for filing in dossier.filings:
        if filing.submitted_at:
            yield Submission(
                filing=filing,
                number=1,
                answers=filing.answers,
                territory=_facts(dossier, figures),
                submitted_at=filing.submitted_at,
                submitted_by=dossier.holders.holder,
            )


def _facts(dossier: Dossier, figures: Figures) -> dict[str, Any]:
    """The territory as it was handed over, like `projects.actions.submit` keeps it."""
    territory = dossier.territory
    parts = sorted(
        dossier.area.all_parts, key=lambda part: (search_key(part.place.name), part.place.code)
    )
    return {
        "vintage": territory.vintage,
        "population": territory.population,
        "size": territory.size,
        "communes": [
            {
                "code": part.place.code,
                "name": part.place.name,
                "population": people_of(part, territory.vintage, figures),
                "share": part.share,
                "part": part.part,
            }
            for part in parts
        ],
        "overlaps": [],  # each was handed over before its neighbour
        "overlap_reason": "",
    }


def _opinions(dossier: Dossier) -> Iterator[Opinion]:
    """Favourable ones, from every level that the procedure of the région asks for."""
    scores = scores_for(dossier.grid.lines)
    for filing in dossier.filings:
        kind = Kind(filing.kind)
        moment = dossier.moment(STEPS[kind].opinion)
        if moment is None:
            continue
        for level in dossier.levels(kind):
            body, member = dossier.committee(level)
            total = total_of(dossier.grid.lines, scores)
            yield Opinion(
                filing=filing,
                level=level,
                body=body,
                recommendation=Opinion.Recommendation.FAVOURABLE,
                grid=dossier.grid,
                scores=scores,
                points=total.points if total else None,
                out_of=total.out_of if total else None,
                given_by=member,
                given_at=moment,
            )


def _opinions_due_on(dossier: Dossier, complete: dt.datetime | None) -> dt.date | None:
    days = dt.timedelta(days=dossier.procedure.opinion_days)
    return complete.date() + days if complete else None


def _requests(dossier: Dossier) -> Iterator[OpinionRequest]:
    """As the act « declare complete » asks every body, and as their answers leave them."""
    for filing in dossier.filings:
        kind = Kind(filing.kind)
        for rank, level in enumerate(dossier.levels(kind)):
            for body in dossier.bodies(level) if filing.complete_at else []:
                yield _request(dossier, filing, level, body, is_first=rank == 0)


def _request(
    dossier: Dossier, filing: Filing, level: Level, body: str, *, is_first: bool
) -> OpinionRequest:
    given_at = dossier.moment(STEPS[Kind(filing.kind)].opinion)
    speaks, _ = dossier.committee(level)
    due_on = filing.opinions_due_on
    assert due_on is not None, "a complete file has a date for its opinions"  # noqa: S101
    invited_at, invited_by = filing.complete_at, dossier.authorities.reviewer
    if not is_first:
        invited_at = given_at
        if given_at:  # asked by the answer of the level before
            invited_by = dossier.committee(Level.LOCAL)[1]
            due_on = max(due_on, given_at.date() + SHORTEST)
    has_given = given_at is not None and body == speaks
    state = RequestState.INVITED if invited_at else RequestState.PLANNED
    if has_given:
        state = RequestState.GIVEN
    elif filing.decided_at:
        state = RequestState.ENDED
    return OpinionRequest(
        filing=filing,
        level=level,
        body=body,
        is_required=True,
        grid=dossier.grid,
        state=state,
        invited_at=invited_at,
        invited_by=invited_by,
        due_on=due_on,
        closed_at=given_at if has_given else filing.decided_at,
    )
