"""French typography of running text: what a typist leaves out, a printed letter needs."""

import re

NBSP = "\u00a0"

_BEFORE = re.compile(r"[ \t\u00a0]+(?=[;:!?»])")
_AFTER = re.compile(r"(?<=«)[ \t\u00a0]+")
_NUMBER = re.compile(r"(?<=n°) ")


def typeset(text: str) -> str:
    """Non-breaking spaces where French wants them, and the typographic apostrophe.

    A sign without any space before it is left as it was typed: it may belong to an address.
    """
    text = _BEFORE.sub(NBSP, text)
    text = _AFTER.sub(NBSP, text)
    return _NUMBER.sub(NBSP, text).replace("'", "’")
