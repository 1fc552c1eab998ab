"""The clauses of the contracts: files become rows, administrators write newer versions."""

import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction

from accounts.access import Permission
from accounts.models import User
from aci.clauses.blocks import Block, in_order
from aci.clauses.files import read_templates
from aci.clauses.texts import check_template
from aci.models import ContractTemplate
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.people import PORTAL_DOSSIER


@transaction.atomic
def load_contract_templates() -> int:
    """Create the versions of the committed files that are not there yet; gives how many.

    A file is read once. A change of text is a new file with its own code and date.
    """
    known = set(ContractTemplate.objects.exclude(code="").values_list("code", flat=True))
    missing = [source for source in read_templates() if source.code not in known]
    for source in missing:
        blocks = in_order(source.blocks)
        check_template(blocks)
        ContractTemplate.objects.create(
            version=_newest_version() + 1,
            effective_from=source.effective_from,
            blocks=[block.as_plain() for block in blocks],
            source=source.source,
            requires_annex=source.requires_annex,
            code=source.code,
            created_by=User.objects.portal(),
        )
    return len(missing)


def template_for(day: dt.date) -> ContractTemplate:
    """The clauses of a contract prepared that day."""
    load_contract_templates()
    template: ContractTemplate = ContractTemplate.objects.in_force(day)
    return template


@transaction.atomic
def add_template(
    blocks: Iterable[Block],
    *,
    effective_from: dt.date,
    after: int,
    by: User,
    requires_annex: bool = False,
) -> ContractTemplate:
    """Write a new version; `after` is the newest one its author has read.

    Contracts already prepared keep the version they began with.
    """
    if Permission.PORTAL_ADMINISTER not in by.permissions:
        raise NotAllowed("add_template")
    ordered = in_order(blocks)
    check_template(ordered)
    if effective_from < clock.today():
        raise Refused("La date d’effet est passée : des contrats sont déjà préparés depuis.")
    if _newest_version() != after:
        raise Refused(_overtaken())
    try:
        with transaction.atomic():
            template: ContractTemplate = ContractTemplate.objects.create(
                version=after + 1,
                effective_from=effective_from,
                blocks=[block.as_plain() for block in ordered],
                requires_annex=requires_annex,
                created_by=by,
            )
    except IntegrityError:  # two at the same instant: the database let one pass
        raise Refused(_overtaken()) from None
    journal.record(
        "add_template",
        template,
        by=by,
        dossier=PORTAL_DOSSIER,
        sentence=f"Nouveau modèle de contrat, à partir du {format_date(effective_from)}",
        version=template.version,
        effective_from=effective_from.isoformat(),
        titles=[block.title for block in ordered],
        requires_annex=requires_annex,
    )
    return template


def _newest_version() -> int:
    newest = ContractTemplate.objects.newest_first().first()
    return newest.version if newest else 0


def _overtaken() -> str:
    newest = ContractTemplate.objects.newest_first().with_names().first()
    return (
        f"{newest.created_by} a enregistré la version {newest.version} pendant que vous écriviez. "
        "Relisez-la, puis enregistrez de nouveau si votre texte doit la remplacer."
        if newest
        else "Le modèle a changé : relisez-le, puis enregistrez de nouveau."
    )
