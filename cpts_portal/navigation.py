"""The main menu: public doors for everybody, then what the roles of the person open."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Permission, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the menu; `is_current` marks the room the person is in."""

    label: str
    url: str
    is_current: bool


_ROOMS = [
    ("Les CPTS", "territories:cpts_list"),
    ("Carte", "territories:map"),
    ("Simulateur", "aci:simulator"),
]
_PUBLIC = [("Accueil", "home"), *_ROOMS, ("Chiffres", "territories:figures")]
# What a permission opens, before the public rooms and after them.
_WORK = [
    (Permission.DOSSIER_LIST, ("Dossiers", "dossiers")),
    (Permission.OPINION_READ, ("Avis", "projects:opinion_list")),
    (Permission.SESSION_SEE, ("Séances", "projects:sessions")),
    (Permission.PAYMENT_PREPARE, ("Paiements", "aci:payments")),
    (Permission.PAYMENT_APPROVE, ("Paiements", "aci:payments")),
    (Permission.DOSSIER_SEE, ("Agenda", "agenda")),
]
Link = tuple[str, str]  # words, name of the route


def menu_of(request: HttpRequest) -> list[Entry]:
    """The entries this visitor may open, in the order of screens.md."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    links = [(label, reverse(route)) for label, route in (_own(user) if signed_in else _PUBLIC)]
    return [
        Entry(
            label,
            url,
            is_current=request.path == url or (url != "/" and request.path.startswith(url)),
        )
        for label, url in links
    ]


def _own(user: Any) -> list[Link]:
    """Of somebody signed in; « Pilotage » stands where the public figures do."""
    granted = user.permissions
    steers = Permission.FIGURES_SEE in granted
    links = [("À faire", "dashboard")]
    links += dict.fromkeys(link for permission, link in _WORK if permission in granted)
    links += _ROOMS
    links.append(
        ("Pilotage", "territories:steering_coverage")
        if steers
        else ("Chiffres", "territories:figures")
    )
    if Role.MEMBER in user.roles:
        links.append(("Mes adhésions", "members:mine"))
    links.append(("Mes travaux", "records:jobs"))
    if Permission.PORTAL_ADMINISTER in granted:
        links.append(("Administration", "administration"))
    return links
