"""The secrets of the second factor at rest: a copied database gives no code."""

import base64
import hashlib
import secrets

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

# Read on paper: neither 0 nor o, neither 1 nor l nor i.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
RECOVERY_CODES = 8


def seal(secret: str) -> str:
    """What is stored."""
    return _keys().encrypt(secret.encode()).decode()


def unseal(stored: str) -> str:
    """The secret again, also after `SECRET_KEY` changed, while the old key is a fallback."""
    return _keys().decrypt(stored.encode()).decode()


def new_recovery_codes() -> list[str]:
    """« abcd-efgh-jkmn », shown once and never again."""
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(3))
        for _ in range(RECOVERY_CODES)
    ]


def mark_of(recovery_code: str) -> str:
    """What is kept of a recovery code."""
    letters = "".join(letter for letter in recovery_code.lower() if letter in ALPHABET)
    return salted_hmac("accounts.recovery_code", letters, algorithm="sha256").hexdigest()


def _keys() -> MultiFernet:
    keys = [str(key) for key in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    return MultiFernet(
        [
            Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"factor:{key}".encode()).digest()))
            for key in keys
        ]
    )
