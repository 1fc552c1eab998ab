"""The review of a filing: opinions that wait for their release, and the legal clock to its end."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from foundation import clock
from foundation.dates import add_months, format_date
from projects import tasks
from projects.models import Filing
from tests.cast import Cast
from tests.journeys import people as journeys
from tests.journeys.people import Visit, cast_at_work, signed_in
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

REASONS = "Le territoire est cohérent, le budget reste à préciser."
BODY = "Comité du Béthunois"
DAY = dt.timedelta(days=1)


@pytest.fixture
def people(transactional_db: None, celery_worker_process: Any) -> Cast:
    return cast_at_work()


# --- Opinions --------------------------------------------------------------------------------


def test_an_invited_body_gives_one_opinion(visit: Visit, people: Cast, tmp_path: Path) -> None:
    letter = filings.complete_letter(people)
    local = filings.local_committee_member(people)
    local.set_password(journeys.PASSWORD)
    local.save()
    dossier = f"/dossiers/{people.rives.reference}"
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    invite(reviewer, dossier)
    member = signed_in(visit, "membre", local)
    other_window = signed_in(visit, "membre, autre fenêtre", local, javascript=False)
    holder = signed_in(visit, "porteuse", people.holder)
    give(member, other_window, dossier, tmp_path)
    holder.go(f"{dossier}/avis/")
    holder.reads("Les avis sont confidentiels jusqu’à leur communication par l’ARS")
    assert REASONS not in holder.page.inner_text("body")
    assert not holder.sees("note")
    holder.look()
    filings.give_regional(letter, people)
    release(reviewer, dossier)
    holder.go(f"{dossier}/avis/")
    holder.reads(REASONS)
    holder.look()
    with pikepdf.open(BytesIO(holder.download("note.pdf"))) as joined:
        assert len(joined.pages) == 1


def invite(reviewer: Visitor, dossier: str) -> None:
    reviewer.go(f"{dossier}/avis/")
    reviewer.follow("Inviter un organisme")
    reviewer.look()
    reviewer.press("Inviter cet organisme")  # nobody chosen
    reviewer.reads("Choisissez l’organisme à inviter.")
    reviewer.fill(asked=f"local|{BODY}")
    reviewer.press("Inviter cet organisme")
    reviewer.reads(BODY)
    reviewer.look()


def give(member: Visitor, other_window: Visitor, dossier: str, tmp_path: Path) -> None:
    """Refused without a recommendation, given once; the second answer keeps its words."""
    for window in (member, other_window):
        window.go(f"{dossier}/lettre/avis/donner/")
        window.fill(text=REASONS, **{"score.territory": "3", "comment.territory": "Bassin."})
    member.press("Donner cet avis")
    member.reads("Choisissez le sens de l’avis.")
    assert member.page.input_value("main [name=text]") == REASONS
    member.look()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(tmp_path / "note.pdf")
    member.page.set_input_files("main input[type=file]", str(tmp_path / "note.pdf"))
    for window in (member, other_window):
        window.tick("Favorable avec réserves")
        window.press("Donner cet avis")
    member.reads("L’avis est enregistré.")
    member.reads("6 sur 6 (1 critère noté)")
    member.look()
    other_window.reads(f"{BODY} a déjà donné son avis.")
    assert other_window.page.input_value("main [name=text]") == REASONS
    member.go(f"{dossier}/lettre/avis/donner/")
    member.reads(f"{BODY} a déjà donné son avis.")


def release(reviewer: Visitor, dossier: str) -> None:
    reviewer.go(f"{dossier}/avis/")
    reviewer.reads("Les porteurs et les autres organismes ne lisent pas encore ces avis.")
    reviewer.follow("Tableau des avis, critère par critère")
    reviewer.look()
    reviewer.go(f"{dossier}/avis/")
    reviewer.press("Communiquer les avis aux parties")
    reviewer.reads("Les avis sont communiqués aux parties.")


# --- The legal clock -------------------------------------------------------------------------


def test_the_clock_stops_resumes_and_ends_at_its_minute(
    visit: Visit, people: Cast, set_clock: Callable[[dt.datetime], None]
) -> None:
    start = clock.now() - 80 * DAY
    with clock.at(start):
        project = filings.complete_project(people)
    address = f"/dossiers/{people.rives.reference}/projet/"
    due_on = add_months(start.date(), 2)
    set_clock(start)
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    holder = signed_in(visit, "coordinatrice", people.coordinator)
    both = (reviewer, holder)
    read_the_end(both, address, due_on)
    ask_for_the_budget(reviewer, address)
    for visitor in both:
        visitor.go(address)
        visitor.reads("Le délai est suspendu")
        visitor.reads("en attente")
        visitor.look()
    set_clock(start + 5 * DAY)
    holder.go(address)
    holder.press("Transmettre à l’ARS et à la CPAM")
    for visitor in both:
        visitor.go(address)
        visitor.reads("Réponse reçue aujourd’hui")
        visitor.look()
    due_on += 5 * DAY
    read_the_end(both, address, due_on)
    end_at_its_minute(both, address, project, due_on + DAY, set_clock)
    with pikepdf.open(BytesIO(holder.receives("Certificat de validation tacite"))) as certificate:
        assert "projet de santé réputé validé" in str(certificate.docinfo["/Title"])
    holder.go(f"/dossiers/{people.rives.reference}/journal/")
    holder.reads("Projet de santé réputé validé : pas d’opposition de l’ARS dans le délai légal")
    holder.look()


def read_the_end(both: tuple[Visitor, Visitor], address: str, due_on: dt.date) -> None:
    """Both sides read the last day of the ARS, and the instant that follows it."""
    for visitor in both:
        visitor.go(address)
        visitor.reads(f"Dernier jour pour s’opposer {format_date(due_on)}")
        visitor.reads(f"Réputé validé sans opposition {format_date(due_on + DAY)} à 0 h")


def ask_for_the_budget(reviewer: Visitor, address: str) -> None:
    reviewer.go(f"{address}demander-des-pieces/?sur=budget")
    reviewer.fill(reason="Budget", **{"about.budget": "Détaillez."})
    reviewer.press("Envoyer les demandes")


def end_at_its_minute(
    both: tuple[Visitor, Visitor],
    address: str,
    project: Filing,
    tacit_on: dt.date,
    set_clock: Callable[[dt.datetime], None],
) -> None:
    """At 23:59 the task of the schedule does nothing; at 0:00 it validates, and both read it."""
    midnight = dt.datetime.combine(tacit_on, dt.time(), clock.PARIS)
    set_clock(midnight - dt.timedelta(minutes=1))
    tasks.validate_tacitly()
    for visitor in both:
        visitor.go(address)
        visitor.reads("encore 1 jour, aujourd’hui compris")
    set_clock(midnight)
    tasks.validate_tacitly()
    for visitor in both:
        visitor.go(address)
        visitor.reads(f"Le projet a reçu sa décision le {format_date(tacit_on)}")
        visitor.reads("l’ARS ne s’y est pas opposée dans le délai légal")
        visitor.look()
    project.refresh_from_db()
    assert (project.is_tacit, project.decided_at) == (True, midnight)
