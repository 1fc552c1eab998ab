"""The papers of a session: its minutes, written then frozen, and the pack of its files."""

from functools import partial

from django.db import transaction

from accounts.models import User
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from projects.actions.sessions import hold_session, require_management, tell
from projects.models import CommitteeSession, SessionDocument
from records import files, jobs
from records.models import Job

Kind = SessionDocument.Kind


@transaction.atomic
def save_minutes(
    session: CommitteeSession, *, text: str, version: int, by: User
) -> CommitteeSession:
    """Keep the text; who opened the page before somebody else's save overwrites nothing."""
    hold_session(session)
    require_management(session, by=by)
    _require_writable(session)
    if version != session.minutes_version:
        raise StaleVersion(
            "Le compte rendu a été modifié depuis l’ouverture de cette page. Comparez les deux "
            "textes, puis enregistrez le vôtre."
        )
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Refused("Le compte rendu est vide : rien n’est enregistré.")
    session.minutes = text
    session.minutes_version += 1
    session.minutes_edited_at, session.minutes_edited_by = clock.now(), by
    session.save(
        update_fields=["minutes", "minutes_version", "minutes_edited_at", "minutes_edited_by"]
    )
    tell("save_minutes", session, f"Compte rendu, version {session.minutes_version}", by=by)
    return session


@transaction.atomic
def approve_minutes(session: CommitteeSession, *, version: int, by: User) -> CommitteeSession:
    """Freeze the text as it is read, and make its final PDF."""
    hold_session(session)
    require_management(session, by=by)
    _require_writable(session)
    if not session.is_closed:
        raise Refused("Le compte rendu s’approuve quand la séance est close.")
    if not session.minutes_version:
        raise Refused("Relisez et enregistrez le compte rendu avant de l’approuver.")
    if version != session.minutes_version:
        raise StaleVersion("Le compte rendu a changé : relisez-le avant de l’approuver.")
    session.minutes_approved_at = clock.now()
    session.save(update_fields=["minutes_approved_at"])
    _want(session, Kind.MINUTES, by=by)
    tell(
        "approve_minutes",
        session,
        f"Compte rendu approuvé, version {session.minutes_version}",
        by=by,
    )
    return session


@transaction.atomic
def want_session_document(session: CommitteeSession, *, kind: str, by: User) -> Job:
    """Ask for the pack of the files, or for the working PDF of the minutes."""
    hold_session(session)
    require_management(session, by=by)
    if kind == Kind.MINUTES and session.minutes_approved_at:
        raise Refused("Le compte rendu est approuvé : son document ne change plus.")
    if kind == Kind.MINUTES and not session.minutes_version:
        raise Refused("Enregistrez le compte rendu avant d’en préparer le PDF.")
    if kind == Kind.PACK and session.lacks_items:
        raise Refused("L’ordre du jour est vide : il n’y a rien à imprimer.")
    return _want(session, Kind(kind), by=by)


def _want(session: CommitteeSession, kind: SessionDocument.Kind, *, by: User) -> Job:
    document, _ = SessionDocument.objects.get_or_create(session=session, kind=kind)
    # Another text is another work: the version is part of the key.
    final = "-final" if session.minutes_approved_at else ""
    job = jobs.want(
        "session_document",
        key=f"{document.pk}-{session.minutes_version}{final}",
        label=f"{kind.label} : {session}"[:200],
        by=by,
        document=document.pk,
    )
    document.job = job
    document.save(update_fields=["job"])
    return job


def make_session_document(job: Job) -> str:
    """Make the PDF and put it in the place of the last one; the final minutes are never replaced.

    Safe to run twice: the same rows give the same bytes.
    """
    # WeasyPrint takes a second to load: the worker pays for it, not the pages.
    from projects import session_documents

    documents = SessionDocument.objects.select_related("session__region", "file")
    document: SessionDocument = documents.get(pk=job.payload["document"])
    if document.is_final and document.file is not None:
        return document.file.sha256
    session = document.session
    is_final = document.kind == Kind.MINUTES and session.minutes_approved_at is not None
    content = session_documents.render(document, report=partial(jobs.report, job))
    name = "compte-rendu" if document.kind == Kind.MINUTES else "dossier-de-seance"
    stored = files.store_bytes(
        content,
        name=f"{name}-{session.day.isoformat()}.pdf",
        content_type="application/pdf",
        by=job.requested_by,
        dossier=session.chain,
    )
    SessionDocument.objects.filter(pk=document.pk, is_final=False).update(
        file=stored, made_at=clock.now(), is_final=is_final
    )
    return stored.sha256


def _require_writable(session: CommitteeSession) -> None:
    if session.minutes_approved_at:
        raise Refused("Le compte rendu est approuvé : il ne change plus.")
    if session.is_prepared:
        raise Refused("Le compte rendu s’écrit à partir de l’ouverture de la séance.")
