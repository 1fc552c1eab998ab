"""People and their rights, for administrators: nobody else, and never for oneself."""

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import EmailProof, User
from foundation import clock
from foundation.refusal import Refused
from records.models import JournalEntry
from territories import people
from territories.models import Assignment
from tests.cast import Cast, make_user
from tests.portal.conftest import Read
from tests.queries import QueryCount

SignIn = Callable[[User], Client]
PERSON = {"email": "Nouvel.Agent@example.org", "first_name": "Noé", "last_name": "Agent"}


def roles_of(user: User) -> set[str]:
    return set(Assignment.objects.current().filter(user=user).values_list("role", flat=True))


@pytest.mark.parametrize("part", ["ars_director", "coordinator", "national_reader", "stranger"])
def test_the_administration_is_closed_to_others(cast: Cast, sign_in: SignIn, part: str) -> None:
    client = sign_in(getattr(cast, part))
    person = cast.nurse.uuid
    for url in (
        reverse("administration"),
        reverse("administration_new_account"),
        reverse("administration_account", args=[person]),
        reverse("administration_give_role", args=[person]),
    ):
        assert client.get(url).status_code == 403
    assert client.post(reverse("administration_deactivate", args=[person])).status_code == 403
    cast.nurse.refresh_from_db()
    assert cast.nurse.is_active


def test_accounts_are_listed_with_their_role(cast: Cast, read: Read) -> None:
    page = read(cast.administrator, "administration")
    assert "CPAM de l’Artois" in page
    assert "Référent CPAM (ROC), CPAM de l’Artois" in page
    assert "Sacha Sansrôle" in page
    assert "portail@portail.invalid" not in page


@pytest.mark.parametrize("text", ["infirmiere", "INÈS inf", "ines.infirmiere@"])
def test_an_account_is_found_by_name_or_address(cast: Cast, read: Read, text: str) -> None:
    page = read(cast.administrator, "administration", query=f"?q={text}")
    assert "1 compte pour" in page
    assert "Inès Infirmière" in page
    assert "Aucun compte trouvé" in read(cast.administrator, "administration", query="?q=zzz")


def test_the_list_takes_four_queries_whatever_its_length(cast: Cast, sign_in: SignIn) -> None:
    for number in range(40):
        make_user(f"Personne {number:02}")
    client = sign_in(cast.administrator)
    with QueryCount() as count:
        client.get(reverse("administration") + "?page=2")
    assert count.number <= 4


def test_an_account_created_receives_a_link(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    response = client.post(reverse("administration_new_account"), PERSON)
    created = User.objects.get(email="nouvel.agent@example.org")
    assert response["Location"] == reverse("administration_account", args=[created.uuid])
    assert not created.has_usable_password()
    proof = EmailProof.objects.get(email=created.email)
    assert proof.purpose == EmailProof.Purpose.INVITATION
    entry = JournalEntry.objects.of_dossier("portail").about(created).get()
    assert (entry.verb, entry.actor) == ("create_account", cast.administrator)


def test_an_address_opens_one_account(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    twice = {**PERSON, "email": cast.nurse.email.upper()}
    page = client.post(reverse("administration_new_account"), twice).content.decode()
    assert "Un compte existe déjà avec cette adresse électronique." in page
    assert 'value="Noé"' in page, "nothing typed is lost"


def test_a_double_click_creates_one_account(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    data = {**PERSON, "cle": str(uuid.uuid4())}
    first, second = (client.post(reverse("administration_new_account"), data) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert EmailProof.objects.count() == 1


@pytest.mark.parametrize(
    ("data", "role", "scope"),
    [
        ({"role": "ars_reviewer", "region": "44"}, Role.ARS_REVIEWER, "Grand Est"),
        ({"role": "ars_reviewer", "departement": "67"}, Role.ARS_REVIEWER, "Bas-Rhin (67)"),
        ({"role": "cpam_officer", "cpam_district": "671"}, Role.CPAM_OFFICER, "CPAM du Bas-Rhin"),
        ({"role": "national_reader"}, Role.NATIONAL_READER, "France entière"),
    ],
)
def test_a_role_is_given_on_its_scope(
    cast: Cast, sign_in: SignIn, data: dict[str, str], role: Role, scope: str
) -> None:
    url = reverse("administration_give_role", args=[cast.stranger.uuid])
    assert sign_in(cast.administrator).post(url, data).status_code == 302
    assignment = Assignment.objects.of(cast.stranger).get()
    assert (assignment.role, assignment.scope_label) == (role, scope)


def test_a_role_on_a_cpts_is_given_by_its_reference(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("administration_give_role", args=[cast.stranger.uuid])
    client = sign_in(cast.administrator)
    wrong = client.post(url, {"role": "coordinator", "cpts": "62-AAAAAA"}).content.decode()
    assert "Aucun dossier ne porte cette référence." in wrong
    client.post(url, {"role": "coordinator", "cpts": cast.rives.reference})
    assert Assignment.objects.of(cast.stranger).get().cpts == cast.rives


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"role": "ars_director", "departement": "62"}, "s’exerce sur une région, et rien"),
        ({"role": "ars_reviewer"}, "s’exerce sur une région ou un département"),
        ({"role": "administrator", "region": "32"}, "s’exerce sur la France entière"),
        ({"role": "cpam_director", "cpam_district": "621", "region": "32"}, "sur une CPAM"),
        ({"role": "is_staff"}, "Sélectionnez un choix valide"),
        ({}, "Choisissez un rôle."),
    ],
)
def test_a_role_and_a_scope_must_fit(
    cast: Cast, sign_in: SignIn, data: dict[str, str], words: str
) -> None:
    url = reverse("administration_give_role", args=[cast.stranger.uuid])
    assert words in sign_in(cast.administrator).post(url, data).content.decode()
    assert roles_of(cast.stranger) == set()


def test_the_same_role_is_not_given_twice(cast: Cast) -> None:
    with pytest.raises(Refused, match="a déjà ce rôle"):
        people.give_role(cast.nurse, Role.MEMBER, cpts=cast.rives, by=cast.administrator)


def test_a_role_ends_on_its_last_day(cast: Cast, sign_in: SignIn) -> None:
    assignment = Assignment.objects.of(cast.cpam_officer).get()
    url = reverse("administration_end_role", args=[cast.cpam_officer.uuid, assignment.uuid])
    client = sign_in(cast.administrator)
    client.post(url, {"valid_to": clock.today().isoformat()})
    assert roles_of(cast.cpam_officer) == {Role.CPAM_OFFICER}
    with clock.at(clock.today() + dt.timedelta(days=1)):
        assert roles_of(cast.cpam_officer) == set()


def test_a_role_does_not_end_before_it_began(cast: Cast, sign_in: SignIn) -> None:
    assignment = Assignment.objects.of(cast.cpam_officer).get()
    url = reverse("administration_end_role", args=[cast.cpam_officer.uuid, assignment.uuid])
    page = sign_in(cast.administrator).post(url, {"valid_to": "2001-01-01"}).content.decode()
    assert "ne peut pas précéder le début" in page


def test_the_role_of_another_person_is_404(cast: Cast, sign_in: SignIn) -> None:
    assignment = Assignment.objects.of(cast.cpam_officer).get()
    url = reverse("administration_end_role", args=[cast.nurse.uuid, assignment.uuid])
    assert sign_in(cast.administrator).get(url).status_code == 404


def test_nobody_changes_their_own_rights(cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.administrator)
    me = cast.administrator.uuid
    url = reverse("administration_give_role", args=[me])
    page = client.post(url, {"role": "ars_director", "region": "32"}).content.decode()
    assert "Personne ne modifie ses propres droits" in page
    client.post(reverse("administration_deactivate", args=[me]))
    cast.administrator.refresh_from_db()
    assert cast.administrator.is_active
    assert roles_of(cast.administrator) == {Role.ADMINISTRATOR}


def test_a_deactivated_account_is_out_at_once_and_for_good(cast: Cast, sign_in: SignIn) -> None:
    theirs = Client()
    theirs.force_login(cast.nurse, backend="territories.backends.SeatedBackend")
    client = sign_in(cast.administrator)
    client.post(reverse("administration_deactivate", args=[cast.nurse.uuid]))
    assert theirs.get(reverse("accounts:account")).status_code == 302
    client.post(reverse("administration_reactivate", args=[cast.nurse.uuid]))
    assert theirs.get(reverse("accounts:account")).status_code == 302, "the old session stays dead"
    assert EmailProof.objects.filter(email=cast.nurse.email).exists()


def test_acts_on_an_account_are_told_on_its_page(cast: Cast, sign_in: SignIn, read: Read) -> None:
    sign_in(cast.administrator).post(reverse("administration_deactivate", args=[cast.nurse.uuid]))
    page = read(cast.administrator, "administration_account", str(cast.nurse.uuid))
    assert "Désactivation du compte de Inès Infirmière" in page
    assert "Alain Administrateur" in page


def test_the_portal_s_own_account_is_nobody_s_to_change(cast: Cast, sign_in: SignIn) -> None:
    url = reverse("administration_account", args=[User.objects.portal().uuid])
    assert sign_in(cast.administrator).get(url).status_code == 404
