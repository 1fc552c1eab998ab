"""« Mon compte → Notifications »: one's own preferences, whole, or nothing changes."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import NotificationChoice, User
from accounts.notifications import Event
from tests.cast import Cast
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
PAGE = "accounts:notifications"


def chosen(**changed: str) -> dict[str, str]:
    return {event.value: "now" for event in Event} | changed


def test_preferences_are_saved_and_shown_again(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.president)
    answer = client.post(reverse(PAGE), chosen(message="daily", mission="never"))
    assert answer["Location"] == reverse(PAGE)
    paces = NotificationChoice.objects.paces_of(cast.president)
    assert (paces["message"], paces["mission"], paces["member"]) == ("daily", "never", "now")
    assert set(NotificationChoice.objects.paces_of(cast.coordinator).values()) == {"now"}
    with QueryCount() as count:
        form = client.get(reverse(PAGE)).context["form"]
    assert form.initial["message"] == "daily"
    assert count.number <= 6


def test_legal_acts_are_never_silenced(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.president)
    page = client.get(reverse(PAGE)).content.decode()
    assert page.count('value="never"') == len(Event) - 1
    answer = client.post(reverse(PAGE), chosen(legal_act="never", message="daily"))
    assert answer.status_code == 422
    assert "Choisissez un rythme de la liste." in answer.content.decode()
    assert not NotificationChoice.objects.exists()


def test_it_takes_an_account(client: Client) -> None:
    assert client.get(reverse(PAGE)).status_code == 302


def test_the_account_leads_there(cast: Cast, sign_in: SignIn) -> None:
    page = sign_in(cast.stranger).get(reverse("accounts:account")).content.decode()
    assert reverse(PAGE) in page
