"""Views fetch through `visible_to`, `public` and other named scopes, never past them."""

import ast
from pathlib import Path

import pytest

from tests.conventions.routes import ROOT, all_routes

# Each would reach rows that the person may not see.
UNSCOPED = {"get", "filter", "all", "exclude", "first", "last", "in_bulk", "raw"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}


def view_files() -> list[Path]:
    """Every file of ours that holds a view, and the pages built for views beside them."""
    files = {route.source_file for route in all_routes()}
    files |= {ROOT / "cpts_portal" / name for name in ("duties.py", "parties.py")}
    return sorted(file for file in files if file.is_relative_to(ROOT) and ".venv" not in str(file))


def unscoped_lookups(source: str) -> list[str]:
    """« line 12: Cpts.objects.filter » and « line 14: get_object_or_404(Cpts, …) »."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in UNSCOPED:
            manager = node.value
            if isinstance(manager, ast.Attribute) and manager.attr in MANAGERS:
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
        if isinstance(node, ast.Call) and _is_shortcut(node.func) and node.args:
            first = node.args[0]
            if isinstance(first, ast.Name) and first.id[:1].isupper():
                found.append(f"line {node.lineno}: {ast.unparse(node)}")
    return found


def _is_shortcut(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id in {
        "get_object_or_404",
        "get_list_or_404",
    }


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("file", view_files(), ids=_name)
def test_views_reach_nothing_past_their_scopes(file: Path) -> None:
    assert unscoped_lookups(file.read_text()) == []


@pytest.mark.parametrize("file", view_files(), ids=_name)
def test_views_catch_nothing_themselves(file: Path) -> None:
    """A refusal is turned into words by the middleware or by the form, never view by view."""
    tries = [node.lineno for node in ast.walk(ast.parse(file.read_text())) if _is_try(node)]
    assert tries == []


def _is_try(node: ast.AST) -> bool:
    return isinstance(node, ast.Try)


@pytest.mark.parametrize(
    "line",
    [
        "Cpts.objects.get(slug=slug)",
        "Cpts.objects.filter(region=1)",
        "list(Cpts.objects.all())",
        "get_object_or_404(Cpts, slug=slug)",
    ],
)
def test_the_check_sees_what_it_is_there_for(line: str) -> None:
    assert unscoped_lookups(line)


def test_the_check_lets_scopes_pass() -> None:
    assert not unscoped_lookups("get_object_or_404(Cpts.objects.visible_to(user), slug=slug)")
    assert not unscoped_lookups("Cpts.objects.public().filter(region=1)")
