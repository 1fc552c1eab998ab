"""Three people sign in turn with their second factor, or by hand; anybody verifies."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pyotp
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from accounts.models import User
from aci import actions
from aci.actions import load_grids
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import SIGNING_ORDER, Party
from foundation import clock
from projects import actions as projects
from tests.aci.printed import scanned
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import PASSWORD
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None, celery_worker_process: Any) -> Cast:
    cast = make_cast(make_geography())
    for user in signatories(cast).values():
        user.set_password(PASSWORD)
        user.save()
    projects.load_procedures()
    load_grids()
    return cast


def signatories(cast: Cast) -> dict[Party, User]:
    return {
        Party.CPTS: cast.president,
        Party.CPAM: cast.cpam_director,
        Party.ARS: cast.ars_director,
    }


@pytest.fixture
def contract(people: Cast) -> Contract:
    """Frozen today: the worker makes its document while the first signatory comes in."""
    project = projects.validate(filings.examined_project(people), by=people.ars_director)
    missions = {MissionCode.ACCES_SOINS: None, MissionCode.CRISE: None}
    drafted = actions.draft(project, missions=missions, by=people.cpam_officer)
    for party, person in signatories(people).items():
        actions.accept(drafted, party=party, version=drafted.terms_version, by=person)
    return actions.freeze(drafted, by=people.cpam_officer)


def test_three_signatures_then_anybody_verifies(
    visit: Visit, people: Cast, contract: Contract, tmp_path: Path
) -> None:
    address = f"/dossiers/{people.rives.reference}/contrat/"
    for party in SIGNING_ORDER:
        person = signed_in(visit, party.label, signatories(people)[party])
        comes_back_until(person, address, "Lire et signer le contrat")
        person.follow("Lire et signer le contrat")
        enrol_a_telephone(person)
        person.reads("Prouvée par votre second facteur")
        person.look()
        person.tick("J’ai lu le contrat")
        person.press("Signer le contrat")
    person.reads("En vigueur")
    comes_back_until(person, address, "Contrat signé")
    person.look()
    signed = person.download("Contrat signé")
    assert len(PdfFileReader(BytesIO(signed)).embedded_signatures) == 3
    verify(visit("passant"), contract, signed, tmp_path)


def test_the_three_sign_on_paper_then_anybody_verifies(
    visit: Visit, people: Cast, contract: Contract, tmp_path: Path
) -> None:
    address = f"/dossiers/{people.rives.reference}/contrat/"
    president = signed_in(visit, "présidente", people.president)
    comes_back_until(president, address, "Signer le contrat sur papier")
    president.follow("Signer le contrat sur papier")
    president.look()
    president.press("Choisir la signature sur papier")
    printed = president.download("Document figé, à imprimer")
    president.look()
    pages = tmp_path / "signe.pdf"
    pages.write_bytes(scanned(printed, angle=1.5, noise=60.0))
    president.follow("Déposer les pages signées")
    today = clock.today().isoformat()
    for party, person in signatories(people).items():
        president.fill(**{f"signatory_{party.value}": str(person.uuid)})
        president.fill(**{f"signed_on_{party.value}": today})
    president.page.set_input_files("[name=uploads]", str(pages))
    president.look()
    president.press("Déposer les pages")
    president.reads("Une seconde personne doit les confirmer")
    director = signed_in(visit, "directeur", people.ars_director)
    director.go(f"{address}papier/")
    director.follow("Dépôt du")
    director.look()
    director.press("Confirmer les signatures")
    director.reads("Le contrat est en vigueur")
    comes_back_until(director, address, "Contrat signé")
    director.look()
    anybody = visit("passant")
    anybody.go("/verifier/")
    anybody.page.set_input_files("#fichier", str(pages))
    anybody.press("Vérifier ce fichier")
    anybody.reads("que les parties ont signé à la main sur papier")


def comes_back_until(person: Visitor, address: str, link: str) -> None:
    """The worker may be quicker, or slower, than this person."""
    for _ in range(60):
        person.go(address)
        if person.sees(link):
            return
        person.page.wait_for_timeout(1000)
    pytest.fail(f"{address} never shows « {link} »")


def enrol_a_telephone(person: Visitor) -> None:
    """The first time the portal asks for a second factor: here is what a telephone computes."""
    person.reads("Enregistrer un second facteur")
    person.look()
    key = person.page.locator(".factor-key").inner_text().replace(" ", "")
    person.fill(password=PASSWORD, code=pyotp.TOTP(key).now())
    person.press("Enregistrer")
    person.reads("Mes codes de secours")
    person.look()
    person.follow("Continuer")


def verify(anybody: Visitor, contract: Contract, signed: bytes, tmp_path: Path) -> None:
    """The file is the contract; with one byte more it is not; the printed code names it."""
    anybody.go("/verifier/")
    anybody.look()
    for content, sentence in (
        (signed, "Oui : ce fichier est le contrat enregistré"),
        (signed + b"\n", "Non : ce fichier n’est pas un contrat enregistré"),
    ):
        path = tmp_path / "contrat.pdf"
        path.write_bytes(content)
        anybody.page.set_input_files("#fichier", str(path))
        anybody.press("Vérifier ce fichier")
        anybody.reads(sentence)
    anybody.look()
    frozen = contract.documents.get(kind="frozen")
    anybody.go(f"/verifier/{frozen.verification_code}/")
    anybody.reads("signé par les trois parties et scellé")


def signed_in(visit: Visit, who: str, user: User) -> Visitor:
    visitor = visit(who)
    visitor.go("/connexion/")
    visitor.fill(username=user.email, password=PASSWORD)
    visitor.press("Se connecter")
    return visitor
