"""Joining as a visitor does: the forms, the follow-up link, one's own memberships."""

import datetime as dt
import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from foundation import clock
from members import actions
from members.models import Member
from members.workflow import MemberState
from territories.actions import move
from territories.models import Stage
from tests.cast import Cast
from tests.members.applications import RPPS, applicant, form_data, member, organisation, person
from tests.members.mailbox import link_of, mails_to
from tests.queries import QueryCount


def last_link(address: str) -> str:
    """The follow-up link of the last e-mail, as a path."""
    return link_of(mails_to(address)[-1])


def apply_url(cast: Cast, who: str = "person") -> str:
    return reverse(f"members:apply_as_{who}", args=[cast.rives.slug])


# --- The forms -------------------------------------------------------------------------------


def test_apply_asks_who_joins(cast: Cast, client: Client) -> None:
    page = client.get(reverse("members:apply", args=[cast.rives.slug])).content.decode()
    assert apply_url(cast) in page
    assert apply_url(cast, "organisation") in page


def test_a_dossier_that_is_not_public_cannot_be_joined(cast: Cast, client: Client) -> None:
    move(cast.rives, public=False)
    for name in ("apply", "apply_as_person", "apply_as_organisation", "applied"):
        assert client.get(reverse(f"members:{name}", args=[cast.rives.slug])).status_code == 404


def test_a_community_that_ended_says_so_kindly(cast: Cast, client: Client) -> None:
    move(cast.rives, stage=Stage.TERMINATED)
    page = client.get(reverse("members:apply", args=[cast.rives.slug]))
    assert "ne reçoit plus de demandes" in page.content.decode()
    closed = client.post(apply_url(cast), form_data(person()))
    assert closed["Location"] == reverse("members:apply", args=[cast.rives.slug])
    assert not Member.objects.exists()


def test_a_visitor_applies(cast: Cast, client: Client) -> None:
    data = form_data(person(rpps=f"{RPPS[:5]} {RPPS[5:]}"), consents=["newsletter"])
    answer = client.post(apply_url(cast), data)
    assert answer["Location"] == reverse("members:applied", args=[cast.rives.slug])
    found = Member.objects.get()
    assert (found.rpps, found.email) == (RPPS, "camille.durand@example.org")
    assert [item.purpose for item in found.consents.all()] == ["newsletter"]
    assert "Ce qui se passe maintenant" in client.get(answer["Location"]).content.decode()


def test_an_organisation_applies(cast: Cast, client: Client) -> None:
    answer = client.post(apply_url(cast, "organisation"), form_data(organisation()))
    assert answer.status_code == 302
    assert Member.objects.get().name == "Centre hospitalier de Rives"


def test_a_refused_form_keeps_what_was_typed_and_names_the_fields(
    cast: Cast, client: Client
) -> None:
    page = client.post(apply_url(cast), form_data(person(rpps="123", last_name="")))
    text = page.content.decode()
    assert "2 points à corriger" in text
    assert "11 chiffres" in text
    assert 'value="Camille"' in text
    assert 'value="123"' in text
    assert text.index('href="#id_last_name"') < text.index('href="#id_rpps"')
    assert not Member.objects.exists()


def test_a_double_click_makes_one_application(cast: Cast, client: Client) -> None:
    data = form_data(person(), cle=str(uuid.uuid4()))
    answers = [client.post(apply_url(cast), data) for _ in range(2)]
    assert [answer["Location"] for answer in answers] == [
        reverse("members:applied", args=[cast.rives.slug])
    ] * 2
    assert Member.objects.count() == 1


def test_the_answer_does_not_tell_who_is_a_member(cast: Cast, client: Client) -> None:
    member(cast.rives, cast.president)
    known = client.post(apply_url(cast), form_data(person()))
    unknown = client.post(apply_url(cast), form_data(person(email="nouveau@example.org")))
    assert known["Location"] == unknown["Location"]
    bodies = [client.get(answer["Location"]).content for answer in (known, unknown)]
    assert bodies[0] == bodies[1]


def test_extra_fields_change_nothing(cast: Cast, client: Client) -> None:
    extra = {"state": "approved", "user": cast.nurse.pk, "cpts": cast.monts.pk, "decided_at": "x"}
    client.post(apply_url(cast), form_data(person(), **extra))
    found = Member.objects.get()
    assert (found.state, found.user, found.cpts) == (MemberState.APPLIED, None, cast.rives)


def test_what_is_known_is_not_asked_again(cast: Cast, sign_in: Any) -> None:
    page = sign_in(cast.stranger).get(apply_url(cast)).content.decode()
    assert f'value="{cast.stranger.email}"' in page
    assert f'value="{cast.stranger.last_name}"' in page


# --- The follow-up link ----------------------------------------------------------------------


def test_the_link_shows_the_state_and_lets_confirm_the_address(cast: Cast, client: Client) -> None:
    found = applicant(cast.rives)
    answer = client.get(last_link(found.email))
    assert answer["Location"] == reverse("members:follow_up")
    assert "no-store" in answer["Cache-Control"]
    page = client.get(answer["Location"]).content.decode()
    assert "examine votre demande" in page
    assert "Confirmer mon adresse" in page
    found.refresh_from_db()
    assert found.email_confirmed_at is None  # a mail scanner opens links too
    client.post(reverse("members:confirm_email"))
    found.refresh_from_db()
    assert found.email_confirmed_at is not None
    page = client.get(answer["Location"]).content.decode()
    assert "Confirmer mon adresse" not in page
    assert "Camille" not in page.split("<main")[0]


def test_an_unknown_link_teaches_how_to_get_another(cast: Cast, client: Client) -> None:
    for path in ("/rejoindre/suivi/inconnu/", reverse("members:follow_up")):
        answer = client.get(path)
        assert answer.status_code == 404
        assert reverse("members:lost_link") in answer.content.decode()


def test_the_link_is_forgotten_after_an_hour(cast: Cast, client: Client) -> None:
    with clock.at(dt.datetime(2026, 3, 1, 9, tzinfo=clock.PARIS)):
        found = applicant(cast.rives)
        client.get(last_link(found.email))
    with clock.at(dt.datetime(2026, 3, 1, 9, 59, tzinfo=clock.PARIS)):
        assert client.get(reverse("members:follow_up")).status_code == 200
    with clock.at(dt.datetime(2026, 3, 1, 10, 1, tzinfo=clock.PARIS)):
        assert client.get(reverse("members:follow_up")).status_code == 404
        assert client.post(reverse("members:follow_up_leave")).status_code == 404


def test_agreements_and_leaving_through_the_link(cast: Cast, client: Client) -> None:
    found = member(cast.rives, cast.president)
    client.get(last_link(found.email))
    client.post(reverse("members:follow_up_consents"), {"consents": ["image"]})
    assert found.consents.in_force().count() == 1
    client.post(reverse("members:follow_up_leave"))
    found.refresh_from_db()
    assert found.state == MemberState.LEFT
    page = client.get(reverse("members:follow_up")).content.decode()
    assert "terminée" in page


def test_a_refusal_is_explained_on_the_page(cast: Cast, client: Client) -> None:
    found = applicant(cast.rives)
    client.get(last_link(found.email))
    actions.refuse(found, reason="Hors du <b>territoire</b>.", by=cast.president)
    page = client.get(reverse("members:follow_up")).content.decode()
    assert "Hors du &lt;b&gt;territoire&lt;/b&gt;." in page


def test_attach_needs_an_account(cast: Cast, client: Client, sign_in: Any) -> None:
    found = member(cast.rives, cast.president)
    client.get(last_link(found.email))
    page = client.get(reverse("members:follow_up")).content.decode()
    assert "Connectez-vous pour y rattacher" in page
    assert client.post(reverse("members:attach")).status_code == 302
    found.refresh_from_db()
    assert found.user is None
    sign_in(cast.stranger)
    assert "Rattacher à mon compte" in client.get(reverse("members:follow_up")).content.decode()
    assert client.post(reverse("members:attach"))["Location"] == reverse("members:mine")
    found.refresh_from_db()
    assert found.user == cast.stranger
    assert "est rattachée" in client.get(reverse("members:follow_up")).content.decode()


def test_a_lost_link_gives_the_same_answer_to_everybody(cast: Cast, client: Client) -> None:
    with clock.at(dt.date(2026, 1, 1)):
        found = applicant(cast.rives)
    before = len(mails_to(found.email))
    for address in (found.email, "inconnu@example.org"):
        page = client.post(reverse("members:lost_link"), {"email": address}, follow=True)
        assert "Si une adhésion est en cours" in page.content.decode()
    assert len(mails_to(found.email)) == before + 1
    assert mails_to("inconnu@example.org") == []
    refused = client.post(reverse("members:lost_link"), {"email": "pas une adresse"})
    assert "Un point à corriger" in refused.content.decode()


# --- One's own memberships -------------------------------------------------------------------


@pytest.fixture
def own(cast: Cast) -> Member:
    found = actions.apply(cast.rives, person(email=cast.nurse.email), by=cast.nurse)
    return actions.approve(found, by=cast.president)


def test_mine_lists_my_memberships(cast: Cast, own: Member, sign_in: Any) -> None:
    applicant(cast.monts, email=cast.nurse.email)
    page = sign_in(cast.nurse).get(reverse("members:mine")).content.decode()
    assert "CPTS Rives" in page
    assert "CPTS Monts" not in page  # by its link, it can be attached
    empty = sign_in(cast.stranger).get(reverse("members:mine")).content.decode()
    assert "Aucune adhésion rattachée" in empty


def test_my_membership_is_mine_alone(cast: Cast, own: Member, sign_in: Any) -> None:
    routes = [
        ("get", "membership"),
        ("post", "membership_consents"),
        ("post", "membership_leave"),
        ("post", "choose_main"),
    ]
    for name, somebody in cast.people().items():
        client = sign_in(somebody)
        for method, route in routes:
            if name == "nurse":
                continue
            answer = getattr(client, method)(reverse(f"members:{route}", args=[own.uuid]))
            assert answer.status_code == 404, (name, route)


def test_i_manage_my_membership(cast: Cast, own: Member, sign_in: Any) -> None:
    client = sign_in(cast.nurse)
    other = actions.attach(applicant(cast.monts, email="i@example.org"), by=cast.nurse)
    page = client.get(reverse("members:membership", args=[own.uuid])).content.decode()
    assert "C’est votre CPTS principale" in page
    client.post(reverse("members:choose_main", args=[other.uuid]))
    client.post(reverse("members:membership_consents", args=[own.uuid]), {"consents": "directory"})
    own.refresh_from_db()
    assert not own.is_main_cpts
    assert own.consents.in_force().count() == 1
    client.post(reverse("members:membership_leave", args=[own.uuid]))
    own.refresh_from_db()
    assert own.state == MemberState.LEFT


@pytest.mark.parametrize("route", ["mine", "attach"])
def test_an_anonymous_visitor_is_asked_to_sign_in(db: None, client: Client, route: str) -> None:
    answer = (
        client.post(reverse("members:attach"))
        if route == "attach"
        else client.get("/mes-adhesions/")
    )
    assert answer.status_code == 302
    assert reverse("accounts:sign_in") in answer["Location"]


def test_nothing_personal_is_in_an_address(cast: Cast, own: Member, client: Client) -> None:
    found = applicant(cast.rives)
    addresses = [
        reverse("members:member", args=[cast.rives.reference, own.uuid]),
        client.post(apply_url(cast), form_data(person(email="x@example.org")))["Location"],
        client.get(last_link(found.email))["Location"],
    ]
    for address in addresses:
        assert "@" not in address
        assert RPPS not in address


def test_pages_cost_few_queries(cast: Cast, own: Member, sign_in: Any) -> None:
    client = sign_in(User.objects.get(pk=cast.nurse.pk))
    for url in (
        reverse("members:apply", args=[cast.rives.slug]),
        apply_url(cast),
        reverse("members:mine"),
        reverse("members:membership", args=[own.uuid]),
    ):
        with QueryCount() as count:
            assert client.get(url).status_code == 200
        assert count.number <= 6, (url, count.number)
