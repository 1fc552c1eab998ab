"""A real browser for the journeys: headless Chromium, axe, two widths, nothing from outside."""

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from foundation import clock
from tests.journeys.visitor import READING_PATIENCE, Visitor

CHROMIUM_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for the session. Playwright's loop would make Django refuse the database."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is missing: apt-get install -y --no-install-recommends chromium")
    expect.set_options(timeout=READING_PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = _launch(playwright, path)
        yield browser
        browser.close()


def _launch(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)


@pytest.fixture
def visit(chromium: Browser, live_server: Any) -> Iterator[Any]:
    """`visit("holder")` opens a window of that person, with cookies of its own."""
    visitors: list[Visitor] = []

    def _visit(who: str, *, javascript: bool = True) -> Visitor:
        visitor = Visitor(chromium, live_server.url, who, javascript=javascript)
        visitors.append(visitor)
        return visitor

    yield _visit
    for visitor in visitors:
        visitor.leave()
    problems = [problem for visitor in visitors for problem in visitor.problems]
    assert not problems, "\n".join(problems)


@pytest.fixture
def set_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.datetime], None]:
    """Set the clock of the whole portal: its server answers in threads that `clock.at` ignores."""

    def _set(moment: dt.datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    return _set
