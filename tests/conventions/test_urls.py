"""Each route says who may come, acts only on POST, and shows no counter in its address."""

import ast
import inspect
import re
import textwrap

import pytest

from tests.conventions.routes import Route, all_routes

ROUTES = all_routes()
# Modules of verbs: a view that calls into one of them changes something.
VERBS = {"actions", "people", "contacts"}


def calls_a_verb(tree: ast.AST) -> bool:
    """`actions.submit(…)`, wherever it stands in the view."""
    return any(
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in VERBS
        and node.func.attr not in READING_VERBS
        for node in ast.walk(tree)
    )


# Functions of those modules that only read.
READING_VERBS = {
    "bearer_of",
    "closed_to_applications",
    "with_current_roles",
    "body_name",
    "contact_of_area",
    "known_contacts",
}
# Opening the link is itself the proof of the address; it may be opened again without effect.
PROOFS = {"members:status"}


def test_there_are_routes() -> None:
    assert len(ROUTES) > 60


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_says_who_may_come(route: Route) -> None:
    assert route.access is not None, f"{route}: add @needs(...), @signed_in or @public"


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_a_route_that_acts_wants_a_post(route: Route) -> None:
    source = textwrap.dedent(inspect.getsource(route.function))
    if calls_a_verb(ast.parse(source)) and route.name not in PROOFS:
        assert re.search(r"require_POST|request\.method == \"POST\"|request\.POST", source), (
            f"{route}: a page that is only read must not act; add @require_POST"
        )


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_every_route_has_a_name_and_a_french_kebab_path(route: Route) -> None:
    assert route.name, f"{route}: add name="
    fixed = re.sub(r"<[^>]+>", "", route.path)
    assert re.fullmatch(r"[a-z0-9/.-]*", fixed), f"{route}: small letters and hyphens only"


def test_route_names_are_unique() -> None:
    names = [route.name for route in ROUTES]
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_no_counter_in_addresses(route: Route) -> None:
    """A row's number would tell how many there are; a version or a year of a file is no counter."""
    integers = re.findall(r"<int:(\w+)>", route.path)
    assert set(integers) <= {"number", "year"}, f"{route}: use a slug or a UUID"
