"""The clauses of the contracts, for the administrators: versions, new version, preview."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.factors.recently import ask_proof, recently_proven
from aci import actions
from aci.clauses.blocks import article_numbers, in_order
from aci.clauses.files import read_templates
from aci.clauses.rendering import RenderedBlock, rendered_blocks
from aci.clauses.sample import sample_content
from aci.clauses.texts import check_template
from aci.clauses.variables import KNOWN
from aci.models import ContractTemplate
from aci.template_forms import ContractTemplateForm
from foundation import clock
from records.idempotency import once


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def templates(request: SignedInRequest) -> HttpResponse:
    """Every version of the clauses, the one in force and those to come."""
    versions = list(ContractTemplate.objects.visible_to(request.user).with_names().newest_first())
    begun = [version for version in versions if version.effective_from <= clock.today()]
    in_force = max(begun, key=lambda item: (item.effective_from, item.version), default=None)
    context = {"versions": versions, "in_force": in_force}
    return render(request, "aci/templates.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def template(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """One version, as it prints on a contract that exists nowhere."""
    seen = ContractTemplate.objects.visible_to(request.user).with_names()
    found: ContractTemplate = get_object_or_404(seen, uuid=identifier)
    blocks = rendered_blocks(sample_content(found.as_blocks))
    return render(request, "aci/template.html", {"version": found, "blocks": blocks})


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def new_template(request: SignedInRequest) -> HttpResponse:
    """Write a new version; « apercu » prints it without saving anything."""
    newest = ContractTemplate.objects.visible_to(request.user).newest_first().first()
    source = newest.as_blocks if newest else read_templates()[0].blocks
    form = ContractTemplateForm(
        request.POST if request.method == "POST" else None,
        blocks=source,
        initial={
            "after": newest.version if newest else 0,
            "requires_annex": bool(newest and newest.requires_annex),
        },
    )
    preview: list[RenderedBlock] = []
    if form.is_valid():
        blocks = in_order(form.blocks)
        if "apercu" in request.POST:
            if form.run(lambda: check_template(blocks)):
                preview = rendered_blocks(sample_content(blocks))
        elif recently_proven(request) is None:
            return ask_proof(request)
        elif form.run(
            lambda: actions.add_template(
                blocks,
                effective_from=form.cleaned_data["effective_from"],
                after=form.cleaned_data["after"],
                requires_annex=form.cleaned_data["requires_annex"],
                by=request.user,
            )
        ):
            messages.success(request, "La nouvelle version du contrat type est enregistrée.")
            return redirect("aci:templates")
    numbers = dict.fromkeys(article_numbers(source), "Numéro de cet article ou de cette annexe")
    known = {**KNOWN, **numbers}
    context = {
        "form": form,
        "newest": newest,
        "preview": preview,
        "variables": [(f"{{{{ {name} }}}}", label) for name, label in known.items()],
    }
    return render(request, "aci/new_template.html", context)
