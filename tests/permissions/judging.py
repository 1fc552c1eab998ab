"""Asks one route as everybody, under each dossier, and tells what is not as it should be."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.http import HttpResponse

from accounts.access import Permission
from accounts.models import SavedView, User
from aci.models import Contract
from members.models import Consent, Member
from missions.models import MissionProgress
from projects.models import CommitteeSession, Filing, Invitation, Opinion, OpinionRequest
from territories.models import Assignment, CalendarFeed, Cpts, Thread
from tests.conventions.routes import Route
from tests.permissions.addresses import UNKNOWN, address, objects
from tests.permissions.row import PUBLIC, SIGNED_IN, Row
from tests.permissions.table import ROWS
from tests.permissions.world import ANONYMOUS, World

ALL_METHODS = ("GET", "POST", "PUT", "DELETE")
# Enough to see that a public page is public, and that nobody is served by an unknown method.
A_FEW = {ANONYMOUS, "coordinator", "administrator"}
ALLOWED = "allowed"
WRITES = ("INSERT", "UPDATE", "DELETE")
# Written at any visit: who is signed in.
UNCOUNTED = ('"accounts_session"', '"django_session"', '"axes_')
# What somebody might add to a form in the hope that it is believed.
EXTRAS = {
    "state": "validated",
    "stage": "in_force",
    "amount": "999999",
    "population": "1",
    "region": "44",
    "departement": "67",
    "is_staff": "on",
    "is_superuser": "on",
    "is_active": "",
    "role": "administrator",
    "by": "1",
    "user": "1",
    "actor": "1",
    "cpts": "1",
    "is_internal": "on",
    "is_required": "on",
    "opinions_released_at": "2024-01-01",
    "minutes_approved_at": "2024-01-01",
}
# Objects of one person: whose they are, under each dossier.
OWNED = {
    "members:membership": {"rives": "nurse"},
    "members:membership_consents": {"rives": "nurse"},
    "members:membership_leave": {"rives": "nurse"},
    "members:choose_main": {"rives": "nurse"},
    "accounts:end_session": {},
    "rename_dossier_view": {"rives": "ars_reviewer", "monts": "cpam_officer"},
    "make_default_dossier_view": {"rives": "ars_reviewer", "monts": "cpam_officer"},
    "delete_dossier_view": {"rives": "ars_reviewer", "monts": "cpam_officer"},
    "revoke_subscription": {"rives": "coordinator", "monts": "ars_reviewer"},
    "projects:template_preview_file": {"rives": "administrator"},
    "aci:batch": {"rives": "ars_reviewer", "monts": "cpam_officer"},
    "aci:batch_archive": {"rives": "ars_reviewer", "monts": "cpam_officer"},
    "aci:batch_again": {"rives": "ars_reviewer", "monts": "cpam_officer"},
}
# Work asked for by somebody is followed by whoever reads the dossier.
READ_WITH_DOSSIER = {"records:job_progress"}
# Closing a session that is already over says so to anybody, and closes none.
SAYS_NOTHING = {"accounts:end_session"}
# Addresses or pages that hold no proof of who one is: nothing is shown.
WITHOUT_PROOF: dict[str, set[str]] = {
    "aci:verify_code": {"404"},  # said on the very page that verifies
    "members:status": {"404"},
    "members:follow_up": {"404"},
    "members:follow_up_consents": {"404"},
    "members:confirm_email": {"404"},
    "members:follow_up_leave": {"404"},
    "members:attach": {"404"},
    "projects:accept_invitation": {"410", ALLOWED},  # to accept is refused in words
    "calendar": {"404"},
}
# The dossier that a form names in its body.
IN_BODY = {"aci:use_simulation": "dossier"}
# What those fields would change.
TOLD: tuple[type[models.Model], ...] = (
    User,
    Assignment,
    Cpts,
    Filing,
    Contract,
    Member,
    Consent,
    MissionProgress,
    Invitation,
    Opinion,
    OpinionRequest,
    CommitteeSession,
    Thread,
    SavedView,
    CalendarFeed,
)


class Undo(Exception):
    """Ends the transaction of one request: nothing of it is left."""


def complaints(route: Route, world: World, row: Row | None = None) -> list[str]:
    """What a bearer of each part gets that they should not, or lacks."""
    row = row or ROWS[route.name]
    found = []
    for part, method, dossier, things_of in _requests(route, row, world):
        wanted = _expected(route, row, world, part, dossier, things_of, method)
        path = address(route, world, dossier, things_of, row)
        got, written = ask(world, part, method, path, _body(route, world, dossier))
        told = _said(got)
        if told not in wanted:
            found.append(f"{part} {method} {dossier}/{things_of}: {told}, not {sorted(wanted)}")
        if ALLOWED not in wanted and written:
            found.append(f"{part} {method} {dossier}: refused, yet it wrote: {written[0][:120]}")
    return found


def _body(route: Route, world: World, dossier: str) -> dict[str, Any]:
    if route.name not in IN_BODY:
        return EXTRAS
    known = world.dossiers.get(dossier)
    return {**EXTRAS, IN_BODY[route.name]: known.cpts.reference if known else UNKNOWN}


def ask(
    world: World, part: str, method: str, path: str, body: dict[str, Any]
) -> tuple[HttpResponse, list[str]]:
    """One request and what it wrote; then all is as before."""
    with recorded() as written:
        try:
            with transaction.atomic():
                client = world.client(part)
                if method == "POST":
                    answer = client.post(path, body)
                else:
                    answer = client.generic(method, path)
                if answer.streaming:
                    answer.streaming_content = list(answer)  # to its end: its file is closed
                raise Undo
        except Undo:
            pass
    return answer, written


@contextmanager
def recorded() -> Iterator[list[str]]:
    """The statements that change rows, sessions apart."""
    written: list[str] = []

    def watch(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        if sql.startswith(WRITES) and not any(table in sql for table in UNCOUNTED):
            written.append(sql)
        return execute(sql, parameters, many, context)

    with connection.execute_wrapper(watch):
        yield written


def _requests(route: Route, row: Row, world: World) -> Iterator[tuple[str, str, str, str]]:
    """Every method as everybody; other objects only as those who pass the door."""
    a_few = A_FEW | {_somebody_let_in(route, row, world)}
    for part in world.sessions:
        if row.access == PUBLIC and part not in A_FEW:
            continue
        passes = row.access != PUBLIC and not _at_the_door(row, world, part)
        for method in ALL_METHODS:
            if method in row.methods:
                theirs = _named(route, row, method) if passes else []
                yield part, method, "rives", "rives"
                yield from ((part, method, *objects) for objects in _others(theirs))
            elif part in a_few:
                yield part, method, "rives", "rives"


def _somebody_let_in(route: Route, row: Row, world: World) -> str:
    """Whom the door does not hide from: an unknown method must be refused to them too."""
    method = row.methods[0]
    for part in world.sessions:
        if _expected(route, row, world, part, "rives", "rives", method) == {ALLOWED}:
            return part
    return ANONYMOUS


def _others(theirs: list[str]) -> Iterator[tuple[str, str]]:
    """Another dossier, none, and one with the identifiers of the other."""
    if theirs:
        yield "monts", "monts"
        yield UNKNOWN, UNKNOWN
    if "reference" in theirs and len(theirs) > 1:
        yield "rives", "monts"
        yield "monts", "rives"


def _expected(
    route: Route, row: Row, world: World, part: str, dossier: str, things_of: str, method: str
) -> set[str]:
    if method not in row.methods:  # whichever of the two checks stands first
        return {"405", *_at_the_door(row, world, part)}
    door = _at_the_door(row, world, part)
    if door:
        return door
    if route.name in WITHOUT_PROOF:
        return WITHOUT_PROOF[route.name]
    if row.access == PUBLIC or route.name in SAYS_NOTHING or not _named(route, row, method):
        return {ALLOWED}
    if route.name in OWNED:
        return {ALLOWED} if OWNED[route.name].get(dossier) == part else {"404"}
    if row.administers:
        return {"404"} if dossier == UNKNOWN else {ALLOWED}
    if UNKNOWN in {dossier, things_of} or dossier != things_of:
        return {"404"}
    return _on_object(route, row, world, part, dossier)


def _on_object(route: Route, row: Row, world: World, part: str, dossier: str) -> set[str]:
    held = (
        world.session_permissions(part, dossier)
        if row.of_session
        else world.permissions(part, dossier)
    )
    if route.name in READ_WITH_DOSSIER:
        return {ALLOWED} if Permission.DOSSIER_SEE in held else {"404"}
    if row.lets_in(held):
        return {ALLOWED}
    return {"404"} if row.is_hidden or not held else {"403", "404"}


def _named(route: Route, row: Row, method: str) -> list[str]:
    """What the request names: in its address, or in its body."""
    in_body = [IN_BODY[route.name]] if method == "POST" and route.name in IN_BODY else []
    return objects(route, row) + in_body


def _at_the_door(row: Row, world: World, part: str) -> set[str]:
    """What is said before any object is looked at."""
    if row.access == PUBLIC:
        return set()
    if part == ANONYMOUS:
        return {"sign in"}
    if row.access != SIGNED_IN and not frozenset(row.access) & world.anywhere(part):
        return {"403"}
    return set()


def _said(answer: HttpResponse) -> str:
    """The answer in one word."""
    if answer.status_code == 302 and answer.headers["Location"].startswith("/connexion/?next="):
        return "sign in"
    # 307: the form goes by the page where one proves who one is, then comes back.
    if answer.status_code in {200, 204, 302, 307, 400, 409, 422}:
        return ALLOWED
    return str(answer.status_code)


def rows_after(world: World, part: str, path: str, body: dict[str, Any]) -> dict[str, list[Any]]:
    """What everybody's accounts, dossiers and files say once this was posted; then it is undone."""
    told: dict[str, list[Any]] = {}
    try:
        with transaction.atomic():
            world.client(part).post(path, body)
            for model in TOLD:
                fields = [field.attname for field in model._meta.concrete_fields if _is_told(field)]
                told[model._meta.label] = sorted(
                    model._default_manager.values_list(*fields), key=str
                )
            raise Undo
    except Undo:
        return told


def _is_told(field: Any) -> bool:
    """What is drawn at random differs each time."""
    drawn = ("hash", "sha256", "password", "token")
    is_drawn = any(word in field.name for word in drawn)
    return not (field.primary_key or isinstance(field, models.UUIDField) or is_drawn)
