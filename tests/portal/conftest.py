"""What the pages of the portal share: a page read as its reader does."""

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

Read = Callable[..., str]


@pytest.fixture
def read(client: Client) -> Read:
    """`read(cast.president, "dashboard")`: the words of the page, without its tags."""

    def _read(user: User, route: str, *args: str, query: str = "") -> str:
        client.force_login(user, backend="territories.backends.SeatedBackend")
        response = client.get(reverse(route, args=args) + query)
        assert response.status_code == 200, response.status_code
        main = re.search(r"<main.*?</main>", response.content.decode(), re.DOTALL)
        assert main is not None
        words = unescape(re.sub(r"<[^>]+>", " ", main[0])).replace("\u00a0", " ")
        return re.sub(r"\s+", " ", words)

    return _read
