"""The articles of a contract as an amendment writes them: read, write in other words."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.amended_articles import amended_articles_page
from aci.article_forms import WordingForm
from aci.clauses.texts import blocks_of
from aci.contract_pages import shown_cpts
from aci.models import Amendment
from aci.workflow import WORKFLOW
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.scopes import may_on


@needs(Permission.DOSSIER_SEE)
@require_safe
def amended_articles(request: SignedInRequest, reference: str, amendment: str) -> HttpResponse:
    """Every article, with what the amendment changes in it."""
    found = _amendment(request, reference, amendment)
    page = amended_articles_page(found, request.user)
    context = {"page": page, "contract": found, "cpts": shown_cpts(found), "tab": "contract"}
    return render(request, "aci/amended_articles.html", context)


@needs(Permission.CONTRACT_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_amended_article(
    request: SignedInRequest, reference: str, amendment: str, key: str
) -> HttpResponse:
    """Write one article in other words, from the day of effect on."""
    found = _amendment(request, reference, amendment)
    transition = WORKFLOW.by_name["change_terms"]
    if not may_on(request.user, found.cpts)(transition.permission):
        raise NotAllowed("change_amended_article")
    block = next((block for block in blocks_of(found) if block.key == key), None)
    if block is None or found.amended.health_project_id is None:
        raise Http404
    refusal = WORKFLOW.refusal(transition, found)
    if refusal and request.method == "GET":
        raise Refused(refusal)
    form = WordingForm(
        request.POST or None, initial={"version": found.terms_version, "body": block.body}
    )
    if form.is_valid() and form.run(
        lambda: actions.change_amended_article(found, key=key, by=request.user, **form.cleaned_data)
    ):
        messages.success(
            request, f"« {block.title} » : la nouvelle version de l’avenant est enregistrée."
        )
        return redirect("aci:amended_articles", reference, amendment)
    context = {"article": block, "contract": found, "cpts": shown_cpts(found), "tab": "contract"}
    return render(request, "aci/change_amended_article.html", {**context, "form": form})


def _amendment(request: SignedInRequest, reference: str, named: str) -> Amendment:
    found: Amendment = get_object_or_404(
        Amendment.objects.visible_to(request.user).of_dossier(reference).with_page(),
        reference=named,
    )
    return found
