"""The room « Adhérents » of a dossier: the bureau decides, other parties read figures."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from accounts.factors.recently import ask_proof, recently_proven
from foundation.htmx import render_page_or_part
from foundation.numbers import format_number
from foundation.paging import page_of
from foundation.spreadsheet import EXPORTED_AT_ONCE, table_download
from members import actions
from members.export_table import COLUMNS, MOST_PEOPLE, row_of
from members.figures import Figures
from members.filters import MemberFilter
from members.forms import RefusalForm
from members.models import Member
from records.idempotency import once
from territories.models import Cpts
from territories.scopes import permissions_on


@needs(Permission.MEMBER_SEE, Permission.DOSSIER_SEE)
@require_safe
def members(request: SignedInRequest, reference: str) -> HttpResponse:
    """Applications to decide, then the members; without the right to names, figures only."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user).with_header(), reference=reference
    )
    figures = Figures.of(Member.objects.figures(cpts))
    context = {"cpts": cpts, "tab": "members", "figures": figures}
    if Permission.MEMBER_SEE not in permissions_on(request.user, cpts):
        return render(request, "members/figures.html", context)
    rows = Member.objects.visible_to(request.user).of_cpts(cpts)
    filters = MemberFilter(request.GET, queryset=rows, figures=figures)
    context |= {
        "filters": filters,
        "page": page_of(filters.qs, request.GET.get("page")),
        "form_url": request.build_absolute_uri(reverse("members:apply", args=[cpts.slug])),
    }
    return render_page_or_part(request, "members/members.html", "found", context)


@needs(Permission.MEMBER_SEE)
@require_safe
def members_export(request: SignedInRequest, reference: str, kind: str) -> HttpResponse:
    """The same people, as the filters of the page choose them; a crowd by a proven person only."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user, Permission.MEMBER_SEE), reference=reference
    )
    figures = Figures.of(Member.objects.figures(cpts))
    people = Member.objects.visible_to(request.user).of_cpts(cpts)
    found = MemberFilter(request.GET, queryset=people, figures=figures).qs
    count = found.count()
    if count > MOST_PEOPLE and recently_proven(request) is None:
        messages.warning(
            request,
            f"Cet export contient {format_number(count)} personnes, plus de {MOST_PEOPLE} : "
            "il commence une fois votre identité prouvée.",
        )
        return ask_proof(request)
    rows = (row_of(one) for one in found.iterator(chunk_size=EXPORTED_AT_ONCE))
    return table_download(kind, f"adherents-{cpts.slug}", COLUMNS, rows)


@needs(Permission.MEMBER_SEE)
@require_safe
def member(request: SignedInRequest, reference: str, uuid: str) -> HttpResponse:
    """One member or applicant, with the decision to take."""
    return _show(request, _visible(request, reference, uuid), RefusalForm())


@needs(Permission.MEMBER_APPROVE)
@require_POST
@once
def approve(request: SignedInRequest, reference: str, uuid: str) -> HttpResponse:
    """The bureau says yes."""
    approved = actions.approve(_visible(request, reference, uuid), by=request.user)
    messages.success(request, f"{approved.name} est adhérent. Un e-mail l’en avertit.")
    return redirect("members:members", reference)


@needs(Permission.MEMBER_APPROVE)
@require_POST
@once
def refuse(request: SignedInRequest, reference: str, uuid: str) -> HttpResponse:
    """The bureau says no, and why."""
    found = _visible(request, reference, uuid)
    form = RefusalForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.refuse(found, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, f"La demande de {found.name} est refusée. Un e-mail l’explique.")
        return redirect("members:members", reference)
    return _show(request, found, form)


def _visible(request: SignedInRequest, reference: str, uuid: str) -> Member:
    rows = Member.objects.visible_to(request.user).for_its_page()
    found: Member = get_object_or_404(rows, cpts__reference=reference, uuid=uuid)
    return found


def _show(request: SignedInRequest, found: Member, form: RefusalForm) -> HttpResponse:
    cpts = get_object_or_404(Cpts.objects.visible_to(request.user).with_header(), pk=found.cpts_id)
    context = {
        "cpts": cpts,
        "tab": "members",
        "member": found,
        "consents": found.consents.newest_first(),
        "form": form,
        "may_decide": Permission.MEMBER_APPROVE in permissions_on(request.user, cpts),
    }
    return render(request, "members/member.html", context)
