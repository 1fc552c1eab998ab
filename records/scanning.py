"""Asks ClamAV about an uploaded file before anything is stored: there is no quarantine to empty.

Its protocol by hand (« zINSTREAM », lengths, one answer): the client libraries are either under the
GPL or left without care. Without `CLAMD_ADDRESS` nothing is asked; docs/operations.md says it.
"""

import socket
import struct
from typing import Final

from django.conf import settings

from foundation.refusal import Refused

CHUNK: Final = 64 * 1024
LONGEST_ANSWER: Final = 4096
PATIENCE: Final = 20.0  # seconds for the connection and for each answer


def refuse_infected(content: bytes, name: str) -> None:
    """Return when the scanner found nothing; refuse, in a sentence, in every other case."""
    address = settings.CLAMD_ADDRESS
    if not address:
        return
    try:
        answer = _ask(address, content)
    except OSError:
        raise Refused(
            "L’antivirus ne répond pas : aucun fichier ne peut être déposé pour l’instant. "
            "Réessayez dans quelques minutes."
        ) from None
    if answer.endswith("FOUND"):
        raise Refused(f"« {name} » contient un programme malveillant : il n’est pas enregistré.")
    if not answer.endswith("OK"):  # too large for its settings, or a fault of its own
        raise Refused(f"« {name} » n’a pas pu être vérifié par l’antivirus.")


def _ask(address: str, content: bytes) -> str:
    """The answer of `clamd`: « stream: OK », « stream: … FOUND » or « … ERROR »."""
    with _connection(address) as link:
        link.sendall(b"zINSTREAM\0")
        for start in range(0, len(content), CHUNK):
            part = content[start : start + CHUNK]
            link.sendall(struct.pack("!L", len(part)) + part)
        link.sendall(struct.pack("!L", 0))
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            received = link.recv(LONGEST_ANSWER)
            if not received:
                break
            answer += received
    return answer.rstrip(b"\0\n").decode(errors="replace")


def _connection(address: str) -> socket.socket:
    """`host:port`, or the path of a socket of this machine."""
    if address.startswith("/"):
        link = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        link.settimeout(PATIENCE)
        try:
            link.connect(address)
        except OSError:
            link.close()
            raise
        return link
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=PATIENCE)
