"""Messages on a dossier: who reads what, what is kept, what is refused, what is unread."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from accounts.access import Role
from foundation.refusal import Refused
from records.models import Job, JournalEntry, StoredFile
from territories.actions import end_assignment, move
from territories.exchanges import actions
from territories.models import Cpts, Message, MessageFile, ReadMark, Stage, Thread
from tests.cast import Cast
from tests.territories.exchanged import internal, pdf, shared

PARTIES = {
    "holder",
    "president",
    "office",
    "coordinator",
    "ars_reviewer",
    "ars_delegation",
    "ars_director",
    "cpam_officer",
    "cpam_director",
}
AUTHORITIES = {"ars_reviewer", "ars_delegation", "ars_director", "cpam_officer", "cpam_director"}


def readers(cast: Cast, rows: Any) -> set[str]:
    return {part for part, user in cast.people().items() if rows.visible_to(user).exists()}


# --- Who reads ---------------------------------------------------------------------------------


def test_the_parties_read_the_messages_and_nobody_else(cast: Cast) -> None:
    shared(cast, uploads=[pdf()])
    for rows in (Thread.objects, Message.objects, MessageFile.objects):
        assert readers(cast, rows) == PARTIES


def test_internal_notes_are_for_the_authorities_in_charge(cast: Cast) -> None:
    internal(cast, uploads=[pdf()])
    for rows in (Thread.objects, Message.objects, MessageFile.objects):
        assert readers(cast, rows) == AUTHORITIES


def test_before_it_is_handed_over_the_holders_write_to_themselves(cast: Cast) -> None:
    move(cast.rives, stage=Stage.EMERGENCE, public=False)
    shared(cast)
    assert readers(cast, Thread.objects) == PARTIES - AUTHORITIES


@pytest.mark.parametrize("part", sorted(set(PARTIES) - AUTHORITIES))
def test_the_cpts_writes_no_internal_note(cast: Cast, part: str) -> None:
    with pytest.raises(Refused):
        internal(cast, by=getattr(cast, part))
    note = internal(cast)
    with pytest.raises(Refused):
        actions.reply(note, text="Bonjour", by=getattr(cast, part))
    assert Message.objects.count() == 1


@pytest.mark.parametrize(
    "part",
    ["nurse", "committee_member", "monts_coordinator", "other_region_reviewer", "administrator"],
)
def test_outsiders_write_nothing(cast: Cast, part: str) -> None:
    thread = shared(cast)
    with pytest.raises(Refused, match="ne participez pas"):
        actions.reply(thread, text="Bonjour", by=getattr(cast, part))


# --- What is kept ------------------------------------------------------------------------------


def test_messages_are_numbered_and_keep_the_quality_of_their_author(cast: Cast) -> None:
    thread = shared(cast)
    actions.reply(thread, text="  Bien reçu.  ", by=cast.cpam_officer)
    thread.refresh_from_db()
    first, second = Message.objects.of_thread(thread)
    assert (first.number, first.quality) == (1, "Coordination de la CPTS")
    assert (second.number, second.text, second.quality) == (2, "Bien reçu.", "Référent CPAM (ROC)")
    assert (thread.message_count, thread.last_by) == (2, cast.cpam_officer)


def test_the_journal_says_that_not_what(cast: Cast) -> None:
    shared(cast, subject="Objet discret", text="Texte discret")
    (entry,) = JournalEntry.objects.filter(verb="send_message")
    assert entry.dossier == cast.rives.reference
    assert entry.sentence == "Message aux parties du dossier"
    assert "discret" not in f"{entry.sentence}{entry.reason}{entry.data}"


def test_an_internal_note_leaves_nothing_in_the_chain_that_the_cpts_reads(cast: Cast) -> None:
    before = JournalEntry.objects.of_dossier(cast.rives.reference).count()
    actions.reply(internal(cast), text="Suite", by=cast.cpam_officer)
    assert JournalEntry.objects.of_dossier(cast.rives.reference).count() == before
    assert JournalEntry.objects.of_dossier(f"{cast.rives.reference}-interne").count() == 2


@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (b"MZ\x90\x00 un programme", "bilan.pdf", "n’est pas d’un type permis"),
        (b"", "vide.pdf", "est vide"),
    ],
)
def test_a_refused_file_sends_nothing(cast: Cast, content: bytes, name: str, refusal: str) -> None:
    with pytest.raises(Refused, match=refusal):
        shared(cast, uploads=[pdf(), SimpleUploadedFile(name, content)])
    assert not Thread.objects.exists()
    assert not StoredFile.objects.exists()


def test_too_many_files_are_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="au plus 5 fichiers"):
        shared(cast, uploads=[pdf() for _ in range(6)])


def test_a_blank_message_is_refused(cast: Cast) -> None:
    with pytest.raises(Refused, match="Écrivez"):
        shared(cast, text=" \n ")


def test_a_reported_file_is_closed_to_all_and_told_to_the_administrators(cast: Cast) -> None:
    shared(cast, uploads=[pdf()])
    joined = MessageFile.objects.get()
    actions.report_file(joined, reason="Nom d’un patient", by=cast.cpam_officer)
    assert readers(cast, MessageFile.objects) == set()
    (entry,) = JournalEntry.objects.filter(verb="report_file")
    assert "patient" not in f"{entry.sentence}{entry.data}"
    (email,) = Job.objects.filter(payload__to=cast.administrator.email)
    assert str(joined.file.uuid) in email.payload["body"]
    with pytest.raises(Refused, match="déjà signalé"):
        actions.report_file(joined, reason="Encore", by=cast.president)


# --- Who is told -------------------------------------------------------------------------------


def told(cast: Cast, kind: str) -> set[str]:
    emails = Job.objects.filter(kind="email", label__startswith=kind)
    addresses = {job.payload["to"] for job in emails}
    return {part for part, user in cast.people().items() if user.email in addresses}


def test_a_message_is_told_to_the_other_parties(cast: Cast) -> None:
    shared(cast)
    assert told(cast, "Nouveau message") == {
        *("holder", "president", "office"),
        *("ars_reviewer", "ars_delegation", "cpam_officer"),
    }


def test_a_director_who_wrote_is_told_of_the_answers(cast: Cast) -> None:
    thread = shared(cast, by=cast.ars_director)
    Job.objects.filter(kind="email").delete()
    actions.reply(thread, text="Réponse", by=cast.president)
    assert "ars_director" in told(cast, "Nouveau message")
    assert "cpam_director" not in told(cast, "Nouveau message")


def test_an_internal_note_is_told_to_the_authorities_without_its_subject(cast: Cast) -> None:
    internal(cast, subject="Sujet réservé")
    assert told(cast, "Note interne") == {"ars_delegation", "cpam_officer"}
    assert told(cast, "Nouveau message") == set()
    bodies = "".join(job.payload["body"] for job in Job.objects.filter(kind="email"))
    assert "réservé" not in bodies


def test_nobody_outside_is_told_before_the_dossier_is_handed_over(cast: Cast) -> None:
    move(cast.rives, stage=Stage.EMERGENCE, public=False)
    shared(cast)
    assert told(cast, "Nouveau message") == {"holder", "president", "office"}


def test_who_left_or_is_closed_is_told_nothing(cast: Cast) -> None:
    end_assignment(cast.office, Role.OFFICE, cpts=cast.rives)
    cast.president.is_active = False
    cast.president.save()
    shared(cast)
    assert told(cast, "Nouveau message") & {"office", "president"} == set()


# --- Unread ------------------------------------------------------------------------------------


def unread(cast: Cast, part: str) -> int:
    user = getattr(cast, part)
    cpts = Cpts.objects.visible_to(user).with_header().get(pk=cast.rives.pk)
    assert cpts.unread_count == Thread.objects.count_unread(user, cast.rives)
    return int(cpts.unread_count)


def test_unread_messages_are_counted_per_person(cast: Cast) -> None:
    thread = shared(cast)
    actions.reply(thread, text="Un oubli.", by=cast.coordinator)
    internal(cast)
    assert unread(cast, "coordinator") == 0
    assert unread(cast, "president") == 2
    assert unread(cast, "cpam_officer") == 3
    assert unread(cast, "ars_reviewer") == 2
    assert unread(cast, "committee_member") == 0


def test_all_is_read_for_one_person_only(cast: Cast) -> None:
    thread = shared(cast)
    internal(cast)
    assert actions.mark_all_read(cast.rives, by=cast.cpam_officer) == 2
    assert unread(cast, "cpam_officer") == 0
    assert unread(cast, "president") == 1
    actions.reply(thread, text="Suite", by=cast.president)
    assert unread(cast, "cpam_officer") == 1
    assert unread(cast, "president") == 0, "whoever answers has read"


# --- What can never be stored ------------------------------------------------------------------


def test_constraints(cast: Cast) -> None:
    thread = shared(cast, uploads=[pdf()])
    with pytest.raises(IntegrityError), transaction.atomic():
        Message.objects.create(thread=thread, number=1, text="Double", sent_by=cast.holder)
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadMark.objects.create(user=cast.coordinator, thread=thread)
    with pytest.raises(IntegrityError), transaction.atomic():
        MessageFile.objects.update(reported_by=cast.holder)
