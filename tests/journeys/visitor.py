"""A person in front of a browser, who notices what is broken on any page."""

import re
import time
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Request

from records.models import Job

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDTHS = (1280, 320)
READING_PATIENCE = 30  # seconds
WORKER_PATIENCE = 120_000  # milliseconds: a PDF takes one second, on a machine left in peace
SCREENSHOTS = Path(__file__).parent.parent.parent / "var" / "reports" / "screenshots"


class Visitor:
    """One person's window. `look()` checks the page as it stands; `problems` collects the rest."""

    def __init__(self, browser: Browser, origin: str, who: str, *, javascript: bool = True) -> None:
        self.origin = origin
        self.who = who
        self.javascript = javascript
        self._context = browser.new_context(
            locale="fr-FR", viewport={"width": 1280, "height": 900}, java_script_enabled=javascript
        )
        self.page = self._context.new_page()
        self.page.set_default_timeout(READING_PATIENCE * 1000)
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
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("button", name=name).first.click()

    def follow(self, name: str) -> None:
        """Follow a link of the content by its visible name."""
        with self.page.expect_navigation():
            self.page.get_by_role("main").get_by_role("link", name=name).first.click()

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
        """The page says it (spaces of any kind are equal, and a badge may be in capitals)."""
        wanted = _plain(text)
        deadline = time.monotonic() + READING_PATIENCE
        while wanted not in (said := _plain(self.page.inner_text("body"))):
            if time.monotonic() > deadline:
                raise AssertionError(f"{self.page.url} does not say « {text} »:\n{said[:3000]}")
            self.page.wait_for_timeout(200)

    def sees(self, link: str) -> bool:
        """Whether the page offers this link now."""
        return self.page.get_by_role("main").get_by_role("link", name=link).count() > 0

    def waits_for_the_worker(self) -> None:
        """The progress moves by itself, without reloading; at the end it links to the result."""
        result = self.page.get_by_role("main").get_by_role("link", name="Afficher le résultat")
        result.first.wait_for(timeout=WORKER_PATIENCE)
        with self.page.expect_navigation():
            result.first.click()

    def link_received(self, email: str) -> str:
        """The path of the newest link sent to this address (the mail box of the demonstration)."""
        deadline = time.monotonic() + READING_PATIENCE  # the worker sends it
        while True:
            sent = Job.objects.emails().filter(payload__to=email, state=Job.State.DONE)
            newest = sent.order_by("-pk").first()
            if newest is not None:
                found = re.findall(r"https?://[^/\s]+(/\S+)", newest.payload["body"])
                assert found, "the e-mail holds no link"
                return str(found[0])
            assert time.monotonic() < deadline, f"nothing was sent to {email}"
            self.page.wait_for_timeout(200)

    def links_under(self, address: str) -> list[str]:
        """The addresses linked from this page below another one."""
        hrefs = self.page.eval_on_selector_all(
            "main a[href]", "nodes => nodes.map(node => node.getAttribute('href'))"
        )
        return [href for href in dict.fromkeys(hrefs) if href.startswith(address)]

    def answer_everything(self, text: str) -> None:
        """Write in each empty box of the form, and choose something in each question."""
        for box in self.page.locator("main form textarea, main form input[type=text]").all():
            if box.is_visible() and not box.input_value():
                box.fill(text)
        for group in self.page.locator("main form fieldset").all():
            choices = group.locator("input[type=radio], input[type=checkbox]")
            if choices.count() and not group.locator("input:checked").count():
                choices.first.check(force=True)

    def choose_second(self, name: str) -> None:
        """Choose the first real value of a list (the first line asks to choose)."""
        self.page.locator(f"main select[name='{name}']").first.select_option(index=1)

    def download(self, name: str) -> bytes:
        """What a link of the page gives, with this person's cookies."""
        link = self.page.get_by_role("main").get_by_role("link", name=name).first
        answer = self._context.request.get(f"{self.origin}{link.get_attribute('href')}")
        assert answer.ok, f"{name} answered {answer.status}"
        return bytes(answer.body())

    def receives(self, name: str) -> bytes:
        """The file that a worker is making: read the page again until it is there, then take it."""
        offered = self.page.locator("main a[download]", has_text=name)
        deadline = time.monotonic() + WORKER_PATIENCE / 1000
        while not offered.count():
            assert time.monotonic() < deadline, f"no worker made « {name} »"
            self.page.wait_for_timeout(300)
            self.page.reload()
        return self.download(name)

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


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).casefold()
