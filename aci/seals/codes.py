"""The code printed on what is signed: whoever holds a page can ask what it is worth."""

import secrets

from django.conf import settings
from django.urls import reverse

# Read on paper and typed by hand: neither 0 nor O, neither 1 nor l nor i.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 20  # 31²⁰, nearly 100 bits: nobody guesses one


def verification_inputs() -> dict[str, str]:
    """A new code and the address that its QR code opens."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return {"code": code, "url": settings.PORTAL_URL + reverse("aci:verify_code", args=[code])}
