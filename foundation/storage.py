"""Files that survive a power cut: temporary name, fsync, rename."""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableFileStorage(FileSystemStorage):
    """A file is whole under its name or absent: a reader never sees half of it."""

    def _save(self, name: str, content: File[Any]) -> str:
        target = Path(self.path(name))
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        partial = target.with_name(f"{target.name}.{uuid.uuid4().hex}.part")
        with partial.open("wb") as stream:
            for chunk in content.chunks():
                stream.write(chunk)
            stream.flush()
            os.fsync(stream.fileno())
        partial.replace(target)
        return name
