"""Closed by default; refusals in words; a calm page when the database does not answer."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path, reverse

from accounts.access import Permission, needs, public, signed_in
from accounts.models import User
from accounts.sessions import SessionStore
from cpts_portal import urls as portal_urls
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from tests.cast import Cast

SignIn = Callable[[User], Client]


def undeclared(request: HttpRequest) -> HttpResponse:
    """Nobody said who may come."""
    return HttpResponse("secret")


@public
def refusing(request: HttpRequest) -> HttpResponse:
    raise Refused("Ce n’est pas encore possible.")


@public
def not_allowed(request: HttpRequest) -> HttpResponse:
    raise NotAllowed("approve")


@public
def without_database(request: HttpRequest) -> HttpResponse:
    raise OperationalError("the server closed the connection")


@public
def without_connection(request: HttpRequest) -> HttpResponse:
    raise InterfaceError("connection already closed")


@signed_in
def for_accounts(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bonjour")


@needs(Permission.PORTAL_ADMINISTER)
def for_administrators(request: HttpRequest) -> HttpResponse:
    return HttpResponse("bonjour")


urlpatterns = [
    path("essai/non-declaree/", undeclared),
    path("essai/refus/", refusing),
    path("essai/interdit/", not_allowed),
    path("essai/base-absente/", without_database),
    path("essai/connexion-perdue/", without_connection),
    path("essai/comptes/", for_accounts),
    path("essai/administration/", for_administrators),
    *portal_urls.urlpatterns,
]
handler403 = portal_urls.handler403
handler404 = portal_urls.handler404

pytestmark = pytest.mark.urls(__name__)


def test_a_view_that_declares_nothing_is_never_served(client: Client, db: None) -> None:
    with pytest.raises(ImproperlyConfigured, match="undeclared: add @needs"):
        client.get("/essai/non-declaree/")


def test_anonymous_visitors_are_sent_to_sign_in_and_back(client: Client, db: None) -> None:
    response = client.get("/essai/comptes/?page=2")
    assert response["Location"] == "/connexion/?next=%2Fessai%2Fcomptes%2F%3Fpage%3D2"


def test_a_missing_right_is_403(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.coordinator).get("/essai/administration/").status_code == 403
    assert sign_in(cast.administrator).get("/essai/administration/").status_code == 200


def test_somebody_else_s_dossier_is_404(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("dossier", args=[cast.rives.reference])
    assert sign_in(cast.monts_coordinator).get(url).status_code == 404


def test_a_transition_not_granted_is_403(client: Client, db: None) -> None:
    assert client.get("/essai/interdit/").status_code == 403


def test_a_refusal_becomes_a_message_where_the_person_was(client: Client, db: None) -> None:
    page = client.post(
        "/essai/refus/", headers={"referer": "http://testserver/connexion/"}, follow=True
    )
    assert page.redirect_chain == [("http://testserver/connexion/", 302)]
    assert "Ce n’est pas encore possible." in page.content.decode()


@pytest.mark.parametrize("referer", ["", "https://ailleurs.example/page/"])
def test_a_refusal_never_leads_elsewhere(client: Client, db: None, referer: str) -> None:
    response = client.post("/essai/refus/", headers={"referer": referer})
    assert response["Location"] == reverse("dashboard")


def test_a_refused_page_does_not_lead_to_itself(client: Client, db: None) -> None:
    here = "http://testserver/essai/refus/"
    assert client.get(here, headers={"referer": here})["Location"] == reverse("dashboard")


def test_a_refusal_to_htmx_is_a_part_with_409(client: Client, db: None) -> None:
    response = client.post("/essai/refus/", headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert "Ce n’est pas encore possible." in response.content.decode()
    assert "<html" not in response.content.decode()


@pytest.mark.parametrize("address", ["/essai/base-absente/", "/essai/connexion-perdue/"])
def test_without_database_a_calm_page(client: Client, db: None, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "<html" in response.content.decode()


def test_a_session_that_cannot_be_read_is_a_calm_page_too(
    cast: Cast, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(cast.coordinator)

    def fail(store: SessionStore) -> Any:
        raise OperationalError("the server closed the connection")

    with monkeypatch.context() as broken:
        broken.setattr(SessionStore, "_get_session_from_db", fail)
        assert client.get("/tableau-de-bord/").status_code == 503
    assert client.get("/tableau-de-bord/").status_code == 200, "normal again by itself"


def test_pages_made_for_somebody_are_kept_by_no_cache(cast: Cast, sign_in: SignIn) -> None:
    assert sign_in(cast.coordinator).get("/tableau-de-bord/")["Cache-Control"] == (
        "private, no-store"
    )


def test_public_pages_stay_cacheable(client: Client, db: None) -> None:
    assert "no-store" not in client.get("/connexion/").get("Cache-Control", "")
