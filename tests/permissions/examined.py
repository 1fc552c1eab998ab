"""A dossier whose letter is being examined: asked to correct, sent twice, complete, opinions given.

Nothing of its opinions is communicated yet, and its parties write to each other.
"""

from dataclasses import replace
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.access import Role
from accounts.models import User
from projects import actions
from projects.models import FilingDocument, OpinionFile
from territories import editing
from territories.actions import ChosenCommune, assign, choose_communes, found_cpts
from territories.exchanges import actions as exchanges
from territories.models import Cpts, Message
from tests.cast import Cast, make_user
from tests.permissions.belongings import run_wanted
from tests.projects import filings

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
# The body of nobody in the cast: its opinion is read by the authorities only.
FOREIGN_BODY = "URPS pharmaciens"
FIRST = "CPTS Dunes"
ASKED = "Précisez les besoins du nord"
# Words that stand nowhere but in what is confidential: see `tests.permissions.confidential`.
IN_OPINION = "Motif confidentiel de l’avis rendu"
IN_FOREIGN_OPINION = "Motif confidentiel d’un autre organisme"
IN_PREPARED = "Brouillon confidentiel de l’avis local"
IN_NOTE = "Réserve confidentielle des services"
IN_CHECKLIST = "Remarque confidentielle du service"
IN_DRAFT_REQUEST = "Demande confidentielle non envoyée"

Things = dict[str, Any]


def pdf_named(name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def foreign_member(cast: Cast) -> User:
    """Sits on the regional committee for another body than the committee member of the cast."""
    member = make_user("Paul Pharmaciens")
    region = cast.geography.hauts_de_france
    assign(member, Role.COMMITTEE, region=region, body=FOREIGN_BODY)
    return member


def examined(cast: Cast, name: str, foreign: User) -> tuple[Cpts, Things]:
    """A second CPTS of the same people, with everything that has an address before a decision."""
    cpts = _founded(cast, name)
    of_examined = replace(cast, rives=cpts)
    things = _examination(of_examined, foreign)
    cpts.refresh_from_db()
    return cpts, things | _exchanges(of_examined)


def drafted(cast: Cast, name: str) -> Cpts:
    """A third one, whose letter nobody has handed over: its authorities know nothing of it."""
    cpts = _founded(cast, name)
    filings.filled(filings.drafted_letter(replace(cast, rives=cpts)), cast.holder)
    return cpts


def _founded(cast: Cast, name: str) -> Cpts:
    cpts = found_cpts(
        name=name,
        departement=cast.geography.pas_de_calais,
        cpam_district=cast.geography.artois,
        by=cast.holder,
    )
    choose_communes(cpts, [ChosenCommune("62617")], by=cast.holder, vintage=2023)
    for person, role in (
        (cast.president, Role.PRESIDENT),
        (cast.office, Role.OFFICE),
        (cast.coordinator, Role.COORDINATOR),
    ):
        assign(person, role, cpts=cpts)
    return cpts


def _examination(cast: Cast, foreign: User) -> Things:
    letter = filings.drafted_letter(cast)
    if cast.rives.name != FIRST:  # the other one covers the same commune
        editing.explain_overlap(cast.rives, reason="Commune partagée.", by=cast.holder)
    letter = actions.submit(filings.filled(letter, cast.holder), by=cast.holder)
    letter = actions.ask_for_pieces(
        letter, reason="", comments={"needs": ASKED}, by=cast.ars_reviewer
    )
    comment = letter.comments.get()
    letter = actions.submit(letter, by=cast.holder)
    sending = letter.submissions.get(number=2)
    ticks = {sending.points[0].key: (False, IN_CHECKLIST)}
    actions.check_completeness(letter, ticks, sending=2, by=cast.ars_reviewer)
    letter = actions.declare_complete(letter, by=cast.ars_reviewer)
    actions.keep_drafts(letter, {"needs": IN_DRAFT_REQUEST}, by=cast.ars_reviewer)
    given = {
        "own": _opinion(letter, IN_OPINION, by=cast.committee_member),
        "foreign": _opinion(letter, IN_FOREIGN_OPINION, by=foreign),
    }
    body = letter.opinion_requests.get(files=given["own"]).body
    prepared = actions.invite_body(letter, level="local", body=body, by=cast.ars_reviewer)
    actions.save_opinion_draft(
        prepared, text=IN_PREPARED, upload=pdf_named("brouillon.pdf"), by=cast.committee_member
    )
    asked = actions.invite_body(letter, level="local", body=FOREIGN_BODY, by=cast.ars_reviewer)
    run_wanted("filing_document_pdf")
    receipt = FilingDocument.objects.filter(filing=letter, kind="receipt").first()
    assert receipt
    return {
        "letter": letter,
        "comment": comment.uuid,
        "opinion_file": given["own"].file.uuid,
        "foreign_file": given["foreign"].file.uuid,
        "prepared_file": prepared.files.get().file.uuid,
        "request": asked.uuid,
        "receipt": receipt.uuid,
    }


def _opinion(letter: Any, text: str, *, by: User) -> OpinionFile:
    actions.give_opinion(
        letter,
        level="regional",
        recommendation="with_reservations",
        text=text,
        upload=pdf_named("avis.pdf"),
        by=by,
    )
    joined: OpinionFile = OpinionFile.objects.get(request__filing=letter, added_by=by)
    return joined


def _exchanges(cast: Cast) -> Things:
    """One thread between the parties, and one internal note, each with a file."""
    threads = {
        "thread": exchanges.open_thread(
            cast.rives,
            subject="Date de la réunion",
            text="Le 12 nous convient.",
            uploads=[pdf_named("plan.pdf")],
            by=cast.coordinator,
        ),
        "note": exchanges.open_thread(
            cast.rives,
            subject=IN_NOTE,
            text=IN_NOTE,
            is_internal=True,
            uploads=[pdf_named("note.pdf")],
            by=cast.ars_reviewer,
        ),
    }
    found: Things = {}
    for name, thread in threads.items():
        message: Message = thread.messages.get()
        found |= {name: thread.uuid, f"{name}_file": message.files.get().file.uuid}
    return found
