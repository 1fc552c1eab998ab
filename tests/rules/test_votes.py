"""How a committee counts: quorum, right to vote, majority, tie – as tables and as properties."""

from datetime import date
from itertools import product

import pytest

from projects.committee_rules import read_rules, rule_for
from projects.models import Opinion
from projects.votes import (
    FAVOURABLE,
    NO_OPINION,
    UNFAVOURABLE,
    WITH_RESERVATIONS,
    Choice,
    Presence,
    TieRule,
    in_words,
    quorum,
    refusal_to_vote,
    result,
)

CHAIR, NONE = TieRule.CHAIR, TieRule.NO_OPINION
SMALL = list(product(range(4), repeat=4))  # every count of up to three votes of each kind
RANK = {UNFAVOURABLE: 0, NO_OPINION: 1, WITH_RESERVATIONS: 2, FAVOURABLE: 3}


def counts(*numbers: int) -> dict[str, int]:
    return dict(zip(Choice.values, numbers, strict=True))


def test_a_result_is_a_recommendation_of_an_opinion() -> None:
    assert {FAVOURABLE, WITH_RESERVATIONS, UNFAVOURABLE, NO_OPINION} == set(
        Opinion.Recommendation.values
    )


@pytest.mark.parametrize(
    ("numbers", "chair", "wanted", "by_chair"),
    [
        ((5, 0, 0, 0), None, FAVOURABLE, False),
        ((3, 1, 1, 0), None, FAVOURABLE, False),
        ((1, 3, 1, 0), None, WITH_RESERVATIONS, False),
        ((1, 1, 3, 0), None, UNFAVOURABLE, False),
        ((2, 0, 2, 1), Choice.FOR, FAVOURABLE, True),
        ((2, 0, 2, 1), Choice.AGAINST, UNFAVOURABLE, True),
        ((2, 0, 2, 1), Choice.ABSTENTION, NO_OPINION, False),
        ((2, 0, 2, 1), None, NO_OPINION, False),
        ((1, 1, 2, 0), Choice.WITH_RESERVATIONS, WITH_RESERVATIONS, True),
        ((2, 2, 0, 0), None, WITH_RESERVATIONS, False),
        ((2, 2, 0, 0), Choice.FOR, FAVOURABLE, True),
        ((0, 0, 0, 4), Choice.ABSTENTION, NO_OPINION, False),
        ((0, 0, 0, 0), None, NO_OPINION, False),
    ],
)
def test_the_majority_of_expressed_votes(
    numbers: tuple[int, ...], chair: str | None, wanted: str, by_chair: bool
) -> None:
    found = result(counts(*numbers), tie=CHAIR, chair=chair)
    assert (found.recommendation, found.by_chair) == (wanted, by_chair)


def test_without_the_chair_a_tie_is_no_opinion() -> None:
    assert result(counts(2, 0, 2, 0), tie=NONE, chair=Choice.FOR).recommendation == NO_OPINION


@pytest.mark.parametrize("chair", [None, *Choice.values])
def test_abstentions_never_change_anything(chair: str | None) -> None:
    for plain, reserved, against, abstained in SMALL:
        one = result(counts(plain, reserved, against, 0), tie=CHAIR, chair=chair)
        assert one == result(counts(plain, reserved, against, abstained), tie=CHAIR, chair=chair)


@pytest.mark.parametrize("chair", [None, *Choice.values])
def test_one_more_favourable_vote_never_makes_it_worse(chair: str | None) -> None:
    for plain, reserved, against, abstained in SMALL:
        before = result(counts(plain, reserved, against, abstained), tie=CHAIR, chair=chair)
        after = result(counts(plain + 1, reserved, against, abstained), tie=CHAIR, chair=chair)
        assert RANK[after.recommendation] >= RANK[before.recommendation]


@pytest.mark.parametrize("chair", [None, *Choice.values])
def test_one_more_vote_against_never_makes_it_better(chair: str | None) -> None:
    for plain, reserved, against, abstained in SMALL:
        before = result(counts(plain, reserved, against, abstained), tie=CHAIR, chair=chair)
        after = result(counts(plain, reserved, against + 1, abstained), tie=CHAIR, chair=chair)
        assert RANK[after.recommendation] <= RANK[before.recommendation]


def test_the_chair_counts_only_in_a_tie() -> None:
    for plain, reserved, against, abstained in SMALL:
        if plain + reserved in (against, 2 * plain):
            continue
        found = {
            result(counts(plain, reserved, against, abstained), tie=CHAIR, chair=chair)
            for chair in (None, *Choice.values)
        }
        assert len(found) == 1


@pytest.mark.parametrize(
    ("convened", "percent", "needed"),
    [(6, 50, 3), (7, 50, 4), (1, 50, 1), (5, 0, 1), (4, 100, 4), (3, 34, 2)],
)
def test_the_quorum_is_rounded_up(convened: int, percent: int, needed: int) -> None:
    found = quorum({Presence.UNKNOWN: convened}, percent=percent, counts_represented=True)
    assert (found.needed, found.counted, found.is_reached) == (needed, 0, False)


@pytest.mark.parametrize(("counted", "reached"), [(True, True), (False, False)])
def test_represented_members_count_where_the_rule_says_so(counted: bool, reached: bool) -> None:
    there = {Presence.PRESENT: 1, Presence.REPRESENTED: 1, Presence.EXCUSED: 2}
    assert quorum(there, percent=50, counts_represented=counted).is_reached is reached


@pytest.mark.parametrize(
    ("is_open", "presence", "in_conflict", "has_voted", "words"),
    [
        (False, Presence.PRESENT, False, False, "n’est pas ouverte"),
        (True, Presence.EXCUSED, False, False, "membres présents"),
        (True, Presence.REPRESENTED, False, False, "membres présents"),
        (True, Presence.UNKNOWN, False, False, "membres présents"),
        (True, Presence.PRESENT, True, False, "conflit d’intérêts"),
        (True, Presence.PRESENT, False, True, "déjà voté"),
        (True, Presence.PRESENT, False, False, ""),
    ],
)
def test_who_may_vote(
    is_open: bool, presence: str, in_conflict: bool, has_voted: bool, words: str
) -> None:
    refusal = refusal_to_vote(
        is_open=is_open, presence=presence, in_conflict=in_conflict, has_voted=has_voted
    )
    assert (words in refusal.reason) if refusal else (words == "")


def test_counts_in_words() -> None:
    assert in_words(counts(4, 0, 1, 2)) == "4 favorables, 1 défavorable, 2 abstentions"
    assert in_words({}) == "aucun vote exprimé"


def test_each_region_has_its_rule_from_its_day_on() -> None:
    assert rule_for("44", date(2019, 12, 18)).code == "grand-est-2019"
    assert rule_for("32", date(2026, 1, 1)).code == "national-2019"
    assert rule_for("44", date(2010, 1, 1)).region is None
    assert all(rule.tie in TieRule.values and rule.source for rule in read_rules())
