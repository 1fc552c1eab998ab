"""Sign in and out, open an account, choose a password, one's own account."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import actions, demonstration
from accounts.access import SignedInRequest, public, signed_in
from accounts.forms import (
    AskPasswordForm,
    ChangePasswordForm,
    ChoosePasswordForm,
    NotificationsForm,
    OpenAccountForm,
    SignInForm,
)
from accounts.models import EmailProof, NotificationChoice, Session, User
from accounts.sessions import SIGN_IN_KEY, describe_sign_in

BACKEND = "territories.backends.SeatedBackend"
LINK_KEY = (
    "followed_link"  # the link leaves the address bar at once, and with it logs and referrers
)


@public
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """E-mail and password; in the demonstration, also one button per invented person."""
    destination = destination_of(request)
    if request.user.is_authenticated and not settings.DEMONSTRATION:
        return redirect(destination or settings.LOGIN_REDIRECT_URL)
    is_post = request.method == "POST"
    form = SignInForm(request, data=request.POST if is_post else None)
    if is_post and form.is_valid():
        _open_session(request, form.get_user())
        return redirect(destination or settings.LOGIN_REDIRECT_URL)
    context = {
        "form": form,
        "next": destination,
        "parties": demonstration.parties(),
        "demonstration_password": settings.DEMONSTRATION_PASSWORD,
    }
    return render(request, "accounts/sign_in.html", context)


def sign_in_locked(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Too many tries for one address from one place (called by django-axes, not a route)."""
    minutes = round(settings.AXES_COOLOFF_TIME * 60)
    answer = render(request, "accounts/sign_in_locked.html", {"minutes": minutes}, status=429)
    answer["Retry-After"] = str(minutes * 60)
    return answer


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    logout(request)
    messages.success(request, "Vous êtes déconnecté.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def open_account(request: HttpRequest) -> HttpResponse:
    """Ask for an account; the answer never tells whether the address has one."""
    form = OpenAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.ask_account(**form.cleaned_data)
        return redirect("accounts:link_sent")
    return render(request, "accounts/open_account.html", {"form": form})


@public
@require_http_methods(["GET", "HEAD", "POST"])
def ask_password(request: HttpRequest) -> HttpResponse:
    """Ask for a new password."""
    form = AskPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.ask_password(**form.cleaned_data)
        return redirect("accounts:link_sent")
    return render(request, "accounts/ask_password.html", {"form": form})


@public
@require_safe
def link_sent(request: HttpRequest) -> HttpResponse:
    """What happens next, the same for everybody."""
    return render(request, "accounts/link_sent.html")


@public
@require_safe
def follow_link(request: HttpRequest, token: str) -> HttpResponse:
    """Keep the token aside and leave its address; a mail scanner that comes here uses nothing."""
    request.session[LINK_KEY] = token
    return redirect("accounts:choose_password")


@public
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("new_password1", "new_password2")
def choose_password(request: HttpRequest) -> HttpResponse:
    """Choose a password, then be signed in."""
    token = request.session.get(LINK_KEY, "")
    proof = EmailProof.objects.usable(token).first()
    if proof is None:
        return render(request, "accounts/link_over.html")
    form = ChoosePasswordForm(
        actions.bearer_of(proof), request.POST if request.method == "POST" else None
    )
    if form.is_valid() and form.run(lambda: _choose(request, token, form)):
        messages.success(request, "Votre mot de passe est enregistré. Vous êtes connecté.")
        return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/choose_password.html", {"form": form, "proof": proof})


@signed_in
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    """Who I am here: my roles, my scopes, my open sessions."""
    sessions = Session.listed.visible_to(request.user)
    return render(request, "accounts/account.html", {"sessions": sessions})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("old_password", "new_password1", "new_password2")
def change_password(request: SignedInRequest) -> HttpResponse:
    """A new password against the old one; the other sessions end."""
    form = ChangePasswordForm(request.user, request.POST if request.method == "POST" else None)
    if form.is_valid():
        actions.change_password(request.user, password=form.cleaned_data["new_password1"])
        _open_session(request, request.user)
        messages.success(request, "Votre nouveau mot de passe est enregistré.")
        return redirect("accounts:account")
    return render(request, "accounts/change_password.html", {"form": form})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notifications(request: SignedInRequest) -> HttpResponse:
    """Which e-mails this person wants: at once, once a day, or never."""
    is_post = request.method == "POST"
    form = NotificationsForm(
        request.POST if is_post else None,
        initial=NotificationChoice.objects.paces_of(request.user),
    )
    if form.is_valid() and form.run(
        lambda: actions.choose_paces(paces=form.cleaned_data, by=request.user)
    ):
        messages.success(request, "Vos préférences sont enregistrées.")
        return redirect("accounts:notifications")
    status = 422 if form.errors else 200
    return render(request, "accounts/notifications.html", {"form": form}, status=status)


@signed_in
@require_POST
def end_session(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Sign out another of one's browsers."""
    actions.end_session(request.user, public_id=public_id)
    messages.success(request, "La session est fermée.")
    return redirect("accounts:account")


def _choose(request: HttpRequest, token: str, form: ChoosePasswordForm) -> None:
    user = actions.choose_password(token=token, password=form.cleaned_data["new_password1"])
    _open_session(request, user)


def _open_session(request: HttpRequest, user: User) -> None:
    """Always a new session, with nothing of the one before: not even a link half followed."""
    request.session.flush()
    login(request, user, backend=BACKEND)
    request.session[SIGN_IN_KEY] = describe_sign_in(request.headers.get("User-Agent", ""))


def destination_of(request: HttpRequest) -> str:
    """Where the person was going, when it is a page of this very site."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else ""
