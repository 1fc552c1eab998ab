"""Letters in one go: one progress, one document to print; a dead worker loses and doubles none."""

import io
import zipfile
from typing import Any

import page as validator
import pikepdf
import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.actions import batches
from projects.actions.letters import DOCUMENT_JOB
from projects.letter_kinds import LetterKind
from projects.models import Filing, FilingDocument, LetterBatch, LetterOfIntent
from records import files, jobs
from records.models import Job, JournalEntry, StoredFile
from territories.actions import assign
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page


@pytest.fixture
def decided(cast: Cast) -> list[Filing]:
    """One letter approved in Rives, one refused in Monts."""
    rives = filings.approved_letter(cast)
    with filings.on("2025-01-06"):
        assign(cast.monts_coordinator, Role.HOLDER, cpts=cast.monts)
    monts: LetterOfIntent = actions.open_letter(cast.monts, by=cast.monts_coordinator)
    filings.filled(monts, cast.monts_coordinator)
    actions.submit(monts, by=cast.monts_coordinator)
    actions.declare_complete(monts, by=cast.ars_reviewer)
    actions.refuse(monts, reason="Trop petit.", by=cast.ars_director)
    return [monts, rives]


def work() -> None:
    """What the workers do: the letters, then what puts them together."""
    for kind in (DOCUMENT_JOB, batches.BATCH_JOB):
        for job in Job.objects.filter(state=Job.State.WANTED, kind=kind):
            jobs.run(job.pk)


def fresh(batch: LetterBatch) -> LetterBatch:
    return LetterBatch.objects.with_files().get(pk=batch.pk)


def test_the_letters_written_with_the_decisions_are_put_together(
    cast: Cast, decided: list[Filing]
) -> None:
    written = FilingDocument.objects.count()
    batch = actions.want_letters(decided, by=cast.ars_director)
    assert FilingDocument.objects.count() == written
    assert batch.label == "2 courriers de décision"
    work()
    printable, archive = fresh(batch).files
    kinds = [item.document.kind for item in batch.items.all()]
    assert kinds == [LetterKind.REFUSAL, LetterKind.APPROVAL]  # in the order that was given
    with pikepdf.open(io.BytesIO(printable.read())) as merged:
        each = [item.document.stored.read() for item in batch.items.all()]
        pages = sum(len(pikepdf.open(io.BytesIO(content)).pages) for content in each)
        assert len(merged.pages) == pages
    for profile in (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1):
        assert validator.validate_pdf_bytes(printable.read(), profile=profile).failures == []
    with zipfile.ZipFile(io.BytesIO(archive.read())) as opened:
        assert [opened.read(name) for name in opened.namelist()] == each
        assert opened.namelist()[0].endswith("-RF1-cpts-monts.pdf")


def test_the_same_letters_give_the_same_files(cast: Cast, decided: list[Filing]) -> None:
    pair = [actions.want_letters(decided, by=cast.ars_director) for _ in range(2)]
    work()
    one, two = (fresh(batch).files for batch in pair)
    assert [item.sha256 for item in one] == [item.sha256 for item in two]


def test_a_decision_whose_letter_was_never_written_takes_it_from_the_journal(
    cast: Cast, decided: list[Filing]
) -> None:
    FilingDocument.objects.decision_of(decided[1]).delete()
    actions.want_letters(decided[1:], LetterKind.APPROVAL, by=cast.ars_reviewer)
    letter = FilingDocument.objects.decision_of(decided[1]).get()
    assert letter.inputs["signatories"][0]["name"] == "Denis Directeur"  # who decided, not who asks


def test_a_worker_killed_before_the_assembly_loses_nothing_and_doubles_nothing(
    cast: Cast, decided: list[Filing], monkeypatch: Any
) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    documents = list(FilingDocument.objects.of_batch(batch))
    with monkeypatch.context() as patch:
        patch.setattr(batches, "want_assembly", lambda _: (_ for _ in ()).throw(MemoryError))
        for document in documents:
            jobs.run(document.job_id)  # the last one stores its file, then dies
    stored = [item.document.sha256 for item in batch.items.all()]
    assert all(stored)
    assert not fresh(batch).is_made
    Job.objects.update(not_before=clock.now())  # the time of a second try has come
    work()
    assert fresh(batch).is_made
    assert [item.document.sha256 for item in batch.items.all()] == stored
    assert StoredFile.objects.filter(sha256__in=stored).count() == 2


def test_an_assembly_done_twice_keeps_the_first(cast: Cast, decided: list[Filing]) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    work()
    before = fresh(batch).printable_id
    Job.objects.filter(pk=fresh(batch).job_id).update(state=Job.State.WANTED)
    work()
    assert fresh(batch).printable_id == before


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (LetterKind.VALIDATION, "Validation du projet"),
        (LetterKind.OPINION_INVITATION, "dans son état actuel"),
        (LetterKind.PIECES, "dans son état actuel"),
    ],
)
def test_a_letter_that_does_not_fit_is_refused_and_nothing_is_kept(
    cast: Cast, decided: list[Filing], kind: LetterKind, words: str
) -> None:
    with pytest.raises(Refused, match=words):
        actions.want_letters(decided, kind, by=cast.ars_director)
    assert not LetterBatch.objects.exists()


def test_an_invitation_asks_for_the_opinions_that_are_missing(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    actions.want_letters([letter], LetterKind.OPINION_INVITATION, by=cast.ars_reviewer)
    invitation = FilingDocument.objects.get(kind=LetterKind.OPINION_INVITATION)
    assert invitation.inputs["values"]["avis.attendus"] == ["Avis du comité régional"]
    assert FilingDocument.objects.visible_to(cast.committee_member).count() == 1


def test_nothing_decided_nothing_chosen_no_right(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    with pytest.raises(Refused, match="aucune décision"):
        actions.want_letters([letter], by=cast.ars_director)
    with pytest.raises(Refused, match="au moins un"):
        actions.want_letters([], by=cast.ars_director)
    for person in (cast.holder, cast.committee_member, cast.other_region_reviewer):
        with pytest.raises(NotAllowed):
            actions.want_letters([letter], LetterKind.OPINION_INVITATION, by=person)


def test_an_act_that_the_journal_does_not_know_is_not_announced(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    Filing.objects.filter(pk=letter.pk).update(state="approved", decided_at="2026-01-01T00:00Z")
    assert not JournalEntry.objects.filter(verb="approve").exists()
    with pytest.raises(Refused, match="n’est pas au journal"):
        actions.want_letters([letter], by=cast.ars_director)


def test_the_page_waits_then_gives_the_files(cast: Cast, decided: list[Filing], at: Any) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    visitor = at(cast.ars_director)
    assert "0 courrier produit sur 2" in page(visitor.get("letter_batch", batch.uuid))
    assert visitor.get("letter_batch_printable", batch.uuid).status_code == 404
    assert visitor.get("letter_batch_archive", batch.uuid).status_code == 404
    work()
    html = page(visitor.get("letter_batch", batch.uuid))
    assert "2 courriers produits." in html
    printable, archive = fresh(batch).files
    assert visitor.get("letter_batch_printable", batch.uuid).content == printable.read()
    assert visitor.get("letter_batch_archive", batch.uuid).content == archive.read()


def test_the_part_stops_asking_at_the_end(cast: Cast, decided: list[Filing], at: Any) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    client = at(cast.ars_director).client
    url = f"/courriers/lots/{batch.uuid}/"
    assert client.get(url, headers={"HX-Request": "true"}).status_code == 200
    work()
    answer = client.get(url, headers={"HX-Request": "true"})
    assert answer.status_code == 286
    assert b"<html" not in answer.content


def test_what_failed_is_asked_for_again(cast: Cast, decided: list[Filing], at: Any) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    Job.objects.filter(kind=DOCUMENT_JOB).update(state=Job.State.FAILED)
    visitor = at(cast.ars_director)
    assert "Produire ceux qui manquent" in page(visitor.get("letter_batch", batch.uuid))
    visitor.post("letter_batch_again", batch.uuid)
    work()
    assert fresh(batch).is_made
    assert "déjà produits" in page(visitor.post("letter_batch_again", batch.uuid))
    with pytest.raises(NotAllowed):
        actions.want_batch_again(batch, by=cast.other_region_reviewer)


def test_who_sees_a_batch(cast: Cast, decided: list[Filing]) -> None:
    actions.want_letters(decided, by=cast.ars_director)
    seen = {
        name
        for name, user in cast.people().items()
        if LetterBatch.objects.visible_to(user).exists()
    }
    authorities = {"ars_reviewer", "ars_delegation", "ars_director", "cpam_officer"}
    assert seen == authorities | {"cpam_director", "committee_member"}


def test_the_database_refuses_half_a_batch(cast: Cast, decided: list[Filing]) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    stored = files.store_bytes(
        b"x", name="x.pdf", content_type="application/pdf", by=cast.ars_director, dossier=""
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterBatch.objects.update(printable=stored)
    with pytest.raises(IntegrityError), transaction.atomic():
        batch.items.create(document=batch.items.get(position=1).document, position=3)


def test_a_decision_of_midnight_bears_the_day_of_paris(cast: Cast, at: Any) -> None:
    with filings.on("2026-03-02"):
        project = filings.complete_project(cast)
    assert project.tacit_moment is not None
    with clock.at(project.tacit_moment):
        assert actions.validate_due_projects() == 1
    html = page(at(cast.ars_director).get("gather_letters"))
    assert "projet de santé, réputé validé le 3 mai 2026" in html


def test_decisions_are_chosen_on_a_page(cast: Cast, decided: list[Filing], at: Any) -> None:
    visitor = at(cast.ars_director)
    assert "Réunir les courriers" in page(visitor.get("letter", cast.rives))
    html = page(visitor.get("gather_letters"))
    assert "CPTS Monts : lettre d’intention, refusée le" in html
    keys = [f"{filing.cpts.reference}-letter-1" for filing in decided]
    assert "0 courrier produit sur 2" in page(visitor.post("gather_letters", filings=keys))
    assert LetterBatch.objects.get().items.count() == 2


def test_a_choice_outside_the_list_is_refused(cast: Cast, decided: list[Filing], at: Any) -> None:
    visitor = at(cast.ars_delegation)
    assert "au moins une décision" in page(visitor.post("gather_letters"))
    assert "pas dans la liste" in page(visitor.post("gather_letters", filings=["99-X-letter-1"]))
    assert not LetterBatch.objects.exists()
    stranger = at(cast.other_region_reviewer)
    assert "Aucune décision" in page(stranger.get("gather_letters"))
    for person in (cast.holder, cast.committee_member, cast.cpam_officer):
        assert at(person).get("gather_letters").status_code == 403


def test_the_pages_of_batches_keep_to_six_queries(
    cast: Cast, decided: list[Filing], at: Any, django_assert_max_num_queries: Any
) -> None:
    batch = actions.want_letters(decided, by=cast.ars_director)
    visitor = at(cast.ars_director)
    letter = FilingDocument.objects.decision_of(decided[1]).get()
    for name, *args in (
        ("gather_letters",),
        ("letter_batch", batch.uuid),
        ("document", cast.rives, letter.uuid),
    ):
        with django_assert_max_num_queries(6):
            assert visitor.get(name, *args).status_code == 200
