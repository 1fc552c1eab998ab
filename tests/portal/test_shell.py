"""The shell of every page: header, notice, footer, errors, and pages that need no database."""

from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client, RequestFactory

from cpts_portal import public_pages
from cpts_portal.middleware import unavailable
from foundation import clock
from tests.cast import Cast
from tests.territories.test_views import text_of


@pytest.mark.django_db
class TestHome:
    def test_it_answers_the_first_question_and_opens_three_doors(
        self, client: Client, cast: Cast
    ) -> None:
        html = text_of(client.get("/"))
        assert "Quelle CPTS pour ma commune ?" in html
        assert html.count('class="door"') == 3
        assert 'hx-get="/communes/"' in html

    def test_figures_come_from_the_database_with_date_and_method(
        self, client: Client, cast: Cast
    ) -> None:
        figures = client.get("/").context["figures"]
        assert (figures.cpts, figures.contracts) == (2, 0)
        assert (figures.total.covered.communes, figures.day) == (3, clock.today())

    def test_a_shared_commune_counts_once(self, client: Client, cast: Cast) -> None:
        cast.monts.territory.communes.create(commune_id="62119", population=25224)
        whole = client.get("/").context["figures"].total
        assert (whole.covered.communes, whole.overlap.communes) == (3, 1)

    def test_one_query_once_the_figures_are_kept(
        self, client: Client, cast: Cast, django_assert_num_queries: Any
    ) -> None:
        client.get("/")
        with django_assert_num_queries(1):
            client.get("/")

    def test_an_empty_portal_has_a_home(self, client: Client) -> None:
        assert client.get("/").status_code == 200


class TestOperator:
    def test_without_an_entitled_operator_no_state_block_and_a_notice(self, client: Client) -> None:
        html = text_of(client.get("/accessibilite/"))
        assert "Démonstration, site non officiel" in html
        assert "fr-logo" not in html

    def test_an_entitled_operator_bears_the_state_block(
        self, client: Client, settings: Any
    ) -> None:
        settings.PORTAL_OPERATOR = "ARS Hauts-de-France"
        html = text_of(client.get("/accessibilite/"))
        assert "Démonstration, site non officiel" not in html
        assert "fr-logo" in html
        assert "ARS Hauts-de-France" in html


class TestShell:
    @pytest.mark.parametrize("path", ["/plan-du-site/", "/accessibilite/", "/mentions-legales/"])
    def test_plain_pages_cost_no_query(self, client: Client, path: str) -> None:
        response = client.get(path)
        assert response.status_code == 200
        html = text_of(response)
        assert html.count("<h1") == 1
        assert "Licence Ouverte" in html
        assert 'lang="fr"' in html

    def test_no_page_asks_another_site_for_anything(self, client: Client) -> None:
        html = text_of(client.get("/accessibilite/"))
        assert 'src="http' not in html
        assert 'rel="stylesheet" href="http' not in html

    def test_the_policy_allows_nothing_inline(self, client: Client) -> None:
        policy = client.get("/accessibilite/")["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy

    @pytest.mark.django_db
    def test_somebody_signed_in_sees_their_name_and_a_way_out(
        self, cast: Cast, sign_in: Any
    ) -> None:
        html = text_of(sign_in(cast.holder).get("/accessibilite/"))
        assert "Hélène Porteur" in html
        assert 'action="/deconnexion/"' in html
        assert "Se connecter" not in html


class TestHealth:
    @pytest.mark.django_db
    def test_it_asks_the_database(self, client: Client, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(1):
            response = client.get("/sante/")
        assert response.content == b"ok"

    def test_a_database_that_is_down_answers_503(
        self, client: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Down:
            def cursor(self) -> None:
                raise OperationalError("no server")

        monkeypatch.setattr(public_pages, "connection", Down())
        response = client.get("/sante/")
        assert response.status_code == 503
        assert response["Retry-After"] == "30"
        assert "momentanément indisponible" in text_of(response)


class TestErrors:
    @pytest.mark.django_db
    def test_an_address_that_no_database_can_hold_is_not_found(
        self, cast: Cast, sign_in: Any
    ) -> None:
        assert sign_in(cast.holder).get("/dossiers/%00/").status_code == 404

    def test_not_found(self, client: Client) -> None:
        response = client.get("/cette-page-n-existe-pas/")
        assert response.status_code == 404
        assert "Page introuvable" in text_of(response)

    @pytest.mark.django_db
    def test_forbidden(self, cast: Cast, sign_in: Any) -> None:
        response = sign_in(cast.nurse).get("/dossiers/")
        assert response.status_code == 403
        assert "Vous n’avez pas accès" in text_of(response)

    def test_the_pages_of_trouble_need_no_database(self, rf: RequestFactory) -> None:
        """Without the mark `django_db`, a query would make these fail."""
        request = rf.get("/")
        assert public_pages.server_error(request).status_code == 500
        assert unavailable(request).status_code == 503

    def test_bad_request(self, client: Client, rf: RequestFactory) -> None:
        request = rf.get("/")
        response = public_pages.bad_request(request, ValueError())
        assert response.status_code == 400
        assert "Rien n’a été modifié" in text_of(response)
