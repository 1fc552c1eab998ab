"""All the routes of the portal with their views, for the tests about them."""

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.access import Access, access_of

ROOT = Path(__file__).parent.parent.parent


@dataclass(frozen=True)
class Route:
    """One address and the function that answers."""

    path: str
    name: str
    view: Callable[..., Any]

    @property
    def access(self) -> Access | None:
        return access_of(self.view)

    @property
    def function(self) -> Callable[..., Any]:
        """Under its decorators."""
        return inspect.unwrap(self.view)

    @property
    def source_file(self) -> Path:
        return Path(inspect.getsourcefile(self.function) or "")

    def __str__(self) -> str:
        return f"/{self.path} ({self.name})"


def all_routes() -> list[Route]:
    """Ours, in the order of the address table."""
    return list(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, prefix: str, namespace: str) -> Iterator[Route]:
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern, path, inner)
        elif isinstance(pattern, URLPattern):
            yield Route(path, f"{namespace}{pattern.name or ''}", pattern.callback)
