"""Closed by default, refusals in words, and a calm page when the database does not answer."""

import logging
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import ImproperlyConfigured
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.access import access_of
from foundation.htmx import is_part
from foundation.refusal import Refused
from foundation.workflow import NotAllowed

logger = logging.getLogger(__name__)

Answer = Callable[[HttpRequest], HttpResponse]


class DeclaredAccessMiddleware:
    """A view that does not say who may come is never served."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if any("\0" in value for value in kwargs.values() if isinstance(value, str)):
            raise Http404  # PostgreSQL refuses NUL in a text: no page has such an address
        if access_of(view) is None:
            name = getattr(view, "__qualname__", repr(view))
            raise ImproperlyConfigured(f"{name}: add @needs(...), @signed_in or @public.")
        return None


class PrivatePagesMiddleware:
    """Pages made for somebody are kept by no cache: after signing out, « back » shows none of them.

    Files keep what their own view said; public pages seen without account stay cacheable.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # Not on a server error: the session itself may be what could not be read.
        is_answer = response.status_code < 500 and request.session.accessed
        if is_answer and SESSION_KEY in request.session:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class RefusedMiddleware:
    """Buttons without input: the refusal becomes a message on the page the person came from."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, NotAllowed):
            return render(request, "403.html", status=403)
        if not isinstance(error, Refused):
            return None
        if is_part(request):
            context = {"reason": error.reason}
            return render(request, "components/refusal.html", context, status=409)
        messages.error(request, error.reason)
        return redirect(_page_before(request))


def _page_before(request: HttpRequest) -> str:
    """Where the form was: the referring page of this very site, else the dashboard."""
    before = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(before, {request.get_host()}, request.is_secure())
    comes_back_to_itself = request.method == "GET" and before == request.build_absolute_uri()
    return before if ours and not comes_back_to_itself else settings.LOGIN_REDIRECT_URL


class DatabaseUnavailableMiddleware:
    """A database that is down or too slow gives a clean 503, then things go on by themselves."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError):
            return unavailable(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, OperationalError | InterfaceError):
            logger.exception("The database does not answer.")
            return unavailable(request)
        return None


def unavailable(request: HttpRequest) -> HttpResponse:
    """A page that needs no database: no user, no menu."""
    # Rendered without the request: context processors would ask the database for the user.
    response = HttpResponse(render_to_string("errors/unavailable.html"), status=503)
    response["Retry-After"] = "30"
    return response
