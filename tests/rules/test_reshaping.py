"""Sharing communes out in a merger or a split: pure rules, as tables and properties."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aci.reshaping_rules import NOBODY, count_refusal, sharing_refusal, union_of
from territories.shares import WHOLE

NAMES = {"62119": "Béthune", "62178": "Bruay-la-Buissière", "62516": "Lillers"}
HELD = tuple(NAMES)
TWO = {1: "CPTS Nord", 2: "CPTS Sud"}


@pytest.mark.parametrize(
    ("sharing", "words"),
    [
        ({"62119": 1, "62178": 1, "62516": 2}, None),
        ({"62119": 1, "62178": NOBODY, "62516": 2}, None),  # left to nobody, and said
        ({"62119": 1, "62516": 2}, "il manque Bruay-la-Buissière"),
        ({"62119": 1, "62178": 2, "62516": 2, "59350": 1}, "hors du territoire"),
        ({"62119": 1, "62178": 1, "62516": 3}, "pas de cette opération"),
        ({"62119": 1, "62178": 1, "62516": 1}, "au moins une commune à CPTS Sud"),
        ({"62119": NOBODY, "62178": NOBODY, "62516": NOBODY}, "au moins une commune à CPTS Nord"),
    ],
)
def test_each_commune_goes_to_one_cpts_or_to_nobody(
    sharing: dict[str, int], words: str | None
) -> None:
    refusal = sharing_refusal(HELD, sharing, TWO, NAMES)
    assert (refusal is None) if words is None else (refusal and words in refusal.reason)


@pytest.mark.parametrize(
    ("kind", "before", "after", "is_refused"),
    [
        ("merger", 2, 1, False),
        ("merger", 4, 1, False),
        ("merger", 1, 1, True),
        ("merger", 2, 2, True),
        ("split", 1, 2, False),
        ("split", 1, 5, False),
        ("split", 1, 1, True),
        ("split", 2, 2, True),
    ],
)
def test_how_many_become_how_many(kind: str, before: int, after: int, is_refused: bool) -> None:
    assert bool(count_refusal(kind, before, after)) is is_refused


territory = st.dictionaries(
    st.sampled_from(["62119", "62178", "62516", "62617", "59350"]), st.integers(1, WHOLE)
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)  # a busy machine
@given(st.lists(territory, max_size=4))
def test_a_union_loses_no_commune_and_never_exceeds_the_whole(
    territories: list[dict[str, int]],
) -> None:
    union = union_of(territories)
    assert union.keys() == {code for shares in territories for code in shares}
    for code, share in union.items():
        parts = [shares[code] for shares in territories if code in shares]
        assert max(parts) <= share <= min(WHOLE, sum(parts))
    assert union_of([union]) == union
    assert union_of(list(reversed(territories))) == union
