"""The letters of a filing as its page lists them, read from the words of its own query."""

import datetime as dt
import uuid
from dataclasses import dataclass

from foundation.dates import format_date
from projects.letter_kinds import LetterKind
from records.models import Job


@dataclass(frozen=True, slots=True)
class ListedDocument:
    """One line of the list."""

    uuid: uuid.UUID
    kind: LetterKind
    dated: dt.date
    size: int | None
    job_state: str

    @property
    def label(self) -> str:
        """« Accusé de réception du 3 mars 2026 »."""
        return f"{self.kind.label} du {format_date(self.dated)}"

    @property
    def is_made(self) -> bool:
        return self.size is not None

    @property
    def has_failed(self) -> bool:
        return not self.is_made and self.job_state == Job.State.FAILED


def read_documents(listed: str | None) -> list[ListedDocument]:
    """In the order in which they were wanted."""
    rows = [row.split("|") for row in (listed or "").split()]
    return [
        ListedDocument(
            uuid.UUID(identifier),
            LetterKind(kind),
            dt.date.fromisoformat(dated),
            int(size) if size else None,
            state,
        )
        for _, identifier, kind, dated, size, state in sorted(rows, key=lambda row: int(row[0]))
    ]
