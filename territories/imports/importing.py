"""What the four imports share: rejected lines, progress, dry run, all or nothing.

An import reads, checks every line, changes, and says what it changed; one rejected line or a dry
run rolls everything back.
"""

import csv
import hashlib
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction

from foundation import clock
from foundation.numbers import format_number
from foundation.refusal import Refused
from territories.models import ReferenceFile
from territories.reference_files import RejectedLine

SHOWN = 50  # rejected lines printed; `--report` writes them all
EVERY_SECONDS = 2.0

Item = TypeVar("Item")


class Writer(Protocol):
    """Where sentences go: `stdout` and `stderr` of a command."""

    def write(self, msg: str) -> Any: ...


@dataclass
class Import:
    """One run of an import: what it rejects, what it changes, what the operator must know."""

    progress_to: Writer | None = None
    rejected: list[RejectedLine] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def reject(self, file: str, line: int, reason: str, *, unit: str = "ligne") -> None:
        """Report a line that cannot be imported; the reading goes on."""
        self.rejected.append(RejectedLine(file, line, reason, unit))

    def stop_if_rejected(self) -> None:
        """To be called before anything is written: the whole file was read by then."""
        if self.rejected:
            noun = "ligne rejetée" if len(self.rejected) == 1 else "lignes rejetées"
            raise Refused(f"{format_number(len(self.rejected))} {noun} : rien n’a été modifié.")

    def changed(self, count: int, one: str, many: str) -> None:
        """« 3 communes renommées »; nothing is said of zero."""
        if count:
            self.changes.append(f"{format_number(count)} {one if count == 1 else many}")

    def followed(self, rows: Iterable[Item], label: str) -> Iterator[Item]:
        """The same rows, telling how many were read every few seconds."""
        told = time.monotonic()
        count = 0
        for count, row in enumerate(rows, start=1):
            if self.progress_to is not None and time.monotonic() - told > EVERY_SECONDS:
                told = time.monotonic()
                self.say(f"{label} : {format_number(count)}…")
            yield row
        self.say(f"{label} : {format_number(count)}.")

    def say(self, sentence: str) -> None:
        """One line of progress."""
        if self.progress_to is not None:
            self.progress_to.write(sentence)


class ImportCommand(BaseCommand):
    """A command that imports one kind of reference data; the subclass says `run_import`."""

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help="Fait tout, dit ce qui changerait, puis annule.",
        )
        parser.add_argument(
            "--report", type=Path, help="Écrit toutes les lignes rejetées dans ce fichier CSV."
        )

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        """Read, check, and change the database inside one transaction."""
        raise NotImplementedError

    def handle(self, *args: Any, **options: Any) -> None:
        """Import all or nothing, and say what changed or why nothing did."""
        quiet = options["verbosity"] == 0
        run = Import(progress_to=None if quiet else self.stderr)
        try:
            with transaction.atomic():
                self.run_import(run, options)
                run.stop_if_rejected()
                if options["dry_run"]:
                    transaction.set_rollback(True)
                elif run.changes:
                    _note(run)
                    _refresh_statistics()
        except Refused as refusal:
            self._tell_rejected(run.rejected, options["report"])
            raise CommandError(refusal.reason) from refusal
        if not quiet:
            self._tell(run, dry_run=options["dry_run"])

    def _tell(self, run: Import, *, dry_run: bool) -> None:
        if not run.changes:
            self.stdout.write("Rien à modifier : les données sont déjà à jour.")
        elif dry_run:
            self.stdout.write("Essai : voici ce qui changerait, rien n’a été écrit.")
        for sentence in [*run.changes, *run.notes]:
            self.stdout.write(sentence)

    def _tell_rejected(self, rejected: list[RejectedLine], report: Path | None) -> None:
        for line in rejected[:SHOWN]:
            self.stderr.write(str(line))
        hidden = len(rejected) - SHOWN
        if hidden > 0:
            self.stderr.write(f"… et {format_number(hidden)} autres (option --report).")
        if report is not None:
            _write_report(report, rejected)


def _write_report(path: Path, rejected: list[RejectedLine]) -> None:
    try:
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(["fichier", "ligne", "raison"])
            writer.writerows([line.file, line.line or "", line.reason] for line in rejected)
    except OSError as error:
        raise CommandError(f"Le rapport « {path.name} » ne peut pas être écrit.") from error


def _note(run: Import) -> None:
    """Maps and figures kept from before this import are no longer true (data_fingerprint)."""
    digest = hashlib.sha256("\n".join(run.changes).encode()).hexdigest()
    ReferenceFile.objects.update_or_create(
        name="imports", defaults={"sha256": digest, "loaded_at": clock.real_now()}
    )


def _refresh_statistics() -> None:
    """Without fresh statistics PostgreSQL would read the changed tables as if they were empty."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
