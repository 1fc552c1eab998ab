"""What the database itself refuses of memberships and agreements, and how a member is named."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.models import User
from foundation import clock
from members import actions
from members.models import Consent, Member
from tests.cast import Cast
from tests.members.applications import applicant, organisation


def refuses(constraint: str) -> Any:
    """The words of both databases name the constraint, or the columns of a unique one."""
    return pytest.raises(IntegrityError, match=constraint)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"state": "draft"}, "members_member_handed_in"),
        ({"state": "approved"}, "members_member_decision_has_author"),
        ({"state": "refused", "decided_at": clock.now()}, "members_member_decision_has_author"),
        ({"kind": "organisation"}, "members_member_rpps_of_persons"),
    ],
)
def test_a_row_that_tells_two_stories(cast: Cast, changes: dict[str, Any], constraint: str) -> None:
    found = applicant(cast.rives)
    with refuses(constraint), transaction.atomic():
        Member.objects.filter(pk=found.pk).update(**changes)


def test_two_open_memberships_of_one_person(cast: Cast) -> None:
    first, second = applicant(cast.rives), applicant(cast.rives, email="autre@example.org")
    actions.attach(first, by=cast.stranger)
    with refuses("email"), transaction.atomic():
        Member.objects.filter(pk=second.pk).update(email=first.email)
    with refuses("user"), transaction.atomic():
        Member.objects.filter(pk=second.pk).update(user=cast.stranger, is_main_cpts=False)


def test_two_main_cpts_of_one_account(cast: Cast) -> None:
    actions.attach(applicant(cast.rives), by=cast.stranger)
    second = actions.attach(applicant(cast.monts), by=cast.stranger)
    with refuses("user"), transaction.atomic():
        Member.objects.filter(pk=second.pk).update(is_main_cpts=True)


def test_one_link_for_two_members(cast: Cast) -> None:
    applicant(cast.rives)
    applicant(cast.monts)
    with refuses("link_sha256"), transaction.atomic():
        Member.objects.update(link_sha256="a" * 64)


def test_agreements(cast: Cast) -> None:
    given = actions.apply(
        cast.rives, organisation(), by=User.objects.portal(), consents=["image"]
    ).consents.get()
    with refuses("purpose"), transaction.atomic():
        Consent.objects.create(member=given.member, purpose="image")
    before = given.given_at - dt.timedelta(days=1)
    with refuses("members_consent_dates_in_order"), transaction.atomic():
        Consent.objects.filter(pk=given.pk).update(revoked_at=before)
    assert str(given) == "Paraître sur des photos ou des vidéos de la CPTS"


def test_a_member_is_named_and_found(cast: Cast) -> None:
    found = applicant(cast.rives)
    assert str(found) == "Camille Durand"
    assert found.get_absolute_url().endswith(f"/adherents/{found.uuid}/")
    found.last_name = "Lefèvre"
    found.save(update_fields=["last_name"])
    assert list(Member.objects.search("lefevre")) == [found]
    assert list(Member.objects.approved()) == []
