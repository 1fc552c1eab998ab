"""A commune joins a CPTS whose contract is in force, in a real browser: the size changes.

The communes are those of Bugey Sud, real ones; the three parties accept, then sign the amendment.
"""

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from projects import actions as projects
from territories.actions import ChosenCommune, choose_communes
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import give_password, proves_identity, signed_in
from tests.journeys.visitor import Visitor
from tests.journeys.working import work
from tests.projects import filings
from tests.territories.real_places import codes_of, load_places

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
MARCHAMP = "01233"


@pytest.fixture
def people(transactional_db: None, tmp_path: Path, celery_worker_process: Any) -> Cast:
    """CPTS Rives with the communes of Bugey Sud, its contract signed a month ago."""
    with clock.at(clock.today() - dt.timedelta(days=30)):
        cast = make_cast(make_geography())
        projects.load_procedures()
        codes = codes_of("bugey-sud")
        load_places(tmp_path, [*codes, MARCHAMP])
        chosen = [ChosenCommune(code) for code in codes]
        choose_communes(cast.rives, chosen, by=cast.holder, vintage=2017, vintage_reason="Dossier.")
        _sign_contract(cast)
    give_password(cast.president, cast.cpam_officer, cast.cpam_director, cast.ars_director)
    return cast


def _sign_contract(cast: Cast) -> Contract:
    project = projects.validate(filings.examined_project(cast), by=cast.ars_director)
    missions = dict.fromkeys([MissionCode.ACCES_SOINS, MissionCode.PARCOURS])
    contract = actions.draft(project, missions=missions, by=cast.cpam_officer)
    signatories = {
        Party.CPTS: cast.president,
        Party.CPAM: cast.cpam_director,
        Party.ARS: cast.ars_director,
    }
    for party, person in signatories.items():
        contract = actions.accept(contract, party=party, version=1, by=person)
    contract = actions.freeze(contract, by=cast.cpam_officer)
    work("contract_frozen_pdf")
    for party, person in signatories.items():
        document = Contract.objects.get(pk=contract.pk).frozen_document
        assert document is not None
        actions.sign(
            contract,
            party=party,
            sha256=document.sha256,
            consent=True,
            proof=prove(person),
            by=person,
        )
    return contract


def test_a_commune_joins_and_the_size_changes(visit: Visit, people: Cast) -> None:
    contract = f"/dossiers/{people.rives.reference}/contrat/"
    today = clock.today()
    officer = signed_in(visit, "référente CPAM", people.cpam_officer)
    officer.go(contract)
    officer.look()
    officer.follow("Préparer un avenant")
    officer.look()
    too_early = today - dt.timedelta(days=400)
    officer.fill(effective_on=too_early.isoformat(), reason="La commune de Marchamp rejoint.")
    officer.press("Ouvrir l’avenant")
    officer.reads("année de contrat close")
    officer.look()
    officer.fill(effective_on=today.isoformat())
    officer.press("Ouvrir l’avenant")
    officer.reads("Rien ne change.")
    officer.follow("Modifier le territoire")
    officer.look()
    officer.fill(communes="Marchampe")
    officer.press("Enregistrer")
    officer.look()  # unknown: said, and what was typed is still there
    officer.fill(communes="Marchamp")
    officer.press("Enregistrer")
    officer.reads("Marchamp (01233)")
    officer.reads("Année partagée par l’avenant")
    officer.look()
    officer.follow("Modifier les missions et les dates")
    officer.look()
    officer.press("Enregistrer")
    _rewrites_an_article(officer)
    _writes_an_indicator(officer)
    president = signed_in(visit, "présidente", people.president)
    ars = signed_in(visit, "direction ARS", people.ars_director)
    parties = (people.cpam_officer, people.president, people.ars_director)
    for who, user in zip((officer, president, ars), parties, strict=True):
        who.go(contract)
        who.follow("Avenant n°")
        who.press("Accepter les termes")
        proves_identity(who, user)
    officer.go(contract)
    officer.follow("Avenant n°")
    officer.press("Figer l’avenant pour signature")
    officer.waits_for_the_worker()
    officer.reads("Avenant figé, avant signature")
    officer.look()
    cpam = signed_in(visit, "direction CPAM", people.cpam_director)
    signatories = (people.president, people.cpam_director, people.ars_director)
    for who, user in zip((president, cpam, ars), signatories, strict=True):
        who.go(contract)
        who.follow("Avenant n°")
        who.follow("Lire et signer l’avenant")
        proves_identity(who, user)
        who.tick("J’ai lu l’avenant")
        who.press("Signer l’avenant")
    ars.reads("En vigueur")
    ars.go(contract)
    ars.reads("taille 2")
    ars.follow("Versions")
    ars.reads("Marchamp (01233)")
    ars.reads("Suivi et dialogue de gestion (modifié)")
    ars.reads("Patients en ALD")
    ars.look()
    ars.go(f"/dossiers/{people.rives.reference}/financement/")
    ars.reads("Année partagée par un avenant")
    ars.look()


def _rewrites_an_article(officer: Visitor) -> None:
    officer.follow("Réécrire des articles")
    officer.look()
    officer.follow("Article 10 – Suivi")
    body = officer.page.locator("main [name='body']").input_value()
    officer.fill(body=body.replace("au moins une fois", "au moins deux fois"))
    officer.look()
    officer.press("Enregistrer le texte")
    officer.reads("Réécrit par l’avenant")
    officer.look()
    officer.follow("Retour à l’avenant")


def _writes_an_indicator(officer: Visitor) -> None:
    officer.follow("Modifier les indicateurs")
    officer.look()
    officer.follow("Ajouter un indicateur")
    officer.fill(
        mission="ACCES_SOINS",
        label="Patients en ALD",
        unit="patients",
        direction="lower",
        method="tiers",
        tiers="219 à 101 : 3000\n50 : 9000",
    )
    officer.press("Enregistrer l’indicateur")
    officer.reads("219 à 101")
    officer.look()
    officer.follow("Retour à l’avenant")
    officer.reads("Patients en ALD")
    officer.look()
