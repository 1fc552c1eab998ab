"""Members of CPTS that others replace: never lost, never double, and free to leave."""

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from accounts.models import User
from members.carrying import carry_members, successor_of
from members.models import Consent, Member
from members.workflow import MemberState
from territories.actions import assign
from territories.models import Assignment, Cpts
from tests.cast import Cast, make_cpts, make_user
from tests.members.applications import applicant, member, organisation
from tests.members.mailbox import mails_to, token_of

NORTH, SOUTH = 1, 2
COMMUNES = {NORTH: ("Béthune", "Bruay-la-Buissière"), SOUTH: ("Lillers", "Saint-Omer")}


@pytest.mark.parametrize(
    ("places", "expected"),
    [
        ("Lillers", SOUTH),
        ("cabinet de saint omer, 62500", SOUTH),
        ("BRUAY LA BUISSIERE", NORTH),
        ("Béthune et Lillers", NORTH),  # both: the first one
        ("Lille", NORTH),  # a name is whole: Lille is not Lillers
        ("", NORTH),
    ],
)
def test_who_practises_in_a_commune_goes_where_it_goes(places: str, expected: int) -> None:
    assert successor_of(places, COMMUNES) == expected


pytestmark = pytest.mark.django_db


@pytest.fixture
def successor(cast: Cast) -> Cpts:
    return make_cpts("CPTS Artois", make_user("Nora Nouvelle"), ["62617"], cast.geography)


def carry(cast: Cast, *successors: Cpts) -> dict[int, int]:
    communes = {one.pk: () for one in successors}
    return carry_members([cast.rives, cast.monts], communes, by=User.objects.portal())


def test_each_open_membership_goes_on_once_with_what_it_was(cast: Cast, successor: Cpts) -> None:
    accepted = member(cast.rives, cast.president)
    waiting = applicant(cast.monts, email="zoe.petit@example.org", rpps="")
    gone = member(cast.rives, cast.president, email="parti@example.org", rpps="")
    Member.objects.filter(pk=gone.pk).update(state=MemberState.LEFT)
    assert carry(cast, successor) == {successor.pk: 2}
    again = Member.objects.get(continues=accepted)
    assert (again.cpts_id, again.state, again.email) == (successor.pk, "approved", accepted.email)
    assert (again.decided_by, again.decided_at) == (cast.president, accepted.decided_at)
    assert again.applied_at == accepted.applied_at
    assert Member.objects.get(continues=waiting).state == MemberState.APPLIED
    accepted.refresh_from_db()
    assert accepted.state == MemberState.LEFT
    assert accepted.left_at is not None
    assert Member.objects.of_cpts(successor).count() == 2


def test_somebody_of_both_is_a_member_once(cast: Cast, successor: Cpts) -> None:
    applicant(cast.rives)  # waits in one, accepted in the other
    assign(cast.monts_coordinator, Role.OFFICE, cpts=cast.monts)
    accepted = member(cast.monts, cast.monts_coordinator, is_main_cpts=False)
    assert carry(cast, successor) == {successor.pk: 1}
    (again,) = Member.objects.of_cpts(successor)
    assert (again.state, again.continues) == (MemberState.APPROVED, accepted)
    assert again.is_main_cpts  # the first one was the main


def test_the_same_account_under_two_addresses_is_one_person(cast: Cast, successor: Cpts) -> None:
    first = member(cast.rives, cast.president)
    second = applicant(cast.monts, email="autre@example.org", rpps="")
    Member.objects.filter(pk__in=[first.pk, second.pk]).update(user=cast.nurse, is_main_cpts=False)
    assert carry(cast, successor) == {successor.pk: 1}
    again = Member.objects.of_cpts(successor).get()
    assert again.user == cast.nurse
    roles = Assignment.objects.current().filter(user=cast.nurse, role=Role.MEMBER)
    assert {post.cpts_id for post in roles} == {successor.pk}


def test_consents_are_asked_anew(cast: Cast, successor: Cpts) -> None:
    row = member(cast.rives, cast.president)
    Consent.objects.create(member=row, purpose="directory")
    carry(cast, successor)
    assert not Consent.objects.in_force().exists()
    assert Consent.objects.count() == 1  # and the former one is kept


def test_each_person_gets_one_mail_with_a_link(cast: Cast, successor: Cpts) -> None:
    row = member(cast.rives, cast.president)
    before = len(mails_to(row.email))
    carry(cast, successor)
    (letter,) = mails_to(row.email)[before:]
    assert "continue dans la CPTS Artois" in letter["subject"]
    assert Member.objects.with_link(token_of(letter)).get().cpts == successor


def test_an_organisation_goes_on_too_and_a_second_run_adds_nobody(
    cast: Cast, successor: Cpts
) -> None:
    member_of = applicant(cast.rives)
    organised = Member.objects.get(pk=member_of.pk)
    Member.objects.filter(pk=organised.pk).update(
        **{key: getattr(organisation(), key) for key in ("kind", "structure_name", "siret")},
        rpps="",
    )
    assert carry(cast, successor) == {successor.pk: 1}
    assert carry(cast, successor) == {successor.pk: 0}
    assert Member.objects.of_cpts(successor).get().name == "Centre hospitalier de Rives"


def test_who_is_a_member_there_already_stays_so(cast: Cast, successor: Cpts) -> None:
    there = applicant(successor)
    member(cast.rives, cast.president)
    assert carry(cast, successor) == {successor.pk: 0}
    assert list(Member.objects.open()) == [there]


def test_the_database_refuses_to_continue_a_membership_twice(cast: Cast, successor: Cpts) -> None:
    row = member(cast.rives, cast.president)
    carry(cast, successor)
    again = Member.objects.get(continues=row)
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(
            **{name: getattr(again, name) for name in ("cpts", "kind", "college", "first_name")},
            last_name="X",
            email="x@example.org",
            state="applied",
            statutes_accepted_at=again.statutes_accepted_at,
            applied_at=again.applied_at,
            continues=row,
        )
