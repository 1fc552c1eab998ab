"""A reviewer asks about one answer, the holder corrects that one only, both read the difference.

And an administrator opens a new version of a procedure.
"""

from io import BytesIO
from typing import Any

import pikepdf
import pytest

from foundation import clock
from tests.cast import Cast
from tests.journeys.people import Visit, cast_at_work, signed_in
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def people(transactional_db: None, celery_worker_process: Any) -> Cast:
    return cast_at_work()


def test_the_holder_corrects_one_commented_field(visit: Visit, people: Cast) -> None:
    filings.submitted_letter(people)
    letter = f"/dossiers/{people.rives.reference}/lettre/"
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    ask_about_the_needs(reviewer, letter)
    holder = signed_in(visit, "porteuse", people.holder, javascript=False)
    correct_the_needs(holder, letter)
    judge_and_complete(reviewer, letter)
    holder.go(letter)
    holder.reads("Complète depuis le")
    with pikepdf.open(BytesIO(holder.receives("Accusé de réception"))) as receipt:
        assert "Accusé de réception" in str(receipt.docinfo["/Title"])


def ask_about_the_needs(reviewer: Visitor, letter: str) -> None:
    """The checklist first, then one question, kept, then sent."""
    reviewer.go(letter)
    reviewer.follow("Vérifier point par point")
    reviewer.look()
    reviewer.page.get_by_label("Communes du territoire", exact=True).uncheck(force=True)
    reviewer.page.get_by_label("Note sur « Communes du territoire »").fill("Une commune manque.")
    reviewer.press("Enregistrer la vérification")
    reviewer.reads("Décoché par Anne Instructrice")
    reviewer.reads("Coché par Anne Instructrice")
    reviewer.look()
    reviewer.go(f"{letter}demander-des-pieces/?sur=needs")
    reviewer.fill(**{"about.needs": "D’où vient ce chiffre ?"})
    reviewer.press("Garder sans envoyer")
    reviewer.reads("Rien n’est encore envoyé")
    reviewer.follow("Demander des pièces")
    reviewer.look()
    reviewer.press("Envoyer les demandes")


def correct_the_needs(holder: Visitor, letter: str) -> None:
    """Without any script: the other answers are shut, an empty word is refused."""
    holder.go(letter)
    holder.reads("Seul ce qui est demandé est rouvert")
    holder.follow("Répondre par un mot")
    holder.press("Enregistrer la réponse")  # nothing typed
    holder.reads("Écrivez votre réponse.")
    holder.go(letter)
    holder.follow("Porteur de la démarche")
    holder.reads("Rien n’est demandé sur ces réponses")
    assert holder.page.locator("main textarea, main input[type=text]").count() == 0
    holder.go(letter)
    holder.follow("Corriger")
    holder.fill(needs="Le chiffre vient de l’Insee.")
    holder.press("Enregistrer et revenir à la liste")
    holder.press("Transmettre à l’ARS et à la CPAM")
    read_the_difference(holder)


def read_the_difference(visitor: Visitor) -> None:
    visitor.follow("Envois et différences")
    visitor.follow("De l’envoi 1.1 à l’envoi 1.2")
    visitor.reads("Barré : ce qui n’y est plus.")
    assert visitor.page.locator("main ins", has_text="l’Insee").count() == 1


def judge_and_complete(reviewer: Visitor, letter: str) -> None:
    """The reviewer reads what changed, closes the request, ticks again, and declares."""
    reviewer.go(letter)
    reviewer.reads("corrigé")
    reviewer.look()
    reviewer.follow("Clore ou rouvrir")
    reviewer.look()
    reviewer.press("Clore la demande")
    reviewer.go(f"{letter}versions/")
    reviewer.look()
    reviewer.go(letter)
    read_the_difference(reviewer)
    reviewer.look()
    reviewer.go(f"{letter}completude/")
    reviewer.press("Déclarer la lettre complète")
    reviewer.reads("Le dossier est complet.")


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
