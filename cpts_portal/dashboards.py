"""« À faire »: the home page of everybody who signs in, looking across apps."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.access import SignedInRequest, signed_in
from territories.models import Cpts


@signed_in
def dashboard(request: SignedInRequest) -> HttpResponse:
    """What waits for this person, oldest first."""
    mine = Cpts.objects.visible_to(request.user).order_by("baton_since", "pk")[:25]
    return render(request, "portal/dashboard.html", {"dossiers": mine})
