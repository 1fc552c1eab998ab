"""An opinion: prepared as drafts, with its files, then given once and frozen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from projects.actions.act import hold, note, pass_through
from projects.actions.opinion_requests import (
    answer_by_vote,
    go_on,
    replace_requests,
    tell_who_comes_next,
)
from projects.models import Filing, Opinion, OpinionDraft, OpinionFile, OpinionRequest
from projects.opinion_states import RequestState
from projects.querysets import body_of, is_regional, seats_of
from projects.scoring_grid import Scores, refuse_missing_scores, refuse_wrong_scores, total_of
from projects.workflow import OPINION_REQUEST_WORKFLOW, Level, State
from records import files
from territories.scopes import may_on

Upload: TypeAlias = "UploadedFile[Any]"
MOST_FILES = 5
NEEDS_REASONS = {Opinion.Recommendation.WITH_RESERVATIONS, Opinion.Recommendation.UNFAVOURABLE}


@dataclass(frozen=True, slots=True)
class Answer:
    """What a body answers: as a draft, anything may still be missing."""

    recommendation: str = ""
    text: str = ""
    scores: Scores | None = None

    def as_content(self) -> dict[str, Any]:
        return {
            "recommendation": self.recommendation,
            "text": self.text.strip(),
            "scores": {key: dict(given) for key, given in (self.scores or {}).items()},
        }


@transaction.atomic
def save_opinion_draft(
    request: OpinionRequest,
    *,
    by: User,
    recommendation: str = "",
    text: str = "",
    scores: Scores | None = None,
    upload: Upload | None = None,
    based_on: int | None = None,
) -> OpinionDraft:
    """Keep one more save of the opinion being prepared; only the body itself reads it.

    `based_on` is the number of the save that the person read: a colleague's newer one is not
    written over, it is shown first.
    """
    _hold_for_preparing(request, by=by)
    content = Answer(recommendation, text, scores).as_content()
    if refusal := refuse_wrong_scores(request.grid.lines, content["scores"]):
        raise Refused(refusal)
    last = request.drafts.select_related("saved_by").order_by("-number").first()
    number = last.number if last else 0
    if based_on is not None and based_on != number and last:
        raise StaleVersion(
            f"{last.saved_by} a enregistré cet avis entre-temps : relisez son texte, puis "
            "enregistrez le vôtre de nouveau."
        )
    if upload is not None:
        _join(request, upload, by=by)
    draft: OpinionDraft = request.drafts.create(number=number + 1, content=content, saved_by=by)
    return draft


@transaction.atomic
def remove_opinion_file(joined: OpinionFile, *, by: User) -> None:
    """Take a file off an opinion that is not given yet."""
    _hold_for_preparing(joined.request, by=by)
    joined.delete()


@transaction.atomic
def give_opinion(
    filing: Filing,
    *,
    level: str,
    recommendation: str,
    text: str,
    by: User,
    scores: Scores | None = None,
    upload: Upload | None = None,
) -> Opinion:
    """An invited body gives its opinion, once; it is frozen. The last one calls for the decision.

    The body is the one the person represents; only a member for the whole région speaks for the
    regional committee.
    """
    level = Level(level)
    from_state = pass_through(f"give_{level}_opinion", filing, by=by)
    request = _request_of(by, filing, level)
    answer = Answer(recommendation, text, scores)
    _check(answer, request)
    if upload is not None:
        _join(request, upload, by=by)
    OPINION_REQUEST_WORKFLOW.apply("give", request, may=may_on(by, filing.cpts))
    request.closed_at = clock.now()
    request.save(update_fields=["state", "closed_at"])
    opinion = _freeze(request, answer, by=by)
    go_on(filing, level)
    entry = note(
        f"give_{level}_opinion",
        filing,
        by=by,
        # The parties read the journal: what the opinion says waits for its release.
        sentence=f"{request.label} donné ({request.body})",
        from_state=from_state,
        opinion=opinion.pk,
    )
    tell_who_comes_next(filing, entry, by=by)
    return opinion


@transaction.atomic
def give_committee_opinion(
    filing: Filing,
    *,
    level: str,
    committee: str,
    seated: Iterable[str],
    recommendation: str,
    text: str,
    by: User,
) -> Opinion:
    """The vote of a session becomes the opinion of its committee, given by who closes it.

    The bodies that were convened (`seated`) spoke there: none of them is asked once more.
    """
    level = Level(level)
    from_state = pass_through(
        f"give_{level}_opinion", filing, by=by, may=lambda wanted: wanted == Permission.OPINION_GIVE
    )
    if filing.opinions.filter(level=level, body=committee).exists():
        raise Refused(f"{committee} a déjà donné son avis.")
    if recommendation in NEEDS_REASONS and not text.strip():
        raise Refused("Un avis défavorable ou avec réserves se motive.")
    opinion = Opinion.objects.create(
        filing=filing,
        level=level,
        body=committee,
        recommendation=recommendation,
        text=text.strip(),
        given_by=by,
    )
    answer_by_vote(filing, level, committee, by=by)
    reason = f"Avis rendu en séance : {committee}"
    replace_requests(filing, level, seated, reason=reason)
    go_on(filing, level)
    entry = note(
        f"give_{level}_opinion",
        filing,
        by=by,
        sentence=f"{filing.procedure.label_of(level, filing.kind)} donné ({committee})",
        from_state=from_state,
        opinion=opinion.pk,
    )
    tell_who_comes_next(filing, entry, by=by)
    return opinion


def _join(request: OpinionRequest, upload: Upload, *, by: User) -> None:
    """A file of the opinion, checked by its content."""
    if request.files.count() >= MOST_FILES:
        raise Refused(f"Un avis porte {MOST_FILES} fichiers au plus : retirez-en un d’abord.")
    stored = files.store_upload(upload, by=by, dossier=request.filing.cpts.reference)
    request.files.create(file=stored, label=stored.name[:150], added_by=by)


def _freeze(request: OpinionRequest, answer: Answer, *, by: User) -> Opinion:
    content = answer.as_content()
    total = total_of(request.grid.lines, content["scores"])
    return Opinion.objects.create(
        filing=request.filing,
        level=request.level,
        body=request.body,
        recommendation=content["recommendation"],
        text=content["text"],
        grid=request.grid if content["scores"] else None,
        scores=content["scores"],
        points=total.points if total else None,
        out_of=total.out_of if total else None,
        files=[
            {"uuid": str(joined.file.uuid), "label": joined.label, "size": joined.file.size}
            for joined in request.files.select_related("file")
        ],
        given_by=by,
    )


def _check(answer: Answer, request: OpinionRequest) -> None:
    if answer.recommendation not in Opinion.Recommendation.values:
        raise Refused("Choisissez le sens de l’avis.")
    if answer.recommendation in NEEDS_REASONS and not answer.text.strip():
        raise Refused("Un avis défavorable ou avec réserves se motive.")
    lines, scores = request.grid.lines, answer.scores or {}
    refusal = refuse_wrong_scores(lines, scores)
    judged = answer.recommendation != Opinion.Recommendation.NO_OPINION
    if not refusal and request.grid.requires_scores and judged:
        refusal = refuse_missing_scores(lines, scores)
    if refusal:
        raise Refused(refusal)


def _hold_for_preparing(request: OpinionRequest, *, by: User) -> None:
    """The rows kept, and the person of the invited body, before the opinion is given."""
    filing = request.filing
    hold(filing)
    request.refresh_from_db(fields=["state"])
    OPINION_REQUEST_WORKFLOW.apply("save_draft", request, may=may_on(by, filing.cpts))
    if filing.state != State.COMPLETE:
        raise Refused(f"L’avis ne se prépare plus : l’état est « {filing.state_label} ».")
    if request.body not in _bodies_of(by, filing, Level(request.level)):
        raise Refused(f"Vous ne représentez pas l’organisme invité ({request.body}).")


def _request_of(user: User, filing: Filing, level: Level) -> OpinionRequest:
    """The invitation that this person may answer, or why there is none."""
    bodies = _bodies_of(user, filing, level)
    found = filing.opinion_requests.filter(level=level, body__in=bodies).select_related("grid")
    by_body: dict[str, OpinionRequest] = {request.body: request for request in found}
    for request in by_body.values():
        if request.state == RequestState.INVITED:
            request.filing = filing
            return request
    for request in by_body.values():
        if request.state == RequestState.GIVEN:
            raise Refused(f"{request.body} a déjà donné son avis.")
        if request.state == RequestState.WITHDRAWN:
            raise Refused(f"L’invitation de {request.body} à donner cet avis a été retirée.")
    raise Refused(f"{bodies[0]} n’est pas invité à donner cet avis.")


def _bodies_of(user: User, filing: Filing, level: Level) -> list[str]:
    """The bodies for which this person sits on a committee of that level."""
    seats = [
        seat
        for seat in seats_of(user)
        if all(getattr(filing.cpts, name) == code for name, code in seat.area.items())
    ]
    fit = [seat for seat in seats if level == Level.LOCAL or is_regional(seat)]
    if not fit:
        raise Refused("Votre comité est local : il donne l’avis local, non l’avis régional.")
    return [body_of(seat, level) for seat in fit]
