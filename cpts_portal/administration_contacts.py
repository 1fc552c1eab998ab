"""How to reach the ARS, their delegations and the CPAM: kept by the administrators."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from cpts_portal.administration_forms import BodyForm, ContactForm
from records.idempotency import once
from territories import contacts
from territories.areas import Area, area_of


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def administration_contacts(request: SignedInRequest) -> HttpResponse:
    """What is known, and the choice of an authority to fill in."""
    form = BodyForm(request.GET if "autorite" in request.GET else None)
    if form.is_bound and form.is_valid():
        return redirect("administration_contact", form.cleaned_data["autorite"])
    context = {"form": form, "rows": contacts.known_contacts()}
    return render(request, "portal/administration_contacts.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def administration_contact(request: SignedInRequest, body: str) -> HttpResponse:
    """Write how to reach one authority."""
    area = _area(body)
    known = contacts.contact_of_area(area)
    form = ContactForm(request.POST if request.method == "POST" else None, known=known)
    if form.is_valid() and form.run(
        lambda: contacts.save_contact(area, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Les coordonnées sont enregistrées.")
        return redirect("administration_contacts")
    context = {"form": form, "area": area, "name": contacts.body_name(area), "known": known}
    return render(request, "portal/administration_contact.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_POST
@once
def administration_remove_contact(request: SignedInRequest, body: str) -> HttpResponse:
    """Forget how to reach one authority."""
    contacts.remove_contact(_area(body), by=request.user)
    messages.success(request, "Les coordonnées sont retirées.")
    return redirect("administration_contacts")


def _area(body: str) -> Area:
    area = area_of(body)
    if area is None or area.kind not in contacts.FIELDS:
        raise Http404
    return area
