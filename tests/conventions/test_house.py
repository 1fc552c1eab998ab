"""Tests about the code: words, migrations, sizes. A rule that is only written does not hold."""

import importlib
import re
import subprocess
from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

ROOT = Path(__file__).parent.parent.parent
OUR_APPS = (
    "foundation",
    "accounts",
    "records",
    "territories",
    "members",
    "projects",
    "aci",
    "missions",
    "cpts_portal",
)


def our_models() -> list[type]:
    return [model for model in apps.get_models() if model._meta.app_label in OUR_APPS]


def tracked(*patterns: str) -> list[Path]:
    """What git knows: a stray local file says nothing about the code."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).exists()]


# --- Words -----------------------------------------------------------------------------------


def glossary_rows() -> list[tuple[list[str], str]]:
    """(French terms, English name) of each row of the glossary's table."""
    rows = []
    for line in (ROOT / "docs/glossary.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 3 and cells[1].startswith("`"):
            rows.append(([term.strip() for term in cells[0].split(",")], cells[1].strip("`")))
    return rows


def test_every_model_has_its_french_name_in_the_glossary() -> None:
    known = {(term, name) for terms, name in glossary_rows() for term in terms}
    missing = [
        f"{model._meta.verbose_name} | `{model.__name__}`"
        for model in our_models()
        if (str(model._meta.verbose_name), model.__name__) not in known
    ]
    assert not missing


def test_the_glossary_has_no_twins() -> None:
    rows = glossary_rows()
    english = Counter(name for _, name in rows)
    french = Counter(term for terms, _ in rows for term in terms)
    assert [name for name, count in english.items() if count > 1] == []
    assert [term for term, count in french.items() if count > 1] == []


# --- Migrations ------------------------------------------------------------------------------


def test_migrations_are_named_and_in_one_line() -> None:
    loader = MigrationLoader(None)
    ours = [key for key in loader.disk_migrations if key[0] in OUR_APPS]
    assert [name for _, name in ours if re.search(r"_auto_|_merge", name)] == []
    assert [key for key in ours if not re.match(r"\d{4}_[a-z][a-z0-9_]+$", key[1])] == []
    assert loader.detect_conflicts() == {}


# --- Sizes -----------------------------------------------------------------------------------

# A file should hold in mind: the best codebases stay under these (house.md 2.3).
MAX_LINES = {".py": 450, ".html": 220, ".css": 450, ".js": 150}


@pytest.mark.parametrize("suffix", sorted(MAX_LINES))
def test_no_file_grows_past_what_one_can_hold_in_mind(suffix: str) -> None:
    too_long = {
        str(path.relative_to(ROOT)): lines
        for path in tracked(f"*{suffix}")
        if "migrations" not in path.parts
        and (lines := len(path.read_text().splitlines())) > MAX_LINES[suffix]
    }
    assert too_long == {}


def test_every_module_opens_with_its_purpose() -> None:
    without = []
    for app in OUR_APPS:
        for path in tracked(f"{app}/*.py"):
            text = path.read_text()
            if (
                text.strip()
                and "migrations" not in path.parts
                and not text.startswith(('"""', "#!"))
            ):
                without.append(str(path.relative_to(ROOT)))
    assert without == []


def test_no_room_for_everything() -> None:
    """`utils`, `helpers`, `common`, `core`: where the thread of every knot passes."""
    rooms = re.compile(r"(^|/)(utils|helpers|common|core|misc)(\.py|/)")
    stray = [
        str(path.relative_to(ROOT))
        for path in tracked("*.py")
        if rooms.search(str(path.relative_to(ROOT)))
    ]
    assert stray == []


# --- Templates -------------------------------------------------------------------------------


# Chosen by a library, or by the purpose of a link (accounts.models.EmailProof.Purpose).
NAMED_AT_RUN_TIME = ("dsfr/", "emails/account_")


def test_every_template_is_used() -> None:
    """A page nobody renders is a page nobody keeps."""
    texts = [path.read_text() for path in tracked("*.py", "*.html", "*.txt")]
    everything = "\n".join(texts)
    by_django = {"400.html", "403.html", "404.html", "500.html"}
    unused = []
    for path in tracked("templates/*"):
        name = str(path.relative_to(ROOT / "templates"))
        short = name.removeprefix("emails/").removesuffix(".txt")
        if name in by_django or name.startswith(NAMED_AT_RUN_TIME):
            continue
        if f'"{name}' not in everything and f'"{short}"' not in everything:
            unused.append(name)
    assert unused == []


def test_no_inline_script_or_style_in_templates() -> None:
    """The content security policy would refuse them on the user's screen."""
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|\sstyle=|\son[a-z]+=|<style", re.IGNORECASE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in tracked("templates/*.html")
        if "pdf" not in path.parts
        for match in inline.finditer(path.read_text())
    ]
    assert found == []


def test_safe_is_never_used_on_data() -> None:
    found = [
        str(path.relative_to(ROOT))
        for path in tracked("templates/*")
        if re.search(r"\|\s*safe\b|autoescape off", path.read_text())
        and str(path.relative_to(ROOT)) != "templates/emails/base.txt"  # plain text, not HTML
    ]
    assert found == []


# --- Time ------------------------------------------------------------------------------------


@pytest.mark.parametrize("app", OUR_APPS)
def test_every_app_imports(app: str) -> None:
    assert importlib.import_module(app)
