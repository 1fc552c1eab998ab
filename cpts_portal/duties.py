"""What waits for one person on each dossier: one query for all the apps, then sentences.

The rules stay where they are: each app says by a named queryset whom its rows wait for; here they
become columns of the dossiers, and each column becomes a line of « À faire ».
"""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields import (
    BooleanField,
    CharField,
    DateField,
    DateTimeField,
    IntegerField,
    UUIDField,
)
from django.db.models.functions import Coalesce
from django.urls import reverse

from accounts.access import Permission
from accounts.models import User
from aci.models import (
    Contract,
    ContractRegistration,
    PaperScan,
    PaymentOrder,
    ReshapingPart,
    Termination,
)
from foundation import clock
from foundation.numbers import NBSP
from members.models import Member
from projects.models import Filing, OpinionRequest
from projects.workflow import Kind, State
from territories.models import Baton, Cpts, Stage
from territories.querysets import CptsQuerySet
from territories.scopes import permissions_on
from territories.turns import awaited, batons_of

NEAR = 12  # deadlines told on the desk
SHOWN = 60  # more would not be read: the list of dossiers has filters
READS = (Permission.DOSSIER_SEE, Permission.SHARED_SEE)
_KINDS = {Kind.LETTER: "la lettre d’intention", Kind.PROJECT: "le projet de santé"}
_FILING_ROUTES = {Kind.LETTER: "projects:letter", Kind.PROJECT: "projects:health_project"}


@dataclass(frozen=True, slots=True)
class Duty:
    """One line of « À faire »: the act, what it is about, the page, since when, until when."""

    label: str
    about: str
    url: str
    since: dt.date
    deadline: dt.date | None = None
    deadline_label: str = ""

    @property
    def is_late(self) -> bool:
        return self.deadline is not None and self.deadline < clock.today()


def with_duties(user: User) -> CptsQuerySet:
    """The dossiers this person reads, each with what waits there for this very person."""
    found: CptsQuerySet = (
        Cpts.objects.visible_to(user, *READS)
        .with_header()
        .with_bearers()
        .annotate(
            **_filing_columns(user),
            **_contract_columns(user),
            **_payment_columns(user),
            **_member_columns(user),
        )
    )
    return found


def desk_of(user: User) -> CptsQuerySet:
    """What waits, the longest wait first; one's own CPTS; and the nearest deadlines (`is_near`).

    Deadlines are those of the dossiers that this person lists, whosever turn it is.
    """
    own = [item.cpts_id for item in user.current_assignments if item.cpts_id is not None]
    mine = batons_of(user.roles) & {Baton.HOLDER, Baton.CPAM}
    awaited_here = (
        Q(pk__in=own)
        | Q(baton__in=mine)
        | Q(review_kind__isnull=False, baton=Baton.ARS)
        | Q(opinion_kind__isnull=False)
        | Q(to_accept=True)
        | Q(to_sign=True)
        | Q(orders_to_approve__gt=0)
        | Q(termination_duty__gt="")
        | Q(to_confirm_since__isnull=False)
        | Q(reshaping__isnull=False)
        | Q(scan_to_confirm__isnull=False)
        | Q(applications__gt=0)
        | Q(unread_count__gt=0)  # nothing to do there, but something to read
    )
    near = _nearest_deadlines(user)
    is_near = Case(When(pk__in=near, then=Value(True)), default=Value(False))
    rows = with_duties(user).annotate(is_near=is_near).filter(awaited_here | Q(pk__in=near))
    found: CptsQuerySet = rows.order_by("-is_near", "baton_since", "pk")[: SHOWN + NEAR]
    return found


def _nearest_deadlines(user: User) -> Any:
    """The keys of the dossiers of this person's territory whose deadline comes next."""
    if Permission.DOSSIER_LIST not in user.permissions:
        return []
    listed = Cpts.objects.visible_to(user, Permission.DOSSIER_LIST)
    coming = listed.filter(next_deadline__gte=clock.today())
    return coming.order_by("next_deadline", "pk").values("pk")[:NEAR]


def duties_on(cpts: Any, user: User) -> list[Duty]:
    """The lines of one dossier read by `with_duties`."""
    found = [
        _to_write(cpts, user),
        _to_review(cpts),
        _to_give_opinion(cpts),
        _to_prepare_contract(cpts, user),
        _to_accept(cpts),
        _to_sign(cpts),
        _to_approve_orders(cpts),
        _to_end(cpts),
        _to_confirm(cpts),
        _to_reshape(cpts),
        _to_confirm_scan(cpts),
        _to_decide_members(cpts),
    ]
    return [duty for duty in found if duty]


def _filing_columns(user: User) -> dict[str, Any]:
    review = Filing.objects.to_review_by(user).filter(cpts=OuterRef("pk")).order_by("submitted_at")
    columns: dict[str, Any] = {
        "review_kind": _nothing(CharField()),
        "review_state": _nothing(CharField()),
        "opinion_kind": _nothing(CharField()),
        "opinion_since": _nothing(DateTimeField()),
        "opinion_due_on": _nothing(DateField()),
    }
    if user.permissions & {Permission.FILING_COMPLETE, Permission.FILING_DECIDE}:
        columns["review_kind"] = Subquery(review.values("kind")[:1])
        columns["review_state"] = Subquery(review.values("state")[:1])
    if Permission.OPINION_GIVE in user.permissions:
        asked = OpinionRequest.objects.awaiting(user).filter(filing__cpts=OuterRef("pk"))
        first = asked.order_by("due_on", "pk")
        columns["opinion_kind"] = Subquery(first.values("filing__kind")[:1])
        columns["opinion_since"] = Subquery(first.values("invited_at")[:1])
        columns["opinion_due_on"] = Subquery(first.values("due_on")[:1])
    return columns


def _contract_columns(user: User) -> dict[str, Any]:
    here = {"cpts": OuterRef("pk")}
    accepts = {
        Permission.CONTRACT_ACCEPT_CPTS,
        Permission.CONTRACT_ACCEPT_CPAM,
        Permission.CONTRACT_ACCEPT_ARS,
    }
    signs = {
        Permission.CONTRACT_SIGN_CPTS,
        Permission.CONTRACT_SIGN_CPAM,
        Permission.CONTRACT_SIGN_ARS,
    }
    never = Value(False, output_field=BooleanField())
    columns: dict[str, Any] = {"to_accept": never, "to_sign": never, "has_open_contract": never}
    columns |= {
        "termination_duty": _nothing(CharField()),
        "termination_since": _nothing(DateTimeField()),
        "termination_due_on": _nothing(DateField()),
        "to_confirm_since": _nothing(DateTimeField()),
        "reshaping": _nothing(UUIDField()),
        "scan_to_confirm": _nothing(UUIDField()),
        "scan_uploaded_at": _nothing(DateTimeField()),
    }
    if user.permissions & (signs | {Permission.RESHAPING_DRAFT}):
        waiting = ReshapingPart.objects.awaiting(user).filter(**here)
        columns["reshaping"] = Subquery(waiting.values("reshaping__uuid")[:1])
        columns["reshaping_since"] = Subquery(waiting.values("reshaping__drafted_at")[:1])
    if user.permissions & accepts:
        paper = ContractRegistration.objects.to_confirm_by(user).filter(**here)
        columns["to_confirm_since"] = Subquery(paper.values("registered_at")[:1])
        scans = PaperScan.objects.to_confirm_by(user).order_by("uploaded_at")
        here_too = scans.filter(paper__document__contract__cpts=OuterRef("pk"))
        columns["scan_to_confirm"] = Subquery(here_too.values("uuid")[:1])
        columns["scan_uploaded_at"] = Subquery(here_too.values("uploaded_at")[:1])
    if user.permissions & (accepts | signs):
        ending = Termination.objects.with_duty_of(user).filter(contract__cpts=OuterRef("pk"))
        columns["termination_duty"] = Subquery(ending.values("duty")[:1])
        columns["termination_since"] = Subquery(ending.values("asked_at")[:1])
        columns["termination_due_on"] = Subquery(ending.values("observations_until")[:1])
    if user.permissions & accepts:
        columns["to_accept"] = Exists(
            Contract.agreements.awaiting_acceptance_of(user).filter(**here)
        )
    if user.permissions & signs:
        columns["to_sign"] = Exists(Contract.agreements.to_sign_by(user).filter(**here))
    if Permission.CONTRACT_DRAFT in user.permissions:
        columns["has_open_contract"] = Exists(Contract.agreements.open().filter(**here))
    return columns


def _payment_columns(user: User) -> dict[str, Any]:
    if Permission.PAYMENT_APPROVE not in user.permissions:
        return {
            "orders_to_approve": Value(0, output_field=IntegerField()),
            "orders_since": _nothing(DateTimeField()),
            "first_order": _nothing(UUIDField()),
        }
    waiting = PaymentOrder.objects.to_approve_by(user).filter(contract__cpts=OuterRef("pk"))
    by_cpts = waiting.order_by().values("contract__cpts")
    first = waiting.order_by("prepared_at", "pk")
    return {
        "orders_to_approve": Coalesce(
            Subquery(by_cpts.annotate(count=Count("pk")).values("count")), Value(0)
        ),
        "orders_since": Subquery(first.values("prepared_at")[:1]),
        "first_order": Subquery(first.values("public_id")[:1]),
    }


def _member_columns(user: User) -> dict[str, Any]:
    if Permission.MEMBER_APPROVE not in user.permissions:
        return {
            "applications": Value(0, output_field=IntegerField()),
            "applied_since": _nothing(DateTimeField()),
        }
    waiting: QuerySet[Member] = Member.objects.to_decide_by(user).filter(cpts=OuterRef("pk"))
    by_cpts = waiting.order_by().values("cpts")
    return {
        "applications": Coalesce(
            Subquery(by_cpts.annotate(count=Count("pk")).values("count")), Value(0)
        ),
        "applied_since": Subquery(by_cpts.annotate(first=Min("applied_at")).values("first")),
    }


def _nothing(field: Any) -> Value:
    return Value(None, output_field=field)


def _to_write(cpts: Cpts, user: User) -> Duty | None:
    writes = Permission.FILING_WRITE in permissions_on(user, cpts)
    if cpts.baton != Baton.HOLDER or not writes or cpts.stage == Stage.CONTRACTED:
        return None
    is_project = cpts.stage in {"project", "project_filed"}
    route = _FILING_ROUTES[Kind.PROJECT if is_project else Kind.LETTER]
    return _in_turn(awaited(cpts), cpts, route)


def _to_review(cpts: Any) -> Duty | None:
    if not cpts.review_kind or cpts.baton != Baton.ARS:
        return None
    kind = Kind(cpts.review_kind)
    if cpts.review_state == State.SUBMITTED:
        label = (
            f"Vérifier que {_KINDS[kind]} est {'complète' if kind == Kind.LETTER else 'complet'}"
        )
    else:
        label = f"Décider sur {_KINDS[kind]}"
    return _in_turn(label, cpts, _FILING_ROUTES[kind])


def _to_give_opinion(cpts: Any) -> Duty | None:
    if not cpts.opinion_kind:
        return None
    kind = Kind(cpts.opinion_kind)
    return Duty(
        f"Donner votre avis sur {_KINDS[kind]}",
        cpts.name,
        reverse("projects:opinions", args=[cpts.reference]),
        _day(cpts.opinion_since),
        cpts.opinion_due_on,
        "Avis attendu",
    )


def _to_prepare_contract(cpts: Any, user: User) -> Duty | None:
    drafts = Permission.CONTRACT_DRAFT in permissions_on(user, cpts)
    if cpts.baton != Baton.CPAM or not drafts:
        return None
    label = "Contrat ACI à figer ou à reprendre" if cpts.has_open_contract else awaited(cpts)
    return _in_turn(label, cpts, "aci:contract")


def _to_accept(cpts: Any) -> Duty | None:
    if not cpts.to_accept:
        return None
    return _in_turn("Accepter les termes du contrat ACI", cpts, "aci:contract")


def _to_sign(cpts: Any) -> Duty | None:
    return _in_turn("Signer le contrat ACI", cpts, "aci:contract") if cpts.to_sign else None


def _to_approve_orders(cpts: Any) -> Duty | None:
    if not cpts.orders_to_approve:
        return None
    count = cpts.orders_to_approve
    what = "un ordre" if count == 1 else f"{count}{NBSP}ordres"
    url = reverse("aci:payment_order", args=[cpts.reference, cpts.first_order])
    return Duty(f"Approuver {what} de paiement", cpts.name, url, _day(cpts.orders_since))


_ENDING = {
    "agree_notice": "Donner votre accord, ou non, pour résilier le contrat ACI",
    "observe": "Écrire vos observations sur la résiliation du contrat ACI",
    "decide": "Décider sur la résiliation du contrat ACI",
    "agree_decision": "Donner votre accord, ou non, sur la décision de résiliation",
}


def _to_end(cpts: Any) -> Duty | None:
    if not cpts.termination_duty:
        return None
    is_heard = cpts.termination_duty == "observe"
    return Duty(
        _ENDING[cpts.termination_duty],
        cpts.name,
        reverse("aci:termination", args=[cpts.reference]),
        _day(cpts.termination_since),
        cpts.termination_due_on if is_heard else None,
        "Fin des observations" if is_heard else "",
    )


def _to_reshape(cpts: Any) -> Duty | None:
    if not cpts.reshaping:
        return None
    url = reverse("aci:reshaping", args=[cpts.reshaping])
    return Duty("Examiner une fusion ou une scission", cpts.name, url, _day(cpts.reshaping_since))


def _to_confirm(cpts: Any) -> Duty | None:
    if not cpts.to_confirm_since:
        return None
    url = reverse("aci:registration", args=[cpts.reference])
    label = "Confirmer un contrat signé hors du portail"
    return Duty(label, cpts.name, url, _day(cpts.to_confirm_since))


def _to_confirm_scan(cpts: Any) -> Duty | None:
    if not cpts.scan_to_confirm:
        return None
    url = reverse("aci:paper_scan", args=[cpts.reference, cpts.scan_to_confirm])
    label = "Confirmer des signatures sur papier"
    return Duty(label, cpts.name, url, _day(cpts.scan_uploaded_at))


def _to_decide_members(cpts: Any) -> Duty | None:
    if not cpts.applications:
        return None
    count = cpts.applications
    what = "une demande" if count == 1 else f"{count}{NBSP}demandes"
    url = reverse("members:members", args=[cpts.reference])
    return Duty(f"Décider de {what} d’adhésion", cpts.name, url, _day(cpts.applied_since))


def _in_turn(label: str, cpts: Cpts, route: str) -> Duty:
    return Duty(
        label,
        cpts.name,
        reverse(route, args=[cpts.reference]),
        _day(cpts.baton_since),
        cpts.next_deadline,
        cpts.next_deadline_label,
    )


def _day(moment: dt.datetime) -> dt.date:
    return moment.astimezone(clock.PARIS).date()
