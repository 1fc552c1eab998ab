"""« Mes travaux », and how far one of them is."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe

from accounts.access import SignedInRequest, signed_in
from foundation import clock
from foundation.htmx import STOP_POLLING, is_part
from foundation.paging import page_of
from foundation.spreadsheet import EXPORTED_AT_ONCE, Cell, table_download
from records.models import Job

JOB_COLUMNS = ["Intitulé", "Dossier", "État", "Demandé le", "Terminé le", "Avancement (%)"]


@signed_in
@require_safe
def jobs(request: SignedInRequest) -> HttpResponse:
    """What I asked the portal to make, newest first: leave it, find it again here."""
    mine = Job.objects.of_requester(request.user).newest_first()
    page = page_of(mine, request.GET.get("page"))
    return render(request, "records/jobs.html", {"page": page})


@signed_in
@require_safe
def jobs_export(request: SignedInRequest, kind: str) -> HttpResponse:
    """The same list, whole, for a spreadsheet."""
    mine = Job.objects.of_requester(request.user).newest_first()
    rows = (_row_of(job) for job in mine.iterator(chunk_size=EXPORTED_AT_ONCE))
    return table_download(kind, f"travaux-{clock.today().isoformat()}", JOB_COLUMNS, rows)


@signed_in
@require_safe
def job_progress(request: SignedInRequest, job_id: uuid.UUID) -> HttpResponse:
    """Asked every second by the page that waits; 286 tells htmx to stop asking."""
    job = get_object_or_404(Job.objects.visible_to(request.user), uuid=job_id)
    context = {"job": job, "done_url": _next_page(request)}
    if not is_part(request):
        return render(request, "records/job.html", context)
    status = STOP_POLLING if job.is_finished else 200
    return render(request, "components/job_progress.html", context, status=status)


def _row_of(job: Job) -> list[Cell]:
    state = job.get_state_display()
    return [job.label, job.dossier, state, job.requested_at, job.finished_at, job.progress]


def _next_page(request: HttpRequest) -> str:
    """Where the result is shown: a page of this very site, given back by the waiting page."""
    wanted = request.GET.get("suite", "")
    ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure())
    return wanted if ours else ""
