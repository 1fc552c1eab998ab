"""Acts on memberships: apply, approve, refuse, leave; consents; the link between mail and account.

The journal of the dossier says that a membership began or ended, and nothing of whose: ARS and CPAM
read the journal, not the members.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from accounts.access import Permission, Role
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from members import emails
from members.application import Application
from members.models import OPEN_STATES, Consent, Member
from members.opening import closed_to_applications
from members.workflow import WORKFLOW, MemberState
from records import journal
from territories.actions import assign, end_assignment
from territories.models import Cpts
from territories.scopes import may_on, quality_on

# Nobody's mail box is filled by repeating a public form.
RESEND_AFTER = timedelta(minutes=10)
OWN_QUALITY = "pour la personne concernée"


@transaction.atomic
def apply(
    cpts: Cpts, application: Application, *, by: User, consents: Iterable[str] = ()
) -> Member:
    """Hand in an application. Somebody already known here gets a new link, and nothing changes.

    `by` is the account signed in, or `User.objects.portal()` for an anonymous visitor. The answer
    is the same in both cases, so that nobody learns who is a member.
    """
    refusal = closed_to_applications(cpts) or application.refusal()
    if refusal:
        raise Refused(refusal)
    # Two applications at once: the second waits here, then finds the first.
    cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    email = User.objects.normalize(application.email)
    known = _known(cpts, email, by)
    if known:
        send_link(known, by=by)
        return known
    member = _fill(cpts, application, email=email, by=by)
    WORKFLOW.apply("apply", member, may=_own)
    member.save()
    for purpose in consents:
        Consent.objects.create(member=member, purpose=purpose, given_at=clock.now())
    _record("apply", member, "Nouvelle demande d’adhésion", by=by, before=MemberState.DRAFT)
    emails.send_to_member("member_applied", member, by=by)
    emails.tell_the_office(member, by=by)
    return member


@transaction.atomic
def approve(member: Member, *, by: User) -> Member:
    """The bureau welcomes a member; an account attached to the membership gets its role."""
    return _decide("approve", member, "Adhésion acceptée", by=by)


@transaction.atomic
def refuse(member: Member, *, reason: str, by: User) -> Member:
    """The bureau declines, and says why to the person."""
    if not reason.strip():
        raise Refused("Indiquez le motif du refus : il est envoyé à la personne.")
    return _decide("refuse", member, "Demande d’adhésion refusée", by=by, reason=reason.strip())


@transaction.atomic
def leave(member: Member, *, by: User, by_link: bool = False) -> Member:
    """The member (or applicant) goes. `by_link`: the follow-up link proved who asks."""
    member = _locked(member)
    before = member.state
    WORKFLOW.apply("leave", member, may=_owner(member, by, by_link))
    member.left_at = clock.now()
    member.is_main_cpts = False
    member.save()
    _revoke_all(member)
    if member.user:
        end_assignment(member.user, Role.MEMBER, cpts=member.cpts)
    sentence = "Départ d’un adhérent"
    if before == MemberState.APPLIED:
        sentence = "Demande d’adhésion retirée"
    _record("leave", member, sentence, by=by, before=before)
    emails.send_to_member("member_left", member, by=by)
    return member


@transaction.atomic
def set_consents(
    member: Member, purposes: Iterable[str], *, by: User, by_link: bool = False
) -> None:
    """Give what is newly ticked, take back what is not any more; the rows keep both dates."""
    member = _owned(member, by, by_link)
    if member.state not in OPEN_STATES:
        raise Refused("Cette adhésion est terminée : ses accords ont déjà été retirés.")
    wanted = set(purposes)
    given = {consent.purpose: consent for consent in member.consents.in_force()}
    for purpose in given.keys() - wanted:
        given[purpose].revoked_at = clock.now()
        given[purpose].save(update_fields=["revoked_at"])
    for purpose in Consent.Purpose.values:
        if purpose in wanted - given.keys():
            Consent.objects.create(member=member, purpose=purpose, given_at=clock.now())


@transaction.atomic
def confirm_email(member: Member) -> None:
    """Whoever holds the follow-up link reads the mail box: the address is proved, once.

    A button, not the opening of the link: the scanner of a mail server opens links too.
    """
    waiting = Member.objects.filter(pk=member.pk, email_confirmed_at=None)
    waiting.update(email_confirmed_at=clock.now())


@transaction.atomic
def attach(member: Member, *, by: User) -> Member:
    """Link the membership to the account of the person who holds its follow-up link."""
    member = _locked(member)
    if member.user_id == by.pk:
        return member
    if member.user_id is not None:
        raise Refused("Cette adhésion est déjà rattachée à un autre compte.")
    if not member.is_open:
        raise Refused("Cette adhésion est terminée : elle ne peut plus être rattachée.")
    mine = Member.objects.of_person(by).open()
    if mine.filter(cpts=member.cpts).exists():
        raise Refused("Votre compte a déjà une adhésion à cette CPTS.")
    member.user = by
    member.is_main_cpts = member.is_main_cpts and not mine.filter(is_main_cpts=True).exists()
    member.save()
    if member.state == MemberState.APPROVED:
        assign(by, Role.MEMBER, cpts=member.cpts)
    return member


@transaction.atomic
def choose_main(member: Member, *, by: User) -> Member:
    """A professional of several CPTS says which one is the main."""
    member = _owned(member, by)
    if not member.is_open:
        raise Refused("Cette adhésion est terminée : elle ne peut pas être la principale.")
    Member.objects.of_person(by).filter(is_main_cpts=True).update(is_main_cpts=False)
    member.is_main_cpts = True
    member.save(update_fields=["is_main_cpts"])
    return member


@transaction.atomic
def send_link(member: Member, *, by: User) -> None:
    """Send a new follow-up link, unless one has just left."""
    member = _locked(member)
    if member.link_sent_at and member.link_sent_at > clock.now() - RESEND_AFTER:
        return
    emails.send_to_member("member_link", member, by=by)


@transaction.atomic
def send_links(email: str, *, by: User) -> None:
    """« J’ai perdu mon lien »: one e-mail for each open membership of this address, or none."""
    for member in Member.objects.open().filter(email=User.objects.normalize(email)):
        send_link(member, by=by)


def _known(cpts: Cpts, email: str, by: User) -> Member | None:
    """The open membership of this address, or of the account that bears it."""
    same = Q(email=email) | Q(user=by) if by.email == email else Q(email=email)
    return Member.objects.open().filter(same, cpts=cpts).first()


def _fill(cpts: Cpts, application: Application, *, email: str, by: User) -> Member:
    # Somebody may fill the form for a colleague: only one's own address brings the account.
    user = by if by.email == email else None
    is_main = application.is_main_cpts
    if user and Member.objects.of_person(user).open().filter(is_main_cpts=True).exists():
        is_main = False
    return Member(
        cpts=cpts,
        user=user,
        email=email,
        # An account's own address was proved when the account was opened.
        email_confirmed_at=clock.now() if user else None,
        applied_at=clock.now(),
        statutes_accepted_at=clock.now(),
        is_main_cpts=is_main,
        **{name: getattr(application, name) for name in _COPIED},
    )


_COPIED = (
    "kind",
    "civility",
    "first_name",
    "last_name",
    "phone",
    "profession",
    "specialty",
    "rpps",
    "mode",
    "places",
    "mssante",
    "college",
    "structure_name",
    "structure_kind",
    "siret",
    "finess",
    "position",
    "interests",
)


def _decide(verb: str, member: Member, sentence: str, *, by: User, reason: str = "") -> Member:
    member = _locked(member)
    before = member.state
    WORKFLOW.apply(verb, member, may=may_on(by, member.cpts))
    member.decided_at = clock.now()
    member.decided_by = by
    member.decision_reason = reason
    member.save()
    if member.state == MemberState.APPROVED:
        if member.user:
            assign(member.user, Role.MEMBER, cpts=member.cpts)
        template = "member_approved"
    else:
        _revoke_all(member)
        template = "member_refused"
    _record(verb, member, sentence, by=by, before=before)
    emails.send_to_member(template, member, by=by)
    return member


def _locked(member: Member) -> Member:
    rows = Member.objects.select_for_update(of=("self",)).select_related("cpts", "user")
    found: Member = rows.get(pk=member.pk)
    return found


def _owned(member: Member, by: User, by_link: bool = False) -> Member:
    member = _locked(member)
    if not _owner(member, by, by_link)(Permission.MEMBERSHIP_OWN):
        raise NotAllowed("own")
    return member


def _own(permission: str) -> bool:
    """What a person may do with their own file, and nothing else."""
    return permission == Permission.MEMBERSHIP_OWN


def _owner(member: Member, by: User, by_link: bool) -> Callable[[str], bool]:
    is_owner = by_link or member.user_id == by.pk
    return lambda permission: is_owner and _own(permission)


def _revoke_all(member: Member) -> None:
    """Agreements end with the membership."""
    member.consents.in_force().update(revoked_at=clock.now())


def _record(verb: str, member: Member, sentence: str, *, by: User, before: str) -> None:
    """A decision is signed by its author; a member's own act by the portal, so that no name stays
    for ever in a journal that other parties read. The row of the member says who.
    """
    is_decision = verb in {"approve", "refuse"}
    journal.record(
        verb,
        member,
        by=by if is_decision else User.objects.portal(),
        dossier=member.cpts.reference,
        sentence=sentence,
        from_state="" if before == MemberState.DRAFT else before,
        to_state=member.state,
        role=quality_on(by, member.cpts) if is_decision else OWN_QUALITY,
    )
