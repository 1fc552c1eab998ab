"""The gallery of components: each piece of the screens in each of its states, on one page."""

from types import SimpleNamespace
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import public
from foundation import clock
from foundation.forms import PortalForm
from territories.models import Cpts, Stage

TONES = ("info", "success", "warning", "error", "new", "neutral")
LONG = "Communauté professionnelle territoriale de santé des vallées et plateaux du Haut-Pays"


class EveryField(PortalForm):
    """One field of each kind."""

    name = forms.CharField(label="Nom", help_text="Tel qu’il figure dans les statuts.")
    day = forms.DateField(label="Date", required=False)
    region = forms.ChoiceField(label="Région", choices=[("", "Choisir"), ("32", "Hauts-de-France")])
    quality = forms.ChoiceField(
        label="Qualité", choices=[("a", "Présidence"), ("b", "Bureau")], widget=forms.RadioSelect
    )
    missions = forms.MultipleChoiceField(
        label="Missions",
        choices=[("1", "Accès au médecin traitant"), ("2", "Soins non programmés")],
        widget=forms.CheckboxSelectMultiple,
        help_text="Cochez tout ce qui convient.",
    )
    reason = forms.CharField(label="Motif", widget=forms.Textarea(attrs={"rows": 3}))
    proof = forms.FileField(label="Pièce", required=False, help_text="PDF, 10 Mo au plus.")
    agreed = forms.BooleanField(label="J’accepte les statuts")


@public
@require_safe
def gallery(request: HttpRequest) -> HttpResponse:
    """Nothing here comes from the database."""
    context = {
        "tones": TONES,
        "alert_tones": TONES[:4],
        "stages": [Cpts(name="CPTS", stage=stage) for stage in Stage.values],
        "long": LONG,
        "empty_form": EveryField(prefix="vide"),
        "wrong_form": EveryField({}, prefix="erreurs"),
        "page": Paginator(range(1000), 25).page(17),
        "entries": _entries(),
        "jobs": [_job(0, "wanted", 0), _job(1, "running", 40), _job(2, "done", 100), _failed()],
    }
    return render(request, "portal/gallery.html", context)


def _entries() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            at=clock.now(),
            sentence="Lettre d’intention transmise à l’ARS et à la CPAM",
            actor_name="Hélène Porteur",
            actor_role="Porteur de projet",
            reason="",
        ),
        SimpleNamespace(
            at=clock.now(),
            sentence="Pièces demandées",
            actor_name="Anne Instructrice",
            actor_role="Instruction ARS",
            reason="Le calendrier manque.\nLa liste des structures est incomplète.",
        ),
    ]


def _job(number: int, state: str, progress: int) -> SimpleNamespace:
    return SimpleNamespace(
        uuid=UUID(int=number),
        label="Contrat en PDF",
        state=state,
        step="mise en page" if state == "running" else "",
        get_state_display="en attente",
        progress=progress,
        # Shown as it stands: the gallery must not ask for a job that does not exist.
        is_finished=True,
    )


def _failed() -> SimpleNamespace:
    return _job(3, "failed", 60)
