"""Ending a contract in a real browser: both ask, the CPTS is heard, the money comes out."""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar

import pytest

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from projects import actions as projects
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import give_password, signed_in
from tests.journeys.visitor import Visitor
from tests.journeys.working import work
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
SIGNED = dt.date(2024, 7, 1)
NOTIFIED = dt.date(2025, 1, 15)
DECIDED = dt.date(2025, 3, 10)


@pytest.fixture
def cast(transactional_db: None) -> Cast:
    """CPTS Rives, taille 2, whose contract holds fonctionnement alone until June 2025."""
    with clock.at(SIGNED):
        found = make_cast(make_geography())
        signatories = {
            Party.CPTS: found.president,
            Party.CPAM: found.cpam_director,
            Party.ARS: found.ars_director,
        }
        project = projects.validate(filings.examined_project(found), by=found.ars_director)
        contract = actions.draft(
            project, missions={MissionCode.QUALITE: dt.date(2025, 6, 1)}, by=found.cpam_officer
        )
        for party, person in signatories.items():
            actions.accept(contract, party=party, version=1, by=person)
        actions.freeze(contract, by=found.cpam_officer)
        work("contract_frozen_pdf")
        contract = Contract.objects.get(pk=contract.pk)
        assert contract.frozen_document
        for party, person in signatories.items():
            sha256 = contract.frozen_document.sha256
            actions.sign(
                contract,
                party=party,
                sha256=sha256,
                consent=True,
                proof=prove(person),
                by=person,
            )
        give_password(*signatories.values())
    return found


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[dt.date], None]:
    """The day that the server reads too: it answers in other threads than the test."""

    def _on_day(day: dt.date) -> None:
        moment = dt.datetime.combine(day, dt.time(9), clock.PARIS)
        monkeypatch.setattr(clock, "_replayed", ContextVar("replayed", default=moment))

    return _on_day


def test_a_contract_is_ended_and_what_was_advanced_beyond_is_to_recover(
    visit: Visit, cast: Cast, on_day: Callable[[dt.date], None]
) -> None:
    path = f"/dossiers/{cast.rives.reference}/contrat/"
    on_day(NOTIFIED)
    cpam = signed_in(visit, "direction-cpam", cast.cpam_director)
    cpam.go(path)
    cpam.follow("Résiliation")
    cpam.look()
    cpam.follow("Demander la résiliation")
    cpam.look()
    cpam.press("Demander la résiliation")
    cpam.reads("Donnez les motifs de la résiliation")
    cpam.look()
    cpam.fill(reason="Trois bilans annuels manquent.")
    cpam.press("Demander la résiliation")
    cpam.reads("L’accord de l’ARS est attendu")
    ars = signed_in(visit, "direction-ars", cast.ars_director)
    ars.go("/tableau-de-bord/")
    ars.follow("Donner votre accord, ou non, pour résilier le contrat ACI")
    ars.look()
    ars.press("Donner l’accord de l’ARS")
    ars.reads("La résiliation est notifiée")
    president = signed_in(visit, "presidence", cast.president)
    president.go("/tableau-de-bord/")
    president.follow("Écrire vos observations sur la résiliation du contrat ACI")
    president.follow("Écrire des observations")
    president.look()
    president.fill(text="Le troisième bilan est déposé.")
    president.press("Envoyer les observations")
    president.reads("Le troisième bilan est déposé")
    on_day(DECIDED)
    ars.go(f"{path}resiliation/decider/")
    ars.look()
    ars.tick("Résilier le contrat")
    ars.fill(ended_on="2025-04-01", reason="Le manquement est établi.")
    ars.press("Proposer cette décision")
    cpam.go(f"{path}resiliation/")
    cpam.look()
    cpam.press("Donner l’accord de la CPAM")
    work("contract_letter_pdf")
    president.go(f"{path}resiliation/")
    president.reads("14 958,90 €")
    president.look()
    assert president.download("Décision de résiliation").startswith(b"%PDF")
    president.go(path)
    president.look()
