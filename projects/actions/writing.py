"""The holders write: steps of a form, attachments, and a project that starts from its letter.

A draft is not an act: saving a step writes no journal. What is handed over is kept whole by
`submit` (one `Submission` each time).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from projects.actions.act import hold, note, opened_to_holders, require
from projects.actions.procedures import procedure_for
from projects.models import Attachment, Filing, HealthProject, Kind
from projects.outline import Answer, outline_for
from projects.workflow import ACTIVE, State
from records.files import store_upload
from territories.actions import move
from territories.models import Baton, Stage


@transaction.atomic
def save_step(
    filing: Filing, slug: str, answers: Mapping[str, Answer], *, version: int, by: User
) -> Filing:
    """Save one step, whole or not. `version` is `filing.edit_version` as the person saw it.

    Raises `StaleVersion` when somebody has changed this very step since: nothing is overwritten.
    """
    _hold_for_writing(filing, by=by)
    step = filing.step(slug)
    if step is None:
        raise Refused("Cette étape n’existe pas.")
    if filing.step_version(step) > version:
        raise StaleVersion(
            "Une autre personne a enregistré cette étape entre-temps. Les deux textes sont "
            "ci-dessous : rien n’a été écrasé."
        )
    keys = {question.key for question in step.questions}
    given = {key: answer for key, answer in answers.items() if key in keys}
    changed = _changed(filing, given)
    _refuse_closed(filing, changed)
    if changed:
        _save_answers(filing, given, [slug], by=by)
    return filing


@transaction.atomic
def write_answers(filing: Filing, answers: Mapping[str, Answer], *, by: User) -> Filing:
    """Save answers of several steps at once, by their keys; an unknown key is refused."""
    _hold_for_writing(filing, by=by)
    chosen = {**filing.answers, **answers}  # a chosen mission opens its sheet
    steps = filing.outline.steps_for(chosen)
    unknown = answers.keys() - {item.key for step in steps for item in step.questions}
    if unknown:
        raise Refused(f"Question inconnue : {', '.join(sorted(unknown))}.")
    _refuse_closed(filing, _changed(filing, answers), chosen)
    slugs = [step.slug for step in steps if any(item.key in answers for item in step.questions)]
    _save_answers(filing, answers, slugs, by=by)
    return filing


@transaction.atomic
def add_attachment(
    filing: Filing, upload: UploadedFile[Any], *, kind: str, by: User, label: str = ""
) -> Attachment:
    """Join a file, checked by its content, under one of the kinds of the outline."""
    _hold_for_writing(filing, by=by)
    labels = {item.value: item.label for item in filing.outline.attachments}
    if kind not in labels:
        raise Refused("Choisissez la nature de la pièce.")
    _refuse_closed(filing, [f"attachment.{kind}"])
    stored = store_upload(upload, by=by, dossier=filing.cpts.reference)
    attachment = Attachment.objects.create(
        filing=filing, kind=kind, label=label.strip() or labels[kind], file=stored, added_by=by
    )
    note(
        "add_attachment",
        filing,
        by=by,
        sentence=f"Ajout d’une pièce : {attachment.label}",
        sha256=stored.sha256,
    )
    return attachment


@transaction.atomic
def remove_attachment(attachment: Attachment, *, by: User) -> None:
    """Take a piece off a filing that is being written; what was handed over keeps its list."""
    filing = attachment.filing
    _hold_for_writing(filing, by=by)
    _refuse_closed(filing, [f"attachment.{attachment.kind}"])
    label = attachment.label
    attachment.delete()
    note("remove_attachment", filing, by=by, sentence=f"Retrait d’une pièce : {label}")


@transaction.atomic
def open_health_project(letter: Filing, *, by: User) -> HealthProject:
    """An approved letter opens the project, whose first answers are those of the letter."""
    hold(letter)
    require(Permission.FILING_WRITE, letter.cpts, by=by)
    if not letter.is_letter or letter.state != State.APPROVED:
        raise Refused("Le projet de santé s’ouvre quand la lettre d’intention est approuvée.")
    if HealthProject.objects.filter(cpts=letter.cpts, state__in=ACTIVE).exists():
        raise Refused("Le projet de santé est déjà ouvert.")
    if HealthProject.objects.filter(cpts=letter.cpts).exists():
        raise Refused("Un projet de santé existe déjà : reprenez-le.")
    today = clock.today()
    outline = outline_for(Kind.PROJECT, today)
    project: HealthProject = HealthProject.objects.create(
        cpts=letter.cpts,
        kind=Kind.PROJECT,
        letter=letter,
        procedure=procedure_for(letter.cpts.region_id, today),
        outline_code=outline.code,
        opened_on=today,
        answers=outline.prefilled(letter.answers),
    )
    move(letter.cpts, stage=Stage.PROJECT, baton=Baton.HOLDER)
    note("open_health_project", project, by=by, sentence="Ouverture du projet de santé")
    return project


def _hold_for_writing(filing: Filing, *, by: User) -> None:
    hold(filing)
    require(Permission.FILING_WRITE, filing.cpts, by=by)
    if not filing.is_writable:
        raise Refused(
            f"« {filing.get_kind_display()} » ne se modifie plus : "
            f"l’état est « {filing.state_label} »."
        )


def _changed(filing: Filing, answers: Mapping[str, Answer]) -> list[str]:
    return [key for key, answer in answers.items() if filing.answers.get(key, "") != answer]


def _refuse_closed(
    filing: Filing, keys: Iterable[str], answers: Mapping[str, Answer] | None = None
) -> None:
    """While pieces are asked for, only what is asked about may change.

    `answers` are those that are about to be saved: a mission chosen among them opens its sheet.
    """
    refusal = opened_to_holders(filing, answers).refusal(filing.commentable, keys)
    if refusal:
        raise Refused(refusal)


def _save_answers(
    filing: Filing, answers: Mapping[str, Answer], slugs: list[str], *, by: User
) -> None:
    filing.answers = {**filing.answers, **answers}
    filing.edit_version += 1
    filing.step_versions = {**filing.step_versions, **dict.fromkeys(slugs, filing.edit_version)}
    filing.edited_at = clock.now()
    filing.edited_by = by
    filing.save(
        update_fields=["answers", "edit_version", "step_versions", "edited_at", "edited_by"]
    )
