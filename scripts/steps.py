"""Steps of `make check` and `make test`: run, stopped with us, told in one place at the end."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from scripts.processes import ROOT, Program, StopRequest, start, stop

REPORTS = ROOT / "var" / "test-reports"


class Interrupted(Exception):
    """We were asked to stop."""


@dataclass
class Step:
    """One command to run, and what became of it."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    log: Path | None = None  # its output goes there when set, to the terminal otherwise
    limit: float = 600
    code: int | None = None
    seconds: float = 0

    @property
    def passed(self) -> bool:
        return self.code == 0


def clean_environment() -> dict[str, str]:
    """Ours, without the portal's settings someone may have exported: tests bring their own."""
    ours = {
        "ALLOWED_HOSTS", "ANCHOR_DIR", "BROKER_URL", "CLAMD_ADDRESS", "CSRF_TRUSTED_ORIGINS",
        "DATABASE_URL", "DEBUG", "DEFAULT_FROM_EMAIL", "DEMONSTRATION", "DJANGO_SETTINGS_MODULE",
        "EMAIL_URL", "MEDIA_ROOT", "PORTAL_OPERATOR", "PORTAL_URL", "SECRET_KEY",
        "SECURE_SSL_REDIRECT", "STATIC_ROOT",
    }  # fmt: skip
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ours and not name.startswith("SEAL_")
    }


def run_steps(steps: Sequence[Step], stop_request: StopRequest, *, at_once: int = 1) -> None:
    """Run all of them, some together, to the end; whatever happens none outlives this call."""
    waiting = list(steps)
    running: dict[str, tuple[Step, Program, float]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                step = waiting.pop(0)
                env = {**clean_environment(), **step.env}
                program = start(step.name, step.command, env=env, log=step.log)
                running[step.name] = (step, program, time.monotonic())
            time.sleep(0.05)
            if stop_request.asked:
                raise Interrupted
            for step, program, started in list(running.values()):
                step.seconds = time.monotonic() - started
                if program.code is None and step.seconds > step.limit:
                    stop([program], within=5)
                if program.code is not None:
                    step.code = program.code
                    del running[step.name]
    finally:
        stop([program for _, program, _ in running.values()], within=5)


def duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"
