"""Programs we start and stop: apart from the terminal, each with its log, none left behind."""

import ctypes
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO

ROOT = Path(__file__).resolve().parent.parent
_SIGNALS_OF_A_TERMINAL = sum(1 << number - 1 for number in (signal.SIGINT, signal.SIGHUP))
_PR_SET_PDEATHSIG = 1  # <sys/prctl.h>


@dataclass
class Program:
    """One started program."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path | None
    stop_signal: signal.Signals

    @property
    def code(self) -> int | None:
        return self.process.poll()

    def last_lines(self, count: int = 15) -> str:
        if self.log is None or not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-count:])


def _dies_with_us(stop_signal: signal.Signals) -> Callable[[], None] | None:
    """Even when we are killed without warning, Linux then sends this signal to the child."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(_PR_SET_PDEATHSIG, stop_signal)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    stdout: int | IO[bytes] | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    user: str | None = None,
    pass_fds: Sequence[int] = (),
) -> Program:
    """Start a program in its own group, so that Ctrl-C reaches us alone and we stop it in order."""
    output = stdout
    if log is not None:
        log.parent.mkdir(parents=True, exist_ok=True)
        output = log.open("wb")
    process = subprocess.Popen(
        [str(word) for word in command],
        cwd=ROOT if user is None else "/",
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if log is not None else None,
        start_new_session=True,
        preexec_fn=_dies_with_us(stop_signal),
        user=user,
        group=user,
        extra_groups=[] if user is not None else None,
        pass_fds=pass_fds,
    )
    if log is not None and not isinstance(output, int) and output is not None:
        output.close()
    return Program(name, process, log, stop_signal)


def stop(programs: Sequence[Program], *, within: float) -> None:
    """Ask all of them at once, wait, then end by force whatever is left of their groups."""
    for program in programs:
        if program.code is None:
            program.process.send_signal(program.stop_signal)
    deadline = time.monotonic() + within
    while time.monotonic() < deadline and any(program.code is None for program in programs):
        time.sleep(0.05)
    for program in programs:
        try:
            os.killpg(program.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue
        finally:
            program.process.wait()


class StopRequest:
    """Remembers that we were asked to stop; the loops of the scripts look at it."""

    def __init__(self) -> None:
        self._asked = False
        self._make = os.getppid() if "MAKELEVEL" in os.environ else None
        self._make_catches = self._signals_make_catches()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._remember)

    def _remember(self, _number: int, _frame: FrameType | None) -> None:
        self._asked = True

    @property
    def asked(self) -> bool:
        return self._asked or self._make_is_leaving()

    def _make_is_leaving(self) -> bool:
        """Make passes SIGTERM on; killed outright, or interrupted alone, it tells us nothing."""
        if self._make is None:
            return False
        return os.getppid() != self._make or self._signals_make_catches() != self._make_catches

    def _signals_make_catches(self) -> int:
        """Make gives a signal back its default action once it got it and waits for us to end."""
        status = Path(f"/proc/{self._make}/status")
        if not status.exists():
            return 0
        found = re.search(r"^SigCgt:\s*(\w+)", status.read_text(), re.MULTILINE)
        return int(found[1], 16) & _SIGNALS_OF_A_TERMINAL if found else 0
