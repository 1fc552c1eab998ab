"""People and their rights: accounts, roles and scopes, for the administrators of the portal."""

import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, Role, SignedInRequest, needs
from accounts.models import User
from cpts_portal.administration_forms import EndRoleForm, NewAccountForm, NewRoleForm
from foundation.paging import page_of
from records.idempotency import once
from records.models import JournalEntry
from territories import people
from territories.models import Assignment


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def administration(request: SignedInRequest) -> HttpResponse:
    """Everybody who has an account, found by name or address."""
    text = request.GET.get("q", "").strip()[:100]
    found = User.objects.visible_to(request.user).search(text)
    page = page_of(
        found.order_by("last_name", "first_name", "pk"),
        request.GET.get("page"),
        shown=people.with_current_roles(User.objects.visible_to(request.user)),
    )
    return render(request, "portal/administration.html", {"page": page, "text": text})


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def administration_new_account(request: SignedInRequest) -> HttpResponse:
    """Let somebody in."""
    form = NewAccountForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.run(
        lambda: people.create_account(**form.cleaned_data, by=request.user)
    ):
        messages.success(request, "Le compte est créé. Donnez-lui un rôle.")
        email = User.objects.normalize(form.cleaned_data["email"])
        created = get_object_or_404(User.objects.visible_to(request.user), email=email)
        return redirect("administration_account", created.uuid)
    return render(request, "portal/administration_new_account.html", {"form": form})


@needs(Permission.PORTAL_ADMINISTER)
@require_safe
def administration_account(request: SignedInRequest, user_id: uuid.UUID) -> HttpResponse:
    """One person: roles of today and of before."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=user_id)
    return render(request, "portal/administration_account.html", _account_page(person))


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def administration_give_role(request: SignedInRequest, user_id: uuid.UUID) -> HttpResponse:
    """Give a role on one scope."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=user_id)
    form = NewRoleForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.run(
        lambda: people.give_role(
            person,
            Role(form.cleaned_data["role"]),
            by=request.user,
            body=form.cleaned_data["body"],
            **form.cleaned_data["scope"],
        )
    ):
        messages.success(request, "Le rôle est donné, à partir d’aujourd’hui.")
        return redirect("administration_account", person.uuid)
    context = {"form": form, "person": person}
    return render(request, "portal/administration_give_role.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def administration_end_role(
    request: SignedInRequest, user_id: uuid.UUID, assignment_id: uuid.UUID
) -> HttpResponse:
    """Say until when a role lasts."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=user_id)
    assignment = get_object_or_404(Assignment.objects.of(person).with_scope(), uuid=assignment_id)
    form = EndRoleForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.run(
        lambda: people.end_role(assignment, on=form.cleaned_data["valid_to"], by=request.user)
    ):
        messages.success(request, "La fin du rôle est enregistrée.")
        return redirect("administration_account", person.uuid)
    context = {"form": form, "person": person, "assignment": assignment}
    return render(request, "portal/administration_end_role.html", context)


@needs(Permission.PORTAL_ADMINISTER)
@require_POST
@once
def administration_deactivate(request: SignedInRequest, user_id: uuid.UUID) -> HttpResponse:
    """Close an account: its sessions end at once."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=user_id)
    people.deactivate_account(person, by=request.user)
    messages.success(request, "Le compte est désactivé et ses sessions sont fermées.")
    return redirect("administration_account", person.uuid)


@needs(Permission.PORTAL_ADMINISTER)
@require_POST
@once
def administration_reactivate(request: SignedInRequest, user_id: uuid.UUID) -> HttpResponse:
    """Open an account again."""
    person = get_object_or_404(User.objects.visible_to(request.user), uuid=user_id)
    people.reactivate_account(person, by=request.user)
    messages.success(request, "Le compte est réactivé. Un lien vient de lui être envoyé.")
    return redirect("administration_account", person.uuid)


def _account_page(person: User) -> dict[str, object]:
    entries = JournalEntry.objects.of_dossier(people.PORTAL_DOSSIER).about(person).newest_first()
    return {
        "person": person,
        "assignments": Assignment.objects.of(person).with_scope(),
        "entries": entries[:10],
    }
