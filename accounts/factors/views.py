"""« Mon compte »: enrol a second factor, prove one's identity, keep recovery codes."""

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import demonstration
from accounts.access import SignedInRequest, signed_in
from accounts.factors import actions, secrets
from accounts.factors.forms import EnrolForm, ProofForm
from accounts.factors.models import SecondFactor
from accounts.factors.recently import (
    ask_proof,
    go_on,
    kept_fields,
    proven_recently,
    recently_proven,
    remember,
    sign_in_of,
)
from accounts.views import destination_of
from foundation import clock, qr_code
from foundation.rate_limit import too_many
from foundation.refusal import Refused

PENDING_KEY = "pending_factor"
PASSWORDS_PER_HOUR = 10


@signed_in
@require_safe
def second_factor(request: SignedInRequest) -> HttpResponse:
    """Whether there is one, since when, how many recovery codes are left."""
    factor = _factor_of(request)
    left = factor.recovery_codes.filter(used_at=None).count() if factor else 0
    context = {"factor": factor, "codes_left": left}
    return render(request, "accounts/second_factor.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("password", "code")
def enrol(request: SignedInRequest) -> HttpResponse:
    """Show the secret to the telephone, then ask for its first code."""
    factor = _factor_of(request)
    if factor and recently_proven(request) is None:
        return ask_proof(request)
    secret = _pending_secret(request)
    is_answer = "code" in request.POST  # else a form that waits behind this page
    form = EnrolForm(
        request.user,
        request.POST if is_answer else None,
        asks_password=factor is None and request.user.has_usable_password(),
    )
    if is_answer and _too_many_passwords(request):
        raise Refused(actions.LOCKED)
    done: list[actions.Proven] = []
    if form.is_valid() and form.run(lambda: done.append(_enrol(request, form, secret))):
        proof, codes = done[0]
        remember(request, proof)
        del request.session[PENDING_KEY]
        return _recovery_codes(request, codes, destination_of(request))
    context = {
        "form": form,
        "next": destination_of(request),
        "kept": kept_fields(request),
        "factor": factor,
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "drawing": qr_code.drawing(
            actions.address_of(secret, request.user), border=4, light="#ffffff"
        ),
        "shown_code": actions.code_now(secret) if _is_invented(request) else "",
        "shown_password": settings.DEMONSTRATION_PASSWORD if "password" in form.fields else "",
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/enrol_second_factor.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters("code")
def prove_identity(request: SignedInRequest) -> HttpResponse:
    """Ask for a code, then go where the person was going."""
    destination = destination_of(request)
    factor = _factor_of(request)
    if factor is None:
        page = reverse("accounts:enrol_second_factor")
        return go_on(request, f"{page}?{urlencode({'next': destination})}")
    is_answer = "code" in request.POST
    form = ProofForm(request.POST if is_answer else None)
    proven = not is_answer and recently_proven(request) is not None
    if proven or (form.is_valid() and form.run(lambda: _prove(request, form))):
        return go_on(request, destination) if destination else redirect("accounts:second_factor")
    context = {
        "form": form,
        "next": destination,
        "kept": kept_fields(request),
        "shown_code": factor.codes.at(clock.now()) if _is_invented(request) else "",
        "shown_password": "",
    }
    status = 422 if form.errors else 200
    return render(request, "accounts/prove_identity.html", context, status=status)


@signed_in
@require_POST
@proven_recently
def renew_recovery_codes(request: SignedInRequest) -> HttpResponse:
    """New codes to print, shown once."""
    codes = actions.renew_recovery_codes(proof=recently_proven(request), by=request.user)
    return _recovery_codes(request, codes, "")


def _enrol(request: SignedInRequest, form: EnrolForm, secret: str) -> actions.Proven:
    return actions.enrol(
        secret=secret,
        code=form.cleaned_data["code"],
        sign_in=sign_in_of(request),
        by=request.user,
    )


def _prove(request: SignedInRequest, form: ProofForm) -> None:
    proof = actions.prove(
        code=form.cleaned_data["code"], sign_in=sign_in_of(request), by=request.user
    )
    remember(request, proof)


def _recovery_codes(request: SignedInRequest, codes: list[str], destination: str) -> HttpResponse:
    """Shown in answer to the act itself: no address gives them a second time."""
    context = {"codes": codes, "next": destination, "kept": kept_fields(request)}
    return render(request, "accounts/recovery_codes.html", context)


def _pending_secret(request: SignedInRequest) -> str:
    """The same secret while the person reads, scans and types; it lives in the session only."""
    if PENDING_KEY not in request.session:
        request.session[PENDING_KEY] = secrets.seal(actions.new_secret())
    return secrets.unseal(request.session[PENDING_KEY])


def _factor_of(request: SignedInRequest) -> SecondFactor | None:
    return SecondFactor.objects.visible_to(request.user).first()


def _is_invented(request: SignedInRequest) -> bool:
    """The code is shown on the page to the people of the demonstration, and to nobody else."""
    invented = {person.email for person in demonstration.people()}
    return settings.DEMONSTRATION and request.user.email in invented


def _too_many_passwords(request: SignedInRequest) -> bool:
    who = str(request.user.pk)
    return too_many("enrol", who, limit=PASSWORDS_PER_HOUR, seconds=3600)
