"""A form submitted twice does its act once."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.test import RequestFactory

from accounts.models import User
from foundation.refusal import Refused
from records.idempotency import once
from records.models import IdempotencyKey
from tests.cast import Cast, make_user


@once
def create(request: HttpRequest) -> HttpResponse:
    """A view that creates something, shows its form again, or refuses."""
    made = make_user(f"Personne {uuid.uuid4().hex[:8]}")
    match request.POST.get("answer"):
        case "form":
            return HttpResponse("à corriger")
        case "refused":
            raise Refused("Non.")
    return redirect(f"/fait/{made.pk}/")


def post(user: User, key: str, answer: str = "done") -> HttpResponse:
    request = RequestFactory().post("/creer/", {"cle": key, "answer": answer})
    request.user = user
    return create(request)


def made() -> int:
    return User.objects.filter(first_name="Personne").count()


@pytest.fixture
def key() -> str:
    return str(uuid.uuid4())


def test_a_double_submission_follows_the_first(cast: Cast, key: str) -> None:
    first, second = post(cast.holder, key), post(cast.holder, key)
    assert made() == 1
    assert first["Location"] == second["Location"]


def test_another_key_is_another_act(cast: Cast, key: str) -> None:
    post(cast.holder, key)
    post(cast.holder, str(uuid.uuid4()))
    assert made() == 2


def test_a_form_shown_again_keeps_its_key_free(cast: Cast, key: str) -> None:
    assert post(cast.holder, key, "form").status_code == 200
    assert not IdempotencyKey.objects.exists()
    assert post(cast.holder, key).status_code == 302


def test_a_refusal_undoes_all_and_keeps_the_key_free(cast: Cast, key: str) -> None:
    with pytest.raises(Refused):
        post(cast.holder, key, "refused")
    assert (made(), IdempotencyKey.objects.count()) == (0, 0)


def test_a_key_tells_nothing_to_somebody_else(cast: Cast, key: str) -> None:
    post(cast.holder, key)
    assert post(cast.president, key)["Location"] == "/creer/"
    assert made() == 1


@pytest.mark.parametrize("no_key", ["", "pas une clé", "0" * 500])
def test_without_a_valid_key_the_view_is_as_it_is(cast: Cast, no_key: str) -> None:
    assert post(cast.holder, no_key).status_code == 302
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_object(
    cast: Cast, key: str, in_threads: Callable[..., list[Any]]
) -> None:
    answers = in_threads(*[lambda: post(cast.holder, key)] * 3)
    assert made() == 1
    assert len({answer["Location"] for answer in answers}) == 1
