"""Answers to htmx: the part of a page, where a plain request gets the whole page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

STOP_POLLING = 286  # htmx's own status: the answer is swapped in, and the polling ends


def is_part(request: HttpRequest) -> bool:
    """True when htmx asks for a part (a history restore wants the whole page)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def render_page_or_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """Render `template`, or only its `{% partialdef part %}` for htmx."""
    name = f"{template}#{part}" if is_part(request) else template
    response = render(request, name, context, status=status)
    patch_vary_headers(response, ["HX-Request"])  # a cache must not serve a part as a page
    return response
