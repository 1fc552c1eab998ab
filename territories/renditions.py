"""Answers long to make and the same for everybody: made once, kept compressed, served with ETag."""

import datetime as dt
import gzip
import hashlib
from collections.abc import Callable, Iterable, Sequence

import brotli
from django.db import connection
from django.db.models.expressions import RawSQL
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from foundation import clock
from territories.models import Rendition

ONE_HOUR = 3600
KEEP = dt.timedelta(days=30)
_QUALITY = 9  # of brotli: a few per cent above the smallest, fifty times faster
SMALLEST = 11


# What every answer is made from: stages, public territories, communes and their outlines.
_FACTS = {
    "stage": "SELECT MAX(changed_at) FROM territories_stageperiod",
    "stages": "SELECT COUNT(*) FROM territories_stageperiod",
    "territory": """SELECT MAX(t.changed_at) FROM territories_territory t
        JOIN territories_cpts c ON c.id = t.cpts_id WHERE c.is_public""",
    "reference": "SELECT MAX(loaded_at) FROM territories_referencefile",
}


def data_fingerprint(*more: object) -> str:
    """Changes when a public territory, a stage, a commune or an outline does. One query.

    `more` is what else the answer depends on (a day, the version of a template).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(f"({query})" for query in _FACTS.values()))
        return _digest(cursor.fetchone(), more)


def _digest(facts: Iterable[object], more: Iterable[object]) -> str:
    """The same whether a fact comes as a date or as its text (SQLite gives texts)."""
    text = "|".join(str(fact) for fact in (*facts, *more))
    return hashlib.sha256(text.encode()).hexdigest()


def rendition(
    key: str,
    media_type: str,
    make: Callable[[], bytes],
    *,
    depends_on: Sequence[object] = (),
    quality: int = _QUALITY,
) -> Rendition:
    """The kept answer when it is still true (one query), else a new one.

    `depends_on` is what else the answer is made from, besides the data. Two requests may make it
    at once: the last one is kept.
    """
    # Constants of this file, without any value: nothing to inject.
    facts = {f"fact_{name}": RawSQL(f"({query})", []) for name, query in _FACTS.items()}  # noqa: S611
    kept = Rendition.objects.filter(key=key).annotate(**facts).first()
    if kept and kept.fingerprint == _digest((getattr(kept, name) for name in facts), depends_on):
        return kept
    fingerprint = data_fingerprint(*depends_on)
    made = unkept(media_type, make(), quality=quality)
    new, _ = Rendition.objects.update_or_create(
        key=key,
        defaults={
            "fingerprint": fingerprint,
            "sha256": made.sha256,
            "media_type": media_type,
            "brotli": made.brotli,
        },
    )
    return new


def unkept(media_type: str, content: bytes, *, quality: int = _QUALITY) -> Rendition:
    """An answer too seldom asked for to be kept; `answer` serves it all the same."""
    return Rendition(
        sha256=hashlib.sha256(content).hexdigest(),
        media_type=media_type,
        brotli=brotli.compress(content, quality=quality),
    )


def content_of(kept: Rendition) -> bytes:
    """As it was made."""
    content: bytes = brotli.decompress(bytes(kept.brotli))
    return content


def answer(request: HttpRequest, kept: Rendition, *, max_age: int = ONE_HOUR) -> HttpResponse:
    """304 when the visitor has it already; else brotli, gzip or plain, as they accept."""
    etag = f'"{kept.sha256[:32]}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _compressed(request, kept)
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={max_age}"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def _compressed(request: HttpRequest, kept: Rendition) -> HttpResponse:
    accepted = request.headers.get("Accept-Encoding", "")
    if "br" in accepted:
        body, encoding = bytes(kept.brotli), "br"
    elif "gzip" in accepted:
        body, encoding = gzip.compress(content_of(kept), mtime=0), "gzip"
    else:
        body, encoding = content_of(kept), ""
    response = HttpResponse(body, content_type=kept.media_type)
    if encoding:
        response["Content-Encoding"] = encoding
    return response


def forget_old() -> None:
    """Run daily: what nobody made again for a month is no longer asked for. Safe to run twice."""
    Rendition.objects.filter(made_at__lt=clock.now() - KEEP).delete()
