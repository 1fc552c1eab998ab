"""The money in a real browser: an officer prepares, cannot approve; the director does; it is paid.

On each page axe finds nothing at 1280 and 320 px, and nothing reaches beyond the edge.
"""

import time
from collections.abc import Callable

import pytest

from accounts.access import Role
from accounts.models import User
from aci import actions as contracts
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import Party
from projects import actions as projects
from records import jobs
from records.models import Job
from territories.actions import assign
from tests.aci.conftest import confirm_account, light_documents, sign_for  # noqa: F401
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import PASSWORD, proves_identity
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """The officer is also a director of the fund: two people are asked for, not two roles."""
    cast = make_cast(make_geography())
    for user in (cast.president, cast.cpam_officer, cast.cpam_director):
        user.set_password(PASSWORD)
        user.save()
    assign(cast.cpam_officer, Role.CPAM_DIRECTOR, cpam_district=cast.geography.artois)
    return cast


@pytest.fixture
def contract(people: Cast, light_documents: None) -> Contract:  # noqa: F811
    """Signed today: fonctionnement and the advance of a mission are due."""
    projects.load_procedures()
    project = projects.validate(filings.examined_project(people), by=people.ars_director)
    found = contracts.draft(
        project, missions={MissionCode.ACCES_SOINS: None}, by=people.cpam_officer
    )
    signatories = {
        Party.CPTS: people.president,
        Party.CPAM: people.cpam_director,
        Party.ARS: people.ars_director,
    }
    for party, person in signatories.items():
        contracts.accept(found, party=party, version=1, by=person)
    contracts.freeze(found, by=people.cpam_officer)
    wait_for_the_frozen_document(found)
    for party, person in signatories.items():
        found = sign_for(found, party, person)
    confirm_account(people)
    return found


def wait_for_the_frozen_document(contract: Contract) -> None:
    """Made by the real worker, or here while none is there: whichever takes the job first."""
    for _ in range(120):
        for job in Job.objects.filter(kind="contract_frozen_pdf", state=Job.State.WANTED):
            jobs.run(job.pk)
        if Contract.objects.get(pk=contract.pk).frozen_document is not None:
            return
        time.sleep(0.5)
    pytest.fail("the frozen contract was not made within a minute")


def signed_in(visit: Visit, who: str, user: User, *, javascript: bool = True) -> Visitor:
    visitor = visit(who, javascript=javascript)
    visitor.go("/connexion/")
    visitor.fill(username=user.email, password=PASSWORD)
    visitor.press("Se connecter")
    return visitor


def test_two_people_pay_the_first_amounts_of_a_contract(
    visit: Visit, people: Cast, contract: Contract
) -> None:
    officer = signed_in(visit, "référente CPAM", people.cpam_officer)
    officer.go("/paiements/")
    officer.look()
    officer.follow("CPTS Rives")
    officer.reads("barème à confirmer")
    officer.look()
    officer.follow("Préparer un ordre de paiement")
    officer.look()
    officer.press("Préparer l’ordre")
    officer.reads("Vous avez préparé cet ordre")
    officer.look()
    assert officer.page.get_by_role("button", name="Approuver l’ordre").count() == 0

    director = signed_in(visit, "direction CPAM", people.cpam_director, javascript=False)
    director.follow("Approuver un ordre de paiement")
    director.follow("Refuser l’ordre et dire pourquoi")
    director.press("Refuser l’ordre")  # nothing typed
    director.reads("Dites pourquoi vous refusez cet ordre.")
    director.page.go_back()
    director.page.go_back()
    director.press("Approuver l’ordre")
    proves_identity(director, people.cpam_director)
    director.reads("Approuvé")

    officer.go("/paiements/?vue=ordres")
    officer.look()
    officer.press("Transmettre à la comptabilité")
    officer.look()
    with officer.page.expect_download() as download:
        officer.page.get_by_role("link", name="Exporter le bordereau (CSV)").click()
    lines = download.value.path().read_text("utf-8-sig").splitlines()
    assert lines[0].startswith("Bordereau;Transmis le;Ordre")
    assert "Fonctionnement : versement en totalité" in lines[1].replace("\u00a0", " ")
    officer.press("Noter le versement")
    officer.reads("Versement noté")

    president = signed_in(visit, "présidente", people.president)
    president.go(f"/dossiers/{people.rives.reference}/financement/")
    president.reads("Versé")
    president.look()
    officer.go("/pilotage/financement/?par=mission")
    officer.look()
