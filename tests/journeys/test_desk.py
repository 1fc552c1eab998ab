"""A reviewer's tools: the list that filters as one types, a view kept, the agenda, the e-mails."""

from collections.abc import Callable

import pytest

from accounts.models import SavedView
from projects import actions
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.people import give_password, signed_in
from tests.journeys.visitor import Visitor
from tests.projects.sessions import made

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]


@pytest.fixture
def people(transactional_db: None) -> Cast:
    """Rives on the agenda of a convened session."""
    cast = make_cast(make_geography())
    give_password(cast.ars_reviewer)
    actions.load_procedures()
    made.convened(cast)
    return cast


def test_a_reviewer_follows_their_dossiers(visit: Visit, people: Cast) -> None:
    reviewer = signed_in(visit, "instructrice", people.ars_reviewer)
    reviewer.look()
    keep_a_view(reviewer)
    subscribe(reviewer)
    choose_the_daily_digest(reviewer)


def keep_a_view(reviewer: Visitor) -> None:
    """The list follows what is typed; its filters get a name, and a count on the desk."""
    reviewer.go("/dossiers/")
    reviewer.reads("2 dossiers")
    reviewer.look()
    reviewer.page.get_by_label("Nom, commune, personne ou référence").fill("rives")
    reviewer.reads("1 dossier")  # without pressing anything
    reviewer.look()
    assert reviewer.download("Exporter ces dossiers (XLSX)").startswith(b"PK")
    reviewer.follow("Enregistrer cette vue")
    reviewer.look()
    reviewer.press("Enregistrer")  # without a name
    assert not SavedView.objects.exists()
    reviewer.look()
    reviewer.fill(name="Ma vue des Rives")
    reviewer.press("Enregistrer")
    reviewer.follow("Mes vues")
    reviewer.press("Ouvrir par défaut")
    reviewer.reads("Ne plus ouvrir par défaut")
    reviewer.look()
    reviewer.go("/tableau-de-bord/")
    reviewer.reads("Ma vue des Rives : 1 dossier")
    reviewer.look()


def subscribe(reviewer: Visitor) -> None:
    """The session is in the agenda, and in the calendar at the secret address."""
    reviewer.go("/agenda/")
    reviewer.reads("Comité régional, séance, 1 dossier")
    reviewer.look()
    reviewer.follow("Recevoir ces dates dans mon agenda")
    reviewer.press("Créer l’adresse")
    reviewer.reads("elle ne sera plus affichée")
    reviewer.look()
    address = reviewer.page.locator(".feed-address").first.inner_text().strip()
    answer = reviewer.page.request.get(address)
    assert answer.ok
    assert "SUMMARY:Comité régional" in answer.text()
    reviewer.press("Supprimer")
    assert reviewer.page.request.get(address).status == 404


def choose_the_daily_digest(reviewer: Visitor) -> None:
    reviewer.go("/compte/notifications/")
    group = reviewer.page.get_by_role("group", name="Messages")
    group.get_by_label("Récapitulatif quotidien").check(force=True)
    reviewer.look()
    reviewer.press("Enregistrer mes préférences")
    assert group.get_by_label("Récapitulatif quotidien").is_checked()
    reviewer.look()
