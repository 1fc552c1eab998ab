"""A trust service on the loopback: the three calls of the CSC API that a seal needs."""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, utils
from cryptography.hazmat.primitives.serialization import pkcs12

TOKEN, PIN, CREDENTIAL = "jeton", "1234", "cachet-ars"
RSA_SHA256 = "1.2.840.113549.1.1.11"


class TrustService(ThreadingHTTPServer):
    """Holds the key; releases it once for each fingerprint that was authorised with the PIN."""

    daemon_threads = True

    def __init__(self, key_file: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        loaded = pkcs12.load_key_and_certificates(key_file.read_bytes(), None)
        self.key, certificate, chain = loaded[0], loaded[1], loaded[2]
        self.certificates = [
            base64.b64encode(item.public_bytes(serialization.Encoding.DER)).decode()
            for item in [certificate, *chain]
        ]
        self.authorised: dict[str, list[str]] = {}
        self.calls: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, name: str, asked: dict[str, Any]) -> dict[str, Any] | None:
        self.calls.append(name)
        if name == "credentials/info":
            key = {"algo": [RSA_SHA256], "len": 2048, "status": "enabled"}
            return {"cert": {"certificates": self.certificates}, "key": key, "multisign": 1}
        if name == "credentials/authorize" and asked.get("PIN") == PIN:
            activation = f"SAD{len(self.authorised)}"
            self.authorised[activation] = asked["hash"]
            return {"SAD": activation, "expiresIn": 60}
        if name == "signatures/signHash" and self._release(asked):
            return {"signatures": [self._sign(item) for item in asked["hash"]]}
        return None

    def _release(self, asked: dict[str, Any]) -> bool:
        return self.authorised.pop(asked["SAD"], None) == asked["hash"]

    def _sign(self, digest: str) -> str:
        scheme = utils.Prehashed(hashes.SHA256())
        signed = self.key.sign(base64.b64decode(digest), padding.PKCS1v15(), scheme)
        return base64.b64encode(signed).decode()


class _Handler(BaseHTTPRequestHandler):
    server: TrustService

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        allowed = self.headers["Authorization"] == f"Bearer {TOKEN}"
        allowed = allowed and asked["credentialID"] == CREDENTIAL
        name = self.path.removeprefix("/csc/v1/")
        answer = self.server.answer(name, asked) if allowed else None
        self.send_response(200 if answer else 403)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(answer or {"error": "access_denied"}).encode())

    def log_message(self, *_: object) -> None:
        """Nothing on the screen of the tests."""


@contextmanager
def serving(key_file: Path) -> Iterator[TrustService]:
    """The service, for the time of a test."""
    with TrustService(key_file) as service:
        thread = threading.Thread(target=service.serve_forever, daemon=True)
        thread.start()
        yield service
        service.shutdown()
        thread.join(timeout=5)
