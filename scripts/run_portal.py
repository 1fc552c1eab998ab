"""`make run`: data, broker, worker, beat and web in one process tree that stops together."""

import os
import socket
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from scripts.processes import ROOT, Program, StopRequest, start, stop
from scripts.servers import ServerDidNotStart, start_broker

LOGS = ROOT / "var" / "log"
PYTHON = sys.executable
READY_WITHIN = 60  # seconds, on a slow machine
STOPPED_WITHIN = 3.0  # seconds for the programs, before force; the broker comes after them


class CannotRun(Exception):
    """One sentence, in French, for the person who typed `make run`."""


def reserve_port() -> socket.socket:
    """Listens at once: no other program can take the port while the data is being prepared."""
    asked = os.environ.get("PORT", "8000")
    if not asked.isascii() or not asked.isdecimal() or not 0 < int(asked) < 65536:
        raise CannotRun(f"PORT={asked} n’est pas un numéro de port (de 1 à 65535).")
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", int(asked)))
        listener.listen(128)
    except PermissionError:
        raise CannotRun(f"Le port {asked} est réservé au système : PORT=8001 make run.") from None
    except OSError:
        another = int(asked) % 65535 + 1
        raise CannotRun(
            f"Le port {asked} est déjà pris par un autre programme : "
            f"arrêtez-le ou choisissez un autre port, par exemple PORT={another} make run."
        ) from None
    return listener


class Portal:
    """The programs of the portal, in the order in which they are started."""

    def __init__(self, listener: socket.socket, stop_request: StopRequest) -> None:
        self._listener = listener
        self._stop_request = stop_request
        self._port = listener.getsockname()[1]
        self._programs: list[Program] = []
        self._broker: Program | None = None
        self._env = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": os.environ.get(
                "DJANGO_SETTINGS_MODULE", "cpts_portal.settings.dev"
            ),
            "PORTAL_URL": os.environ.get("PORTAL_URL", f"http://127.0.0.1:{self._port}"),
        }

    def run(self) -> None:
        # First, so that what the preparation sends to be done does not reach a stranger's broker.
        self._broker, broker_url = start_broker(LOGS / "broker.log")
        self._env["BROKER_URL"] = f"{broker_url}/0"
        print("Préparation des données (la première fois, une minute environ)…", flush=True)
        if not self._finish("preparation", [PYTHON, "-m", "scripts.prepare_data"]):
            return
        self._start_programs()
        accounts = self._demonstration_accounts()
        if self._wait_until_served():
            print(f"\nLe portail est prêt : http://127.0.0.1:{self._port}/")
            print(accounts, end="")
            print("Journaux : var/log/ · Ctrl-C arrête tout.", flush=True)
        while not self._stop_request.asked:
            self._check_alive()
            time.sleep(0.2)

    def stop(self) -> None:
        stop(self._programs, within=STOPPED_WITHIN)
        if self._broker is not None:
            # After the others: a worker that loses its broker retries instead of stopping.
            stop([self._broker], within=0.5)

    def _start_programs(self) -> None:
        celery = [PYTHON, "-m", "celery", "--app", "cpts_portal"]
        self._start(
            "worker",
            [*celery, "worker", "--concurrency=2", "--loglevel=INFO"],
        )
        self._start(
            "beat",
            [*celery, "beat", "--loglevel=INFO", f"--schedule={ROOT}/var/beat", "--pidfile="],
        )
        self._start(
            "web",
            [
                *(PYTHON, "-m", "gunicorn", "cpts_portal.wsgi:application"),
                *("--bind", f"fd://{self._listener.fileno()}"),
                *("--worker-class", "gthread", "--workers", "2", "--threads", "4"),
                *("--graceful-timeout", "2", "--no-control-socket"),
                *("--limit-request-line", "8190"),  # a simulation is its address
            ],
            pass_fds=[self._listener.fileno()],
        )
        self._listener.close()  # from now on the port is open only while the web server lives

    def _start(self, name: str, command: Sequence[str], pass_fds: Sequence[int] = ()) -> None:
        log = LOGS / f"{name}.log"
        self._programs.append(start(name, command, env=self._env, log=log, pass_fds=pass_fds))

    def _finish(self, name: str, command: Sequence[str], stdout: int | None = None) -> bool:
        """Runs a program to its end; False when we were asked to stop meanwhile."""
        program = start(name, command, env=self._env, stdout=stdout)
        self._programs.append(program)
        while program.code is None and not self._stop_request.asked:
            time.sleep(0.05)
        if self._stop_request.asked:
            return False
        self._programs.remove(program)
        if program.code:
            raise CannotRun("La préparation des données a échoué : voir le message ci-dessus.")
        return True

    def _demonstration_accounts(self) -> str:
        with tempfile.TemporaryFile() as answer:
            command = [PYTHON, "manage.py", "demo_accounts"]
            if not self._finish("accounts", command, stdout=answer.fileno()):
                return ""
            answer.seek(0)
            return answer.read().decode()

    def _wait_until_served(self) -> bool:
        """True once the web server answers; whatever it answers, it is ours: we held the port."""
        deadline = time.monotonic() + READY_WITHIN
        while not self._stop_request.asked:
            self._check_alive()
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self._port}/", timeout=1).close()
            except urllib.error.HTTPError:
                return True
            except OSError:
                if time.monotonic() > deadline:
                    raise CannotRun(
                        f"Le serveur web ne répond pas : voir {_shown(LOGS / 'web.log')}."
                    ) from None
                time.sleep(0.1)
            else:
                return True
        return False

    def _check_alive(self) -> None:
        for program in [*self._programs, *([self._broker] if self._broker else [])]:
            if program.code is not None and program.log is not None:
                raise CannotRun(
                    f"Le programme « {program.name} » s’est arrêté (code {program.code}), "
                    f"tout est donc arrêté. Son journal : {_shown(program.log)}\n"
                    f"{program.last_lines()}"
                )


def _shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def main() -> int:
    stop_request = StopRequest()
    try:
        portal = Portal(reserve_port(), stop_request)
        try:
            portal.run()
        finally:
            portal.stop()
    except (CannotRun, ServerDidNotStart) as problem:
        print(problem, file=sys.stderr)
        return 1
    print("\nTout est arrêté.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
