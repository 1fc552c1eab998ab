"""What exists only while the demonstration is on: the mail box that nobody else would open."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from records.models import Job


@public
@require_safe
def mailbox(request: HttpRequest) -> HttpResponse:
    """The e-mails the portal wrote: invented people have no mail box of their own."""
    page = Paginator(Job.objects.emails(), 25).get_page(request.GET.get("page"))
    return render(request, "portal/mailbox.html", {"page": page})
