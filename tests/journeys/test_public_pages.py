"""The public pages in a real browser: full and empty, without JavaScript too, at two widths."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from accounts.models import User
from foundation.search import search_key
from territories.actions import ChosenCommune, choose_communes, found_cpts, move
from territories.models import Adjacency, Baton, Commune, Cpts, Departement, Stage
from tests.journeys import people
from tests.journeys.people import PASSWORD, Staff
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
LONG = "CPTS des Rives de la Lys, de la Clarence, du Bruaysis et des Collines de l’Artois oriental"


@pytest.fixture
def staff(transactional_db: None) -> Staff:
    """The communes of France, and the authorities of Béthune at their posts."""
    call_command("load_territories", verbosity=0)
    return people.take_posts()


@pytest.fixture
def communities(staff: Staff) -> None:
    """Two CPTS that share Béthune too much, one that is to come, a commune that vanished."""
    holder = User.objects.get(email=people.person("Hélène Porteuse"))
    whole = [ChosenCommune("62119"), ChosenCommune("62178", certainty="filled")]
    _found(LONG, holder, staff, whole)
    _found("CPTS du Nord", holder, staff, [ChosenCommune("62119", share=2500, part="nord")])
    coming = _found("CPTS À venir", holder, staff, [ChosenCommune("62617")])
    move(coming, public=False)
    Adjacency.objects.create(commune_id="62119", neighbour_id="62178")
    Commune.objects.create(
        insee_code="62999",
        name="Vieille-Rive",
        search_name=search_key("Vieille-Rive"),
        departement_id="62",
        successor_id="62119",
    )


def _found(name: str, holder: User, staff: Staff, chosen: list[ChosenCommune]) -> Cpts:
    cpts = found_cpts(
        name=name,
        departement=Departement.objects.get(pk="62"),
        cpam_district=staff.district,
        by=holder,
    )
    choose_communes(cpts, chosen, by=holder)
    move(cpts, stage=Stage.LETTER, baton=Baton.ARS, public=True)
    return cpts


def _sign_in(visitor: Visitor, email: str) -> None:
    visitor.go("/connexion/")
    visitor.fill(username=email, password=PASSWORD)
    visitor.press("Se connecter")


def test_anybody_finds_who_covers_a_commune(visit: Visit, communities: None) -> None:
    person = visit("visiteur")
    person.go("/")
    person.look()
    person.page.get_by_label("Votre commune").press_sequentially("bethune 62")
    person.page.locator("#suggestions").get_by_role("link", name="Béthune", exact=True).click()
    person.reads("se chevauchent")
    person.reads("25 % de la commune (nord)")
    person.look()
    person.follow(LONG)
    person.reads("complété")
    person.reads("2 de ses 100 communes")
    person.look()
    person.go("/communes/62999/")
    person.reads("Vieille-Rive (62999) est devenue Béthune.")
    person.go("/communes/75056/")
    person.reads("Aucune CPTS ne couvre cette commune")
    person.look()


def test_homonyms_are_told_apart_without_javascript(visit: Visit, communities: None) -> None:
    person = visit("sans-script", javascript=False)
    person.go("/communes/?q=saint-martin")
    person.reads("Les 50 premières communes")
    person.go("/communes/?q=Paris+15%C3%A8me")
    person.reads("Paris 15e Arrondissement")
    seer = visit("homonymes")
    seer.go("/communes/?q=saint-denis")
    seer.look()
    seer.go("/communes/?q=atlantide")
    seer.reads("Aucune commune trouvée")
    seer.look()


def test_figures_follow_the_area_and_the_day(visit: Visit, communities: None) -> None:
    person = visit("lectrice")
    person.go("/chiffres/")
    person.look()
    person.page.get_by_label("Zone", exact=True).select_option("departement-62")
    person.reads("Par intercommunalité")
    assert "zone=departement-62" in person.page.url
    person.look()
    person.follow("Fin 2019")
    person.reads("Pas-de-Calais, au 31 décembre 2019")
    person.go("/chiffres/?date=1999-01-01&zone=ailleurs")
    person.reads("n’a pas pu être lue")
    person.look()
    person.go("/donnees/")
    person.look()
    assert LONG.encode() in person.download("cpts.csv")


def test_authorities_steer_the_coverage_of_their_area(
    visit: Visit, staff: Staff, communities: None
) -> None:
    person = visit("instructrice")
    _sign_in(person, staff.reviewer)
    person.follow("Piloter la couverture")
    person.reads("Hauts-de-France, aujourd’hui")
    person.look()
    person.follow("Chevauchements")
    person.reads("1 commune est tenue pour plus que sa totalité")
    person.look()
    assert "Béthune".encode() in person.download("Exporter les chevauchements")
    person.follow("Zones blanches")
    person.look()
    person.follow("À venir")
    person.reads("CPTS À venir")
    person.look()


def test_an_empty_portal_says_so_everywhere(visit: Visit, staff: Staff) -> None:
    person = visit("pionnier")
    for path in ("/", "/communes/62119/", "/cpts/", "/chiffres/", "/donnees/"):
        person.go(path)
        person.look()
    agent = visit("agent")
    _sign_in(agent, staff.cpam_officer)
    for view in ("couverture", "chevauchements", "a-venir"):
        agent.go(f"/pilotage/couverture/?vue={view}")
        agent.look()


def test_an_administrator_gives_how_to_reach_an_authority(visit: Visit, staff: Staff) -> None:
    person = visit("administrateur")
    _sign_in(person, staff.administrator)
    person.go("/administration/coordonnees/")
    person.look()
    person.page.get_by_label("ARS, délégation").select_option("region-32")
    person.press("Ouvrir")
    person.fill(phone="abc")
    person.press("Enregistrer")
    person.reads("Écrivez le numéro en chiffres")
    person.look()
    person.fill(phone="03 20 00 00 00", source="Annuaire")
    person.press("Enregistrer")
    person.reads("Les coordonnées sont enregistrées.")
    person.look()
    person.go("/communes/62119/")
    person.reads("Téléphone : 03 20 00 00 00")
