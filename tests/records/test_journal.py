"""The journal: one chain per dossier, never changed, verified by a command."""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from foundation import clock
from records import journal, shares, verification
from records.chains import Expected
from records.models import JournalEntry, JournalHead
from tests.cast import Cast


def write(cast: Cast, dossier: str, sentence: str = "Un acte", **fields: object) -> JournalEntry:
    return journal.record(
        "act", cast.rives, by=cast.coordinator, dossier=dossier, sentence=sentence, **fields
    )


def test_an_entry_says_who_when_from_to_and_why(cast: Cast) -> None:
    with clock.at(clock.today()):
        entry = write(cast, "essai", from_state="draft", to_state="submitted", reason="Prêt")
        assert entry.at == clock.now()
    assert (entry.actor_name, entry.actor_role) == (
        "Chloé Coordinatrice",
        "Coordination de la CPTS",
    )
    assert (entry.from_state, entry.to_state, entry.reason) == ("draft", "submitted", "Prêt")


def test_entries_of_a_dossier_are_numbered_and_chained(cast: Cast) -> None:
    first, second = write(cast, "essai"), write(cast, "essai")
    assert [first.number, second.number] == [1, 2]
    assert second.previous_sha256 == first.sha256
    head = JournalHead.objects.get(pk="essai")
    assert (head.number, head.sha256) == (2, second.sha256)


def test_dossiers_have_chains_of_their_own(cast: Cast) -> None:
    assert write(cast, "un").number == write(cast, "deux").number == 1


def test_the_stored_entry_gives_the_same_digest(cast: Cast) -> None:
    entry = write(cast, "essai", sentence="Décision", amount="1234.50", communes=["62119"])
    assert journal.digest(JournalEntry.objects.get(pk=entry.pk)) == entry.sha256


def test_the_digest_covers_every_field(cast: Cast) -> None:
    entry = write(cast, "essai", reason="Avant")
    before = journal.digest(entry)
    for field, value in [
        ("sentence", "Autre"),
        ("reason", "Après"),
        ("actor_name", "Quelqu’un"),
        ("to_state", "approved"),
        ("data", {"x": 1}),
        ("previous_sha256", "0" * 64),
    ]:
        kept = getattr(entry, field)
        setattr(entry, field, value)
        assert journal.digest(entry) != before, field
        setattr(entry, field, kept)


def test_an_entry_is_written_only_with_its_act(cast: Cast) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        write(cast, "essai")
        raise RuntimeError
    assert not JournalEntry.objects.of_dossier("essai").exists()
    assert not JournalHead.objects.filter(pk="essai").exists()


def test_the_model_refuses_to_change_or_delete(cast: Cast) -> None:
    entry = write(cast, "essai")
    with pytest.raises(TypeError):
        entry.save()
    with pytest.raises(TypeError):
        entry.delete()


def test_the_database_refuses_to_change(cast: Cast) -> None:
    entry = write(cast, "essai")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).update(sentence="Autre")
    assert JournalEntry.objects.get(pk=entry.pk).sentence == "Un acte"


def test_the_database_refuses_to_delete(cast: Cast) -> None:
    entry = write(cast, "essai")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        JournalEntry.objects.filter(pk=entry.pk).delete()
    assert JournalEntry.objects.filter(pk=entry.pk).exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_entries_at_once_make_one_chain(
    cast: Cast, in_threads: Callable[..., list[Any]]
) -> None:
    def act() -> None:
        with transaction.atomic():
            write(cast, "essai")

    assert in_threads(*[act] * 4) == [None] * 4
    entries = list(JournalEntry.objects.of_dossier("essai").order_by("number"))
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert verify() == (0, "")


def verify(**options: Any) -> tuple[int, str]:
    """Exit status and error output of the command."""
    errors = StringIO()
    try:
        call_command("verify_journal", stdout=StringIO(), stderr=errors, **options)
    except SystemExit as ended:
        return int(ended.code or 0), errors.getvalue()
    return 0, errors.getvalue()


@pytest.fixture
def without_triggers(db: None) -> None:
    """Somebody with every right on the database: what the chain is there to betray."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE records_journalentry DISABLE TRIGGER USER")
        else:
            cursor.execute("DROP TRIGGER records_journal_no_update")
            cursor.execute("DROP TRIGGER records_journal_no_delete")


def test_a_whole_journal_is_verified(cast: Cast) -> None:
    out = StringIO()
    call_command("verify_journal", stdout=out)
    assert out.getvalue().startswith("Journal intact : ")


def test_a_changed_entry_is_named(cast: Cast, without_triggers: None) -> None:
    for _ in range(3):
        write(cast, "essai")
    JournalEntry.objects.of_dossier("essai").filter(number=2).update(reason="Réécrit")
    assert verify() == (1, "Journal rompu. essai, entrée n° 2 : son contenu a changé.\n")


def test_a_missing_entry_is_named(cast: Cast, without_triggers: None) -> None:
    for _ in range(3):
        write(cast, "essai")
    JournalEntry.objects.of_dossier("essai").filter(number=2).delete()
    assert verify() == (1, "Journal rompu. essai, entrée n° 2 : elle manque.\n")


def test_a_chain_cut_at_its_end_is_seen(cast: Cast, without_triggers: None) -> None:
    for _ in range(3):
        write(cast, "essai")
    JournalEntry.objects.of_dossier("essai").filter(number=3).delete()
    assert verify() == (1, "Journal rompu. essai, entrée n° 3 : la fin de la chaîne manque.\n")


def test_a_replaced_entry_does_not_follow_the_one_before(
    cast: Cast, without_triggers: None
) -> None:
    first, second = write(cast, "essai"), write(cast, "essai")
    first.reason = "Réécrit, avec une empreinte refaite"
    forged = journal.digest(first)
    JournalEntry.objects.filter(pk=first.pk).update(reason=first.reason, sha256=forged)
    assert verify() == (1, "Journal rompu. essai, entrée n° 2 : elle ne suit pas la précédente.\n")
    assert second.previous_sha256 != forged


# --- Whole chains at once ----------------------------------------------------------------------


def _acts(cast: Cast, count: int) -> list[journal.Act]:
    return [
        journal.Act(
            verb="act",
            subject=cast.rives,
            by=cast.coordinator,
            sentence=f"Acte n° {number} – « {number} »",
            at=clock.now(),
            role="Coordination de la CPTS",
            from_state="draft",
            to_state="submitted",
            reason="Prêt",
            data={"amount": "1234.50", "communes": ["62119"], "opinion": number},
        )
        for number in range(1, count + 1)
    ]


def test_chains_written_at_once_are_those_of_entries_written_one_by_one(cast: Cast) -> None:
    with clock.at(clock.today()):
        written = journal.record_chains({"bulk": _acts(cast, 3), "other": _acts(cast, 1)})
        for act in _acts(cast, 3):
            write(
                cast,
                "single",
                sentence=act.sentence,
                from_state="draft",
                to_state="submitted",
                reason="Prêt",
                **act.data,
            )
    assert written == 4
    assert verify() == (0, "")
    assert _told("bulk") == _told("single")
    head = JournalHead.objects.get(pk="bulk")
    last = JournalEntry.objects.of_dossier("bulk").get(number=3)
    assert (head.number, head.sha256) == (3, last.sha256)


def _told(dossier: str) -> list[dict[str, Any]]:
    """The entries without what names their chain."""
    rows = JournalEntry.objects.of_dossier(dossier).order_by("number").values()
    own = {"id", "dossier", "previous_sha256", "sha256"}
    return [{key: value for key, value in row.items() if key not in own} for row in rows]


def test_a_chain_written_at_once_is_followed_by_the_next_act(cast: Cast) -> None:
    journal.record_chains({"bulk": _acts(cast, 2)})
    assert write(cast, "bulk").number == 3
    assert verify() == (0, "")


def test_a_chain_that_has_begun_is_never_written_over(cast: Cast) -> None:
    write(cast, "essai")
    with pytest.raises(DatabaseError), transaction.atomic():
        journal.record_chains({"essai": _acts(cast, 2)})
    assert JournalEntry.objects.of_dossier("essai").count() == 1
    assert verify() == (0, "")


# --- Read again as raw columns -------------------------------------------------------------------

AWKWARD = [
    "",
    'dit « oui », puis "non"',
    "deux\nlignes\r\net\tune tabulation",
    "barre \\ oblique, \\n et \\N",
    "\x01 \x0b \x1f \x7f \u2028 é ’ 🌍",
    '","sentence":"',
]


@pytest.mark.parametrize("text", AWKWARD)
def test_any_text_is_spelled_as_it_was_written(cast: Cast, text: str) -> None:
    write(cast, "essai", sentence=f"Acte {text}", reason=text, from_state=text[:9], note=text)
    write(cast, "essai", list=[text, {"z": 1, "a": [1, 2.5, None, True]}], longer_key="x", key="y")
    assert verify() == (0, "")


@pytest.mark.parametrize("microsecond", [0, 1, 120_000, 123_456])
@pytest.mark.parametrize("month", [1, 7])
def test_any_instant_is_spelled_as_it_was_written(cast: Cast, month: int, microsecond: int) -> None:
    with clock.at(dt.datetime(2026, month, 31, 23, 59, 59, microsecond, clock.PARIS)):
        write(cast, "essai")
    assert verify() == (0, "")


def test_one_chain_may_be_verified_alone(cast: Cast, without_triggers: None) -> None:
    for dossier in ("essai", "autre"):
        write(cast, dossier)
    JournalEntry.objects.of_dossier("autre").update(sentence="Réécrite")
    assert verify(dossier="essai") == (0, "")
    assert verify(dossier="autre")[0] == 1
    with pytest.raises(CommandError, match="Aucune entrée pour le dossier « inconnu »"):
        call_command("verify_journal", dossier="inconnu")


def test_a_chain_without_entries_is_named_by_its_head(cast: Cast, without_triggers: None) -> None:
    write(cast, "essai")
    JournalEntry.objects.of_dossier("essai").delete()
    assert verify() == (1, "Journal rompu. essai, entrée n° 1 : la fin de la chaîne manque.\n")


def test_a_chain_without_head_is_named(cast: Cast) -> None:
    write(cast, "essai")
    JournalHead.objects.filter(pk="essai").delete()
    reason = "la tête de la chaîne ne lui correspond pas."
    assert verify() == (1, f"Journal rompu. essai, entrée n° 1 : {reason}\n")


def test_a_break_in_the_middle_of_a_long_journal_ends_the_reading(
    cast: Cast, without_triggers: None
) -> None:
    """PostgreSQL still has lines to send: they must not hold up what comes next."""
    journal.record_chains({"bulk": _acts(cast, 3000)})
    JournalEntry.objects.of_dossier("bulk").filter(number=2).update(reason="Réécrit")
    assert verify() == (1, "Journal rompu. bulk, entrée n° 2 : son contenu a changé.\n")


@pytest.mark.django_db(transaction=True)
def test_several_processes_find_what_one_finds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 5)
    journal.record_chains({f"bulk-{number}": _acts(cast, number) for number in range(1, 9)})
    whole = verification.verify(processes=3)
    assert whole == verification.verify(processes=1)
    assert (whole.broken, whole.entries) == (None, JournalEntry.objects.count())
    copied = JournalEntry.objects.of_dossier("bulk-1").get()
    copied.pk, copied.dossier = None, "forged"
    copied.save()
    broken = verification.verify(processes=3).broken
    assert broken == verification.verify(processes=1).broken
    assert broken and broken.sentence == "forged, entrée n° 1 : son contenu a changé."


def test_chains_are_shared_out_whole_and_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shares, "WORTH_A_PROCESS", 10)
    heads = {f"dossier-{number:02}": (number, "") for number in range(1, 30)}
    parts = shares.cut(Expected(heads), 4)
    assert [name for part in parts for name in part.expected.heads] == list(heads)
    assert (parts[0].start, parts[-1].end) == ("", "")
    assert [part.end for part in parts[:-1]] == [part.start for part in parts[1:]]
    assert len(parts) == 4
