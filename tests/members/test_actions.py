"""Acts on memberships: row, journal, e-mail, rights; and what is refused."""

import datetime as dt

import pytest
from django.core import mail

from accounts.access import Permission, Role
from accounts.models import User
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from members import actions
from members.models import Consent, Member
from members.querysets import link_digest
from members.workflow import MemberState
from records.models import Job, JournalEntry
from territories.actions import move
from territories.models import Stage
from territories.scopes import permissions_on
from tests.cast import Cast
from tests.members.applications import applicant, member, organisation, person
from tests.members.mailbox import mails_to, token_of


def last_entry(cast: Cast) -> JournalEntry:
    return JournalEntry.objects.of_dossier(cast.rives.reference).newest_first()[0]


# --- Applying --------------------------------------------------------------------------------


def test_apply_keeps_what_was_given_and_waits_for_the_bureau(cast: Cast) -> None:
    found = actions.apply(
        cast.rives, person(), by=User.objects.portal(), consents=["directory", "newsletter"]
    )
    assert found.state == MemberState.APPLIED
    assert (found.name, found.quality) == ("Camille Durand", "Infirmier")
    assert found.user is None
    assert found.email_confirmed_at is None
    assert found.statutes_accepted_at is not None
    given = found.consents.in_force().values_list("purpose", flat=True)
    assert set(given) == {"directory", "newsletter"}


def test_apply_tells_the_person_and_the_bureau(cast: Cast) -> None:
    found = applicant(cast.rives)
    (to_person,) = mails_to(found.email)
    found.refresh_from_db()
    assert link_digest(token_of(to_person)) == found.link_sha256
    assert Member.objects.with_link(token_of(to_person)).get() == found
    for decider in (cast.president, cast.office):
        (notice,) = mails_to(decider.email)
        assert "Durand" not in notice["body"]
    assert mails_to(cast.coordinator.email) == []
    assert mails_to(cast.ars_reviewer.email) == []


def test_apply_is_journaled_without_a_name(cast: Cast) -> None:
    applicant(cast.rives)
    entry = last_entry(cast)
    assert (entry.verb, entry.to_state) == ("apply", "applied")
    written = f"{entry.sentence} {entry.actor_name} {entry.reason} {entry.data}"
    assert "Durand" not in written
    assert "@" not in written


def test_somebody_known_gets_a_new_link_and_nothing_changes(cast: Cast) -> None:
    with clock.at(dt.date(2026, 3, 1)):
        first = applicant(cast.rives)
    with clock.at(dt.date(2026, 3, 2)):
        again = applicant(cast.rives, first_name="Autre", email=" Camille.Durand@Example.org ")
    assert again == first
    assert again.first_name == "Camille"
    assert Member.objects.of_cpts(cast.rives).count() == 1
    old, new = mails_to(first.email)
    assert not Member.objects.with_link(token_of(old)).exists()
    assert Member.objects.with_link(token_of(new)).get() == first


def test_repeating_the_form_does_not_fill_the_mail_box(cast: Cast) -> None:
    for _ in range(3):
        found = applicant(cast.rives)
    assert len(mails_to(found.email)) == 1


def test_the_same_person_may_join_two_cpts(cast: Cast) -> None:
    applicant(cast.rives)
    applicant(cast.monts)
    assert Member.objects.open().count() == 2


def test_applying_again_after_leaving_is_a_new_row(cast: Cast) -> None:
    found = applicant(cast.rives)
    actions.leave(found, by=User.objects.portal(), by_link=True)
    again = applicant(cast.rives)
    assert again.pk != found.pk
    assert again.state == MemberState.APPLIED


def test_an_account_that_applies_with_its_own_address_is_attached(cast: Cast) -> None:
    found = actions.apply(cast.rives, person(email=cast.stranger.email), by=cast.stranger)
    assert found.user == cast.stranger
    assert found.email_confirmed_at is not None


def test_filling_the_form_for_a_colleague_attaches_nobody(cast: Cast) -> None:
    found = actions.apply(cast.rives, person(), by=cast.coordinator)
    assert found.user is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"statutes_accepted": False}, "statuts"),
        ({"rpps": "12345678901"}, "RPPS"),
        ({"profession": "35"}, "RPPS"),
        ({"profession": "99"}, "profession"),
        ({"profession": "00", "rpps": ""}, "métier"),
        ({"mode": ""}, "mode"),
        ({"last_name": ""}, "nom"),
    ],
)
def test_apply_refuses_what_does_not_hold_together(
    cast: Cast, changes: dict[str, object], words: str
) -> None:
    with pytest.raises(Refused, match=words):
        actions.apply(cast.rives, person(**changes), by=User.objects.portal())
    assert not Member.objects.exists()
    assert not mails_to("camille.durand@example.org")


@pytest.mark.parametrize("stage", [Stage.ABANDONED, Stage.TERMINATED])
def test_apply_is_closed_when_the_project_is_over(cast: Cast, stage: Stage) -> None:
    move(cast.rives, stage=stage)
    with pytest.raises(Refused, match="ne reçoit plus"):
        applicant(cast.rives)


def test_apply_is_closed_before_the_dossier_is_public(cast: Cast) -> None:
    move(cast.rives, public=False)
    with pytest.raises(Refused, match="pas encore"):
        applicant(cast.rives)


def test_the_link_rests_nowhere_in_clear(cast: Cast, settings: object) -> None:
    settings.DEMONSTRATION = False  # type: ignore[attr-defined]
    found = applicant(cast.rives)
    mails_to(found.email)
    (letter,) = mail.outbox
    token = token_of({"body": str(letter.body)})
    assert Member.objects.with_link(token).get() == found
    for job in Job.objects.all():
        assert token not in f"{job.payload} {job.label} {job.key}"
        assert found.email not in f"{job.payload} {job.label} {job.key}"


# --- Deciding --------------------------------------------------------------------------------


@pytest.mark.parametrize("decider", ["president", "office"])
def test_approve_makes_a_member_and_says_so(cast: Cast, decider: str) -> None:
    by = cast.people()[decider]
    found = actions.approve(applicant(cast.rives), by=by)
    assert found.state == MemberState.APPROVED
    assert (found.decided_by, found.decided_at is None) == (by, False)
    entry = last_entry(cast)
    assert (entry.verb, entry.from_state, entry.to_state) == ("approve", "applied", "approved")
    assert entry.actor == by
    assert "Durand" not in entry.sentence
    assert "Bienvenue" in mails_to(found.email)[-1]["subject"]


def test_approve_gives_an_attached_account_the_role_of_member(cast: Cast) -> None:
    found = actions.apply(cast.rives, person(email=cast.stranger.email), by=cast.stranger)
    assert Permission.SHARED_SEE not in permissions_on(cast.stranger, cast.rives)
    actions.approve(found, by=cast.president)
    stranger = User.objects.get(pk=cast.stranger.pk)
    assert stranger.roles == {Role.MEMBER}
    assert Permission.SHARED_SEE in permissions_on(stranger, cast.rives)


def test_refuse_tells_the_reason_to_the_person_only(cast: Cast) -> None:
    found = actions.apply(cast.rives, person(), by=User.objects.portal(), consents=["directory"])
    found = actions.refuse(found, reason="Vous exercez hors du territoire.", by=cast.president)
    assert found.state == MemberState.REFUSED
    assert not found.consents.in_force().exists()
    entry = last_entry(cast)
    assert (entry.verb, entry.reason) == ("refuse", "")
    assert "hors du territoire" in mails_to(found.email)[-1]["body"]


def test_refuse_needs_a_reason(cast: Cast) -> None:
    found = applicant(cast.rives)
    with pytest.raises(Refused, match="motif"):
        actions.refuse(found, reason="  ", by=cast.president)
    found.refresh_from_db()
    assert found.state == MemberState.APPLIED


def test_two_decisions_cross_and_one_wins(cast: Cast) -> None:
    seen_twice = applicant(cast.rives)
    actions.approve(seen_twice, by=cast.president)
    with pytest.raises(Refused, match="Adhérent"):
        actions.refuse(seen_twice, reason="Trop tard.", by=cast.office)
    seen_twice.refresh_from_db()
    assert seen_twice.state == MemberState.APPROVED


@pytest.mark.parametrize(
    "name",
    [
        "holder",
        "coordinator",
        "nurse",
        "ars_reviewer",
        "ars_director",
        "cpam_officer",
        "cpam_director",
        "committee_member",
        "monts_coordinator",
        "administrator",
        "stranger",
    ],
)
def test_nobody_else_decides(cast: Cast, name: str) -> None:
    found = applicant(cast.rives)
    with pytest.raises(NotAllowed):
        actions.approve(found, by=cast.people()[name])
    with pytest.raises(NotAllowed):
        actions.refuse(found, reason="Non.", by=cast.people()[name])


# --- Leaving ---------------------------------------------------------------------------------


def test_leave_ends_the_membership_its_agreements_and_its_rights(cast: Cast) -> None:
    found = actions.apply(
        cast.rives, person(email=cast.stranger.email), by=cast.stranger, consents=["image"]
    )
    actions.approve(found, by=cast.president)
    found = actions.leave(found, by=cast.stranger)
    assert (found.state, found.is_main_cpts) == (MemberState.LEFT, False)
    assert not found.consents.in_force().exists()
    assert User.objects.get(pk=cast.stranger.pk).roles == frozenset()
    entry = last_entry(cast)
    assert (entry.verb, entry.from_state, entry.to_state) == ("leave", "approved", "left")
    assert cast.stranger.last_name not in f"{entry.sentence} {entry.actor_name}"


def test_an_application_can_be_taken_back_by_its_link(cast: Cast) -> None:
    found = applicant(cast.rives)
    actions.leave(found, by=User.objects.portal(), by_link=True)
    assert last_entry(cast).sentence == "Demande d’adhésion retirée"


def test_nobody_leaves_for_somebody_else(cast: Cast) -> None:
    found = member(cast.rives, cast.president)
    for person_of_the_cast in cast.people().values():
        with pytest.raises(NotAllowed):
            actions.leave(found, by=person_of_the_cast)


def test_leaving_twice_is_refused(cast: Cast) -> None:
    found = applicant(cast.rives)
    actions.leave(found, by=User.objects.portal(), by_link=True)
    with pytest.raises(Refused):
        actions.leave(found, by=User.objects.portal(), by_link=True)


# --- Agreements ------------------------------------------------------------------------------


def test_each_agreement_is_dated_and_taken_back_by_itself(cast: Cast) -> None:
    portal = User.objects.portal()
    with clock.at(dt.date(2026, 1, 10)):
        found = actions.apply(cast.rives, person(), by=portal, consents=["directory", "image"])
    with clock.at(dt.date(2026, 2, 10)):
        actions.set_consents(found, ["image", "newsletter"], by=portal, by_link=True)
    dates = {
        consent.purpose: (consent.given_at.month, consent.revoked_at and consent.revoked_at.month)
        for consent in found.consents.all()
    }
    assert dates == {"directory": (1, 2), "image": (1, None), "newsletter": (2, None)}


def test_an_agreement_given_again_is_another_row(cast: Cast) -> None:
    portal = User.objects.portal()
    found = applicant(cast.rives)
    for purposes in (["image"], [], ["image"]):
        actions.set_consents(found, purposes, by=portal, by_link=True)
    assert Consent.objects.filter(member=found).count() == 2
    assert found.consents.in_force().count() == 1


def test_unknown_purposes_are_ignored(cast: Cast) -> None:
    found = applicant(cast.rives)
    actions.set_consents(found, ["sell"], by=User.objects.portal(), by_link=True)
    assert not found.consents.exists()


def test_agreements_of_somebody_else_are_out_of_reach(cast: Cast) -> None:
    found = member(cast.rives, cast.president)
    with pytest.raises(NotAllowed):
        actions.set_consents(found, ["image"], by=cast.president)


def test_an_ended_membership_takes_no_agreement(cast: Cast) -> None:
    found = applicant(cast.rives)
    actions.leave(found, by=User.objects.portal(), by_link=True)
    with pytest.raises(Refused, match="terminée"):
        actions.set_consents(found, ["image"], by=User.objects.portal(), by_link=True)


# --- Link, address, account ------------------------------------------------------------------


def test_the_address_is_confirmed_once(cast: Cast) -> None:
    found = applicant(cast.rives)
    with clock.at(dt.date(2026, 5, 1)):
        actions.confirm_email(found)
    with clock.at(dt.date(2026, 6, 1)):
        actions.confirm_email(found)
    found.refresh_from_db()
    assert found.email_confirmed_at.month == 5


def test_attach_brings_the_role_at_once_to_a_member(cast: Cast) -> None:
    found = actions.attach(member(cast.rives, cast.president), by=cast.stranger)
    assert found.user == cast.stranger
    assert User.objects.get(pk=cast.stranger.pk).roles == {Role.MEMBER}
    assert actions.attach(found, by=cast.stranger) == found


def test_attach_refuses_a_second_account_and_a_second_membership(cast: Cast) -> None:
    first = actions.attach(applicant(cast.rives), by=cast.stranger)
    with pytest.raises(Refused, match="autre compte"):
        actions.attach(first, by=cast.nurse)
    other = applicant(cast.rives, email="autre@example.org")
    with pytest.raises(Refused, match="déjà une adhésion"):
        actions.attach(other, by=cast.stranger)
    actions.leave(other, by=User.objects.portal(), by_link=True)
    with pytest.raises(Refused, match="terminée"):
        actions.attach(other, by=cast.nurse)


def test_one_cpts_only_is_the_main_one(cast: Cast) -> None:
    in_rives = actions.attach(applicant(cast.rives), by=cast.stranger)
    in_monts = actions.attach(applicant(cast.monts), by=cast.stranger)
    assert (in_rives.is_main_cpts, in_monts.is_main_cpts) == (True, False)
    actions.choose_main(in_monts, by=cast.stranger)
    in_rives.refresh_from_db()
    in_monts.refresh_from_db()
    assert (in_rives.is_main_cpts, in_monts.is_main_cpts) == (False, True)
    with pytest.raises(NotAllowed):
        actions.choose_main(in_monts, by=cast.nurse)


def test_main_is_not_claimed_twice_by_applying(cast: Cast) -> None:
    mine = {"email": cast.stranger.email}
    actions.apply(cast.rives, person(**mine), by=cast.stranger)
    second = actions.apply(cast.monts, person(**mine), by=cast.stranger)
    assert not second.is_main_cpts


def test_an_ended_membership_cannot_be_the_main_one(cast: Cast) -> None:
    found = actions.attach(applicant(cast.rives), by=cast.stranger)
    actions.leave(found, by=cast.stranger)
    with pytest.raises(Refused, match="terminée"):
        actions.choose_main(found, by=cast.stranger)


def test_a_lost_link_is_sent_for_each_open_membership(cast: Cast) -> None:
    with clock.at(dt.date(2026, 1, 1)):
        applicant(cast.rives)
        applicant(cast.monts)
    before = len(mails_to("camille.durand@example.org"))
    with clock.at(dt.date(2026, 1, 2)):
        actions.send_links("CAMILLE.durand@example.org", by=User.objects.portal())
    assert len(mails_to("camille.durand@example.org")) == before + 2
    actions.send_links("inconnu@example.org", by=User.objects.portal())
    assert mails_to("inconnu@example.org") == []


def test_an_organisation_joins_by_its_representative(cast: Cast) -> None:
    found = actions.apply(cast.rives, organisation(), by=User.objects.portal())
    assert found.name == "Centre hospitalier de Rives"
    assert found.person_name == "Dominique Martin"
    assert found.quality == "Établissement de santé"
