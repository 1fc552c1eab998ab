"""Before an act that binds: « has this person proven their identity in this session just now? »

In a view that first checks who may come: `proof = recently_proven(request)`, and when there is
none `return ask_proof(request)`. Where nothing is to be checked first: `@proven_recently`.
The act itself takes the proof and calls `ensure_recent`.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from accounts.access import SignedInRequest
from accounts.factors.models import FactorProof
from accounts.sessions import SIGN_IN_KEY

PROOF_KEY = "factor_proof"


def recently_proven(request: SignedInRequest) -> FactorProof | None:
    """The proof given in this very session, if it still serves."""
    known = request.session.get(PROOF_KEY)
    if known is None:
        return None
    return FactorProof.objects.recent().filter(pk=known, user=request.user).first()


def ask_proof(request: SignedInRequest) -> HttpResponse:
    """To the page that asks for a code, which then comes back here."""
    wanted = request.get_full_path() if request.method in ("GET", "HEAD") else request.path
    return redirect(f"{reverse('accounts:prove_identity')}?{urlencode({'next': wanted})}")


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
