"""Shapes of input of committee sessions; nothing is saved here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django import forms

from foundation import clock
from foundation.forms import PortalForm
from projects.actions.session_outcomes import LetterDecision, Outcome, Verdict
from projects.actions.sessions import Pointing, Slot
from projects.models import AgendaItem, CommitteeSession, Filing, SessionMember
from projects.votes import Choice, Presence
from territories.models import Departement, Region

LONGEST_TEXT = 20_000


def _time() -> forms.TimeInput:
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


class SessionForm(PortalForm):
    """When and where; which committee is asked once, at the creation."""

    committee = forms.ChoiceField(label="Comité")
    body = forms.CharField(
        label="Nom du comité",
        max_length=150,
        help_text="Tel qu’il figurera sur ses avis. Par exemple : Comité régional du Grand Est.",
    )
    day = forms.DateField(label="Date", widget=forms.DateInput)
    time = forms.TimeField(label="Heure de début", widget=_time())
    place = forms.CharField(label="Lieu", max_length=300, required=False)
    link = forms.URLField(
        label="Lien de visioconférence",
        required=False,
        assume_scheme="https",
        help_text="Il faut au moins un lieu ou un lien. Format attendu : https://exemple.fr/salle",
    )
    is_secret = forms.BooleanField(
        label="Vote secret",
        required=False,
        help_text="Le décompte est gardé, jamais le vote de chacun.",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        areas: Iterable[Region | Departement] = (),
        session: CommitteeSession | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(session))
        self._areas = {_key(area): area for area in areas}
        if session is None:
            committee: Any = self.fields["committee"]
            committee.choices = [(key, _committee(area)) for key, area in self._areas.items()]
            del self.fields["is_secret"]  # the rule of the region says it first
        else:
            del self.fields["committee"]

    @property
    def given(self) -> dict[str, Any]:
        """What the actions take."""
        values = {**self.cleaned_data}
        moment = dt.datetime.combine(values.pop("day"), values.pop("time"), clock.PARIS)
        area = self._areas.get(values.pop("committee", ""))
        if isinstance(area, Departement):
            values |= {"region": area.region, "departement": area}
        elif area is not None:
            values["region"] = area
        return values | {"starts_at": moment}


def _initial(session: CommitteeSession | None) -> dict[str, Any]:
    if session is None:
        return {}
    local = session.starts_at.astimezone(clock.PARIS)
    return {
        "body": session.body,
        "day": local.date(),
        "time": local.time(),
        "place": session.place,
        "link": session.link,
        "is_secret": session.is_secret,
    }


def _key(area: Region | Departement) -> str:
    return f"{area._meta.model_name}-{area.pk}"


def _committee(area: Region | Departement) -> str:
    name = "Comité local" if isinstance(area, Departement) else "Comité régional"
    return f"{name} ({area.name})"


class SlotForm(PortalForm):
    """How a file is heard."""

    start = forms.TimeField(label="Début de l’audition", required=False, widget=_time())
    end = forms.TimeField(label="Fin de l’audition", required=False, widget=_time())
    heard = forms.CharField(
        label="Personnes entendues",
        max_length=300,
        required=False,
        help_text="Par exemple : la présidente et le coordonnateur de la CPTS.",
    )
    rapporteur = forms.CharField(label="Rapporteur", max_length=150, required=False)

    def __init__(self, data: Any = None, *, item: AgendaItem | None = None) -> None:
        initial: dict[str, Any] = {}
        if item is not None:
            initial = {"start": item.slot_start, "end": item.slot_end}
            initial |= {"heard": item.heard, "rapporteur": item.rapporteur}
        super().__init__(data, initial=initial)

    @property
    def slot(self) -> Slot:
        given = self.cleaned_data
        return Slot(given["start"], given["end"], given["heard"], given["rapporteur"])


class AddItemForm(SlotForm):
    """A complete file of the committee's area, and how it is heard."""

    filing = forms.ChoiceField(
        label="Dossier complet à inscrire",
        error_messages={"required": "Choisissez le dossier à inscrire."},
    )
    field_order = ["filing", "start", "end", "heard", "rapporteur"]

    def __init__(self, filings: Iterable[Filing], data: Any = None) -> None:
        super().__init__(data)
        self._filings = {str(one.pk): one for one in filings}
        field: Any = self.fields["filing"]
        field.choices = [("", "Choisissez un dossier")] + [
            (key, f"{one.cpts.name} – {one.get_kind_display().lower()} ({one.cpts.reference})")
            for key, one in self._filings.items()
        ]

    @property
    def chosen(self) -> Filing:
        return self._filings[self.cleaned_data["filing"]]


class MembersForm(PortalForm):
    """Who is convened, and who presides."""

    seats = forms.MultipleChoiceField(
        label="Membres à convoquer",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un membre."},
    )
    chair = forms.ChoiceField(label="Présidence de la séance", required=False)

    def __init__(self, seats: Iterable[Any], session: CommitteeSession, data: Any = None) -> None:
        members = {member.user_id: member for member in session.members.all()}
        found = list(seats)
        chosen = [str(seat.pk) for seat in found if seat.user_id in members]
        chair = next(
            (
                str(seat.pk)
                for seat in found
                if seat.user_id in members and members[seat.user_id].is_chair
            ),
            "",
        )
        super().__init__(data, initial={"seats": chosen, "chair": chair})
        choices = [
            (str(seat.pk), f"{seat.user.get_full_name()} ({seat.body or seat.scope_label})")
            for seat in found
        ]
        field: Any = self.fields["seats"]
        field.choices = choices
        chairs: Any = self.fields["chair"]
        chairs.choices = [("", "Pas encore choisie"), *choices]

    @property
    def given(self) -> dict[str, Any]:
        chair = self.cleaned_data["chair"]
        return {
            "seats": [int(pk) for pk in self.cleaned_data["seats"]],
            "chair": int(chair) if chair else None,
        }


@dataclass(frozen=True, slots=True)
class Line:
    """The fields about one member, or one file."""

    about: Any
    fields: list[Any]
    note: str = ""


class AttendanceForm(PortalForm):
    """Where each member is, and who speaks for those who are represented."""

    def __init__(self, members: Iterable[SessionMember], data: Any = None) -> None:
        super().__init__(data)
        self._members = list(members)
        names = [(str(one.pk), one.user.get_full_name()) for one in self._members]
        for rank, member in enumerate(self._members):
            self.fields[f"presence_{rank}"] = forms.ChoiceField(
                label=f"Présence de {member.user.get_full_name()}",
                choices=Presence.choices,
                initial=member.presence,
            )
            self.fields[f"by_{rank}"] = forms.ChoiceField(
                label=f"{member.user.get_full_name()} est représenté par",
                choices=[("", "Personne"), *(one for one in names if one[0] != str(member.pk))],
                initial=str(member.represented_by_id or ""),
                required=False,
            )

    @property
    def lines(self) -> list[Line]:
        return [
            Line(member, [self[f"presence_{rank}"], self[f"by_{rank}"]])
            for rank, member in enumerate(self._members)
        ]

    @property
    def pointings(self) -> dict[int, Pointing]:
        given = self.cleaned_data
        return {
            member.pk: Pointing(
                given[f"presence_{rank}"],
                int(given[f"by_{rank}"]) if given[f"by_{rank}"] else None,
            )
            for rank, member in enumerate(self._members)
        }


class ConflictForm(PortalForm):
    """The link that a member has with a file."""

    member = forms.ChoiceField(label="Membre")
    reason = forms.CharField(
        label="Lien d’intérêts",
        max_length=300,
        help_text="En quelques mots, sans donnée de santé. Par exemple : exerce sur ce territoire.",
        error_messages={"required": "Dites en quelques mots le lien d’intérêts."},
    )

    def __init__(self, members: Iterable[SessionMember], data: Any = None) -> None:
        super().__init__(data)
        self._members = {str(member.pk): member for member in members}
        field: Any = self.fields["member"]
        field.choices = [(key, str(member)) for key, member in self._members.items()]
        if len(self._members) == 1:
            field.initial = next(iter(self._members))

    @property
    def chosen(self) -> SessionMember:
        return self._members[self.cleaned_data["member"]]


class VoteForm(PortalForm):
    """One answer on one file."""

    choice = forms.ChoiceField(
        label="Votre vote",
        choices=Choice.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez votre vote."},
    )


class CloseForm(PortalForm):
    """What is written beside the votes of each file, or its postponement."""

    def __init__(
        self,
        items: Iterable[AgendaItem],
        foreseen: Callable[[AgendaItem], str],
        must_explain: Callable[[AgendaItem], bool],
        data: Any = None,
    ) -> None:
        super().__init__(data)
        self._items = list(items)
        self._foreseen = foreseen
        self._to_explain = [item for item in self._items if must_explain(item)]
        for item in self._items:
            self.fields[f"reasons_{item.number}"] = forms.CharField(
                label=f"Motifs de l’avis sur {item.title}",
                max_length=LONGEST_TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"postponed_{item.number}"] = forms.BooleanField(
                label=f"Reporter {item.title}, sans avis", required=False
            )
        for item in self._to_explain:
            words = "Nécessaires pour un avis défavorable ou avec réserves."
            self.fields[f"reasons_{item.number}"].help_text = words

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self._to_explain:
            is_postponed = cleaned.get(f"postponed_{item.number}")
            if not is_postponed and not cleaned.get(f"reasons_{item.number}", "").strip():
                sentence = f"{item.title}\u00a0: écrivez les motifs, ou reportez ce point."
                self.add_error(f"reasons_{item.number}", sentence)
        return cleaned

    @property
    def lines(self) -> list[Line]:
        return [
            Line(
                item,
                [self[f"reasons_{item.number}"], self[f"postponed_{item.number}"]],
                self._foreseen(item),
            )
            for item in self._items
        ]

    @property
    def outcomes(self) -> dict[int, Outcome]:
        given = self.cleaned_data
        return {
            item.pk: Outcome(given[f"reasons_{item.number}"], given[f"postponed_{item.number}"])
            for item in self._items
        }


class DecisionsForm(PortalForm):
    """Several letters decided on one page, each with its own answer."""

    def __init__(self, items: Iterable[AgendaItem], data: Any = None) -> None:
        super().__init__(data)
        self._items = list(items)
        for item in self._items:
            self.fields[f"verdict_{item.number}"] = forms.ChoiceField(
                label=f"Décision sur {item.title}",
                choices=Verdict.choices,
                initial=Verdict.LATER,
                widget=forms.RadioSelect,
            )
            self.fields[f"reason_{item.number}"] = forms.CharField(
                label=f"Motifs ou message aux porteurs ({item.filing.cpts.name})",
                max_length=LONGEST_TEXT,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3}),
                help_text="Nécessaire pour un refus.",
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for item in self._items:
            refuses = cleaned.get(f"verdict_{item.number}") == Verdict.REFUSE
            if refuses and not cleaned.get(f"reason_{item.number}", "").strip():
                self.add_error(f"reason_{item.number}", "Écrivez les motifs du refus.")
        return cleaned

    @property
    def lines(self) -> list[Line]:
        return [
            Line(item, [self[f"verdict_{item.number}"], self[f"reason_{item.number}"]])
            for item in self._items
        ]

    @property
    def decisions(self) -> list[LetterDecision]:
        given = self.cleaned_data
        return [
            LetterDecision(item, given[f"verdict_{item.number}"], given[f"reason_{item.number}"])
            for item in self._items
        ]


class MinutesForm(PortalForm):
    """The text of the minutes; `version` is the one the person opened."""

    text = forms.CharField(
        label="Compte rendu",
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 24}),
        help_text="Une ligne qui commence par « # » est un titre ; par « - », un élément de liste.",
        error_messages={"required": "Le compte rendu est vide : rien n’est enregistré."},
    )
    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def take_version(self, version: int) -> None:
        """After a stale save the page shows both texts: saving once more is a choice."""
        typed: Any = self.data.copy()  # type: ignore[attr-defined]  # a QueryDict
        typed["version"] = str(version)
        self.data = typed
