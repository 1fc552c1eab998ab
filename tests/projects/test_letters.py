"""The letters of a filing: wanted with the act, made once, seen by those who may."""

import datetime as dt
from typing import Any

import page as validator
import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import IntegrityError, transaction

from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions, pdf
from projects.letter_inputs import digest
from projects.letter_kinds import LetterKind
from projects.letter_pages import letter_html
from projects.models import Filing, FilingDocument, LetterTemplate, Procedure
from projects.workflow import Ground
from records import jobs
from records.models import Job, JournalEntry, StoredFile
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page


def silent(progress: int, step: str) -> None:
    """A report that nobody reads."""


def letter_of(filing: Filing, kind: LetterKind) -> FilingDocument:
    found: FilingDocument = FilingDocument.objects.get(filing=filing.pk, kind=kind)
    return found


def made(document: FilingDocument) -> FilingDocument:
    jobs.run(document.job_id)
    document.refresh_from_db()
    return document


def words(document: FilingDocument) -> str:
    html = letter_html(document.inputs)
    return " ".join(html.replace("\u00a0", " ").replace("&nbsp;", " ").split())


# --- Wanted with the acts ------------------------------------------------------------------------


def test_submitting_gives_a_receipt_with_its_reference(cast: Cast) -> None:
    letter = filings.submitted_letter(cast)
    document = letter_of(letter, LetterKind.RECEIPT)
    assert document.reference == f"{cast.rives.reference}-L1-AR1"
    assert not document.is_made
    assert document.job.state == Job.State.WANTED
    text = words(document)
    assert document.reference in text
    assert "ARS Hauts-de-France" in text
    assert "réunit 2 communes et 46 648 habitants (taille 2)" in text
    email = Job.objects.get(kind="email", payload__to=cast.holder.email)
    assert str(document.uuid) in email.payload["body"]


def test_each_sending_has_its_receipt_and_each_request_its_letter(cast: Cast) -> None:
    letter = filings.incomplete_letter(cast)
    asked = letter_of(letter, LetterKind.PIECES)
    assert "<li>" in words(asked)
    assert "délai légal" not in words(asked)  # a letter has none
    assert "Anne Instructrice" in words(asked)
    actions.submit(letter, by=cast.holder)
    receipts = FilingDocument.objects.filter(kind=LetterKind.RECEIPT).order_by("number")
    assert [item.reference[-3:] for item in receipts] == ["AR1", "AR2"]


def test_asking_for_pieces_of_a_complete_project_says_that_the_clock_stops(cast: Cast) -> None:
    project = filings.complete_project(cast)
    actions.ask_for_pieces(
        project,
        reason="Il manque.",
        comments={"territory": "Carte ?", "evaluation": "Quand ?"},
        by=cast.ars_reviewer,
    )
    text = words(letter_of(project, LetterKind.PIECES))
    assert "délai légal est suspendu" in text
    assert "Communes du territoire : Carte ?" in text
    assert "ses résultats ? Quand ?" in text  # no colon after the mark of a question
    assert "Il manque." in text


def test_an_approval_is_signed_by_who_decided(cast: Cast) -> None:
    letter = filings.approved_letter(cast)
    text = words(letter_of(letter, LetterKind.APPROVAL))
    assert "Denis Directeur" in text
    assert "Direction générale de l’ARS" in text
    assert "avis du comité régional" in text
    assert "CPAM" not in [
        item["for"] for item in letter_of(letter, LetterKind.APPROVAL).inputs["signatories"]
    ]


def test_a_refusal_gives_its_reasons_and_the_remedies(cast: Cast) -> None:
    text = words(letter_of(filings.refused_letter(cast), LetterKind.REFUSAL))
    assert "Trop petit." in text
    assert "deux mois à compter de sa notification" in text
    assert "tribunal administratif" in text
    assert "éléments suivants" not in text  # no opinion was given: the sentence is left out


def test_an_opposition_gives_its_grounds(cast: Cast) -> None:
    project = filings.complete_project(cast)
    actions.oppose(project, grounds=[Ground.TERRITORY], reason="Trop petit.", by=cast.ars_director)
    text = words(letter_of(project, LetterKind.OPPOSITION))
    assert "La pertinence du territoire" in text
    assert "recours" in text


def test_a_joint_procedure_makes_a_joint_letter(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    Procedure.objects.update(decision_form=Procedure.DecisionForm.JOINT_LETTER)
    letter.refresh_from_db()
    actions.approve(letter, by=cast.ars_director)
    inputs = letter_of(letter, LetterKind.APPROVAL).inputs
    assert inputs["senders"] == ["ARS Hauts-de-France", "CPAM de l’Artois"]
    assert [item["name"] for item in inputs["signatories"]] == ["Denis Directeur", "Claire Caisse"]
    assert letter_of(letter, LetterKind.RECEIPT).inputs["senders"] == ["ARS Hauts-de-France"]


def test_the_tacit_certificate_gives_the_legal_dates(cast: Cast) -> None:
    with clock.at(dt.date(2026, 3, 2)):
        project = filings.examined_project(cast)
    with clock.at(dt.date(2026, 5, 6)):  # the task ran late
        actions.validate_tacitly(project)
    document = letter_of(project, LetterKind.TACIT)
    text = words(document)
    assert "réputé validé depuis le 3 mai 2026, à 0 heure" in text
    assert "déclaré complet le 2 mars 2026" in text
    assert "Dernier jour du délai : 2 mai 2026" in text
    assert "Suspensions" not in text
    assert document.dated == dt.date(2026, 5, 6)
    assert document.inputs["signatories"] == []


def test_a_refused_act_leaves_no_letter(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    before = FilingDocument.objects.count()
    with pytest.raises(Refused):
        actions.refuse(letter, reason=" ", by=cast.ars_director)
    assert FilingDocument.objects.count() == before


# --- Made by a worker ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["approved_letter", "refused_letter", "incomplete_letter"])
def test_the_files_are_archives_that_a_screen_reader_reads(cast: Cast, kind: str) -> None:
    getattr(filings, kind)(cast)
    for document in FilingDocument.objects.all():
        content = pdf.letter_pdf(document.inputs, report=silent)
        assert content == pdf.letter_pdf(document.inputs, report=silent)
        for profile in (validator.ValidationProfile.PDF_A_3A, validator.ValidationProfile.PDF_UA_1):
            assert validator.validate_pdf_bytes(content, profile=profile).failures == []


def test_made_once_whoever_does_it(cast: Cast) -> None:
    document = letter_of(filings.submitted_letter(cast), LetterKind.RECEIPT)
    made(document)
    assert document.is_made
    assert document.sha256 == document.stored.sha256
    assert document.stored.read()[:4] == b"%PDF"
    assert document.job.state == Job.State.DONE
    # A worker that died after storing: its job runs again and changes nothing.
    Job.objects.filter(pk=document.job_id).update(state=Job.State.WANTED)
    before = (document.file_id, document.sha256, StoredFile.objects.count())
    made(document)
    assert (document.file_id, document.sha256, StoredFile.objects.count()) == before


def test_a_worker_that_died_half_way_harms_nothing(cast: Cast, monkeypatch: Any) -> None:
    document = letter_of(filings.submitted_letter(cast), LetterKind.RECEIPT)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "save", lambda *_: (_ for _ in ()).throw(OSError("full")))
        jobs.run(document.job_id)
    document.refresh_from_db()
    assert not document.is_made
    Job.objects.filter(pk=document.job_id).update(not_before=clock.now())
    assert made(document).is_made


def test_a_letter_keeps_the_text_of_its_day(cast: Cast) -> None:
    letter = filings.examined_letter(cast)
    actions.load_letter_templates()
    actions.add_template(
        kind=LetterKind.APPROVAL,
        region=None,
        effective_from=clock.today() + dt.timedelta(days=1),
        subject="Nouvel objet",
        body="Approuvée le {{ decision.date }}",
        after=1,
        by=cast.administrator,
    )
    actions.approve(letter, by=cast.ars_director)
    document = letter_of(letter, LetterKind.APPROVAL)
    assert document.template.version == 1
    assert digest(document.inputs) == document.inputs_sha256
    assert "Nouvel objet" not in words(document)


# --- Who reads them ------------------------------------------------------------------------------


def test_who_sees_which(cast: Cast) -> None:
    letter = filings.approved_letter(cast)
    receipt, approval = (letter_of(letter, k) for k in (LetterKind.RECEIPT, LetterKind.APPROVAL))
    seen = {
        name: set(FilingDocument.objects.visible_to(user).values_list("pk", flat=True))
        for name, user in cast.people().items()
    }
    everything = {receipt.pk, approval.pk}
    parties = {
        "holder", "president", "office", "coordinator", "ars_reviewer", "ars_delegation",
        "ars_director", "cpam_officer", "cpam_director",
    }  # fmt: skip
    expected = {name: everything if name in parties else set() for name in seen}
    expected["committee_member"] = {approval.pk}  # exchanges with the holders are not its own
    assert seen == expected


def test_the_page_lists_them_and_the_file_comes_down(cast: Cast, at: Any) -> None:
    letter = filings.approved_letter(cast)
    receipt = made(letter_of(letter, LetterKind.RECEIPT))
    visitor = at(cast.coordinator)
    html = page(visitor.get("letter", cast.rives))
    assert "Accusé de réception du" in html
    assert "En préparation" in html  # the approval
    args = [cast.rives.reference, receipt.uuid]
    answer = visitor.get("document_file", *args)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content == receipt.stored.read()
    assert receipt.reference in page(visitor.get("document", *args))


def test_a_committee_does_not_open_a_receipt(cast: Cast, at: Any) -> None:
    receipt = made(letter_of(filings.complete_letter(cast), LetterKind.RECEIPT))
    visitor = at(cast.committee_member)
    assert "Accusé de réception" not in page(visitor.get("letter", cast.rives))
    for name in ("document", "document_file"):
        assert visitor.get(name, cast.rives.reference, receipt.uuid).status_code == 404


def test_a_file_that_is_not_made_is_not_found_and_its_page_waits(cast: Cast, at: Any) -> None:
    receipt = letter_of(filings.submitted_letter(cast), LetterKind.RECEIPT)
    visitor = at(cast.holder)
    args = [cast.rives.reference, receipt.uuid]
    assert visitor.get("document_file", *args).status_code == 404
    assert "Vous pouvez quitter cette page" in page(visitor.get("document", *args))


def test_a_failed_letter_is_asked_for_again(cast: Cast, at: Any) -> None:
    receipt = letter_of(filings.submitted_letter(cast), LetterKind.RECEIPT)
    Job.objects.filter(pk=receipt.job_id).update(state=Job.State.FAILED)
    visitor = at(cast.holder)
    args = [cast.rives.reference, receipt.uuid]
    assert "Produire de nouveau" in page(visitor.get("document", *args))
    visitor.post("document_again", *args)
    receipt.refresh_from_db()
    assert made(receipt).is_made
    assert "déjà produit" in page(visitor.post("document_again", *args))
    with pytest.raises(NotAllowed):
        actions.want_document_again(receipt, by=cast.monts_coordinator)


# --- Templates -----------------------------------------------------------------------------------


def new_template(cast: Cast, **changes: Any) -> LetterTemplate:
    given: dict[str, Any] = {
        "kind": LetterKind.APPROVAL,
        "region": None,
        "effective_from": clock.today(),
        "subject": "Approbation",
        "body": "Le {{ decision.date }}",
        "after": 1,
        "by": cast.administrator,
    }
    return actions.add_template(**{**given, **changes})


def test_the_files_are_loaded_once(cast: Cast, capsys: Any) -> None:
    assert actions.load_letter_templates() == 12  # eleven national ones, one of Grand Est
    call_command("load_letters")
    assert capsys.readouterr().out == "0 modèles de courrier ajoutés.\n"


def test_the_region_comes_before_france_and_the_newest_before_the_others(cast: Cast) -> None:
    actions.load_letter_templates()
    objects, today = LetterTemplate.objects, clock.today()
    assert objects.in_force("approval", "44", today).region_id == "44"
    assert objects.in_force("approval", "32", today).region is None
    later = new_template(cast, effective_from=today + dt.timedelta(days=3))
    assert objects.in_force("approval", "32", today).version == 1
    assert objects.in_force("approval", "32", later.effective_from) == later
    assert objects.in_force("approval", "44", later.effective_from).region_id == "44"
    assert objects.in_force("approval", "32", dt.date(2000, 1, 1)).version == 1


def test_a_new_version_is_journaled_in_the_portal(cast: Cast) -> None:
    actions.load_letter_templates()
    new_template(cast)
    entry = JournalEntry.objects.of_dossier("portail").get(verb="add_template")
    assert entry.actor == cast.administrator
    assert "version 2" in entry.sentence


@pytest.mark.parametrize(
    ("changes", "words_"),
    [
        ({"body": "{{ decision.date }} {{ cpts.nmo }}"}, "cpts.nmo"),
        ({"effective_from": dt.date(2020, 1, 1)}, "passée"),
        ({"after": 0}, "pendant que vous écriviez"),
    ],
)
def test_a_version_that_cannot_be_saved_says_why(
    cast: Cast, changes: dict[str, Any], words_: str
) -> None:
    actions.load_letter_templates()
    with pytest.raises(Refused, match=words_):
        new_template(cast, **changes)
    assert LetterTemplate.objects.filter(kind="approval", region=None).count() == 1


def test_only_administrators_write_them(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        new_template(cast, by=cast.ars_director)


def test_the_database_keeps_them_as_they_were(cast: Cast) -> None:
    actions.load_letter_templates()
    template = LetterTemplate.objects.filter(region=None).first()
    template.subject = "Autre"
    with pytest.raises(TypeError):
        template.save()
    columns = {
        "kind": template.kind, "region": None, "version": template.version, "subject": "x",
        "body": "x", "effective_from": clock.today(), "created_by": cast.administrator,
    }  # fmt: skip
    for wrong in ({}, {"version": 9, "body": ""}, {"version": 9, "code": template.code}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LetterTemplate.objects.create(**{**columns, **wrong})


def test_the_database_refuses_a_second_decision_and_a_half_made_file(cast: Cast) -> None:
    letter = filings.approved_letter(cast)
    approval = letter_of(letter, LetterKind.APPROVAL)
    copy = {
        "filing_id": letter.pk, "template": approval.template, "dated": approval.dated,
        "inputs": {}, "inputs_sha256": "", "reference": "X",
    }  # fmt: skip
    for kind, number, wrong in (
        ("refusal", 1, {}),
        ("receipt", 1, {}),
        ("pieces", 1, {"reference": approval.reference}),
        ("pieces", 1, {"sha256": "abc"}),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            FilingDocument.objects.create(kind=kind, number=number, **{**copy, **wrong})
