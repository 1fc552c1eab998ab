"""One submitted form is done once: a double click gets the first answer."""

import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from records.models import IdempotencyKey

SENT_ON = 307  # the same form goes to another page first: nothing is done yet
FIELD = "cle"  # the hidden input of templates/components/idempotency_key.html


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Do a POST once per form key, in one transaction with what the view does.

    The key is kept only when the view redirects (it did its act); a form shown again with errors
    keeps its key free. A second submission waits for the first, then follows its redirect.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key = _key_of(request)
        if request.method != "POST" or key is None:
            return view(request, *args, **kwargs)
        try:
            with transaction.atomic():
                row = _claim(key, request)
                response = view(request, *args, **kwargs)
                if 300 <= response.status_code < 400 and response.status_code != SENT_ON:
                    row.location = response["Location"]
                    row.save(update_fields=["location"])
                else:
                    row.delete()
                return response
        except _AlreadyDone as done:
            return redirect(done.location or request.path)

    return wrapped


class _AlreadyDone(Exception):
    def __init__(self, location: str) -> None:
        self.location = location


def _key_of(request: HttpRequest) -> uuid.UUID | None:
    try:
        return uuid.UUID(request.POST.get(FIELD, ""))
    except ValueError:
        return None


def _claim(key: uuid.UUID, request: HttpRequest) -> IdempotencyKey:
    user = request.user if request.user.is_authenticated else None
    try:
        with transaction.atomic():
            return IdempotencyKey.objects.create(key=key, user=user, path=request.path[:300])
    except IntegrityError:
        first = IdempotencyKey.objects.filter(key=key, user=user).first()
        raise _AlreadyDone(first.location if first else "") from None
