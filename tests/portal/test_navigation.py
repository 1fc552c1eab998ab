"""The menu: public doors for everybody, then what the roles open; the room one is in is marked."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from cpts_portal.navigation import menu_of
from tests.cast import Cast


def labels(client: Client, user: User | None, path: str = "/") -> dict[str, bool]:
    """Label → is it the current room."""
    if user:
        client.force_login(user, backend="territories.backends.SeatedBackend")
    request = client.get(path).wsgi_request
    return {entry.label: entry.is_current for entry in menu_of(request)}


@pytest.mark.parametrize(
    ("part", "own"),
    [
        ("ars_reviewer", {"Dossiers", "Avis", "Séances", "Pilotage", "Agenda"}),
        ("national_reader", {"Pilotage"}),
        ("committee_member", {"Dossiers", "Séances", "Chiffres", "Agenda"}),
        ("president", {"Chiffres", "Agenda"}),
        ("administrator", {"Administration", "Chiffres"}),
    ],
)
def test_the_menu_follows_the_roles(client: Client, cast: Cast, part: str, own: set[str]) -> None:
    found = labels(client, getattr(cast, part), reverse("dashboard"))
    public = {"À faire", "Les CPTS", "Carte", "Simulateur", "Mes travaux"}
    assert public <= set(found)
    assert set(found) - public == own
    assert found["À faire"]


def test_visitors_have_the_public_doors(client: Client, db: None) -> None:
    others = dict.fromkeys(["Les CPTS", "Carte", "Simulateur", "Chiffres"], False)
    assert labels(client, None) == {"Accueil": True, **others}


def test_a_dossier_is_in_the_room_of_the_dossiers(client: Client, cast: Cast) -> None:
    path = reverse("dossier", args=[cast.rives.reference])
    found = labels(client, cast.ars_reviewer, path)
    assert [label for label, is_current in found.items() if is_current] == ["Dossiers"]
