"""A question with a file, its answer, a note between authorities, and a file that is refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import give_password, signed_in
from tests.journeys.visitor import Visitor
from tests.territories.exchanged import PDF

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    cast = make_cast(make_geography())
    give_password(cast.coordinator, cast.ars_reviewer, cast.cpam_officer)
    return cast


def test_a_question_is_asked_and_answered(visit: Visit, people: Cast, tmp_path: Path) -> None:
    address = f"/dossiers/{people.rives.reference}/echanges/"
    coordinator = signed_in(visit, "coordinatrice", people.coordinator)
    coordinator.go(address)
    coordinator.reads("Aucun message")
    coordinator.look()
    coordinator.follow("Écrire aux parties")
    assert not coordinator.sees("Écrire une note interne")
    ask_with_a_refused_file(coordinator, tmp_path)

    officer = signed_in(visit, "instructrice", people.ars_reviewer)
    officer.reads("1 message non lu")
    officer.go(address)
    officer.reads("1 non lu")
    officer.look()
    officer.follow("Calendrier des indicateurs")
    officer.reads("Chloé Coordinatrice")
    officer.look()
    assert officer.download("annexe.pdf") == PDF
    officer.fill(text="")
    officer.press("Envoyer aux parties")
    officer.reads("Écrivez votre message.")
    officer.fill(text="Le calendrier est le même que l’an dernier.")
    officer.press("Envoyer aux parties")
    officer.go(address)
    assert officer.page.get_by_text("1 non lu", exact=True).count() == 0
    write_a_note(officer)

    coordinator.go("/tableau-de-bord/")
    coordinator.reads("1 message non lu")  # the answer, not the note
    coordinator.go(address)
    coordinator.reads("1 fil")
    assert "Vigilance" not in coordinator.page.content()
    coordinator.follow("Calendrier des indicateurs")
    coordinator.reads("Le calendrier est le même que l’an dernier.")
    coordinator.follow("Signaler")
    coordinator.look()
    coordinator.fill(reason="Un nom de patient y figure")
    coordinator.press("Signaler le fichier")
    coordinator.reads("fermé à tous")
    coordinator.look()

    fund = signed_in(visit, "référente CPAM", people.cpam_officer)
    fund.go(address)
    fund.follow("Vigilance")
    fund.reads("Lue par l’ARS et la CPAM seulement.")
    fund.look()


def ask_with_a_refused_file(coordinator: Visitor, folder: Path) -> None:
    """A program named as a PDF is refused, nothing typed is lost, the true one is sent."""
    program, annex = folder / "bilan.pdf", folder / "annexe.pdf"
    program.write_bytes(b"MZ\x90\x00 un programme")
    annex.write_bytes(PDF)
    coordinator.fill(subject="Calendrier des indicateurs", text="Est-il le même que l’an dernier ?")
    coordinator.page.set_input_files("main input[type=file]", [str(program)])
    coordinator.press("Envoyer aux parties")
    coordinator.reads("n’est pas d’un type permis")
    assert coordinator.page.input_value("[name='subject']") == "Calendrier des indicateurs"
    assert coordinator.page.input_value("[name='text']") == "Est-il le même que l’an dernier ?"
    coordinator.look()
    coordinator.page.set_input_files("main input[type=file]", [str(annex)])
    coordinator.press("Envoyer aux parties")
    coordinator.reads("1 fil")


def write_a_note(officer: Visitor) -> None:
    officer.follow("Écrire une note interne ARS et CPAM")
    officer.look()
    officer.fill(subject="Vigilance", text="À regarder ensemble.")
    officer.press("Enregistrer la note interne")
    officer.reads("2 fils")
    officer.look()
