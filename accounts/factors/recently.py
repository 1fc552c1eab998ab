"""Before an act that binds: « has this person proven their identity in this session just now? »

In a view that first checks who may come: `proof = recently_proven(request)`, and when there is
none `return ask_proof(request)`. Where nothing is to be checked first: `@proven_recently`.
The act itself takes the proof and calls `ensure_recent`.

A form that was sent is not lost by the detour: the browser sends it again (307) to the page that
asks for a code, which keeps its fields hidden and sends them on the same way. A file is chosen
again. Such a form names no field `code`, `password` nor `next`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import SignedInRequest
from accounts.factors.models import FactorProof
from accounts.sessions import SIGN_IN_KEY

PROOF_KEY = "factor_proof"
AGAIN = "suite"  # hidden in the page that asks for a code: a form waits behind it
OWN_FIELDS = {"code", "password", "next", AGAIN, "csrfmiddlewaretoken"}


def recently_proven(request: SignedInRequest) -> FactorProof | None:
    """The proof given in this very session, if it still serves."""
    known = request.session.get(PROOF_KEY)
    if known is None:
        return None
    return FactorProof.objects.recent().filter(pk=known, user=request.user).first()


def ask_proof(request: SignedInRequest) -> HttpResponse:
    """To the page that asks for a code, which then comes back here."""
    page = reverse("accounts:prove_identity")
    return go_on(request, f"{page}?{urlencode({'next': request.get_full_path()})}")


def go_on(request: HttpRequest, address: str) -> HttpResponse:
    """There, with the form that was sent, if there was one."""
    if request.method == "POST" and (AGAIN in request.POST or "code" not in request.POST):
        return HttpResponseRedirect(address, status=307)
    return redirect(address)


def kept_fields(request: HttpRequest) -> list[tuple[str, str]]:
    """What a form that waits behind the page had sent, to be sent on."""
    if request.method != "POST" or ("code" in request.POST and AGAIN not in request.POST):
        return []
    kept = [
        (name, value)
        for name, values in request.POST.lists()
        if name not in OWN_FIELDS
        for value in values
    ]
    return [(AGAIN, "1"), *kept]


def proven_recently(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view is reached only with a recent proof, given to it as `request.proof`."""

    @wraps(view)
    def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        proof = recently_proven(request)
        if proof is None:
            return ask_proof(request)
        request.proof = proof
        return view(request, *args, **kwargs)

    return guarded


def remember(request: SignedInRequest, proof: FactorProof) -> None:
    """This session holds the proof; another session of the same person does not."""
    request.session[PROOF_KEY] = proof.pk


def sign_in_of(request: SignedInRequest) -> dict[str, Any]:
    """How this session was opened, for the evidence."""
    return dict(request.session.get(SIGN_IN_KEY) or {})
