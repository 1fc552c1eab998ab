"""The texts of the letters: committed files become rows, administrators write newer versions."""

import datetime as dt

from django.db import IntegrityError, transaction

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import letter_text
from projects.letter_files import read_letters
from projects.letter_kinds import LetterKind
from projects.models import LetterTemplate
from records import journal
from territories.models import Region
from territories.people import PORTAL_DOSSIER


@transaction.atomic
def load_letter_templates() -> int:
    """Create the versions of the committed files that are not there yet; gives how many.

    A file is read once. A change of text is a new file with its own code and date.
    """
    known = set(LetterTemplate.objects.exclude(code="").values_list("code", flat=True))
    missing = [source for source in read_letters() if source.code not in known]
    regions = set(Region.objects.values_list("code", flat=True)) if missing else set()
    created = 0
    for source in missing:
        if source.region is not None and source.region not in regions:
            continue  # the territories are not loaded, or not this one: nobody can need it yet
        letter_text.check(source.kind, source.subject, source.body)
        LetterTemplate.objects.create(
            kind=source.kind,
            region_id=source.region,
            version=_next_version(source.kind, source.region),
            effective_from=source.effective_from,
            subject=source.subject,
            body=source.body,
            code=source.code,
            created_by=User.objects.portal(),
        )
        created += 1
    return created


def template_for(kind: LetterKind, region_code: str, day: dt.date) -> LetterTemplate:
    """The text in force for a letter, in a region, on a day."""
    load_letter_templates()
    template: LetterTemplate = LetterTemplate.objects.in_force(kind, region_code, day)
    return template


@transaction.atomic
def add_template(
    *,
    kind: LetterKind,
    region: Region | None,
    effective_from: dt.date,
    subject: str,
    body: str,
    after: int,
    by: User,
) -> LetterTemplate:
    """Write a new version; `after` is the newest one its author has read (0: none yet)."""
    if Permission.PORTAL_ADMINISTER not in by.permissions:
        raise NotAllowed("add_template")
    body = body.replace("\r\n", "\n").strip()
    letter_text.check(kind, subject, body)
    if effective_from < clock.today():
        raise Refused("La date d’effet est passée : des courriers sont déjà partis depuis.")
    region_code = region.pk if region else None
    newest = _next_version(kind, region_code) - 1
    if newest != after:
        raise Refused(_overtaken(kind, region_code))
    try:
        with transaction.atomic():
            template: LetterTemplate = LetterTemplate.objects.create(
                kind=kind,
                region=region,
                version=newest + 1,
                effective_from=effective_from,
                subject=subject.strip(),
                body=body,
                created_by=by,
            )
    except IntegrityError:  # two at the same instant: the database let one pass
        raise Refused(_overtaken(kind, region_code)) from None
    journal.record(
        "add_template",
        template,
        by=by,
        dossier=PORTAL_DOSSIER,
        sentence=f"Nouveau modèle : {template}, à partir du {format_date(effective_from)}"[:300],
        kind=kind.value,
        region=region_code or "",
        version=template.version,
        effective_from=effective_from.isoformat(),
        title=template.subject,
    )
    return template


def _next_version(kind: str, region_code: str | None) -> int:
    newest = LetterTemplate.objects.of_scope(kind, region_code).first()
    return newest.version + 1 if newest else 1


def _overtaken(kind: str, region_code: str | None) -> str:
    newest = LetterTemplate.objects.of_scope(kind, region_code).with_names().first()
    return (
        f"{newest.created_by} a enregistré la version {newest.version} pendant que vous écriviez. "
        "Relisez-la, puis enregistrez de nouveau si votre texte doit la remplacer."
        if newest
        else "L’historique de ce modèle a changé : relisez-le, puis enregistrez de nouveau."
    )
