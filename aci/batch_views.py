"""The documents of the contracts of a région in one archive, with one progress."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.batch_forms import BatchForm
from aci.models import Contract, ContractBatch
from foundation.htmx import STOP_POLLING, is_part
from records.files import download
from records.idempotency import once


@needs(Permission.DOSSIER_LIST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def gather_contracts(request: SignedInRequest) -> HttpResponse:
    """Choose the contracts, and find again the archives already asked for."""
    form = BatchForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        contracts = Contract.objects.visible_to(request.user).of_choice(
            form.cleaned_data["region"], form.cleaned_data["state"]
        )
        batches: list[ContractBatch] = []
        if form.run(
            lambda: batches.append(actions.want_batch(contracts, label=form.label, by=request.user))
        ):
            return redirect("aci:batch", batches[0].uuid)
    mine = ContractBatch.objects.visible_to(request.user).with_progress()[:10]
    return render(request, "aci/gather_contracts.html", {"form": form, "batches": mine})


@needs(Permission.DOSSIER_LIST)
@require_safe
def batch(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """How far it is, then the archive. Asked again every second."""
    found = _batch(request, public_id)
    done = found.total - found.waiting  # type: ignore[attr-defined]
    failed = found.failed or (found.job and found.job.state == "failed")  # type: ignore[attr-defined]
    context = {
        "batch": found,
        "done": done,
        "progress": 100 * done // (found.total + 1),  # type: ignore[attr-defined]
        "failed": failed,
    }
    if not is_part(request):
        return render(request, "aci/batch.html", context)
    status = STOP_POLLING if found.is_made or failed else 200
    return render(request, "aci/batch_progress.html", context, status=status)


@needs(Permission.DOSSIER_LIST)
@require_safe
def batch_archive(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """One file a contract."""
    found = _batch(request, public_id)
    if found.archive is None:
        raise Http404
    return download(found.archive)


@needs(Permission.DOSSIER_LIST)
@require_POST
@once
def batch_again(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask once more for what no worker managed to make."""
    actions.want_contract_batch_again(_batch(request, public_id), by=request.user)
    messages.success(request, "Les documents qui manquent sont demandés de nouveau.")
    return redirect("aci:batch", public_id)


def _batch(request: SignedInRequest, public_id: uuid.UUID) -> ContractBatch:
    found: ContractBatch = get_object_or_404(
        ContractBatch.objects.visible_to(request.user).with_progress(), uuid=public_id
    )
    return found
