"""A person in front of a browser, who notices what is broken on any page."""

import re
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Request

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
SCREENSHOTS = Path(__file__).parent.parent.parent / "var" / "reports" / "screenshots"


class Visitor:
    """One person's window. `look()` checks the page as it stands; `problems` collects the rest."""

    def __init__(self, browser: Browser, origin: str, who: str, *, javascript: bool = True) -> None:
        self.origin = origin
        self.who = who
        self._context = browser.new_context(
            locale="fr-FR", viewport={"width": 1280, "height": 900}, java_script_enabled=javascript
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.problems: list[str] = []
        self.page.on("console", self._hear)
        self.page.on("request", self._watch)
        self.page.on("pageerror", lambda error: self._note(f"script: {error}"))

    def go(self, path: str) -> None:
        """Open an address of the portal; an error page is a failure."""
        response = self.page.goto(f"{self.origin}{path}")
        assert response is not None
        assert response.ok, f"{path} answered {response.status}"

    def press(self, name: str) -> None:
        """Press a button by its visible name."""
        self.page.get_by_role("button", name=name).first.click()
        self.page.wait_for_load_state()

    def follow(self, name: str) -> None:
        """Follow a link of the content by its visible name."""
        self.page.get_by_role("main").get_by_role("link", name=name).first.click()
        self.page.wait_for_load_state()

    def fill(self, **values: str) -> None:
        """Fill fields by their `name`."""
        for name, value in values.items():
            field = self.page.locator(f"main [name='{name}']").first
            if field.evaluate("node => node.tagName") == "SELECT":
                field.select_option(value)
            else:
                field.fill(value)

    def tick(self, label: str) -> None:
        """Tick a box or choose an option by its label."""
        self.page.get_by_label(label).first.check(force=True)

    def reads(self, text: str) -> None:
        """The page says it (spaces of any kind are equal)."""
        wanted = re.sub(r"\s+", " ", text)
        self.page.wait_for_function(
            "wanted => document.body.innerText.replace(/\\s+/g, ' ').includes(wanted)", arg=wanted
        )

    def look(self) -> None:
        """What a careful person sees: axe finds nothing and nothing overflows, at both widths."""
        address = self.page.url.removeprefix(self.origin)
        for width in WIDTHS:
            self.page.set_viewport_size({"width": width, "height": 900})
            results = Axe().run(
                self.page, options={"runOnly": RULES, "resultTypes": ["violations"]}
            )
            for violation in results.response["violations"]:
                nodes = "; ".join(node["html"][:160] for node in violation["nodes"][:3])
                self._note(f"{address} at {width}: {violation['id']}: {nodes}")
            overflow = self.page.evaluate(
                "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if overflow > 0:
                self._note(f"{address} at {width}: {overflow} px beyond the edge")
            self._keep_picture(address, width)
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def leave(self) -> None:
        """Close the window."""
        self._context.close()

    def _note(self, problem: str) -> None:
        self.problems.append(f"{self.who}: {problem}")

    def _keep_picture(self, address: str, width: int) -> None:
        """Pictures are made to be looked at: var/reports/screenshots."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^a-z0-9]+", "-", f"{self.who} {address}".lower()).strip("-")[:120]
        self.page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused form answers 4xx on purpose; the browser tells it as an error.
        if message.type == "error" and "status of 4" not in message.text:
            self._note(f"console: {message.text}")

    def _watch(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:", "about:")):
            self._note(f"request to somebody else: {request.url}")
