"""« /verifier/ »: anybody asks whether a PDF is the contract on record. Nothing is kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.access import public
from aci import verification
from aci.seals.fingerprint import MAX_SIZE, FingerprintHandler
from aci.verification import Verdict
from foundation.rate_limit import too_many

PER_MINUTE = 20
TOO_MANY = "Trop de vérifications à la suite : réessayez dans une minute."
TOO_BIG = f"Ce fichier dépasse {MAX_SIZE // (1024 * 1024)} Mo : ce n’est pas un contrat du portail."
NO_FILE = "Choisissez le fichier PDF à vérifier."
NOT_A_PDF = "Ce fichier n’est pas un PDF : ce n’est pas un contrat du portail."


# The file goes by a handler of ours, set before anything reads the form: hence the check of the
# form's origin one step later than usual.
@public
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest, code: str = "") -> HttpResponse:
    """The form, and under it what the file or the code is worth."""
    if code or request.method == "POST":
        address = request.META.get("REMOTE_ADDR", "")
        if too_many("verify", address, limit=PER_MINUTE, seconds=60):
            answer = _page(request, code, error=TOO_MANY, status=429)
            answer["Retry-After"] = "60"
            return answer
    handler = FingerprintHandler(request)
    request.upload_handlers = [handler]
    return _answer(request, code, handler)


@csrf_protect
def _answer(request: HttpRequest, code: str, handler: FingerprintHandler) -> HttpResponse:
    about = verification.of_code(code) if code else None
    if about and about.is_unknown_code:
        return _page(request, code, about=about, status=404)
    if request.method != "POST":
        return _page(request, code, about=about)
    uploaded = request.FILES.get("fichier")
    if uploaded is None:
        error = TOO_BIG if handler.too_big else NO_FILE
        return _page(request, code, about=about, error=error, status=422)
    if not uploaded.is_pdf:  # type: ignore[attr-defined]
        return _page(request, code, about=about, error=NOT_A_PDF, status=422)
    verdict = verification.of_file(uploaded.sha256, code)  # type: ignore[attr-defined]
    return _page(request, code, about=about, verdict=verdict)


def _page(
    request: HttpRequest,
    code: str,
    *,
    about: Verdict | None = None,
    verdict: Verdict | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {"code": code, "about": about, "verdict": verdict, "error": error}
    answer = render(request, "aci/verify.html", context, status=status)
    # The address is the secret of whoever holds the page: no search engine, no cache.
    answer["X-Robots-Tag"] = "noindex"
    answer["Cache-Control"] = "no-store"
    return answer
