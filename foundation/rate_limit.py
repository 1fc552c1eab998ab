"""Slows whoever asks a public page too often. Counted by each process: it bounds its own work."""

import hashlib

from django.core.cache import cache

from foundation import clock


def too_many(name: str, who: str, *, limit: int, seconds: int) -> bool:
    """Count one more request of this address; True once it went past the limit."""
    window = int(clock.now().timestamp()) // seconds
    # The address itself is not kept.
    mark = hashlib.sha256(f"{name}/{who}/{window}".encode()).hexdigest()
    key = f"rate:{mark}"
    cache.add(key, 0, timeout=seconds * 2)
    return cache.incr(key) > limit
