"""A file from an address that the operator gives, within limits of size and time."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from foundation.refusal import Refused
from territories import downloads
from territories.downloads import fetch, is_address

CONTENT = b"x" * 3000


class Handler(BaseHTTPRequestHandler):
    """Whole, cut, moved to another kind of address, or absent."""

    def do_GET(self) -> None:
        if self.path.startswith("/moved"):
            self.send_response(302)
            self.send_header("Location", "ftp://127.0.0.1/secret")
            self.end_headers()
            return
        if self.path.startswith("/absent"):
            self.send_error(404)
            return
        cut = self.path.startswith("/cut")
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT) + (500 if cut else 0)))
        self.end_headers()
        self.wfile.write(CONTENT)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def server() -> Iterator[str]:
    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=web.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{web.server_port}"
    web.shutdown()
    thread.join()
    web.server_close()


def test_the_file_comes_with_its_name(server: str) -> None:
    assert fetch(f"{server}/data/communes.geojson.gz?v=1") == ("communes.geojson.gz", CONTENT)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/absent.json", "« absent.json » n’a pas été donné"),
        ("/cut.json", "« cut.json » est arrivé tronqué"),
        ("/moved.json", "n’a pas été donné"),
    ],
)
def test_what_goes_wrong_is_one_sentence(server: str, path: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        fetch(server + path)


def test_nobody_answers() -> None:
    with pytest.raises(Refused, match="n’a pas pu être téléchargé"):
        fetch("http://127.0.0.1:9/communes.json")


def test_too_large(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "LARGEST", 1000)
    with pytest.raises(Refused, match="dépasse"):
        fetch(f"{server}/communes.json")


def test_too_slow(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(downloads, "SECONDS", 1e-9)
    monkeypatch.setattr(downloads, "PATIENCE", 5)
    with pytest.raises(Refused, match="met plus de"):
        fetch(f"{server}/communes.json")


def test_only_the_web_is_an_address() -> None:
    assert is_address("https://exemple.fr/a.json")
    assert not is_address("file:///etc/passwd")
    assert not is_address("/srv/contours")
