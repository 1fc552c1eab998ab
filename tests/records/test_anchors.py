"""Anchors outside the database: what was cut off or removed since is named."""

import datetime as dt
import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from foundation import clock
from records import journal, tasks
from records.models import JournalEntry, JournalHead
from tests.cast import Cast
from tests.records.test_journal import without_triggers, write  # noqa: F401  (a fixture)

MONDAY = dt.date(2026, 3, 2)
TUESDAY = dt.date(2026, 3, 3)


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Path) -> Path:
    settings.ANCHOR_DIR = str(tmp_path / "anchors")
    return tmp_path / "anchors"


def lines_of(folder: Path) -> list[dict[str, Any]]:
    text = (folder / "ancrages-2026.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def anchored_on(day: dt.date) -> None:
    with clock.at(day):
        tasks.anchor_journal()


def verify() -> tuple[int, str]:
    errors = StringIO()
    try:
        call_command("verify_journal", anchors=True, stdout=StringIO(), stderr=errors)
    except SystemExit as ended:
        return int(ended.code or 0), errors.getvalue()
    return 0, errors.getvalue()


def cut_after(dossier: str, number: int) -> None:
    """Somebody with every right takes the tail off and sets the head back."""
    JournalEntry.objects.of_dossier(dossier).filter(number__gt=number).delete()
    last = JournalEntry.objects.of_dossier(dossier).get(number=number)
    JournalHead.objects.filter(pk=dossier).update(number=number, sha256=last.sha256)


def test_a_line_a_day_follows_the_one_before(cast: Cast, folder: Path) -> None:
    write(cast, "essai")
    anchored_on(MONDAY)
    write(cast, "essai")
    anchored_on(TUESDAY)
    first, second = lines_of(folder)
    assert (first["day"], second["day"]) == ("2026-03-02", "2026-03-03")
    assert (first["previous"], len(second["previous"])) == ("", 64)
    assert second["entries"] == first["entries"] + 1 == JournalEntry.objects.count()
    assert first["chains"] == len(first["moved"]) == JournalHead.objects.count()
    assert list(second["moved"]) == ["essai"]
    assert verify() == (0, "")


def test_the_same_day_is_anchored_once(cast: Cast, folder: Path) -> None:
    anchored_on(MONDAY)
    write(cast, "essai")
    anchored_on(MONDAY)
    assert len(lines_of(folder)) == 1


def test_a_tail_cut_off_is_named(cast: Cast, without_triggers: None) -> None:  # noqa: F811
    for _ in range(3):
        write(cast, "essai")
    anchored_on(MONDAY)
    cut_after("essai", 1)
    reason = "la fin de la chaîne manque ; l’ancrage du 02/03/2026 la connaissait jusqu’au n° 3."
    assert verify() == (1, f"Journal rompu. essai, entrée n° 2 : {reason}\n")


def test_it_stays_named_after_the_next_anchors(
    cast: Cast,
    without_triggers: None,  # noqa: F811
) -> None:
    for _ in range(3):
        write(cast, "essai")
    anchored_on(MONDAY)
    cut_after("essai", 1)
    anchored_on(TUESDAY)
    assert verify()[0] == 1
    write(cast, "essai")
    write(cast, "essai", sentence="Un autre acte")
    status, told = verify()
    assert (status, "n° 3 : ce n’est plus celle de l’ancrage du 02/03/2026" in told) == (1, True)


def test_a_chain_removed_whole_is_named(cast: Cast, without_triggers: None) -> None:  # noqa: F811
    write(cast, "essai")
    anchored_on(MONDAY)
    JournalEntry.objects.of_dossier("essai").delete()
    JournalHead.objects.filter(pk="essai").delete()
    status, told = verify()
    assert (status, "essai, entrée n° 1 : la fin de la chaîne manque" in told) == (1, True)
    anchored_on(TUESDAY)
    assert verify() == (status, told)


def test_a_chain_written_again_from_its_start_is_named(
    cast: Cast,
    without_triggers: None,  # noqa: F811
) -> None:
    write(cast, "essai")
    anchored_on(MONDAY)
    entry = JournalEntry.objects.of_dossier("essai").get()
    entry.reason = "Réécrit"
    forged = journal.digest(entry)
    JournalEntry.objects.filter(pk=entry.pk).update(reason=entry.reason, sha256=forged)
    JournalHead.objects.filter(pk="essai").update(sha256=forged)
    reason = "ce n’est plus celle de l’ancrage du 02/03/2026."
    assert verify() == (1, f"Journal rompu. essai, entrée n° 1 : {reason}\n")


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda lines: lines[1:], "ligne 1 : elle ne suit pas la précédente."),
        (lambda lines: [lines[0].replace('"essai":[1', '"essai":[2'), lines[1]], "ligne 1 : son"),
        (lambda lines: [lines[0], lines[1][:40]], "ligne 2 : elle est illisible."),
        (
            lambda lines: [lines[0].replace('"chains":', '"chains":9'), lines[1]],
            "ligne 2 : elle ne",
        ),
    ],
)
def test_anchors_that_were_changed_are_named(
    cast: Cast, folder: Path, spoil: Any, told: str
) -> None:
    write(cast, "essai")
    anchored_on(MONDAY)
    anchored_on(TUESDAY)
    file = folder / "ancrages-2026.jsonl"
    file.write_text("\n".join(spoil(file.read_text().splitlines())) + "\n")
    status, answer = verify()
    assert status == 1
    assert told in answer


def test_no_anchor_at_all_is_no_success(cast: Cast) -> None:
    assert verify() == (1, "Aucun ancrage : la tâche quotidienne n’en a écrit aucun.\n")
