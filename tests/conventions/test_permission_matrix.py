"""Every route × method × part of the cast × own, other, mixed and unknown object (quality.md)."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver

from foundation import clock
from tests.conventions.routes import Route, all_routes
from tests.permissions.addresses import address
from tests.permissions.committee import IN_MINUTES
from tests.permissions.confidential import WORDS, words_read_by, words_written_to_people
from tests.permissions.examined import (
    ASKED,
    IN_CHECKLIST,
    IN_DRAFT_REQUEST,
    IN_FOREIGN_OPINION,
    IN_NOTE,
    IN_OPINION,
    IN_PREPARED,
)
from tests.permissions.judging import EXTRAS, Undo, ask, complaints, rows_after
from tests.permissions.row import PUBLIC, SIGNED_IN
from tests.permissions.table import MORE, ROWS
from tests.permissions.world import TODAY, World, make_world

DRAW = loader.render_to_string
ROUTES = all_routes()
BY_NAME = {route.name: route for route in ROUTES}


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """Built once; each request is undone, and all of it at the end.

    Pages are not drawn: who gets one is the matter here, and drawing takes nine tenths of the time.
    """
    media = tmp_path_factory.mktemp("matrix")
    with (
        django_db_blocker.unblock(),
        override_settings(MEDIA_ROOT=str(media)),
        clock.at(TODAY),
        patch("django.template.loader.render_to_string", lambda *args, **kwargs: ""),
    ):
        try:
            with transaction.atomic():
                yield make_world(media)
                raise Undo
        except Undo:
            pass


@pytest.fixture(autouse=True)
def files_of_the_world(own_media_root: None, settings: Any, request: Any) -> None:
    """The folder of this test gives way to that of the world."""
    if "world" in request.fixturenames:
        settings.MEDIA_ROOT = str(request.getfixturevalue("world").media)


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_is_in_the_table(route: Route) -> None:
    access = route.access
    assert access is not None
    words = PUBLIC if access.is_public else SIGNED_IN if not access.permissions else "needs(…)"
    assert route.name in ROWS, (
        f"{route}: add a line to tests/permissions/table.py, as "
        f'"{route.name}": Row({words}, methods, fixed parts of the address)'
    )


def test_the_table_has_no_route_that_is_gone() -> None:
    assert set(ROWS) - set(BY_NAME) == set()


@pytest.mark.django_db
@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_everybody_gets_what_is_theirs_and_nothing_else(route: Route, world: World) -> None:
    if route.name not in ROWS:
        pytest.fail(f"{route}: not in tests/permissions/table.py")
    found = complaints(route, world)
    assert not found, "\n".join(found)


@pytest.mark.django_db
@pytest.mark.parametrize("what", MORE)
def test_what_has_other_readers_reaches_nobody_else(what: str, world: World) -> None:
    name, row = MORE[what]
    found = complaints(BY_NAME[name], world, row)
    assert not found, "\n".join(found)


# --- Words that are confidential ------------------------------------------------------------------

_INSTRUCTING = {IN_OPINION, IN_FOREIGN_OPINION, IN_NOTE, IN_CHECKLIST}
READ_BY: dict[str, set[str]] = {
    "ars_reviewer": {*_INSTRUCTING, IN_DRAFT_REQUEST, IN_MINUTES},
    "ars_delegation": _INSTRUCTING,
    "cpam_officer": _INSTRUCTING,
    "committee_member": {IN_OPINION, IN_PREPARED},
    "holder": set(),
    "coordinator": set(),
    "office": set(),
    "nurse": set(),
    "administrator": set(),
}


@pytest.mark.django_db
@pytest.mark.parametrize("part", READ_BY)
def test_confidential_words_are_on_the_pages_of_their_readers_only(part: str, world: World) -> None:
    with patch("django.template.loader.render_to_string", DRAW):
        found = words_read_by(world, part)
    assert set(found) == READ_BY[part], found


@pytest.mark.django_db
def test_no_email_bears_confidential_words(world: World) -> None:
    assert words_written_to_people(WORDS) == {}
    assert words_written_to_people([ASKED]), "else nothing was written to anybody"


# --- Fields that no form asked for ---------------------------------------------------------------

# Acts that succeed in the world as it is: by whom, with what.
ACTS: dict[str, tuple[str, dict[str, Any]]] = {
    "missions:save_note": ("coordinator", {"note": "Le travail avance.", "version": "0"}),
    "missions:start": ("coordinator", {"on": "2024-10-01"}),
    "projects:invite": ("holder", {"email": "invite@example.org"}),
    "members:membership_consents": ("nurse", {"consents": ["directory"]}),
    "territories:open_thread": ("coordinator", {"subject": "Réunion", "text": "Le 12 ?"}),
    "territories:reply": ("coordinator", {"text": "Le 13, alors."}),
    "projects:withdraw_request": ("ars_reviewer", {"reason": "Demande en double."}),
    "projects:release_opinions": ("ars_reviewer", {}),
    "projects:give_opinion": (
        "committee_member",
        {"level": "local", "recommendation": "favourable", "text": "Territoire cohérent."},
    ),
    "rename_dossier_view": ("ars_reviewer", {"name": "Dossiers du nord"}),
    "subscriptions": ("ars_reviewer", {"scope": "region-32"}),
    "administration_deactivate": ("administrator", {}),
    "administration_end_role": ("administrator", {"valid_to": "2024-10-31"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", ACTS)
def test_fields_that_no_form_asked_for_change_nothing(name: str, world: World) -> None:
    part, body = ACTS[name]
    path = address(BY_NAME[name], world, "rives")
    before = rows_after(world, "stranger", "/deconnexion/", {})
    plain = rows_after(world, part, path, body)
    assert plain != before, "the act itself must succeed, else this proves nothing"
    extras = {key: value for key, value in EXTRAS.items() if key not in body}
    assert rows_after(world, part, path, extras | body) == plain


# --- Objects of others, named in the body --------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "theirs", "others"),
    [
        ("projects:gather_letters", "ars_reviewer", "other_region_reviewer"),
        ("subscriptions", "coordinator", "monts_coordinator"),
    ],
)
def test_an_object_of_somebody_else_in_the_body_does_nothing(
    name: str, theirs: str, others: str, world: World
) -> None:
    reference = world.dossiers["rives"].cpts.reference
    body = {"filings": f"{reference}-letter-1", "scope": f"cpts-{reference}"}
    path = address(BY_NAME[name], world, "rives")
    written = {part: ask(world, part, "POST", path, body)[1] for part in (theirs, others)}
    assert written[theirs], "the act itself must succeed, else this proves nothing"
    assert not written[others]


# --- The matrix sees what it is there for --------------------------------------------------------


def _pattern_of(route: Route, resolver: URLResolver | None = None) -> URLPattern:
    """The line of the address table that leads to this view."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            with suppress(LookupError):
                return _pattern_of(route, pattern)
        elif pattern.callback is route.view:
            return pattern
    raise LookupError(route.name)


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["aci:freeze", "members:member", "administration"])
def test_a_view_that_lost_its_declaration_turns_it_red(
    name: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    route = BY_NAME[name]

    def unguarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return route.function(request, *args, **kwargs)

    unguarded.access = route.access  # type: ignore[attr-defined]  # the middleware lets it pass
    monkeypatch.setattr(_pattern_of(route), "callback", unguarded)
    found = complaints(route, world)
    assert any("not ['403']" in line for line in found)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "queryset"),
    [
        ("dossier_journal", "territories.querysets.CptsQuerySet"),
        ("projects:download_attachment", "projects.querysets.OfFilingQuerySet"),
        ("missions:proof", "missions.querysets.IndicatorValueQuerySet"),
        ("territories:thread", "territories.exchanges.querysets.MessageQuerySet"),
        ("projects:download_opinion_file", "projects.querysets.OpinionFileQuerySet"),
        ("projects:document", "projects.letter_querysets.FilingDocumentQuerySet"),
        ("projects:letter_batch", "projects.letter_querysets.LetterBatchQuerySet"),
        ("projects:session", "projects.session_querysets.CommitteeSessionQuerySet"),
    ],
)
def test_rows_shown_to_everybody_turn_it_red(
    name: str, queryset: str, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"{queryset}.visible_to", lambda rows, *args, **kwargs: rows.all())
    found = complaints(BY_NAME[name], world)
    assert any("allowed, not ['404']" in line for line in found)


@pytest.mark.django_db
def test_a_view_that_answers_any_method_turns_it_red(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    route = BY_NAME["projects:session"]

    def deaf(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        request.method = "GET"
        return route.view(request, *args, **kwargs)

    deaf.access = route.access  # type: ignore[attr-defined]  # the middleware lets it pass
    monkeypatch.setattr(_pattern_of(route), "callback", deaf)
    found = complaints(route, world)
    assert {line.split()[1] for line in found} == {"POST", "PUT", "DELETE"}
