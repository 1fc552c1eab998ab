"""The pages of a merger or a split: fetch through `visible_to`, call the act, answer."""

import uuid
from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci import actions
from aci.actions.reshaping import held_communes
from aci.models import Reshaping
from aci.parties import Party
from aci.reshaping_forms import NEW, MergerForm, SharingForm, SplitForm, WhenForm, WhyForm
from aci.reshaping_pages import candidates_for, commune_names, may_start, reshaping_page
from aci.reshaping_workflow import ReshapingState
from foundation.htmx import render_page_or_part
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.idempotency import once
from territories.maps.drawing import communes_map
from territories.models import Cpts, Succession

SIGN = tuple(party.sign_permission for party in Party)
START = (Permission.RESHAPING_DRAFT, Permission.FILING_SUBMIT)
MOST_SHOWN = 200


@needs(Permission.DOSSIER_SEE)
@require_safe
def reshapings(request: SignedInRequest) -> HttpResponse:
    """Those of the dossiers that this person sees: under way first."""
    rows = Reshaping.objects.visible_to(request.user).open_first().with_parts()
    return render(request, "aci/reshapings.html", {"reshapings": rows[:MOST_SHOWN]})


@needs(Permission.DOSSIER_SEE)
@require_safe
def reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Who becomes what, on which day, what it changes, who agreed, what will happen."""
    page = reshaping_page(_found(request, identifier), request.user)
    context = {"page": page, "reshaping": page.reshaping, "states": ReshapingState}
    return render(request, "aci/reshaping.html", context)


@needs(Permission.DOSSIER_SEE)
@require_safe
def reshaping_map(request: SignedInRequest, identifier: uuid.UUID, number: int) -> HttpResponse:
    """The communes of one CPTS after, drawn among those that hold the land today."""
    found = _found(request, identifier)
    part = next((one for one in found.successors if one.position == number), None)
    if part is None:
        raise Http404
    codes = set(part.communes.values_list("commune", flat=True))
    name = f"carte-{number}"
    drawing = communes_map(codes, part.title, name=name) if codes else None
    context = {"reshaping": found, "part": part, "drawing": drawing, "map_name": name}
    return render_page_or_part(request, "aci/reshaping_map.html", "drawn", context)


@needs(*START)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def draft_merger(request: SignedInRequest, reference: str) -> HttpResponse:
    """The ARS prepares a merger, or a CPTS asks for one."""
    cpts = _cpts(request, reference)
    form = MergerForm(
        request.POST or None,
        cpts=cpts,
        candidates=candidates_for(cpts),
        initial={
            "mode": NEW,
            "departement": cpts.departement_id,
            "cpam_district": cpts.cpam_district_id,
        },
    )

    def act() -> Reshaping:
        data = form.cleaned_data
        one = actions.Successor(
            data["name"], form.places[data["departement"]], form.funds[data["cpam_district"]]
        )
        successors = [] if form.absorber else [one]
        return _draft(request, Succession.Kind.MERGER, form.chosen, successors, form, form.absorber)

    return _drafted(request, cpts, form, act, "aci/draft_merger.html", "aci:reshaping")


@needs(*START)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def draft_split(request: SignedInRequest, reference: str) -> HttpResponse:
    """The ARS prepares a split, or a CPTS asks for one; the communes are shared out next."""
    cpts = _cpts(request, reference)
    form = SplitForm(request.POST or None)

    def act() -> Reshaping:
        successors = [
            actions.Successor(name, cpts.departement, cpts.cpam_district)
            for name in form.cleaned_data["names"]
        ]
        return _draft(request, Succession.Kind.SPLIT, [cpts], successors, form)

    return _drafted(request, cpts, form, act, "aci/draft_split.html", "aci:reshaping")


@needs(Permission.RESHAPING_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def share_communes(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Say where each commune goes."""
    found = _prepared(request, identifier)
    form = SharingForm(
        request.POST or None,
        successors=found.successors,
        communes=commune_names(held_communes(found)),
        known=found.communes.select_related("part"),
    )
    if form.is_valid() and form.run(
        lambda: actions.share_communes(found, form.sharing, by=request.user)
    ):
        messages.success(request, "Les communes sont réparties.")
        return redirect(found)
    return render(request, "aci/share_communes.html", {"reshaping": found, "form": form})


@needs(Permission.RESHAPING_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def change_reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Another day, another reason."""
    found = _prepared(request, identifier)
    form = WhenForm(
        request.POST or None,
        initial={"effective_on": found.effective_on, "reason": found.reason},
    )
    if form.is_valid() and form.run(
        lambda: actions.change_reshaping(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "La date et le motif sont enregistrés.")
        return redirect(found)
    return render(request, "aci/change_reshaping.html", {"reshaping": found, "form": form})


@needs(Permission.RESHAPING_DRAFT)
@require_POST
@once
def propose_reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Put it to the parties as it stands."""
    found = _found(request, identifier)
    actions.propose_reshaping(found, by=request.user)
    messages.success(request, "L’opération est soumise aux parties. Elle ne change plus.")
    return redirect(found)


@needs(*SIGN)
@require_POST
@once
def agree_reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """The accord of one party."""
    done = actions.agree_reshaping(_found(request, identifier), by=request.user)
    said = {
        ReshapingState.APPLIED: "Toutes les parties sont d’accord. L’opération est réalisée.",
        ReshapingState.AGREED: "Toutes les parties sont d’accord. L’opération se fera à sa date.",
    }
    sentence = said.get(ReshapingState(done.state), "Votre accord est enregistré.")
    messages.success(request, "Votre accord est enregistré." if done.blocked_because else sentence)
    return redirect(done)


@needs(*SIGN)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def refuse_reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """One party refuses, and says why."""
    found = _found(request, identifier)
    page = reshaping_page(found, request.user)
    if page.own is None:
        raise NotAllowed("refuse_reshaping")
    form = WhyForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.refuse_reshaping(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "Le refus est enregistré. Les parties sont prévenues.")
        return redirect(found)
    context = {"reshaping": found, "form": form, "own": page.own}
    return render(request, "aci/refuse_reshaping.html", context)


@needs(Permission.RESHAPING_DRAFT)
@require_http_methods(["GET", "HEAD", "POST"])
@once
def drop_reshaping(request: SignedInRequest, identifier: uuid.UUID) -> HttpResponse:
    """Give it up before its day."""
    found = _found(request, identifier)
    if not {"drop"} & reshaping_page(found, request.user).may and request.method == "GET":
        raise NotAllowed("drop_reshaping")
    form = WhyForm(request.POST or None)
    if form.is_valid() and form.run(
        lambda: actions.drop_reshaping(found, by=request.user, **form.cleaned_data)
    ):
        messages.success(request, "L’opération est abandonnée. Les parties sont prévenues.")
        return redirect(found)
    return render(request, "aci/drop_reshaping.html", {"reshaping": found, "form": form})


def _found(request: SignedInRequest, identifier: uuid.UUID) -> Reshaping:
    rows = Reshaping.objects.visible_to(request.user).with_parts().with_voices()
    found: Reshaping = get_object_or_404(rows, uuid=identifier)
    return found


def _prepared(request: SignedInRequest, identifier: uuid.UUID) -> Reshaping:
    """Still to be changed, by its ARS; else 403, or a message rather than a form."""
    found = _found(request, identifier)
    if not reshaping_page(found, request.user).may_prepare:
        if found.state != ReshapingState.PREPARING and request.method == "GET":
            raise Refused("L’opération ne change plus : elle a été soumise aux parties.")
        raise NotAllowed("change_reshaping")
    return found


def _cpts(request: SignedInRequest, reference: str) -> Cpts:
    rows = Cpts.objects.visible_to(request.user, *START).with_header()
    found: Cpts = get_object_or_404(rows, reference=reference)
    if not may_start(request.user, found) and request.method == "GET":
        raise Refused(
            f"{found.name} ne peut ni fusionner ni se scinder à l’étape "
            f"« {found.get_stage_display()} »."
        )
    return found


def _draft(
    request: SignedInRequest,
    kind: str,
    predecessors: list[Cpts],
    successors: list[actions.Successor],
    form: WhenForm,
    absorber: Cpts | None = None,
) -> Reshaping:
    return actions.draft_reshaping(
        kind,
        predecessors,
        successors,
        effective_on=form.cleaned_data["effective_on"],
        reason=form.cleaned_data["reason"],
        by=request.user,
        absorber=absorber,
    )


def _drafted(
    request: SignedInRequest,
    cpts: Cpts,
    form: WhenForm,
    act: Callable[[], Reshaping],
    template: str,
    after: str,
) -> HttpResponse:
    made: list[Reshaping] = []
    if form.is_valid() and form.run(lambda: made.append(act())):
        messages.success(request, "L’opération est enregistrée. Rien n’est encore changé.")
        return redirect(after, made[0].uuid)
    return render(request, template, {"cpts": cpts, "form": form, "tab": "dossier"})
