"""What the tests of letters and projects share: a cast in post since long, a client."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from foundation import clock
from tests.cast import Cast, Geography, make_cast
from tests.projects.screens import url


@pytest.fixture
def cast(geography: Geography) -> Cast:
    """Everybody took up their post long ago: acts are replayed at dates of 2026."""
    with clock.at(dt.date(2025, 1, 6)):
        return make_cast(geography)


@pytest.fixture
def at(sign_in: Any) -> Any:
    """`at(user).get("letter", cpts)`: a signed-in client that names its routes."""

    class Visitor:
        def __init__(self, user: User) -> None:
            self.client: Client = sign_in(user)

        def get(self, name: str, *args: Any) -> Any:
            return self.client.get(url(name, *args))

        def post(self, name: str, /, *args: Any, **data: Any) -> Any:
            return self.client.post(url(name, *args), data, follow=True)

    return Visitor
