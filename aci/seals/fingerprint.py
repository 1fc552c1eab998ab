"""An upload that is only read: its SHA-256 as it goes by, nothing in memory nor on the disk."""

import hashlib
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MAX_SIZE = 20 * 1024 * 1024  # of the largest annexed contract we can think of, twice


class FingerprintHandler(FileUploadHandler):
    """Give it as the only handler of a request before its form is read."""

    too_big = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self._digest = hashlib.sha256()
        self._head = b""
        self._size = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Swallow one piece."""
        self._size += len(raw_data)
        if self._size > MAX_SIZE:
            self.too_big = True
            raise StopUpload(connection_reset=True)
        self._head = (self._head + raw_data[:5])[:5] if start == 0 else self._head
        self._digest.update(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile:  # type: ignore[type-arg]
        """A file without content: its name, its size, and what was read of it."""
        uploaded: UploadedFile = UploadedFile(None, self.file_name, size=file_size)  # type: ignore[type-arg]
        uploaded.sha256 = self._digest.hexdigest()  # type: ignore[attr-defined]
        uploaded.is_pdf = self._head == b"%PDF-"  # type: ignore[attr-defined]
        return uploaded
