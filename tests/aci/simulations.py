"""What the tests of the simulator share: addresses, what a page says, who touches whom."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from territories.drafts.draft import Draft, read_draft
from territories.models import Adjacency

SIMULATOR = "/simulateur/"


def plain(response: Any) -> str:
    return " ".join(response.content.decode().replace("\xa0", " ").replace("&nbsp;", " ").split())


def draft_at(response: Any) -> Draft:
    """The draft of the address that an answer leads to."""
    assert response.status_code == 302, plain(response)[:300]
    return read_draft(parse_qs(urlsplit(response["Location"]).query).get("t", [""])[0])


def draft(*codes: str, vintage: int | None = 2023, **shares: int) -> str:
    return Draft({**dict.fromkeys(codes, 10_000), **shares}, vintage).text


def touch(one: str, other: str) -> None:
    Adjacency.objects.create(commune_id=one, neighbour_id=other)
    Adjacency.objects.create(commune_id=other, neighbour_id=one)
