"""The identity of the association that carries a CPTS: its numbers, its legal form, its seat."""

import hashlib
from dataclasses import asdict, dataclass

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records import journal
from territories.models import Cpts
from territories.scopes import may_on, quality_on


@dataclass(frozen=True, slots=True)
class Identity:
    """What a contract says of the association; empty where nobody knows yet."""

    legal_form: str
    rna: str
    siret: str
    finess: str
    seat: str

    @property
    def mark(self) -> str:
        """Two people who write at once: the second one is told."""
        return hashlib.sha256("\n".join(asdict(self).values()).encode()).hexdigest()


def identity_of(cpts: Cpts) -> Identity:
    """As it is stored."""
    return Identity(cpts.legal_form, cpts.rna, cpts.siret, cpts.finess, cpts.seat)


@transaction.atomic
def set_identity(cpts: Cpts, identity: Identity, *, seen: str, by: User) -> Cpts:
    """Write the identity of the association; `seen` is the mark of the one that was changed."""
    cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    if not may_on(by, cpts)(Permission.IDENTITY_WRITE):
        raise NotAllowed("set_identity")
    before = identity_of(cpts)
    if before.mark != seen:
        raise StaleVersion(
            "Quelqu’un a modifié cette identité depuis que vous avez ouvert la page : comparez, "
            "puis enregistrez de nouveau."
        )
    if before == identity:
        raise Refused("Rien n’a changé.")
    changed = [name for name, value in asdict(identity).items() if getattr(cpts, name) != value]
    for name in changed:
        setattr(cpts, name, getattr(identity, name))
    cpts.save(update_fields=changed)
    journal.record(
        "set_identity",
        cpts,
        by=by,
        dossier=cpts.reference,
        sentence="Identité de l’association mise à jour",
        role=quality_on(by, cpts),
        before={name: getattr(before, name) for name in changed},
        after={name: getattr(identity, name) for name in changed},
    )
    return cpts
