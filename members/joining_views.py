"""Joining, by the professional who comes once: the forms, the follow-up link, one's memberships."""

import datetime as dt
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import SignedInRequest, public, signed_in
from accounts.models import User
from foundation import clock
from members import actions
from members.forms import (
    ApplicationForm,
    ConsentForm,
    LostLinkForm,
    OrganisationApplicationForm,
    PersonApplicationForm,
)
from members.models import Member
from members.opening import closed_to_applications
from members.querysets import MemberQuerySet
from records.idempotency import once
from territories.models import Cpts

METHODS = ["GET", "HEAD", "POST"]
# The link leaves the address bar at once, and with it logs and referrers (as in accounts.views).
LINK_KEY = "membership_link"
OPEN_FOR = dt.timedelta(hours=1)  # a shared computer must not keep it open for the day


@dataclass(frozen=True, slots=True)
class Door:
    """How somebody came to their membership, hence where its buttons lead."""

    consents_url: str
    leave_url: str
    attach_url: str = ""
    main_url: str = ""
    confirm_url: str = ""


@public
@require_safe
def apply(request: HttpRequest, slug: str) -> HttpResponse:
    """Person or organisation? The first question, or why this CPTS takes no application."""
    cpts = get_object_or_404(Cpts.objects.public(), slug=slug)
    context = {"cpts": cpts, "closed": closed_to_applications(cpts)}
    return render(request, "members/apply.html", context)


@public
@require_http_methods(METHODS)
@once
def apply_as_person(request: HttpRequest, slug: str) -> HttpResponse:
    """A professional applies."""
    return _apply(request, slug, PersonApplicationForm)


@public
@require_http_methods(METHODS)
@once
def apply_as_organisation(request: HttpRequest, slug: str) -> HttpResponse:
    """An organisation applies, by its representative."""
    return _apply(request, slug, OrganisationApplicationForm)


def _apply(request: HttpRequest, slug: str, form_class: type[ApplicationForm]) -> HttpResponse:
    cpts = get_object_or_404(Cpts.objects.public(), slug=slug)
    if closed_to_applications(cpts):
        return redirect("members:apply", cpts.slug)
    form = form_class(request.POST or None, initial=form_class.for_person(request.user))
    if form.is_valid() and form.run(
        lambda: actions.apply(
            cpts,
            form.application(),
            by=_author(request),
            consents=form.cleaned_data["consents"],
        )
    ):
        return redirect("members:applied", cpts.slug)
    return render(request, "members/apply_form.html", {"cpts": cpts, "form": form})


@public
@require_safe
def applied(request: HttpRequest, slug: str) -> HttpResponse:
    """What happens next; the same page whether the address was already known or not."""
    cpts = get_object_or_404(Cpts.objects.public(), slug=slug)
    return render(request, "members/applied.html", {"cpts": cpts})


@public
@require_http_methods(METHODS)
@once
def lost_link(request: HttpRequest) -> HttpResponse:
    """« J’ai perdu mon lien » : the same answer for every address."""
    form = LostLinkForm(request.POST or None)
    if form.is_valid():
        actions.send_links(form.cleaned_data["email"], by=_author(request))
        messages.success(
            request,
            "Si une adhésion est en cours avec cette adresse, un lien vient d’y être envoyé.",
        )
        return redirect("members:lost_link")
    return render(request, "members/lost_link.html", {"form": form})


@public
@require_safe
@never_cache
def status(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the membership aside for a while, and leave the address of the link; nothing changes."""
    member = Member.objects.with_link(token).first()
    if member is None:
        return render(request, "members/link_expired.html", status=404)
    until = clock.now() + OPEN_FOR
    request.session[LINK_KEY] = {"member": str(member.uuid), "until": until.isoformat()}
    return redirect("members:follow_up")


@public
@require_safe
@never_cache
def follow_up(request: HttpRequest) -> HttpResponse:
    """The membership whose link was opened: where it stands, agreements, leaving."""
    member = _by_link(request).for_its_page().first()
    if member is None:
        return render(request, "members/link_expired.html", status=404)
    door = Door(
        consents_url=reverse("members:follow_up_consents"),
        leave_url=reverse("members:follow_up_leave"),
        attach_url=reverse("members:attach"),
        confirm_url=reverse("members:confirm_email"),
    )
    return _show(request, member, door)


@public
@require_POST
@once
def confirm_email(request: HttpRequest) -> HttpResponse:
    """The holder of the link says that the address is theirs."""
    actions.confirm_email(get_object_or_404(_by_link(request)))
    messages.success(request, "Votre adresse est confirmée.")
    return redirect("members:follow_up")


@public
@require_POST
@once
def follow_up_consents(request: HttpRequest) -> HttpResponse:
    """Agreements changed through the follow-up link."""
    _set_consents(request, get_object_or_404(_by_link(request)), by_link=True)
    return redirect("members:follow_up")


@public
@require_POST
@once
def follow_up_leave(request: HttpRequest) -> HttpResponse:
    """Leaving through the follow-up link."""
    member = get_object_or_404(_by_link(request))
    left = actions.leave(member, by=_author(request), by_link=True)
    messages.success(request, f"Vous avez quitté la {left.cpts}. Un e-mail vous le confirme.")
    return redirect("members:follow_up")


@signed_in
@require_POST
@once
def attach(request: SignedInRequest) -> HttpResponse:
    """The holder of the link, signed in, finds the membership in their account from now on."""
    actions.attach(get_object_or_404(_by_link(request)), by=request.user)
    messages.success(request, "Cette adhésion est rattachée à votre compte.")
    return redirect("members:mine")


@signed_in
@require_safe
def mine(request: SignedInRequest) -> HttpResponse:
    """« Mes adhésions »."""
    memberships = Member.objects.visible_to(request.user).of_person(request.user).for_its_page()
    return render(request, "members/mine.html", {"memberships": memberships.newest_first()})


@signed_in
@require_safe
def membership(request: SignedInRequest, uuid: str) -> HttpResponse:
    """One of one's own memberships."""
    member = get_object_or_404(
        Member.objects.visible_to(request.user).of_person(request.user).for_its_page(), uuid=uuid
    )
    door = Door(
        consents_url=reverse("members:membership_consents", args=[uuid]),
        leave_url=reverse("members:membership_leave", args=[uuid]),
        main_url=reverse("members:choose_main", args=[uuid]),
    )
    return _show(request, member, door)


@signed_in
@require_POST
@once
def membership_consents(request: SignedInRequest, uuid: str) -> HttpResponse:
    """Agreements changed from one's account."""
    _set_consents(request, _own(request, uuid))
    return redirect("members:membership", uuid)


@signed_in
@require_POST
@once
def membership_leave(request: SignedInRequest, uuid: str) -> HttpResponse:
    """Leaving from one's account."""
    left = actions.leave(_own(request, uuid), by=request.user)
    messages.success(request, f"Vous avez quitté la {left.cpts}. Un e-mail vous le confirme.")
    return redirect("members:mine")


@signed_in
@require_POST
@once
def choose_main(request: SignedInRequest, uuid: str) -> HttpResponse:
    """Of several CPTS, the main one."""
    chosen = actions.choose_main(_own(request, uuid), by=request.user)
    messages.success(request, f"{chosen.cpts} est maintenant votre CPTS principale.")
    return redirect("members:membership", uuid)


def _own(request: SignedInRequest, uuid: str) -> Member:
    own = Member.objects.visible_to(request.user).of_person(request.user)
    found: Member = get_object_or_404(own, uuid=uuid)
    return found


def _by_link(request: HttpRequest) -> MemberQuerySet:
    """The membership whose link was opened in this browser less than an hour ago."""
    opened = request.session.get(LINK_KEY)
    if not opened or dt.datetime.fromisoformat(opened["until"]) < clock.now():
        return Member.objects.opened_by_link(None)
    return Member.objects.opened_by_link(opened["member"])


def _author(request: HttpRequest) -> User:
    return request.user if request.user.is_authenticated else User.objects.portal()


def _set_consents(request: HttpRequest, member: Member, *, by_link: bool = False) -> None:
    form = ConsentForm(request.POST)
    if form.is_valid():
        wanted = form.cleaned_data["consents"]
        actions.set_consents(member, wanted, by=_author(request), by_link=by_link)
        messages.success(request, "Vos accords sont enregistrés.")


def _show(request: HttpRequest, member: Member, door: Door) -> HttpResponse:
    consents = list(member.consents.newest_first())
    context = {
        "member": member,
        "cpts": member.cpts,
        "door": door,
        "consents": consents,
        "form": ConsentForm.showing(consents),
    }
    return render(request, "members/status.html", context)
