"""« Mes vues »: the filtered lists that a person keeps, with how many dossiers each holds today."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.db.models import Count, IntegerField, QuerySet, Value
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import saved_views as actions
from accounts.access import Permission, SignedInRequest, needs
from accounts.models import SavedView, User
from cpts_portal.dossier_filters import DossierFilter, criteria_of, told_criteria
from cpts_portal.view_forms import SaveViewForm, ViewNameForm
from records.idempotency import once
from records.models import Job
from territories.models import Cpts

ALL, JOBS = 0, -1  # no key of a view


@dataclass(frozen=True, slots=True)
class Link:
    """One view as a link; without count where it was not counted."""

    view: SavedView
    count: int | None = None

    @property
    def url(self) -> str:
        return f"{reverse('dossiers')}?{self.view.query}"

    @property
    def criteria(self) -> str:
        return told_criteria(QueryDict(self.view.query))


@needs(Permission.DOSSIER_LIST)
@require_safe
def views(request: SignedInRequest) -> HttpResponse:
    """One's own views, to open, rename, choose or forget."""
    links = [Link(view) for view in SavedView.objects.visible_to(request.user)]
    return render(request, "portal/views.html", {"links": links, "most": actions.MOST_VIEWS})


@needs(Permission.DOSSIER_LIST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def save_view(request: SignedInRequest) -> HttpResponse:
    """Keep the criteria of the address under a name."""
    query = criteria_of(request.GET)
    form = SaveViewForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and form.run(
        lambda: actions.save_view(query=query, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Votre vue est enregistrée. Elle se retrouve dans « À faire ».")
        return redirect(f"{reverse('dossiers')}?{query}")
    context = {"form": form, "query": query, "criteria": told_criteria(request.GET)}
    return render(request, "portal/save_view.html", context)


@needs(Permission.DOSSIER_LIST)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def rename_view(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The same criteria under another name."""
    view = _own(request, public_id)
    posted = request.POST if request.method == "POST" else None
    form = ViewNameForm(posted, initial={"name": view.name})
    if form.is_valid() and form.run(
        lambda: actions.rename_view(view, name=form.cleaned_data["name"], by=request.user)
    ):
        messages.success(request, "Votre vue est renommée.")
        return redirect("dossier_views")
    return render(request, "portal/rename_view.html", {"form": form, "link": Link(view)})


@needs(Permission.DOSSIER_LIST)
@require_POST
@once
def make_default(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """The list opens on it, or no longer does."""
    view = _own(request, public_id)
    actions.make_default(view, by=request.user)
    words = "s’ouvre sur" if view.is_default else "ne s’ouvre plus sur"
    messages.success(request, f"La liste des dossiers {words} « {view.name} ».")
    return redirect("dossier_views")


@needs(Permission.DOSSIER_LIST)
@require_POST
@once
def delete_view(request: SignedInRequest, public_id: uuid.UUID) -> HttpResponse:
    """Forget it; the dossiers stay."""
    view = _own(request, public_id)
    actions.delete_view(view)
    messages.success(request, f"La vue « {view.name} » est supprimée.")
    return redirect("dossier_views")


def count_on_the_desk(user: User, found: Sequence[SavedView]) -> dict[int, int]:
    """View → dossiers today, all of them under `ALL`, work in progress under `JOBS`: one query."""
    listed = Cpts.objects.visible_to(user, Permission.DOSSIER_LIST)
    filtered = {view.pk: DossierFilter(QueryDict(view.query), queryset=listed).qs for view in found}
    jobs = _counted(JOBS, Job.objects.of_requester(user).unfinished())
    rows = [_counted(key, rows) for key, rows in {ALL: listed, **filtered}.items()]
    return dict(jobs.union(*rows, all=True).values_list("counted", "many"))


def _counted(key: int, rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    named = rows.order_by().annotate(counted=Value(key, IntegerField()))
    counted: QuerySet[Any, Any] = named.values("counted").annotate(many=Count("pk"))
    return counted.values("counted", "many")


def links_with_counts(found: Sequence[SavedView], counts: dict[int, int]) -> list[Link]:
    """For the desk; a view that counts nothing says 0."""
    return [Link(view, counts.get(view.pk, 0)) for view in found]


def _own(request: SignedInRequest, public_id: uuid.UUID) -> SavedView:
    own = SavedView.objects.visible_to(request.user)
    view: SavedView = get_object_or_404(own, uuid=public_id)
    return view
