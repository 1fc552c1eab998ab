"""About the repository itself: what is locked, what is committed, what runs where."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.servers import POSTGRESQL_MAJOR

ROOT = Path(__file__).resolve().parent.parent.parent
COMPOSE = ROOT / "docker-compose.yml"
LOCKED_LINE = re.compile(
    r"(?P<name>[a-z0-9-]+)==(?P<version>[^ ;]+)( ; [^#]+?)?(\s+--hash=sha256:[0-9a-f]{64})+"
)
LOCKS = ("requirements.txt", "requirements-dev.txt")


def locked(name: str) -> dict[str, str]:
    """Package → version, after checking that every line of the lock has the expected shape."""
    text = (ROOT / name).read_text().replace("\\\n", "")
    packages = {}
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        found = LOCKED_LINE.fullmatch(line.strip())
        assert found, f"{name} : not a pinned and hashed line: {line[:80]}"
        packages[found["name"]] = found["version"]
    return packages


def declared() -> tuple[list[Requirement], list[Requirement]]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    run = [Requirement(line) for line in project["dependencies"]]
    return run, [Requirement(line) for line in project["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("name", LOCKS)
def test_lock_tells_no_address(name: str) -> None:
    assert not re.search(r"://|^-", (ROOT / name).read_text(), re.MULTILINE)


def test_lock_answers_what_is_declared() -> None:
    run, dev = declared()
    for name, requirements in (("requirements.txt", run), ("requirements-dev.txt", run + dev)):
        packages = locked(name)
        for requirement in requirements:
            version = packages.get(requirement.name)
            assert version, f"{requirement.name} is not in {name}: make lock"
            assert requirement.specifier.contains(version), f"{requirement} ≠ {version}: make lock"


def test_development_lock_holds_the_other_one() -> None:
    assert locked("requirements.txt").items() <= locked("requirements-dev.txt").items()


def test_compose_follows_the_compose_specification() -> None:
    validator = [sys.executable, "-m", "check_jsonschema"]
    subprocess.run(
        [*validator, "--builtin-schema", "vendor.compose-spec", str(COMPOSE)], check=True
    )


def test_compose_and_tests_use_the_same_postgresql() -> None:
    assert f"image: postgres:{POSTGRESQL_MAJOR}-" in COMPOSE.read_text()


def test_compose_holds_no_secret() -> None:
    secret = re.compile(r"^\s*\w*(SECRET|PASSWORD|TOKEN|_KEY)\w*:\s*(?P<value>.+)$", re.MULTILINE)
    values = [found["value"] for found in secret.finditer(COMPOSE.read_text())]
    assert values
    # Asked for, or left empty where nothing is chosen: never given.
    assert all(re.fullmatch(r"\$\{\w+:(\?[^}]+|-)\}", value) for value in values)
    credentials = re.findall(r"://\w+:([^@\s]+)@(?!host:587)", COMPOSE.read_text())
    assert all(value.startswith("${") for value in credentials)


def test_the_example_of_settings_names_what_compose_reads() -> None:
    asked = set(re.findall(r"\$\{(\w+):", COMPOSE.read_text()))
    named = set(re.findall(r"\b([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text()))
    assert asked <= named


def test_image_and_bootstrap_install_the_same_libraries() -> None:
    packages = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
    assert packages in (ROOT / "Dockerfile").read_text()
    assert packages in (ROOT / "scripts" / "bootstrap.sh").read_text()


def test_ci_runs_make_test_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text().splitlines()
    assert lines[0] == "#!/usr/bin/env bash"
    assert lines[-1] == "exec make test"
    assert all(line.startswith(("set ", "cd ", "exec ")) for line in lines[1:])


def test_commit_hook_runs_make_check() -> None:
    hooks = re.findall(r"entry: (.+)", (ROOT / ".pre-commit-config.yaml").read_text())
    assert hooks == ["make check"]


def committed_texts() -> list[tuple[str, str]]:
    """Every text file of the repository; reference data, large and made by others, is left out."""
    git = ["git", "-C", str(ROOT), "ls-files", "-z"]
    listed = subprocess.run(git, capture_output=True, text=True, check=True)
    texts = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".csv", ".gz", ".png", ".woff", ".woff2", ".ico", ".pdf"}:
            continue
        if path.is_file():
            texts.append((name, path.read_text(errors="replace")))
    return texts


def test_no_address_of_a_machine_or_of_a_registry() -> None:
    folders = re.compile(r"(?<![\w.}/-])/(root|work|home|Users|opt)/\w")
    # Written apart, so that this file does not hold what it looks for.
    registries = "|".join(
        (r"pypi\." + "org", r"python" + r"hosted\.org", r"npm" + r"js\.(org|com)", r"ghcr\." + "io")
    )
    hosts = re.compile(registries)
    found = [
        f"{name}: {hit.group()}"
        for name, text in committed_texts()
        for pattern in (folders, hosts)
        if (hit := pattern.search(text))
    ]
    assert not found
