"""The room « Missions » of a dossier: cards for everybody, forms for who reports."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Permission, SignedInRequest, needs
from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode
from aci.models import ContractMission
from missions import actions
from missions.forms import DeployForm, NoteForm, StartForm, TakeBackForm, ValueForm
from missions.models import Indicator, IndicatorValue
from missions.pages import begun_years, card_of, commitment_or_404, contract_missions, measured
from records.files import download
from records.idempotency import once
from territories.models import Cpts
from territories.scopes import permissions_on

READERS = (Permission.DOSSIER_SEE, Permission.SHARED_SEE)


@needs(*READERS)
@require_safe
def missions(request: SignedInRequest, reference: str) -> HttpResponse:
    """Every mission of the contract: where it is, what is awaited, what is missing."""
    cpts = get_object_or_404(
        Cpts.objects.visible_to(request.user, *READERS).with_header(), reference=reference
    )
    granted = permissions_on(request.user, cpts)
    context = {
        "cpts": cpts,
        "tab": "missions",
        "page": contract_missions(cpts, request.user),
        "may_report": Permission.MISSION_REPORT in granted,
        "may_read_reasons": not granted or Permission.DOSSIER_SEE in granted,
    }
    return render(request, "missions/missions.html", context)


@needs(*READERS)
@require_safe
def mission(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """One mission: its dates, its note, its indicators and all their values."""
    return _show(request, commitment_or_404(request.user, reference, mission))


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def start(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Declare that a mission has started."""
    commitment = commitment_or_404(request.user, reference, mission)
    form = StartForm(request.POST, planned=commitment.start_day)
    if form.is_valid() and form.run(
        lambda: actions.start(commitment, on=form.cleaned_data["on"], by=request.user)
    ):
        messages.success(request, f"« {mission.label} » est démarrée. La CPAM en est avertie.")
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, start_form=form)


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def deploy(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Declare that a mission is fully deployed."""
    commitment = commitment_or_404(request.user, reference, mission)
    form = DeployForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.deploy(commitment, on=form.cleaned_data["on"], by=request.user)
    ):
        messages.success(
            request, f"« {mission.label} » est pleinement déployée. La CPAM en est avertie."
        )
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, deploy_form=form)


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def reopen(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Take back a deployment declared too soon."""
    commitment = commitment_or_404(request.user, reference, mission)
    form = TakeBackForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.reopen(commitment, reason=form.cleaned_data["reason"], by=request.user)
    ):
        messages.success(request, f"« {mission.label} » est de nouveau en déploiement.")
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, take_back_form=form)


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def cancel_start(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Take back a start declared by mistake."""
    commitment = commitment_or_404(request.user, reference, mission)
    form = TakeBackForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.cancel_start(
            commitment, reason=form.cleaned_data["reason"], by=request.user
        )
    ):
        messages.success(request, f"Le démarrage de « {mission.label} » est annulé.")
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, take_back_form=form)


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def save_note(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Write where the mission stands; a stale page gets both texts."""
    commitment = commitment_or_404(request.user, reference, mission)
    form = NoteForm(request.POST)
    if form.is_valid() and form.run(
        lambda: actions.save_note(commitment, **form.cleaned_data, by=request.user)
    ):
        messages.success(request, "Le point d’avancement est enregistré.")
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, note_form=form)


@needs(Permission.MISSION_REPORT)
@require_POST
@once
def enter_value(request: SignedInRequest, reference: str, mission: MissionCode) -> HttpResponse:
    """Enter the value of an indicator, with its proof."""
    commitment = commitment_or_404(request.user, reference, mission)
    years = begun_years(commitment.contract)
    indicators = card_of(commitment).indicators
    form = ValueForm(request.POST, request.FILES, indicators=indicators, years=years)
    if form.is_valid() and form.run(lambda: _enter(request, commitment, dict(form.cleaned_data))):
        messages.success(request, "La valeur et sa preuve sont enregistrées.")
        return redirect("missions:mission", reference, mission)
    return _show(request, commitment, value_form=form)


def _enter(request: SignedInRequest, commitment: ContractMission, given: dict[str, Any]) -> None:
    card = given.pop("indicator")
    indicator: Indicator | AnnexLine
    if card.pk is None:  # only the annex of this contract names it
        indicator = card.annexed.get(given["year"]) or next(iter(card.annexed.values()))
    else:
        rows = Indicator.objects.of_mission(commitment.mission)
        indicator = get_object_or_404(rows, pk=card.pk)
    actions.enter_value(commitment, indicator, **given, by=request.user)


@needs(Permission.DOSSIER_SEE)
@require_safe
def proof(request: SignedInRequest, reference: str, uuid: str) -> HttpResponse:
    """The file that proves a value, as an attachment."""
    value = get_object_or_404(
        IndicatorValue.objects.visible_to(request.user).select_related("proof"),
        contract__cpts__reference=reference,
        proof__uuid=uuid,
    )
    return download(value.proof)


def _show(request: SignedInRequest, commitment: ContractMission, **bound: Any) -> HttpResponse:
    """The page of a mission; `bound` holds the form that was refused, with what was typed."""
    cpts = commitment.contract.cpts
    card = card_of(commitment)
    granted = permissions_on(request.user, cpts)
    context = {
        "cpts": cpts,
        "tab": "missions",
        "card": card,
        "indicators": measured(card),
        "may_report": Permission.MISSION_REPORT in granted and not card.is_over,
        # A neighbouring authority reads without any grant of its own.
        "may_read_proofs": not granted or Permission.DOSSIER_SEE in granted,
        "may_read_reasons": not granted or Permission.DOSSIER_SEE in granted,
        "start_form": StartForm(planned=commitment.start_day),
        "deploy_form": DeployForm(),
        "take_back_form": TakeBackForm(),
        "note_form": NoteForm(initial={"note": card.note, "version": card.version}),
        "value_form": ValueForm(indicators=card.to_measure, years=card.years),
    }
    context |= {"refused_forms": bound.values(), **bound}
    return render(request, "missions/mission.html", context)
