"""Fetches one file from an address that the operator gives: never by itself, never for long."""

import http.client
import time
import urllib.error
import urllib.request
from urllib.parse import urlsplit

from foundation.refusal import Refused

LARGEST = 60 * 1024 * 1024
SECONDS = 60  # for the whole file
PATIENCE = 20  # without a byte
_CHUNK = 256 * 1024


def is_address(text: str) -> bool:
    """Only the web: a path is read, anything else is refused by its reader."""
    return text.startswith(("http://", "https://"))


def fetch(address: str) -> tuple[str, bytes]:
    """The name and the content of the file; refuses what is too large, too slow or absent."""
    name = urlsplit(address).path.rsplit("/", 1)[-1] or urlsplit(address).netloc
    deadline = time.monotonic() + SECONDS
    try:
        with _opener().open(address, timeout=PATIENCE) as answer:
            return name, _read(name, answer, deadline)
    except urllib.error.HTTPError as error:
        raise Refused(f"Le fichier « {name} » n’a pas été donné (réponse {error.code}).") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Refused(f"Le fichier « {name} » n’a pas pu être téléchargé.") from error


def _read(name: str, answer: http.client.HTTPResponse, deadline: float) -> bytes:
    content = bytearray()
    while chunk := answer.read1(_CHUNK):
        content += chunk
        if len(content) > LARGEST:
            raise Refused(f"Le fichier « {name} » dépasse {LARGEST // 1024**2} Mo.")
        if time.monotonic() > deadline:
            raise Refused(f"Le fichier « {name} » met plus de {SECONDS} secondes à venir.")
    announced = answer.headers.get("Content-Length")
    if announced and announced.isdecimal() and int(announced) != len(content):
        raise Refused(f"Le fichier « {name} » est arrivé tronqué.")
    return bytes(content)


def _opener() -> urllib.request.OpenerDirector:
    """Web addresses only: no file, no FTP, even after a redirection."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(),
        urllib.request.HTTPRedirectHandler(),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
    ):
        opener.add_handler(handler)
    return opener
