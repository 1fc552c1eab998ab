"""The main menu: public doors for everybody, then what the roles of the person open."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from accounts.access import Permission, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """One link of the menu; `is_current` marks the room the person is in."""

    label: str
    url: str
    is_current: bool


def menu_of(request: HttpRequest) -> list[Entry]:
    """The entries this visitor may open, in the order of screens.md."""
    figures = ("Chiffres", reverse("territories:figures"))
    links = [
        ("Accueil", reverse("home")),
        ("Les CPTS", reverse("territories:cpts_list")),
        ("Carte", reverse("territories:map")),
        ("Simulateur", reverse("aci:simulator")),
        figures,
    ]
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        links = [("À faire", reverse("dashboard")), *links[1:]]
        if Permission.DOSSIER_LIST in user.permissions:
            links.insert(1, ("Dossiers", reverse("dossiers")))
        if Permission.OPINION_READ in user.permissions:
            links.insert(2, ("Avis", reverse("projects:opinion_list")))
        if Permission.SESSION_SEE in user.permissions:
            links.append(("Séances", reverse("projects:sessions")))
        if Permission.FIGURES_SEE in user.permissions:  # where the public figures are too
            links[links.index(figures)] = ("Pilotage", reverse("territories:steering_coverage"))
        if Permission.DOSSIER_SEE in user.permissions:
            links.append(("Agenda", reverse("agenda")))
        if Role.MEMBER in user.roles:
            links.append(("Mes adhésions", reverse("members:mine")))
        links.append(("Mes travaux", reverse("records:jobs")))
        if Permission.PORTAL_ADMINISTER in user.permissions:
            links.append(("Administration", reverse("administration")))
    return [
        Entry(
            label,
            url,
            is_current=request.path == url or (url != "/" and request.path.startswith(url)),
        )
        for label, url in links
    ]
