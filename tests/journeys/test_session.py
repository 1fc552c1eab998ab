"""One committee session, from its preparation to its papers, in a real browser.

Five letters on the agenda; a member in conflict cannot vote on one of them; the close renders the
opinions, the ARS decides the five at once, and a real worker makes letters, minutes and pack.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pikepdf
import pytest

from foundation import clock
from projects import actions
from projects.models import CommitteeSession
from projects.votes import Choice
from territories.actions import ChosenCommune, choose_communes
from tests.cast import Cast, make_cast, make_geography, make_user
from tests.journeys.people import give_password, signed_in
from tests.journeys.visitor import WORKER_PATIENCE, Visitor
from tests.projects import filings
from tests.projects.sessions import made

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]

BODY = "Comité régional des Hauts-de-France"
REFUSED = "Le territoire est trop petit pour une communauté."
MORE = {"CPTS Nœux": "62617", "CPTS Berck": "62108", "CPTS Saint-Omer": "62765"}


@pytest.fixture
def people(transactional_db: None, celery_worker_process: Any) -> Cast:
    """Five complete letters in one région, and four members of its committee."""
    cast = make_cast(make_geography())
    actions.load_procedures()
    give_password(cast.ars_reviewer, cast.ars_director, cast.committee_member)
    made.colleagues(cast)
    filings.complete_letter(cast)
    made.complete_monts(cast)
    for name, commune in MORE.items():
        complete_another(cast, name, commune)
    return cast


def complete_another(cast: Cast, name: str, commune: str) -> None:
    holder = make_user(f"Porteur de {name}")
    districts = {"62617": cast.geography.artois}
    letter = actions.start_letter(
        name=name,
        departement=cast.geography.pas_de_calais,
        cpam_district=districts.get(commune, cast.geography.cote_d_opale),
        by=holder,
    )
    choose_communes(letter.cpts, [ChosenCommune(commune)], by=holder, vintage=2023)
    actions.submit(filings.filled(letter, holder), by=holder)
    letter.refresh_from_db()
    actions.declare_complete(letter, by=cast.ars_reviewer)


def test_a_session_decides_five_letters(visit: Visit, people: Cast) -> None:
    secretary = signed_in(visit, "secrétaire", people.ars_reviewer)
    session = prepare(secretary)
    convene_and_open(secretary)
    vote(visit, people, session)
    close(secretary)
    decide(visit, people)
    write_the_minutes(secretary)


def prepare(secretary: Visitor) -> CommitteeSession:
    """Create, put the five letters on the agenda with one hearing, choose members, print."""
    secretary.go("/comites/")
    secretary.look()
    secretary.follow("Préparer une séance")
    day = made.starting().date().isoformat()
    secretary.fill(body=BODY, day=day, time="14:00")
    secretary.press("Préparer la séance")
    secretary.reads("Donnez le lieu de la séance ou le lien de la visioconférence.")
    secretary.look()
    secretary.fill(place="Lille, siège de l’ARS")
    secretary.press("Préparer la séance")
    secretary.reads("L’ordre du jour est vide")
    secretary.look()
    for number in range(1, 6):
        secretary.follow("Inscrire un dossier")
        secretary.choose_second("filing")
        if number == 1:
            secretary.fill(start="14:10", end="14:30", heard="La présidente et le coordonnateur")
            secretary.look()
        secretary.press("Inscrire")
    secretary.follow("Choisir les membres")
    for box in secretary.page.locator("main [name='seats']").all():
        box.check(force=True)
    secretary.page.locator("main select[name='chair']").select_option(
        label="Ugo Urps (URPS infirmiers)"
    )
    secretary.look()
    secretary.press("Enregistrer")
    secretary.reads("préside la séance")
    secretary.press("Préparer le dossier de séance (PDF)")
    secretary.waits_for_the_worker()
    with pikepdf.open(BytesIO(secretary.download("Dossier de séance (PDF)"))) as pack:
        assert len(pack.pages) >= 6  # the agenda, and at least a page per file
    return CommitteeSession.objects.get()


def convene_and_open(secretary: Visitor) -> None:
    """The members are told; the quorum is awaited."""
    secretary.press("Convoquer les membres")
    secretary.reads("Le quorum n’est pas atteint")
    secretary.look()
    secretary.follow("Pointer la présence")
    secretary.look()
    for choice in secretary.page.locator("main select[name^='presence_']").all():
        choice.select_option("present")
    secretary.press("Enregistrer la présence")
    secretary.press("Ouvrir la séance")
    secretary.reads("les membres présents peuvent voter")
    secretary.look()


def vote(visit: Visit, people: Cast, session: CommitteeSession) -> None:
    """The chair votes on a file, declares a conflict on another; the colleagues vote elsewhere."""
    member = signed_in(visit, "membre", people.committee_member)
    member.reads("Voter sur 5 dossiers")
    member.go("/comites/")
    member.follow(BODY)
    address = member.page.url.removeprefix(member.origin)
    member.look()
    member.go(f"{address}points/1/voter/")
    member.press("Voter")  # nothing chosen
    member.reads("Choisissez votre vote.")
    member.look()
    member.page.get_by_label("Favorable", exact=True).check(force=True)
    member.press("Voter")
    member.reads("Votre vote est enregistré")
    member.go(f"{address}points/2/conflit/")
    member.fill(reason="Associé dans une maison de santé de ce territoire")
    member.look()
    member.press("Déclarer")
    member.reads("Ne vote pas sur ce point.")
    member.go(f"{address}points/2/voter/")
    member.page.get_by_label("Défavorable", exact=True).check(force=True)
    member.press("Voter")
    member.reads("vous ne votez pas sur ce point")
    assert member.page.get_by_label("Défavorable", exact=True).is_checked()
    member.look()
    for item in made.AgendaItem.objects.of(session):
        for seat in session.members.exclude(user=people.committee_member):
            choice = Choice.AGAINST if item.number == 5 else Choice.FOR
            actions.vote(item, choice=choice, by=seat.user)
    member.go(address)
    member.reads("4 votes sur 4 membres présents")
    member.reads("3 votes sur 3 membres présents")
    member.look()


def close(secretary: Visitor) -> None:
    """An unfavourable opinion says why, or nothing is closed and nothing typed is lost."""
    secretary.follow("Clore la séance")
    secretary.fill(reasons_1="Projet solide, équipe complète.")
    secretary.press("Clore et rendre les avis")
    secretary.reads("écrivez les motifs, ou reportez ce point")
    assert secretary.page.input_value("[name='reasons_1']") == "Projet solide, équipe complète."
    secretary.look()
    secretary.fill(reasons_5=REFUSED)
    secretary.press("Clore et rendre les avis")
    secretary.reads("La séance est close")
    secretary.look()


def decide(visit: Visit, people: Cast) -> None:
    """Four letters approved, one refused, in one act; a worker makes the five letters."""
    director = signed_in(visit, "direction ARS", people.ars_director)
    director.go("/comites/")
    director.follow(BODY)
    director.follow("Décider sur 5 lettres")
    for number, verdict in enumerate(["approve"] * 4 + ["refuse"], start=1):
        director.page.locator(f"[name='verdict_{number}'][value='{verdict}']").check(force=True)
    director.press("Prendre ces décisions")
    director.reads("Écrivez les motifs du refus.")
    director.look()
    director.fill(reason_5=REFUSED)
    director.press("Prendre ces décisions")
    director.reads("La lettre est refusée.")
    director.look()
    director.follow("Suivre la préparation des courriers")
    printable = director.page.get_by_role("link", name="Document unique à imprimer")
    printable.wait_for(timeout=WORKER_PATIENCE)  # the page asks by itself
    director.reads("5 courriers produits")
    director.look()
    with pikepdf.open(BytesIO(director.download("Document unique à imprimer"))) as letters:
        assert len(letters.pages) >= 5
    with ZipFile(BytesIO(director.download("Un fichier par courrier"))) as archive:
        assert len(archive.namelist()) == 5


def write_the_minutes(secretary: Visitor) -> None:
    """The first text says what happened; it is completed, approved, and printed."""
    secretary.follow("Compte rendu")
    text = secretary.page.input_value("[name='text']")
    assert "Conflit d’intérêts : Ugo Urps" in text
    assert f"Motifs : {REFUSED}" in text
    secretary.look()
    secretary.fill(text=f"{text}\n# Suites\n\n- Prochaine séance au printemps\n")
    secretary.press("Enregistrer le compte rendu")
    secretary.reads("Version 1, enregistrée par Anne Instructrice")
    secretary.look()
    secretary.press("Approuver le compte rendu")
    secretary.reads(f"Approuvé le {clock.today():%-d}")
    deadline = 60
    while not secretary.sees("Télécharger le PDF") and deadline:
        secretary.page.wait_for_timeout(500)
        secretary.page.reload()
        deadline -= 1
    secretary.look()
    with pikepdf.open(BytesIO(secretary.download("Télécharger le PDF"))) as minutes:
        assert minutes.pages
