"""« À faire »: what waits for each person, and nothing else, in six queries."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from accounts.saved_views import save_view
from aci.models import Contract
from aci.parties import SIGNING_ORDER
from foundation import clock
from missions import actions as missions_actions
from records import jobs
from records.models import Job
from territories.actions import assign, move
from territories.models import Baton, Stage
from tests.aci.conftest import Signatories, sign_for
from tests.cast import Cast, make_cpts, make_user
from tests.members.applications import applicant
from tests.portal.conftest import Read
from tests.projects import filings
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
BUDGET = 6  # session and user included


def later(days: int) -> object:
    """`with later(12):` twelve days after the acts of the test."""
    return clock.at(clock.now() + dt.timedelta(days=days))


# --- Letters and projects ----------------------------------------------------------------------


def test_a_holder_has_the_letter_to_send(cast: Cast, read: Read) -> None:
    holder = make_user("Nina Neuve")
    filings.emergent_cpts(cast, holder)
    with later(12):
        page = read(holder, "dashboard")
    assert "1 action vous attend." in page
    assert "Lettre d’intention à transmettre CPTS Neuve Attendu depuis 12 jours" in page
    assert "Mon dossier CPTS Neuve" in page


def test_a_reviewer_checks_a_letter_handed_over(cast: Cast, read: Read) -> None:
    filings.submitted_letter(cast)
    for person in (cast.ars_reviewer, cast.ars_delegation):
        page = read(person, "dashboard")
        assert "Vérifier que la lettre d’intention est complète CPTS Rives" in page
    assert "Rien n’attend votre action" in read(cast.ars_director, "dashboard")


def test_a_committee_member_gives_an_opinion_once(cast: Cast, read: Read) -> None:
    letter = filings.complete_letter(cast)
    assert "Donner votre avis sur la lettre d’intention" in read(cast.committee_member, "dashboard")
    filings.give_regional(letter, cast)
    assert "Rien n’attend votre action" in read(cast.committee_member, "dashboard")


def test_the_director_decides_when_the_opinions_are_given(cast: Cast, read: Read) -> None:
    letter = filings.complete_letter(cast)
    assert "Décider" not in read(cast.ars_director, "dashboard")
    filings.give_regional(letter, cast)
    assert "Décider sur la lettre d’intention" in read(cast.ars_director, "dashboard")


def test_the_project_is_told_from_the_letter(cast: Cast, read: Read) -> None:
    filings.drafted_project(cast)
    assert "Projet de santé à transmettre" in read(cast.coordinator, "dashboard")


# --- Contract ----------------------------------------------------------------------------------


def test_the_cpam_prepares_the_contract_of_a_validated_project(
    cast: Cast, project: object, read: Read
) -> None:
    assert "Contrat ACI à préparer CPTS Rives" in read(cast.cpam_officer, "dashboard")
    assert "Contrat ACI à préparer" not in read(cast.cpam_director, "dashboard")


def test_each_party_accepts_then_the_cpam_freezes(
    cast: Cast, negotiated: Contract, read: Read
) -> None:
    for person in (cast.president, cast.coordinator, cast.ars_reviewer, cast.cpam_officer):
        assert "Accepter les termes du contrat ACI" in read(person, "dashboard")


def test_accepted_by_all_the_contract_is_frozen_by_the_cpam(
    cast: Cast, accepted: Contract, read: Read
) -> None:
    assert "Contrat ACI à figer ou à reprendre" in read(cast.cpam_officer, "dashboard")
    assert "Accepter" not in read(cast.president, "dashboard")


def test_the_three_signatories_sign_in_turn_and_nobody_else(
    cast: Cast, light_documents: None, to_sign: Contract, signatories: Signatories, read: Read
) -> None:
    for turn in SIGNING_ORDER:
        for party, person in signatories.items():
            is_asked = "Signer le contrat ACI CPTS Rives" in read(person, "dashboard")
            assert is_asked == (party is turn), (turn, party)
        sign_for(to_sign, turn, signatories[turn])
    for person in (cast.coordinator, cast.cpam_officer, cast.ars_reviewer):
        assert "Signer le contrat ACI" not in read(person, "dashboard")


# --- Missions and members ----------------------------------------------------------------------


def test_a_coordinator_reports_missions_once_their_start_has_come(
    cast: Cast, light_documents: None, in_force: Contract, read: Read
) -> None:
    with clock.at(dt.date(2024, 7, 10)):
        assert "Mission « Accès aux soins »" not in read(cast.coordinator, "dashboard")
    with clock.at(dt.date(2025, 2, 1)):
        page = read(cast.coordinator, "dashboard")
    assert "en retard" in page
    assert "Mission « Accès aux soins » : avancement à déclarer CPTS Rives" in page


def test_indicators_of_a_year_that_ended_are_awaited(
    cast: Cast, light_documents: None, in_force: Contract, read: Read
) -> None:
    missions_actions.load_indicators()
    for mission in in_force.missions.all():
        with clock.at(max(mission.start_day, dt.date(2024, 7, 2))):
            missions_actions.start(mission, on=clock.today(), by=cast.coordinator)
    with clock.at(dt.date(2025, 6, 30)):
        assert "indicateurs de l’année 1" not in read(cast.coordinator, "dashboard")
    with clock.at(dt.date(2025, 7, 2)):
        assert "indicateurs de l’année 1 à saisir" in read(cast.coordinator, "dashboard")


def test_the_bureau_decides_on_applications(cast: Cast, read: Read) -> None:
    applicant(cast.rives)
    applicant(cast.rives, email="autre@example.org", rpps="")
    for person in (cast.president, cast.office):
        assert "Décider de 2 demandes d’adhésion CPTS Rives" in read(person, "dashboard")
    assert "adhésion CPTS Rives" not in read(cast.coordinator, "dashboard")


# --- Everybody ---------------------------------------------------------------------------------


def test_witnesses_see_nothing_of_rives(cast: Cast, read: Read) -> None:
    filings.submitted_letter(cast)
    for person in (
        cast.monts_coordinator,
        cast.other_region_reviewer,
        cast.other_district_officer,
        cast.national_reader,
        cast.administrator,
        cast.stranger,
    ):
        assert "Rives" not in read(person, "dashboard")


def test_somebody_without_role_learns_the_two_ways_in(cast: Cast, read: Read) -> None:
    page = read(cast.stranger, "dashboard")
    assert "Déposer une lettre d’intention" in page
    assert "Trouver une CPTS" in page


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ("administrator", "Ouvrir l’administration"),
        ("national_reader", "Voir les CPTS"),
        ("nurse", "Mes adhésions"),
        ("cpam_director", "Voir tous les dossiers"),
    ],
)
def test_nothing_to_do_says_where_to_go(cast: Cast, read: Read, part: str, words: str) -> None:
    move(cast.rives, baton=Baton.NOBODY)
    move(cast.monts, baton=Baton.NOBODY)
    page = read(getattr(cast, part), "dashboard")
    assert "Rien n’attend" in page or "rôle" in page
    assert words in page


def test_the_longest_wait_comes_first_and_what_is_late_before_all(cast: Cast, read: Read) -> None:
    holder = cast.holder
    for name, waited, deadline in [
        ("CPTS Récente", 2, None),
        ("CPTS Ancienne", 40, None),
        ("CPTS En retard", 10, -1),
    ]:
        with clock.at(clock.now() - dt.timedelta(days=waited)):
            cpts = make_cpts(name, holder, ["62119"], cast.geography)
            limit = clock.today() + dt.timedelta(days=waited + (deadline or 99))
            move(cpts, stage=Stage.PROJECT, baton=Baton.HOLDER, deadline=(limit, "Pièces"))
    page = read(holder, "dashboard")
    places = [page.index(name) for name in ("CPTS En retard", "CPTS Ancienne", "CPTS Récente")]
    assert places == sorted(places)
    assert "dont 1 en retard" in page


def test_what_ends_within_the_week_is_told_whosever_turn_it_is(cast: Cast, read: Read) -> None:
    for days, told in ((6, True), (9, False)):
        day = clock.today() + dt.timedelta(days=days)
        move(cast.rives, baton=Baton.COMMITTEE, deadline=(day, "Avis du comité"))
        for person in (cast.ars_reviewer, cast.president):
            page = read(person, "dashboard")
            assert ("Cette semaine" in page) is told
            assert ("CPTS Rives , Avis du comité" in page) is told


def test_authorities_see_the_next_deadlines_of_their_territory(cast: Cast, read: Read) -> None:
    soon = clock.today() + dt.timedelta(days=20)
    move(cast.rives, baton=Baton.COMMITTEE, deadline=(soon, "Avis du comité"))
    with later(3):
        page = read(cast.ars_reviewer, "dashboard")
    assert "Mon territoire, prochaines échéances" in page
    row = page[page.index("Fin du contrat", page.index("Mon territoire")) :]
    assert "CPTS Rives Comité, depuis 3 jours Avis attendu sur la lettre d’intention" in row
    assert "Lettre d’intention déposée 46 648 taille 2" in row
    assert "Avis du comité Aucun contrat" in row
    assert "CPTS Monts" not in row, "no deadline is known there"
    for person in (cast.president, cast.other_region_reviewer, cast.other_district_officer):
        assert "Mon territoire" not in read(person, "dashboard")


def test_work_in_progress_is_found_again(cast: Cast, read: Read) -> None:
    job = jobs.want("test", key="1", label="Contrat en PDF", by=cast.cpam_officer)
    jobs.want("test", key="2", label="Contrat en PDF", by=cast.president)
    assert "Mes travaux : 1 en cours" in read(cast.cpam_officer, "dashboard")
    assert "Mes travaux en cours Contrat en PDF" in read(cast.president, "dashboard")
    Job.objects.filter(pk=job.pk).update(state="done")
    assert "Mes travaux :" not in read(cast.cpam_officer, "dashboard")


def test_the_page_takes_six_queries_for_everybody(
    cast: Cast, light_documents: None, in_force: Contract, sign_in: SignIn
) -> None:
    missions_actions.load_indicators()
    for part, person in cast.people().items():
        client = sign_in(person)
        with QueryCount() as count:
            assert client.get(reverse("dashboard")).status_code == 200
        assert count.number <= BUDGET, part


def test_ten_times_more_dossiers_take_no_more_queries(cast: Cast, sign_in: SignIn) -> None:
    assign(cast.holder, Role.PRESIDENT, cpts=cast.monts)

    def queries(person: User) -> int:
        client = sign_in(person)
        with QueryCount() as count:
            client.get(reverse("dashboard"))
        return count.number

    people = [cast.holder, cast.ars_reviewer, cast.cpam_officer]
    for number in range(20):
        save_view(name=f"Vue {number}", query="tour=ars", is_default=False, by=cast.ars_reviewer)
    before = [queries(person) for person in people]
    for number in range(20):
        cpts = make_cpts(f"CPTS {number}", cast.holder, ["62119"], cast.geography)
        applicant(cpts, email=f"a{number}@example.org", rpps="")
        move(cpts, stage=Stage.VALIDATED, baton=Baton.CPAM)
    assert [queries(person) for person in people] == before
    assert max(before) <= BUDGET


def test_anonymous_visitors_go_to_the_sign_in_page(client: Client, db: None) -> None:
    assert client.get(reverse("dashboard"))["Location"] == "/connexion/?next=%2Ftableau-de-bord%2F"
