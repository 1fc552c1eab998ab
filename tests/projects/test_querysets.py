"""Who of the cast sees which filing, and what waits for whom."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.access import Permission
from projects import actions
from projects.models import Attachment, FieldComment, Filing, Opinion, Procedure, Submission
from tests.cast import Cast
from tests.projects import filings
from tests.projects.test_writing import PDF

OWN = {"holder", "president", "office", "coordinator"}
AUTHORITIES = {
    "ars_reviewer",
    "ars_delegation",
    "ars_director",
    "cpam_officer",
    "cpam_director",
}
COMMITTEES = {"committee_member"}

# What each state shows, and to whom. Whoever is not named sees nothing.
SEEN_BY = {
    "drafted_letter": OWN,
    "submitted_letter": OWN | AUTHORITIES,
    "complete_letter": OWN | AUTHORITIES | COMMITTEES,
    "approved_letter": OWN | AUTHORITIES | COMMITTEES,
    "drafted_project": OWN,
    "submitted_project": OWN | AUTHORITIES,
    "complete_project": OWN | AUTHORITIES | COMMITTEES,
}


@pytest.mark.parametrize("name", SEEN_BY)
def test_visible_to(cast: Cast, name: str) -> None:
    filing = getattr(filings, name)(cast)
    seen = {
        part
        for part, user in cast.people().items()
        if Filing.objects.visible_to(user).filter(pk=filing.pk).exists()
    }
    assert seen == SEEN_BY[name]


def test_a_new_draft_of_a_known_dossier_is_not_shown(cast: Cast) -> None:
    letter = actions.withdraw(filings.submitted_letter(cast), by=cast.holder)
    actions.take_up_again(letter, by=cast.holder)
    seen = Filing.objects.visible_to(cast.ars_reviewer)
    assert [item.number for item in seen] == [1]
    assert [item.number for item in Filing.objects.visible_to(cast.holder)] == [1, 2]


def test_strangers_see_nothing(cast: Cast) -> None:
    filings.complete_letter(cast)
    for rows in (Filing, Opinion, FieldComment, Attachment, Submission):
        assert not rows.objects.visible_to(AnonymousUser()).exists()
    assert not Filing.objects.awaiting_opinion_of(AnonymousUser()).exists()


def test_a_neighbouring_authority_concerned_reads(cast: Cast) -> None:
    letter = filings.submitted_letter(cast)
    cast.rives.concerns.create(region=cast.geography.grand_est)
    user = cast.other_region_reviewer
    assert Filing.objects.visible_to(user).filter(pk=letter.pk).exists()
    assert not Filing.objects.visible_to(user, Permission.FILING_COMPLETE).exists()


@pytest.mark.parametrize("part", sorted(OWN | AUTHORITIES | {"monts_coordinator", "nurse"}))
def test_what_belongs_to_a_filing_is_seen_with_it(cast: Cast, part: str) -> None:
    letter = filings.filled(filings.drafted_letter(cast), cast.holder)
    actions.add_attachment(letter, SimpleUploadedFile("a.pdf", PDF), kind="support", by=cast.holder)
    actions.submit(letter, by=cast.holder)
    actions.ask_for_pieces(letter, reason="", comments={"needs": "?"}, by=cast.ars_reviewer)
    user = getattr(cast, part)
    expected = part in OWN | AUTHORITIES
    for rows in (Attachment, FieldComment, Submission):
        assert rows.objects.visible_to(user).exists() is expected


def waiting(queryset: str, cast: Cast) -> set[str]:
    return {
        part
        for part, user in cast.people().items()
        if getattr(Filing.objects, queryset)(user).exists()
    }


def test_to_review_follows_the_file(cast: Cast) -> None:
    letter = filings.filled(filings.drafted_letter(cast), cast.holder)
    assert waiting("to_review_by", cast) == set()
    actions.submit(letter, by=cast.holder)
    assert waiting("to_review_by", cast) == {"ars_reviewer", "ars_delegation"}
    actions.declare_complete(letter, by=cast.ars_reviewer)
    assert waiting("to_review_by", cast) == set()
    assert waiting("awaiting_opinion_of", cast) == {"committee_member"}
    filings.give_regional(letter, cast)
    assert waiting("awaiting_opinion_of", cast) == set()
    assert waiting("to_review_by", cast) == {"ars_director"}
    actions.approve(letter, by=cast.ars_director)
    assert waiting("to_review_by", cast) == set()


def test_in_grand_est_the_regional_opinion_is_awaited_after_the_local_one(cast: Cast) -> None:
    letter = filings.complete_letter(cast)
    Filing.objects.update(procedure=Procedure.objects.get(code="grand-est-2019"))
    local = filings.invited_local_member(cast, letter)
    given = {"recommendation": "favourable", "text": "Oui."}
    assert Filing.objects.awaiting_opinion_of(local).exists()
    actions.give_opinion(letter, level="local", by=local, **given)
    assert not Filing.objects.awaiting_opinion_of(local).exists()
    assert Filing.objects.awaiting_opinion_of(cast.committee_member).exists()
    actions.give_opinion(letter, level="regional", by=cast.committee_member, **given)
    assert not Filing.objects.awaiting_opinion_of(cast.committee_member).exists()


def test_the_last_version_comes_first(cast: Cast) -> None:
    letter = actions.withdraw(filings.drafted_letter(cast), by=cast.holder)
    again = actions.take_up_again(letter, by=cast.holder)
    rows = Filing.objects.visible_to(cast.holder)
    assert rows.latest_of(cast.rives.reference, "letter").get() == Filing.objects.get(pk=again.pk)
    assert rows.latest_of(cast.rives.reference, "letter", 1).get().number == 1
    assert not rows.latest_of(cast.rives.reference, "project").exists()


def test_the_page_of_a_filing_brings_its_dossier_in_one_query(
    cast: Cast, django_assert_num_queries: object
) -> None:
    filings.submitted_letter(cast)
    list(cast.holder.current_assignments)
    with django_assert_num_queries(1):  # type: ignore[operator]
        filing = Filing.objects.visible_to(cast.holder).with_page().get()
        assert filing.cpts.region.ars_name == "ARS Hauts-de-France"
        assert filing.cpts.territory.population
        assert filing.cpts.territory.commune_count == 2
        assert filing.procedure.title
