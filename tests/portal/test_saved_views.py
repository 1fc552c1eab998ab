"""Saved views: one's own filtered lists, by name, with their counts on the desk."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import saved_views
from accounts.models import SavedView, User
from foundation.refusal import Refused
from territories.actions import move
from territories.models import Baton
from tests.cast import Cast
from tests.portal.conftest import Read
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
ROUTES = ("rename_dossier_view", "make_default_dossier_view", "delete_dossier_view")


@pytest.fixture
def view(cast: Cast) -> SavedView:
    """What the ARS reviewer looks at every morning."""
    return keep(cast.ars_reviewer, "Chez l’ARS", "tour=ars")


def keep(user: User, name: str, query: str, *, is_default: bool = False) -> SavedView:
    return saved_views.save_view(name=name, query=query, is_default=is_default, by=user)


def save(client: Client, query: str, **data: Any) -> Any:
    return client.post(reverse("save_dossier_view") + query, data, follow=True)


def test_a_filtered_list_is_kept_under_a_name(cast: Cast, sign_in: SignIn, read: Read) -> None:
    client = sign_in(cast.ars_reviewer)
    address = "?tour=ars&etape=&page=3&inconnu=1&taille=9"
    assert "À qui le tour : ARS." in read(cast.ars_reviewer, "save_dossier_view", query=address)
    answer = save(client, address, name="Chez l’ARS")
    assert answer.redirect_chain[-1][0] == "/dossiers/?tour=ars"
    stored = SavedView.objects.get()
    assert (stored.user, stored.query, stored.is_default) == (cast.ars_reviewer, "tour=ars", False)


@pytest.mark.parametrize(
    ("query", "name", "words"),
    [
        ("?tour=ars", "", "Donnez un nom à cette vue."),
        ("?tour=ars", "x" * 61, "60 caractères"),
        ("?tour=ars", "CHEZ L’ARS", "Vous avez déjà une vue nommée"),
        ("", "Tout", "Choisissez d’abord un critère"),
        ("?tour=personne", "Rien", "Choisissez d’abord un critère"),
    ],
)
def test_what_cannot_be_kept_is_told_in_a_sentence(
    cast: Cast, view: SavedView, sign_in: SignIn, query: str, name: str, words: str
) -> None:
    answer = save(sign_in(cast.ars_reviewer), query, name=name)
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert SavedView.objects.count() == 1


def test_twenty_views_and_no_more(cast: Cast) -> None:
    for number in range(saved_views.MOST_VIEWS):
        keep(cast.ars_reviewer, f"Vue {number}", "tour=ars")
    with pytest.raises(Refused, match="supprimez-en une"):
        keep(cast.ars_reviewer, "Une de trop", "tour=ars")
    keep(cast.cpam_officer, "Celle d’un autre", "tour=ars")


def test_the_list_opens_on_the_default_view(cast: Cast, sign_in: SignIn) -> None:
    keep(cast.ars_reviewer, "Ancienne", "tour=cpam", is_default=True)
    keep(cast.ars_reviewer, "Nouvelle", "tour=ars", is_default=True)
    client = sign_in(cast.ars_reviewer)
    with QueryCount() as count:
        answer = client.get(reverse("dossiers"))
    assert count.number <= 4
    assert answer["Location"] == "/dossiers/?tour=ars"
    everything = client.get(reverse("dossiers") + "?tri=attente")
    assert everything.status_code == 200
    assert "/dossiers/?tri=attente" in everything.content.decode()
    assert sign_in(cast.cpam_officer).get(reverse("dossiers")).status_code == 200


def test_one_renames_chooses_and_forgets(cast: Cast, view: SavedView, sign_in: SignIn) -> None:
    client = sign_in(cast.ars_reviewer)
    for route, data in zip(ROUTES[:2], ({"name": "Chez nous"}, {}), strict=True):
        answer = client.post(reverse(route, args=[view.uuid]), data, follow=True)
        assert answer.redirect_chain == [("/dossiers/vues/", 302)]
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Chez nous", True)
    answer = client.post(reverse(ROUTES[1], args=[view.uuid]), follow=True)
    assert "ne s’ouvre plus sur «\u00a0Chez nous\u00a0»" in answer.content.decode()
    client.post(reverse(ROUTES[2], args=[view.uuid]))
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("route", ROUTES)
def test_another_s_view_does_not_exist(
    cast: Cast, view: SavedView, sign_in: SignIn, route: str
) -> None:
    url = reverse(route, args=[view.uuid])
    for person in (cast.ars_director, cast.cpam_officer):
        client = sign_in(person)
        assert client.post(url, {"name": "À moi"}).status_code == 404
        assert "Chez l’ARS" not in client.get(reverse("dossier_views")).content.decode()
    assert sign_in(cast.president).post(url).status_code == 403
    view.refresh_from_db()
    assert (view.name, view.is_default) == ("Chez l’ARS", False)


def test_the_desk_counts_each_view(cast: Cast, view: SavedView, read: Read) -> None:
    keep(cast.ars_reviewer, "Rives", "q=rives")
    keep(cast.ars_reviewer, "Terminés", "etape=terminated")
    keep(cast.ars_reviewer, "Obsolète", "etape=disparue")
    move(cast.monts, baton=Baton.CPAM)
    page = read(cast.ars_reviewer, "dashboard")
    assert "Chez l’ARS : 1 dossier" in page
    assert "Rives : 1 dossier" in page
    assert "Terminés : 0 dossier" in page
    assert "Obsolète : 2 dossiers" in page, "an unknown criterion is ignored"
    assert "Voir tous les dossiers (2)" in page
    assert "Mes vues" not in read(cast.ars_director, "dashboard")


def test_counts_stay_inside_the_scope(cast: Cast, read: Read) -> None:
    keep(cast.other_district_officer, "Chez l’ARS", "tour=ars")
    assert "Chez l’ARS : 0 dossier" in read(cast.other_district_officer, "dashboard")


def test_a_criterion_that_no_longer_exists_is_ignored_with_a_word(cast: Cast, read: Read) -> None:
    page = read(cast.ars_reviewer, "dossiers", query="?etape=disparue&tour=ars&vieux=1")
    assert "2 critères de cette adresse sont inconnus et sans effet : Étape, vieux." in page
    assert "CPTS Rives" in page
    assert "sans effet" not in read(cast.ars_reviewer, "dossiers", query="?tour=ars&page=1")


@pytest.mark.parametrize(
    "changes", [{"name": "chez l’ars"}, {"name": ""}, {"query": ""}, {"is_default": True}]
)
def test_the_database_refuses_twins_and_emptiness(
    cast: Cast, view: SavedView, changes: dict[str, Any]
) -> None:
    SavedView.objects.update(is_default=True)
    row = {"name": "Autre", "query": "tour=ars", **changes}
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.create(user=cast.ars_reviewer, **row)
