"""What every import does: tells its progress, reports what it rejects, writes all or nothing."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from foundation.refusal import Refused
from territories.imports import importing
from territories.imports.importing import Import, ImportCommand
from territories.models import Region
from territories.renditions import data_fingerprint


class Sentences(list[str]):
    def write(self, msg: str) -> None:
        self.append(msg)


class Bringing(ImportCommand):
    """Creates a region, then rejects the lines it is asked to."""

    stealth_options = ("bad",)

    def run_import(self, run: Import, options: dict[str, Any]) -> None:
        Region.objects.create(code="99", name="Nouvelle")
        run.changed(1, "région créée", "régions créées")
        for line in range(options.get("bad", 0)):
            run.reject("regions.csv", line, "illisible")


def test_progress_is_told_every_few_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    told = Sentences()
    monkeypatch.setattr(importing, "EVERY_SECONDS", -1)
    assert list(Import(progress_to=told).followed("ab", "Lignes lues")) == ["a", "b"]
    assert told == ["Lignes lues : 1…", "Lignes lues : 2…", "Lignes lues : 2."]


def test_nothing_is_told_to_nobody() -> None:
    run = Import()
    assert list(run.followed([1], "Lignes lues")) == [1]
    run.changed(0, "commune", "communes")
    assert run.changes == []


def test_one_rejected_line_stops_all() -> None:
    run = Import()
    run.stop_if_rejected()
    run.reject("a.csv", 3, "illisible")
    with pytest.raises(Refused, match="1 ligne rejetée : rien n’a été modifié"):
        run.stop_if_rejected()
    run.reject("a.csv", 0, "illisible")
    run.reject("a.json", 2, "illisible", unit="objet")
    assert list(map(str, run.rejected)) == [
        "a.csv, ligne 3 : illisible",
        "a.csv : illisible",
        "a.json, objet 2 : illisible",
    ]


@pytest.mark.django_db
class TestCommand:
    def test_what_was_written_before_a_rejection_is_undone(self) -> None:
        with pytest.raises(CommandError, match="2 lignes rejetées"):
            call_command(Bringing(), bad=2)
        assert not Region.objects.exists()

    def test_a_dry_run_is_undone_and_a_run_is_kept(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        call_command(Bringing(), dry_run=True)
        assert "rien n’a été écrit" in capsys.readouterr().out
        assert not Region.objects.exists()
        call_command(Bringing())
        assert capsys.readouterr().out == "1 région créée\n"
        assert Region.objects.count() == 1

    def test_a_report_that_cannot_be_written_is_said(self, tmp_path: Path) -> None:
        with pytest.raises(CommandError, match="ne peut pas être écrit"):
            call_command(Bringing(), bad=1, report=tmp_path / "absent" / "rejets.csv")
        assert not Region.objects.exists()

    def test_what_was_drawn_from_older_data_is_stale(self) -> None:
        before = data_fingerprint()
        call_command(Bringing(), verbosity=0, dry_run=True)
        assert data_fingerprint() == before
        call_command(Bringing(), verbosity=0)
        assert data_fingerprint() != before
