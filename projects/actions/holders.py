"""Before and around the filings: a community is founded, its letter opened, co-holders invited."""

import datetime as dt
import hashlib
import secrets

from django.db import transaction

from accounts.access import Permission, Role
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from projects import emails
from projects.actions.act import held_cpts, note, require
from projects.actions.procedures import procedure_for
from projects.models import Invitation, Kind, LetterOfIntent
from projects.outline import outline_for
from projects.workflow import ACTIVE
from records import journal
from territories.actions import assign, found_cpts
from territories.models import CpamDistrict, Cpts, Departement
from territories.scopes import quality_on

INVITATION_DAYS = 30


@transaction.atomic
def start_letter(
    *,
    name: str,
    departement: Departement,
    cpam_district: CpamDistrict,
    by: User,
    reference: str = "",
    slug: str = "",
) -> LetterOfIntent:
    """Anybody signed in founds the dossier of a community, becomes its holder, opens its letter."""
    if cpam_district.region_id != departement.region_id:
        raise Refused("Cette CPAM n’est pas dans la région du département choisi.")
    cpts = found_cpts(
        name=name,
        departement=departement,
        cpam_district=cpam_district,
        by=by,
        reference=reference,
        slug=slug,
    )
    return open_letter(cpts, by=by)


@transaction.atomic
def open_letter(cpts: Cpts, *, by: User) -> LetterOfIntent:
    """Open the first letter of a CPTS, under the procedure in force in its region today."""
    cpts = held_cpts(cpts.pk)
    require(Permission.FILING_WRITE, cpts, by=by)
    letters = LetterOfIntent.objects.filter(cpts=cpts)
    if letters.filter(state__in=ACTIVE).exists():
        raise Refused("La lettre d’intention de cette CPTS est déjà ouverte.")
    if letters.exists():
        raise Refused("Une lettre d’intention existe déjà : reprenez-la.")
    today = clock.today()
    letter: LetterOfIntent = LetterOfIntent.objects.create(
        cpts=cpts,
        kind=Kind.LETTER,
        procedure=procedure_for(cpts.region_id, today),
        outline_code=outline_for(Kind.LETTER, today).code,
        opened_on=today,
    )
    note("open_letter", letter, by=by, sentence="Ouverture de la lettre d’intention")
    return letter


@transaction.atomic
def invite(cpts: Cpts, *, email: str, by: User) -> Invitation:
    """Send a co-holder a single-use link; whether they have an account is not told to anybody."""
    cpts = held_cpts(cpts.pk)
    require(Permission.HOLDER_INVITE, cpts, by=by)
    email = User.objects.normalize(email)
    if cpts.assignments.current().filter(user__email=email, role=Role.HOLDER).exists():
        raise Refused("Cette personne est déjà porteuse du projet.")
    # A new invitation replaces the one that may have been lost: one open link a person.
    cpts.invitations.open().filter(email=email).update(expires_at=clock.now())
    token = secrets.token_urlsafe(32)
    invitation = Invitation.objects.create(
        cpts=cpts,
        email=email,
        token_sha256=hashlib.sha256(token.encode()).hexdigest(),
        invited_by=by,
        expires_at=clock.now() + dt.timedelta(days=INVITATION_DAYS),
    )
    # The journal follows the contract for years: it names no address (quality.md).
    journal.record(
        "invite",
        invitation,
        by=by,
        dossier=cpts.reference,
        sentence="Invitation d’un co-porteur",
        role=quality_on(by, cpts),
    )
    emails.invitation(invitation, token)
    return invitation


@transaction.atomic
def accept_invitation(token: str, *, by: User) -> Cpts:
    """Whoever opens the link, once signed in, becomes a co-holder; the link serves once."""
    invitation = Invitation.objects.bearing(token).select_for_update(of=("self",)).first()
    if invitation is None:
        raise Refused("Cette invitation n’est plus valable : demandez-en une nouvelle au porteur.")
    invitation.accepted_at = clock.now()
    invitation.accepted_by = by
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    cpts: Cpts = invitation.cpts
    assign(by, Role.HOLDER, cpts=cpts)
    journal.record(
        "accept_invitation",
        invitation,
        by=by,
        dossier=cpts.reference,
        sentence=f"{by.get_full_name()} devient co-porteur",
        role=quality_on(by, cpts),
    )
    return cpts
