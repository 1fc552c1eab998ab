"""The three parties settle a contract article by article: remark, other words, accords, freeze."""

from collections.abc import Callable

import pytest

from aci.models import Contract
from foundation import clock
from projects import actions as projects
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import PASSWORD, proves_identity
from tests.journeys.test_corrections import signed_in
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """CPTS Rives, its projet de santé validated."""
    cast = make_cast(make_geography())
    for user in (cast.president, cast.coordinator, cast.cpam_officer, cast.ars_director):
        user.set_password(PASSWORD)
        user.save()
    projects.validate(filings.examined_project(cast), by=cast.ars_director)
    return cast


def test_a_remark_changes_an_article_then_the_three_accept(visit: Visit, people: Cast) -> None:
    contract = f"/dossiers/{people.rives.reference}/contrat/"
    officer = signed_in(visit, "référente", people.cpam_officer)
    officer.go(f"{contract}preparer/")
    officer.fill(planned_signature_on=clock.today().isoformat())
    officer.press("Ouvrir la négociation")
    officer.go(f"{contract}indicateurs/")
    officer.press("Reprendre les indicateurs nationaux")
    officer.look()

    coordinator = signed_in(visit, "coordinatrice", people.coordinator)
    coordinator.go(f"{contract}articles/")
    coordinator.look()
    coordinator.press("Accepter les 18 blocs restants pour la CPTS")
    proves_identity(coordinator)
    coordinator.go(f"{contract}articles/bloc/suivi/")
    coordinator.fill(text="Deux réunions par an nous paraissent nécessaires.")
    coordinator.press("Envoyer la remarque")
    coordinator.reads("Votre remarque est envoyée")
    coordinator.look()

    officer.go(f"{contract}articles/bloc/suivi/")
    officer.follow("Réécrire")
    officer.look()
    officer.fill(body="Les parties se réunissent deux fois par année de contrat.")
    officer.press("Enregistrer le texte")
    officer.reads("Ce que la dernière modification a changé")
    officer.look()

    coordinator.go(f"{contract}articles/")
    coordinator.reads("Modifié depuis votre dernière visite")
    coordinator.press("Accepter le dernier bloc pour la CPTS")
    director = signed_in(visit, "directeur", people.ars_director, javascript=False)
    for who, party in ((director, "l’ARS"), (officer, "la CPAM")):
        who.go(f"{contract}articles/")
        who.press(f"Accepter les 18 blocs restants pour {party}")
        proves_identity(who)
    officer.go(contract)
    officer.press("Figer le contrat pour signature")
    frozen = Contract.objects.get()
    assert frozen.state == "to_sign"
    bodies = [block["body"] for block in frozen.documents.get(kind="frozen").inputs["blocks"]]
    assert "Les parties se réunissent deux fois par année de contrat." in bodies

    president = signed_in(visit, "présidente", people.president)
    president.go(f"{contract}parties/")
    president.look()
