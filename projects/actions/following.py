"""The project of a CPTS that follows others: its letter is their agreement, its text theirs."""

from collections.abc import Sequence

from accounts.models import User
from foundation import clock
from projects.actions.act import note
from projects.actions.procedures import procedure_for
from projects.models import HealthProject, Kind, LetterOfIntent
from projects.outline import outline_for
from projects.workflow import State
from territories.models import Cpts


def open_following_project(
    cpts: Cpts, predecessors: Sequence[Cpts], *, reason: str, by: User
) -> HealthProject:
    """Open the project of a new CPTS from the last validated one of those it follows.

    Called inside the act of a merger or a split, accepted by every party: no letter of intent is
    examined again. The first predecessor whose project answers today's outline gives its text.
    """
    now, today = clock.now(), clock.today()
    procedure = procedure_for(cpts.region_id, today)
    letter: LetterOfIntent = LetterOfIntent.objects.create(
        cpts=cpts,
        kind=Kind.LETTER,
        state=State.APPROVED,
        procedure=procedure,
        outline_code=outline_for(Kind.LETTER, today).code,
        opened_on=today,
        submitted_at=now,
        complete_at=now,
        decided_at=now,
        decision_reason=reason,
        territory=cpts.territory,
    )
    outline = outline_for(Kind.PROJECT, today)
    former = _last_project(predecessors, outline.code)
    project: HealthProject = HealthProject.objects.create(
        cpts=cpts,
        kind=Kind.PROJECT,
        letter=letter,
        procedure=procedure,
        outline_code=outline.code,
        opened_on=today,
        answers=former.answers if former else {},
    )
    origin = f", à partir de celui de {former.cpts}" if former else ""
    note("open_letter", letter, by=by, sentence=f"Lettre d’intention sans objet : {reason}")
    note("open_health_project", project, by=by, sentence=f"Ouverture du projet de santé{origin}")
    return project


def _last_project(predecessors: Sequence[Cpts], outline_code: str) -> HealthProject | None:
    found = {
        project.cpts_id: project
        for project in HealthProject.objects.filter(
            cpts__in=[one.pk for one in predecessors],
            state=State.APPROVED,
            outline_code=outline_code,
        )
        .select_related("cpts")
        .order_by("number")
    }
    return next((found[one.pk] for one in predecessors if one.pk in found), None)
