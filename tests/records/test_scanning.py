"""Uploads are shown to the antivirus before they are stored; the test answers in its place."""

import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from foundation.refusal import Refused
from records import scanning
from records.files import store_upload
from records.models import StoredFile
from tests.cast import Cast

CLEAN = b"%PDF-1.7\n" + b"a" * 200_000  # more than one chunk
INFECTED = CLEAN + b"EICAR"


class Clamd(socketserver.StreamRequestHandler):
    """Speaks as `clamd` does (clamd(8), INSTREAM), and finds one word."""

    limit = 1_000_000

    def handle(self) -> None:
        assert self.rfile.read(10) == b"zINSTREAM\0"
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        if len(content) > self.limit:
            answer = b"INSTREAM size limit exceeded. ERROR"
        else:
            answer = b"stream: " + (b"Eicar-Test FOUND" if b"EICAR" in content else b"OK")
        self.wfile.write(answer + b"\0")


@pytest.fixture
def clamd(settings: Any) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()


@pytest.fixture
def clamd_on_a_path(settings: Any, tmp_path: Path) -> Iterator[None]:
    path = str(tmp_path / "clamd.ctl")
    with socketserver.ThreadingUnixStreamServer(path, Clamd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.CLAMD_ADDRESS = path
        yield
        server.shutdown()


@pytest.mark.enable_socket  # one of them is a path, which is no host that could be allowed
@pytest.mark.parametrize("where", ["clamd", "clamd_on_a_path"])
def test_what_is_clean_passes_and_what_is_infected_does_not(
    where: str, request: pytest.FixtureRequest
) -> None:
    request.getfixturevalue(where)
    scanning.refuse_infected(CLEAN, "preuve.pdf")
    with pytest.raises(Refused, match="« preuve.pdf » contient un programme malveillant"):
        scanning.refuse_infected(INFECTED, "preuve.pdf")


@pytest.mark.django_db
def test_an_infected_file_is_stored_nowhere(clamd: None, cast: Cast, settings: Any) -> None:
    upload = SimpleUploadedFile("preuve.pdf", INFECTED)
    with pytest.raises(Refused, match="malveillant"):
        store_upload(upload, by=cast.coordinator, dossier=cast.rives.reference)
    assert not StoredFile.objects.exists()
    assert not [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


def test_what_the_scanner_could_not_read_is_refused(
    clamd: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Clamd, "limit", 1000)
    with pytest.raises(Refused, match="n’a pas pu être vérifié"):
        scanning.refuse_infected(CLEAN, "preuve.pdf")


@pytest.mark.enable_socket
def test_a_silent_scanner_lets_nothing_in(
    settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scanning, "PATIENCE", 0.2)
    with socketserver.TCPServer(("127.0.0.1", 0), Clamd) as nobody_answers:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{nobody_answers.server_address[1]}"
        with pytest.raises(Refused, match="L’antivirus ne répond pas"):
            scanning.refuse_infected(CLEAN, "preuve.pdf")
    settings.CLAMD_ADDRESS = str(tmp_path / "absent.ctl")
    with pytest.raises(Refused, match="L’antivirus ne répond pas"):
        scanning.refuse_infected(CLEAN, "preuve.pdf")


def test_without_an_address_nothing_is_asked(settings: Any) -> None:
    settings.CLAMD_ADDRESS = ""
    scanning.refuse_infected(INFECTED, "preuve.pdf")
