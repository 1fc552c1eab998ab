"""The head and the tabs of a dossier: the same page for all parties, more or less on it by role."""

from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from accounts.access import Permission, Role
from foundation import clock
from foundation.templatetags.french import since
from territories import turns
from territories.bearers import Held, days_by_bearer, days_waited, read_held
from territories.models import Baton, Cpts
from territories.scopes import permissions_on

register = template.Library()

_P = Permission


@dataclass(frozen=True, slots=True)
class Tab:
    """One room of the dossier: its key, French label, route, and what opens it."""

    key: str
    label: str
    route: str
    permissions: frozenset[Permission]


def _tab(key: str, label: str, route: str, *permissions: Permission) -> Tab:
    return Tab(key, label, route, frozenset(permissions))


# In the order of screens.md. Members (SHARED_SEE alone) open the shared rooms only.
TABS: tuple[Tab, ...] = (
    _tab("summary", "Résumé", "dossier", _P.DOSSIER_SEE, _P.SHARED_SEE),
    _tab("territory", "Territoire", "territories:dossier_territory", _P.DOSSIER_SEE, _P.SHARED_SEE),
    _tab("letter", "Lettre d’intention", "projects:letter", _P.DOSSIER_SEE),
    _tab("project", "Projet de santé", "projects:health_project", _P.DOSSIER_SEE),
    _tab("opinions", "Avis", "projects:opinions", _P.DOSSIER_SEE),
    _tab("contract", "Contrat", "aci:contract", _P.DOSSIER_SEE),
    _tab("missions", "Missions", "missions:missions", _P.DOSSIER_SEE, _P.SHARED_SEE),
    _tab("funding", "Financement", "aci:funding", _P.DOSSIER_SEE),
    # Names for those who hold MEMBER_SEE, figures for the other parties.
    _tab("members", "Adhérents", "members:members", _P.MEMBER_SEE, _P.DOSSIER_SEE),
    _tab("exchanges", "Échanges", "territories:exchanges", _P.EXCHANGE),
    _tab("journal", "Journal", "dossier_journal", _P.DOSSIER_SEE),
)


@register.inclusion_tag("portal/dossier_tabs.html", takes_context=True)
def dossier_tabs(context: dict[str, Any], cpts: Cpts, current: str) -> dict[str, Any]:
    """{% dossier_tabs cpts tab %}: the rooms this person may enter, the current one marked."""
    opened = opened_by(context["request"].user, cpts)
    # Counted with the header; a page that reads the dossier through another row shows no count.
    unread = getattr(cpts, "unread_count", 0)
    tabs = [
        {
            "label": tab.label,
            "url": reverse(tab.route, args=[cpts.reference]),
            "is_current": tab.key == current,
            "unread": unread if tab.key == "exchanges" else 0,
        }
        for tab in TABS
        if tab.permissions & opened
    ]
    return {"tabs": tabs, "cpts": cpts}


def opened_by(user: Any, cpts: Cpts) -> frozenset[Permission]:
    """What this person holds here; a neighbouring authority, which only reads, holds DOSSIER_SEE.

    The page is already served, hence `visible_to` let this person in: without any grant of its own
    it can only be as an authority concerned.
    """
    return permissions_on(user, cpts) or frozenset({Permission.DOSSIER_SEE})


@register.simple_tag(takes_context=True)
def baton_sentence(context: dict[str, Any], cpts: Cpts) -> str:
    """« C’est à vous depuis 3 jours » or « ARS, depuis 12 jours »: who is awaited, since when."""
    if cpts.baton == Baton.NOBODY:
        return "Rien n’est attendu"
    who = "À vous" if turns.is_turn_of(context["request"].user, cpts) else cpts.get_baton_display()
    if cpts.baton == Baton.COORDINATOR:  # the life of a contract is no waiting
        return who
    return f"{who}, {since(cpts.baton_since)}"


@register.filter
def awaited(cpts: Cpts) -> str:
    """« Avis attendu sur la lettre d’intention »."""
    return turns.awaited(cpts)


@register.filter
def role_label(role: str | None) -> str:
    """The French name of a stored role; nothing for nothing."""
    return str(Role(role).label) if role else ""


@dataclass(frozen=True, slots=True)
class TimeHeld:
    """How long one party has held a dossier, in all."""

    label: str
    days: int
    turns: int
    is_delay: bool
    is_present: bool


@register.filter
def time_held(cpts: Any) -> list[TimeHeld]:
    """The parties of a dossier read `with_bearers()`, the longest first."""
    periods = read_held(cpts.bearers)
    days = days_by_bearer(periods, clock.today())
    waited = days_waited(periods, clock.today())
    found = [_time_held(cpts, bearer, count, periods, waited) for bearer, count in days.items()]
    return sorted(found, key=lambda held: (not held.is_delay, -held.days, held.label))


@register.filter
def time_waited(cpts: Any) -> list[TimeHeld]:
    """The same for a row of a list: those whose delay it is, a day at least."""
    return [held for held in time_held(cpts) if held.is_delay and held.days]


def _time_held(
    cpts: Any, bearer: str, days: int, periods: list[Held], waited: dict[str, int]
) -> TimeHeld:
    turns_taken = sum(held.bearer == bearer for held in periods)
    return TimeHeld(
        str(Baton(bearer).label), days, turns_taken, bearer in waited, bearer == cpts.baton
    )
