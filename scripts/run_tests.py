"""`make test`: the checks, then the suite on throwaway servers, then what could not run."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import ROOT, Program, StopRequest, stop
from scripts.run_checks import run_checks
from scripts.servers import (
    POSTGRESQL_MAJOR,
    ServerDidNotStart,
    find_postgresql,
    postgresql_major,
    start_broker,
    start_postgresql,
)
from scripts.steps import REPORTS, Interrupted, Step, duration, run_steps

PYTEST = [sys.executable, "-m", "pytest"]
# Where rows are written and read: this also runs on SQLite, which is a supported default.
DATA_LAYER = ("accounts", "records", "territories", "members", "projects", "aci", "missions")
WITHOUT_SERVERS_OF_THEIR_OWN = "not journey and not worker"


@dataclass
class Outcome:
    """What one part of the suite gave, read from its report."""

    passed: int = 0
    failed: int = 0
    skipped: list[str] = field(default_factory=list)


@dataclass
class Summary:
    """The last lines."""

    lines: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    not_run: list[str] = field(default_factory=list)

    def print(self, elapsed: float) -> None:
        print("\n──────── Bilan ────────")
        for line in self.lines:
            print(line)
        if self.not_run:
            print("N’a pas pu s’exécuter :")
            for what in self.not_run:
                print(f"  - {what}")
        else:
            print("Rien n’a été sauté.")
        for failure in self.failures:
            print(f"ÉCHEC : {failure}")
        if self.exit_code and not self.failures:
            print("ÉCHEC : avec CI=true, tout doit s’exécuter.")
        print(f"{'Échec' if self.exit_code else 'Réussite'} en {duration(elapsed)}.")

    @property
    def exit_code(self) -> int:
        must_be_complete = os.environ.get("CI", "").lower() in ("1", "true", "yes")
        return 1 if self.failures or (must_be_complete and self.not_run) else 0


def part(name: str, report: str, arguments: list[str], env: dict[str, str]) -> Step:
    command = [*PYTEST, *arguments, f"--junitxml={REPORTS / report}.xml"]
    return Step(name, command, env, limit=40 * 60)


def read_outcome(report: Path) -> Outcome:
    """Counts from pytest's own report; absent when pytest could not even start."""
    outcome = Outcome()
    if not report.exists():
        return outcome
    # Our own report, written a moment ago by pytest.
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314
        skip = case.find("skipped")
        if skip is not None:
            name = f"{case.get('classname')}::{case.get('name')}"
            outcome.skipped.append(f"{name} ({skip.get('message')})")
        elif case.find("failure") is not None or case.find("error") is not None:
            outcome.failed += 1
        else:
            outcome.passed += 1
    return outcome


def run_part(step: Step, stop_request: StopRequest, summary: Summary) -> None:
    """Run one part and write its line."""
    report = Path(step.command[-1].removeprefix("--junitxml="))
    report.unlink(missing_ok=True)
    print(f"\n════════ {step.name} ════════", flush=True)
    run_steps([step], stop_request)
    outcome = read_outcome(report)
    counts = f"{outcome.passed} réussi{'s' if outcome.passed > 1 else ''}"
    if outcome.failed:
        counts += f", {outcome.failed} en échec"
    summary.lines.append(f"{step.name} : {counts} ({duration(step.seconds)})")
    summary.not_run += outcome.skipped
    if step.code == _NO_TEST_COLLECTED:
        summary.not_run.append(f"{step.name} : aucun test trouvé")
    elif not step.passed:
        summary.failures.append(f"{step.name} (pytest : code {step.code})")


_NO_TEST_COLLECTED = 5


@contextmanager
def throwaway_folder(prefix: str) -> Iterator[Path]:
    """Under the system's temporary folder: the path of a socket must be short."""
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def missing_for_journeys() -> str:
    """The Debian package without which no browser opens; empty when all is there."""
    if shutil.which("chromium") is None:
        return "chromium"
    driver = [sys.executable, "-m", "playwright", "--version"]
    starts = subprocess.run(driver, capture_output=True, check=False).returncode == 0
    return "" if starts else "libatomic1"


class Suite:
    """The parts of the suite and the servers they need, stopped in all cases."""

    def __init__(self, stop_request: StopRequest, summary: Summary) -> None:
        self._stop_request = stop_request
        self._summary = summary
        self._folder = ""

    def run(self) -> None:
        REPORTS.mkdir(parents=True, exist_ok=True)
        with ExitStack() as servers:
            self._folder = str(servers.enter_context(throwaway_folder("cpts-tests-")))
            broker, broker_url = start_broker(ROOT / "var" / "log" / "test-broker.log")
            servers.callback(self._stop, broker)
            database_url = self._start_postgresql(servers)
            if database_url:
                self._run_on_postgresql(database_url, broker_url)
            self._run_on_sqlite(broker_url)

    def _start_postgresql(self, servers: ExitStack) -> str:
        programs = find_postgresql()
        if programs is None:
            self._summary.not_run.append(
                "les tests sur PostgreSQL, le worker et les parcours : PostgreSQL est absent "
                "(apt-get install -y --no-install-recommends postgresql)"
            )
            return ""
        folder = servers.enter_context(throwaway_folder("cpts-pg-"))
        server, url = start_postgresql(programs, folder)
        servers.callback(self._stop, server)
        major = postgresql_major(programs)
        self._summary.lines.append(f"Serveurs jetables : PostgreSQL {major}, Valkey")
        if major != POSTGRESQL_MAJOR:
            self._summary.lines.append(
                f"(PostgreSQL {major} est ici ; la production décrite par docker-compose.yml "
                f"est en version {POSTGRESQL_MAJOR})"
            )
        return url

    def _run_on_postgresql(self, database_url: str, broker_url: str) -> None:
        env = {"DATABASE_URL": database_url}
        # tests/rules has just run with the checks.
        # Tests of one group share what is long to load: they stay on one process.
        main = ["tests", "--ignore=tests/rules", "-q", "-n", "2", "--dist", "loadgroup"]
        self._run_part(
            "Tests sur PostgreSQL",
            "postgresql",
            [*main, "-m", WITHOUT_SERVERS_OF_THEIR_OWN],
            {**env, "BROKER_URL": f"{broker_url}/0"},
        )
        live = {**env, "BROKER_URL": f"{broker_url}/1"}
        self._run_part(
            "Tests avec un vrai worker Celery",
            "worker",
            ["tests", "-q", "-n", "0", "-m", "worker and not journey"],
            live,
        )
        if missing := missing_for_journeys():
            self._summary.not_run.append(
                f"les parcours dans le navigateur : {missing} est absent "
                f"(apt-get install -y --no-install-recommends {missing})"
            )
            return
        self._run_part(
            "Parcours dans Chromium",
            "journeys",
            ["tests", "-q", "-n", "0", "-m", "journey"],
            live,
        )

    def _run_on_sqlite(self, broker_url: str) -> None:
        folders = [f"tests/{app}" for app in DATA_LAYER if (ROOT / "tests" / app).is_dir()]
        self._run_part(
            "Couche de données sur SQLite",
            "sqlite",
            [*folders, "-q", "-n", "2", "-m", WITHOUT_SERVERS_OF_THEIR_OWN],
            {
                "DATABASE_URL": f"sqlite:///{self._folder}/portal.sqlite3",
                "BROKER_URL": f"{broker_url}/2",
            },
        )

    def _run_part(self, name: str, report: str, arguments: list[str], env: dict[str, str]) -> None:
        # What tests, browsers and uploads leave behind goes away with the folder.
        apart = {"TMPDIR": self._folder, "MEDIA_ROOT": f"{self._folder}/media", **env}
        run_part(part(name, report, arguments, apart), self._stop_request, self._summary)

    def _stop(self, program: Program) -> None:
        stop([program], within=3)


def main() -> int:
    started = time.monotonic()
    stop_request = StopRequest()
    summary = Summary()
    try:
        print("════════ Contrôles (make check) ════════", flush=True)
        checks = run_checks(stop_request)
        failed = [step.name for step in checks if not step.passed]
        summary.failures += [f"contrôle {name}" for name in failed]
        summary.lines.append(f"Contrôles : {len(checks) - len(failed)} réussis sur {len(checks)}")
        Suite(stop_request, summary).run()
    except Interrupted:
        print("Interrompu : les serveurs de test sont arrêtés.", file=sys.stderr)
        return 130
    except ServerDidNotStart as problem:
        summary.failures.append(f"un serveur de test n’a pas démarré : {problem}")
    summary.print(time.monotonic() - started)
    return summary.exit_code


if __name__ == "__main__":
    sys.exit(main())
