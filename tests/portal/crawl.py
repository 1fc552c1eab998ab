"""Follows the links of the portal as a curious person would: each kind of page once or twice."""

import re
from collections import Counter
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client

SAME_KIND = 3  # pages whose address differs only by a reference, a code or a number


class _Links(HTMLParser):
    """The `href` of the links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        href = dict(attrs).get("href") if tag == "a" else None
        if href:
            self.found.append(href)


class Crawl:
    """`for path in crawl.paths(start): crawl.visit(path)`; `visited` holds what was seen."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.visited: set[str] = set()
        self._waiting: list[str] = []
        self._kinds: Counter[str] = Counter()

    def paths(self, start: str) -> Iterator[str]:
        self._waiting.append(start)
        while self._waiting:
            path = self._waiting.pop(0)
            kind = self._kind_of(path)
            if path in self.visited or self._kinds[kind] >= SAME_KIND:
                continue
            self.visited.add(path)
            self._kinds[kind] += 1
            yield path

    def visit(self, path: str) -> HttpResponse:
        answer = self.client.get(path)
        if answer.streaming:
            for _ in answer:  # read to its end, as a browser does: its file is then closed
                pass
        if self.leads_on(answer):
            self._waiting.append(answer.headers["Location"])
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            links = _Links()
            links.feed(answer.content.decode())
            for href in links.found:
                target = urlsplit(urljoin(path, href))
                if not target.netloc and target.path.startswith("/"):
                    query = f"?{target.query}" if target.query else ""
                    self._waiting.append(f"{target.path}{query}")
        return answer

    @staticmethod
    def leads_on(answer: HttpResponse) -> bool:
        """A link that leads to another page of the portal, visited in its turn."""
        target = answer.headers.get("Location", "")
        return target.startswith("/") and not target.startswith("/connexion/")

    def _kind_of(self, path: str) -> str:
        """The address without what names one object: references, codes, slugs, numbers, queries."""
        route = urlsplit(path).path
        route = re.sub(r"/(dossiers|cpts|communes|rejoindre)/[^/]+/", r"/\1/*/", route)
        return re.sub(r"[0-9a-f-]{30,}|\d+", "*", route)
