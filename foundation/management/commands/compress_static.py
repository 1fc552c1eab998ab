"""Compresses the heaviest static files once, for the embedded default, which collects none.

Production compresses everything while its image is built; that takes a minute too long for a start.
"""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.management.base import BaseCommand
from whitenoise.compress import Compressor  # type: ignore[import-untyped]  # ships no types

HEAVY = (
    "dsfr/dist/dsfr.main.min.css",
    "dsfr/dist/dsfr.module.min.js",
    "django_htmx/htmx-2.min.js",
)


class Command(BaseCommand):
    help = "Compresse les fichiers statiques les plus lourds (démarrage embarqué)."

    def handle(self, *args: Any, **options: Any) -> None:
        """WhiteNoise finds « name.br » and « name.gz » beside the copy of each file."""
        folder = Path(settings.COMPRESSED_STATIC_DIR)
        compressor = Compressor(quiet=True)
        for name in HEAVY:
            source, copy = _original(name, folder), folder / name
            if copy.exists() and copy.stat().st_mtime_ns == source.stat().st_mtime_ns:
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
            compressor.compress(str(copy))


def _original(name: str, folder: Path) -> Path:
    """The file as its package brings it, not our own copy."""
    places = finders.find(name, find_all=True)
    return next(place for place in map(Path, places) if not place.is_relative_to(folder))
