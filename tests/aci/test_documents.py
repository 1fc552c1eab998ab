"""The PDFs of a contract: what they say, that they never change, that a dead worker harms none."""

import datetime as dt
import io
import json
import re

import page
import pikepdf
import pytest

from accounts.models import User
from aci import actions, pdf
from aci.contract_inputs import contract_inputs, territory_inputs
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractDocument, FundingGrid
from foundation import clock
from projects.models import HealthProject
from records import files, jobs
from records.models import Job, StoredFile
from territories.models import Commune
from tests.aci.conftest import TODAY, DoJobs, Signatories, sign_for
from tests.cast import Cast

NBSP = "\u00a0"


def silent(progress: int, step: str) -> None:
    """A report that nobody reads."""


def text_of(html: str) -> str:
    """The words of a document, without tags and with plain spaces."""
    words = re.sub(r"<[^>]+>", " ", html)
    return re.sub(r"\s+", " ", words.replace("&nbsp;", " ").replace("&#x27;", "'"))


def verdicts(content: bytes) -> dict[str, list[str]]:
    """What the validator finds against each of the two standards."""
    profiles = (page.ValidationProfile.PDF_A_3A, page.ValidationProfile.PDF_UA_1)
    return {
        profile.name: [
            f"{failure.rule_id}: {failure.message}"
            for failure in page.validate_pdf_bytes(content, profile=profile).failures
        ]
        for profile in profiles
    }


VALID = {"PDF_A_3A": [], "PDF_UA_1": []}


# --- What it says ------------------------------------------------------------------------------


def test_the_contract_names_its_parties_its_missions_and_its_money(accepted: Contract) -> None:
    html = pdf.contract_html(contract_inputs(accepted, "frozen"))
    text = text_of(html)
    for words in (
        "CPTS Rives",
        "CPAM de l’Artois",
        "ARS Hauts-de-France",
        "Paule Présidente",
        "46 648 habitants",
        "taille 2",
        "Accès aux soins (socle) 1er octobre 2024",
        "6 mois après la signature, soit le 1er janvier 2025",
        "Le jour de la signature",
        "organisation des soins non programmés est effective à compter du 1er juillet 2024",
        "Béthune 62119 62 25 224",
        "Article 14 – Signatures",
        "barème à confirmer",
    ):
        assert words in text, words
    assert "document de travail" not in text


def test_its_amounts_are_those_of_the_funding_rules(accepted: Contract) -> None:
    inputs = contract_inputs(accepted, "frozen")
    text = text_of(pdf.contract_html(inputs))
    first, whole = inputs["years"]
    assert first["contract_year"]["number"] == 1
    assert whole["contract_year"]["number"] == 2
    assert whole["total_due"] == "275000.00"
    assert "275 000,00 €" in text
    for line in first["lines"]:
        assert line["rule"].replace(NBSP, " ") in text


def test_a_text_quotes_no_agreement_that_is_still_to_come(
    project: HealthProject, cast: Cast
) -> None:
    """Signed in October 2021: nobody could know the amounts of April 2022."""
    with clock.at(dt.date(2021, 10, 19)):
        for person in (cast.cpam_officer, cast.president):
            person.assignments.update(valid_from=dt.date(2021, 1, 1))
        contract = actions.draft(
            project,
            missions={MissionCode.PARCOURS: None},
            by=User.objects.get(pk=cast.cpam_officer.pk),
        )
        inputs = contract_inputs(contract, "frozen")
    assert {plain["grid"]["code"] for plain in inputs["years"]} == {"ACI_2019"}


def test_the_annex_is_in_french_order(project: HealthProject, cast: Cast) -> None:
    Commune.objects.filter(pk="62178").update(name="Écouis")
    communes = territory_inputs(cast.rives.territory)["communes"]
    assert [commune["name"] for commune in communes] == ["Béthune", "Écouis"]


def test_a_draft_says_that_it_is_one(accepted: Contract) -> None:
    text = text_of(pdf.contract_html(contract_inputs(accepted, "draft")))
    assert "Projet, document de travail" in text


def test_a_confirmed_grid_is_no_longer_to_confirm(accepted: Contract) -> None:
    FundingGrid.objects.update(status="confirmed", confirmed_reference="JO du 31 mars 2022")
    text = text_of(pdf.contract_html(contract_inputs(accepted, "frozen")))
    assert "à confirmer" not in text
    assert "JO du 31 mars 2022" in text


def test_without_unscheduled_care_the_contract_says_so(negotiated: Contract, cast: Cast) -> None:
    contract = actions.change_terms(
        negotiated,
        missions={MissionCode.ACCES_SOINS: None},
        unscheduled_care_since=None,
        planned_signature_on=TODAY,
        version=1,
        by=cast.cpam_officer,
    )
    text = text_of(pdf.contract_html(contract_inputs(contract, "frozen")))
    assert "n’est pas encore effective" in text


def test_what_people_typed_is_escaped(accepted: Contract, cast: Cast) -> None:
    cast.rives.name = "CPTS <img src=file:///etc/hostname> & fils"
    cast.rives.save()
    contract = Contract.objects.get(pk=accepted.pk)
    html = pdf.contract_html(contract_inputs(contract, "draft"))
    assert "<img" not in html
    assert "&lt;img" in html


# --- The files ---------------------------------------------------------------------------------


@pytest.fixture
def frozen(to_sign: Contract) -> ContractDocument:
    document = to_sign.frozen_document
    assert document is not None
    return document


def test_the_frozen_contract_meets_both_standards(frozen: ContractDocument) -> None:
    content = frozen.stored.read()
    assert verdicts(content) == VALID
    with pikepdf.open(io.BytesIO(content)) as document:
        assert len(document.pages) >= 6
        assert str(document.docinfo["/Title"]).startswith("Contrat ACI-62-")
        with document.open_outline() as outline:
            titles = [item.title for item in outline.root]
        assert titles[0] == "Sommaire"
        assert titles[-1] == "Annexe 2 – Communes du territoire"
        attached = document.attachments["contrat.json"].get_file().read_bytes()
        assert json.loads(attached) == frozen.inputs


def test_the_same_inputs_give_the_same_bytes(frozen: ContractDocument) -> None:
    with clock.at(dt.date(2031, 1, 1)):
        again = pdf.contract_pdf(frozen.inputs, report=silent)
    assert again == frozen.stored.read()


def test_a_draft_bears_its_mark_and_meets_both_standards(
    negotiated: Contract, cast: Cast, do_jobs: DoJobs
) -> None:
    actions.want_draft_pdf(negotiated, by=cast.coordinator)
    do_jobs()
    draft = negotiated.documents.get(kind="draft")
    assert verdicts(draft.stored.read()) == VALID
    frozen = pdf.contract_pdf({**draft.inputs, "kind": "frozen"}, report=silent)
    assert len(frozen) != len(draft.stored.read())


# --- The worker --------------------------------------------------------------------------------


def test_a_document_is_made_once(to_sign: Contract, frozen: ContractDocument) -> None:
    job = Job.objects.get(kind="contract_frozen_pdf")
    assert actions.make_document(job) == frozen.sha256
    assert StoredFile.objects.count() == 1
    assert job.result_sha256 == frozen.sha256


def test_a_worker_killed_after_storing_leaves_one_correct_file(
    frozen_without_file: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job.objects.get(kind="contract_frozen_pdf")

    class Killed(BaseException):
        """What a signal does: no handler catches it."""

    store = files.store_bytes

    def die_after_storing(*args: object, **kwargs: object) -> StoredFile:
        store(*args, **kwargs)
        raise Killed

    monkeypatch.setattr(files, "store_bytes", die_after_storing)
    with pytest.raises(Killed):
        jobs.run(job.pk)
    document = frozen_without_file.documents.get(kind="frozen")
    assert document.file is None
    monkeypatch.undo()
    assert jobs.run(job.pk) is None  # its lease still runs
    with clock.at(dt.datetime(2024, 7, 1, 10, tzinfo=clock.PARIS)):
        done = jobs.run(job.pk)
    assert done is not None
    assert done.state == Job.State.DONE
    document.refresh_from_db()
    assert document.sha256 == document.stored.sha256 == done.result_sha256
    assert verdicts(document.stored.read()) == VALID


def test_of_two_workers_the_first_file_stays(
    frozen_without_file: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = Job.objects.get(kind="contract_frozen_pdf")
    store = files.store_bytes

    def store_behind_another(*args: object, **kwargs: object) -> StoredFile:
        monkeypatch.setattr(files, "store_bytes", store)
        actions.make_document(job)
        return store(*args, **kwargs)

    monkeypatch.setattr(files, "store_bytes", store_behind_another)
    sha256 = actions.make_document(job)
    document = frozen_without_file.documents.get(kind="frozen")
    assert document.sha256 == sha256 == document.stored.sha256
    assert StoredFile.objects.count() == 2  # the late one belongs to nothing


def test_the_progress_names_real_steps(
    frozen_without_file: Contract, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, str]] = []
    monkeypatch.setattr(jobs, "report", lambda job, progress, step: told.append((progress, step)))
    actions.make_document(Job.objects.get(kind="contract_frozen_pdf"))
    assert [progress for progress, _ in told] == sorted(progress for progress, _ in told)
    assert told[-1] == (90, "Enregistrement du fichier")


def test_the_same_draft_is_not_wanted_twice(negotiated: Contract, cast: Cast) -> None:
    first = actions.want_draft_pdf(negotiated, by=cast.coordinator)
    second = actions.want_draft_pdf(negotiated, by=cast.cpam_officer)
    assert first == second
    assert negotiated.documents.count() == 1


def test_the_document_tells_the_territory_of_the_day_it_was_wanted(
    frozen: ContractDocument, cast: Cast
) -> None:
    assert frozen.inputs["territory"] == territory_inputs(cast.rives.territory)
    assert sum(row["population"] for row in frozen.inputs["territory"]["communes"]) == 46_648


def test_signed_in_line_the_contract_has_its_file_at_once(
    accepted: Contract,
    cast: Cast,
    signatories: Signatories,
    django_capture_on_commit_callbacks: object,
) -> None:
    with jobs.in_line():
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            contract = actions.freeze(accepted, by=cast.cpam_officer)
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            for party, person in signatories.items():
                contract = sign_for(contract, party, person)
    assert contract.documents.get(kind="final").file is not None
