"""A reviewer asks about one answer, the holder corrects that one only, the clock stops and resumes.

And an administrator opens a new version of a procedure.
"""

from collections.abc import Callable

import pytest

from accounts.models import User
from foundation import clock
from projects import actions
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import PASSWORD
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    cast = make_cast(make_geography())
    for user in (cast.holder, cast.coordinator, cast.ars_reviewer, cast.administrator):
        user.set_password(PASSWORD)
        user.save()
    actions.load_procedures()
    return cast


def signed_in(visit: Visit, who: str, user: User, *, javascript: bool = True) -> Visitor:
    visitor = visit(who, javascript=javascript)
    visitor.go("/connexion/")
    visitor.fill(username=user.email, password=PASSWORD)
    visitor.press("Se connecter")
    return visitor


def test_the_holder_corrects_one_commented_field(visit: Visit, people: Cast) -> None:
    filings.submitted_letter(people)
    letter = f"/dossiers/{people.rives.reference}/lettre/"
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    reviewer.go(letter)
    reviewer.follow("Vérifier point par point")
    reviewer.look()
    reviewer.press("Enregistrer la vérification")
    reviewer.reads("Coché par Anne Instructrice")
    reviewer.look()
    reviewer.go(f"{letter}demander-des-pieces/?sur=needs")
    reviewer.fill(**{"about.needs": "D’où vient ce chiffre ?"})
    reviewer.press("Garder sans envoyer")
    reviewer.reads("Rien n’est encore envoyé")
    reviewer.follow("Demander des pièces")
    reviewer.look()
    reviewer.press("Envoyer les demandes")

    holder = signed_in(visit, "porteuse", people.holder, javascript=False)
    holder.go(letter)
    holder.reads("Seul ce qui est demandé est rouvert")
    holder.follow("Répondre par un mot")
    holder.press("Enregistrer la réponse")  # nothing typed
    holder.reads("Écrivez votre réponse.")
    holder.go(letter)
    holder.follow("Porteur de la démarche")
    holder.reads("Rien n’est demandé sur ces réponses")
    holder.go(letter)
    holder.follow("Corriger")
    holder.fill(needs="Le chiffre vient de l’Insee.")
    holder.press("Enregistrer et revenir à la liste")
    holder.press("Transmettre à l’ARS et à la CPAM")

    reviewer.go(letter)
    reviewer.reads("corrigé")
    reviewer.look()
    reviewer.follow("Clore ou rouvrir")
    reviewer.look()
    reviewer.press("Clore la demande")
    reviewer.follow("Envois et différences")
    reviewer.look()
    reviewer.follow("De l’envoi 1.1 à l’envoi 1.2")
    reviewer.reads("Le chiffre vient de l’Insee.")
    reviewer.look()
    reviewer.go(letter)
    reviewer.press("Déclarer la lettre complète")
    reviewer.reads("Le dossier est complet.")


def test_the_clock_stops_and_resumes_for_both(visit: Visit, people: Cast) -> None:
    project = filings.complete_project(people)
    address = f"/dossiers/{people.rives.reference}/projet/"
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    holder = signed_in(visit, "coordinatrice", people.coordinator)
    for visitor in (reviewer, holder):
        visitor.go(address)
        visitor.reads("Dernier jour pour s’opposer")
    reviewer.go(f"{address}demander-des-pieces/?sur=budget")
    reviewer.fill(reason="Budget", **{"about.budget": "Détaillez."})
    reviewer.press("Envoyer les demandes")
    for visitor in (reviewer, holder):
        visitor.go(address)
        visitor.reads("Le délai est suspendu")
        visitor.reads("en attente")
        visitor.look()
    holder.press("Transmettre à l’ARS et à la CPAM")
    for visitor in (reviewer, holder):
        visitor.go(address)
        visitor.reads("Réponse reçue aujourd’hui")
        visitor.look()
    project.refresh_from_db()
    moment = project.tacit_moment
    assert moment is not None
    with clock.at(moment):
        assert actions.validate_due_projects() == 1
    holder.go(address)
    holder.reads("Réputé validé")
    holder.look()


def test_an_administrator_opens_a_version_of_a_procedure(visit: Visit, people: Cast) -> None:
    administrator = signed_in(visit, "administrateur", people.administrator)
    administrator.go("/administration/")
    administrator.follow("Procédures des régions")
    administrator.look()
    administrator.follow("Grand Est")
    administrator.look()
    administrator.follow("Nouvelle version")
    administrator.look()
    administrator.press("Voir ce qui change")  # without a day
    administrator.reads("Donnez le premier jour de cette version.")
    administrator.look()
    administrator.fill(effective_from=clock.today().isoformat(), pieces_days="45")
    administrator.press("Voir ce qui change")
    administrator.reads("45 jours")
    administrator.look()
    administrator.press("Créer cette version")
    administrator.reads("Les dossiers en cours gardent la leur.")
