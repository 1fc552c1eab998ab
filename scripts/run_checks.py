"""`make check`: everything that can be said of the code without a server, under one minute."""

import secrets
import sys
import tempfile
import time

from scripts.processes import ROOT, StopRequest
from scripts.steps import Interrupted, Step, duration, run_steps

PYTHON = sys.executable
LOGS = ROOT / "var" / "log" / "checks"
# import-linter answers to no `python -m`; its own program holds the path it was installed under,
# which breaks in a folder that was moved.
_LINT_IMPORTS = "from importlinter.cli import lint_imports_command; lint_imports_command()"
NO_DATABASE = {"DATABASE_URL": "sqlite://:memory:"}


def production_environment() -> dict[str, str]:
    """What production must be given; nothing here is a secret, the key is new each time."""
    return {
        "DJANGO_SETTINGS_MODULE": "cpts_portal.settings.production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "ALLOWED_HOSTS": "portail.example.org",
        "DATABASE_URL": "postgresql://portal@localhost/portal",
        "BROKER_URL": "redis://localhost:6379/0",
        "PORTAL_URL": "https://portail.example.org",
        "SEAL_PKCS12": "/etc/portal/seal.p12",
    }


def check_steps() -> list[Step]:
    """The slowest first: two run at a time."""
    manage = [PYTHON, "manage.py"]
    test_settings = {**NO_DATABASE, "DJANGO_SETTINGS_MODULE": "cpts_portal.settings.test"}
    commands: list[tuple[str, list[str], dict[str, str]]] = [
        ("mypy", ["mypy", "."], NO_DATABASE),
        ("règles pures (tests/rules)", ["pytest", "tests/rules", "-q"], NO_DATABASE),
        ("djlint --check", ["djlint", "templates", "--check"], {}),
        ("djlint --lint", ["djlint", "templates", "--lint"], {}),
        ("ruff check", ["ruff", "check", "."], {}),
        ("ruff format", ["ruff", "format", "--check", "."], {}),
    ]
    steps = [Step(name, [PYTHON, "-m", *words], env) for name, words, env in commands]
    steps += [
        Step("import-linter", [PYTHON, "-c", _LINT_IMPORTS]),
        Step(
            "makemigrations --check",
            [*manage, "makemigrations", "--check", "--dry-run"],
            test_settings,
        ),
        Step(
            "check --deploy",
            [*manage, "check", "--deploy", "--fail-level", "INFO"],
            production_environment(),
        ),
    ]
    for number, step in enumerate(steps):
        step.log = LOGS / f"{number}.log"
        step.limit = 180
    return steps


def run_checks(stop_request: StopRequest) -> list[Step]:
    steps = check_steps()
    with tempfile.TemporaryDirectory(prefix="cpts-checks-") as folder:
        for step in steps:
            step.env = {**step.env, "TMPDIR": folder}
        run_steps(steps, stop_request, at_once=2)
    for step in steps:
        print(f"{'✓' if step.passed else '✗'} {step.name} ({duration(step.seconds)})")
    for step in steps:
        if not step.passed and step.log is not None:
            print(f"\n──────── {step.name} ────────\n{step.log.read_text(errors='replace')}")
    return steps


def main() -> int:
    started = time.monotonic()
    try:
        steps = run_checks(StopRequest())
    except Interrupted:
        print("Interrompu.", file=sys.stderr)
        return 130
    failed = [step.name for step in steps if not step.passed]
    elapsed = duration(time.monotonic() - started)
    if failed:
        print(f"\nÉchec en {elapsed} : {', '.join(failed)}.")
        return 1
    print(f"\n{len(steps)} contrôles réussis en {elapsed}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
