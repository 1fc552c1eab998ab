"""Who sees which memberships: each of the cast."""

import datetime as dt

import pytest

from accounts.access import Permission
from accounts.models import User
from foundation import clock
from members import actions
from members.models import Consent, Member
from tests.cast import Cast
from tests.members.applications import applicant, member, organisation, person

READ_NAMES = {"president", "office", "coordinator"}
DECIDE = {"president", "office"}


def test_visible_to(cast: Cast) -> None:
    in_rives = member(cast.rives, cast.president)
    for name, somebody in cast.people().items():
        seen = Member.objects.visible_to(somebody).filter(pk=in_rives.pk).exists()
        assert seen is (name in READ_NAMES), name


def test_visible_to_for_deciding(cast: Cast) -> None:
    waiting = applicant(cast.rives)
    for name, somebody in cast.people().items():
        seen = Member.objects.visible_to(somebody, Permission.MEMBER_APPROVE)
        assert (waiting in seen) is (name in DECIDE), name


def test_everybody_sees_their_own(cast: Cast) -> None:
    own = actions.attach(applicant(cast.rives), by=cast.nurse)
    applicant(cast.rives, email="autre@example.org")
    assert list(Member.objects.visible_to(cast.nurse)) == [own]
    assert list(Member.objects.of_person(cast.nurse)) == [own]
    assert not Member.objects.visible_to(cast.nurse, Permission.MEMBER_APPROVE).exists()


def test_an_anonymous_visitor_sees_nothing(cast: Cast) -> None:
    from django.contrib.auth.models import AnonymousUser

    applicant(cast.rives)
    assert not Member.objects.visible_to(AnonymousUser()).exists()


def test_to_decide_by(cast: Cast) -> None:
    with clock.at(dt.date(2026, 1, 2)):
        second = applicant(cast.rives, email="deux@example.org")
    with clock.at(dt.date(2026, 1, 1)):
        first = applicant(cast.rives)
    member(cast.rives, cast.president, email="trois@example.org")
    applicant(cast.monts)
    for name, somebody in cast.people().items():
        waiting = list(Member.objects.to_decide_by(somebody))
        assert waiting == ([first, second] if name in DECIDE else []), name


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lefevre", ["Anaïs Lefèvre"]),
        ("ANAÏS", ["Anaïs Lefèvre"]),
        ("lefevre anais", ["Anaïs Lefèvre"]),
        ("hopital", []),
        ("hospitalier rives", ["Centre hospitalier de Rives"]),
        ("martin", ["Centre hospitalier de Rives"]),
        ("", ["Anaïs Lefèvre", "Centre hospitalier de Rives"]),
    ],
)
def test_search_without_accents(cast: Cast, text: str, found: list[str]) -> None:
    applicant(cast.rives, first_name="Anaïs", last_name="Lefèvre")
    actions.apply(cast.rives, organisation(), by=User.objects.portal())
    names = sorted(item.name for item in Member.objects.search(text))
    assert names == found


def test_applications_come_first(cast: Cast) -> None:
    member(cast.rives, cast.president, last_name="Alba")
    applicant(cast.rives, last_name="Zola", email="zola@example.org")
    applicant(cast.rives, last_name="Yver", email="yver@example.org")
    ordered = Member.objects.to_decide_first("search_name")
    assert [item.last_name for item in ordered] == ["Yver", "Zola", "Alba"]


def test_agreements_in_force(cast: Cast) -> None:
    found = actions.apply(
        cast.rives, person(), by=User.objects.portal(), consents=["image", "directory"]
    )
    actions.set_consents(found, ["image"], by=User.objects.portal(), by_link=True)
    assert [item.purpose for item in Consent.objects.in_force()] == ["image"]
    assert Consent.objects.newest_first().count() == 2
