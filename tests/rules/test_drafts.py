"""A simulation is its address: what is written is read back, anything else is refused."""

from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.refusal import Refused
from territories.drafts.draft import MAX_COMMUNES, Draft, draft_in, read_draft
from territories.shares import WHOLE

HEADS = ["01", "2A", "2B", "59", "62", "75", "97", "98"]
codes = st.builds(
    lambda head, tail: f"{head}{tail:03d}", st.sampled_from(HEADS), st.integers(0, 999)
)
drafts = st.builds(
    Draft,
    st.dictionaries(codes, st.integers(1, WHOLE), max_size=80),
    st.none() | st.integers(2016, 2099),
    st.from_regex(r"[a-z][a-z0-9-]{0,20}", fullmatch=True) | st.just(""),
)


@given(drafts)
def test_what_is_written_is_read_back(draft: Draft) -> None:
    assert read_draft(draft.text) == draft


@given(drafts)
def test_an_address_carries_it_unchanged(draft: Draft) -> None:
    assert parse_qs(draft.query).get("t", [""]) == [draft.text]
    assert draft_in(f"https://exemple.fr/simulateur/?signature=2026-01-01&{draft.query}#x") == (
        draft_in(draft.text)
    )


@given(drafts, codes)
def test_adding_then_removing_leaves_the_others(draft: Draft, code: str) -> None:
    assert code in draft.adding([code]).shares
    assert draft.adding([code]).without(code) == draft.without(code)


@given(st.text(max_size=60))
def test_anything_else_is_refused_in_one_sentence(text: str) -> None:
    read = draft_in(text)
    if read.problem:
        assert read.draft == Draft()
        assert read.problem.endswith(".")
    else:  # it was a draft: it says so by writing itself again
        assert read_draft(read.draft.text) == read.draft


def test_the_text_is_short() -> None:
    assert Draft({"62178": WHOLE, "62119": 6250, "59002": WHOLE}).text == "59:002-62:119*6250178"
    assert Draft({"2A004": WHOLE, "97101": WHOLE}, 2023, "ouest").text == (
        "2A:004-97:101~2023~ouest"
    )
    assert Draft().text == ""
    whole = Draft({f"62{number:03d}": WHOLE for number in range(1000)})
    assert len(whole.text) == 3003


@pytest.mark.parametrize(
    "text",
    [
        "62",
        "62:11",
        "62:1190",
        "62:119*625",
        "62:119*0000",
        "6A2:119",
        "62:119~2023~a~b",
        "62:119~2023~É",
        "2a:004",
        "62:" + "119" * 5000,
        "<script>",
    ],
)
def test_garbage_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_draft(text)


@pytest.mark.parametrize("text", ["62:119~1999", "62:119~2015", "62:119~20x3"])
def test_a_vintage_before_the_first_is_refused(text: str) -> None:
    with pytest.raises(Refused, match="commencent en 2016"):
        read_draft(text)


def test_the_same_commune_twice_is_refused_by_its_code() -> None:
    with pytest.raises(Refused, match="62119 est deux fois"):
        read_draft("62:119178119")
    with pytest.raises(Refused, match="62119 est deux fois"):
        read_draft("62:119-62:119")


def test_a_thousand_communes_at_most() -> None:
    fit = {f"62{number:03d}": WHOLE for number in range(MAX_COMMUNES)}
    assert len(read_draft(Draft(fit).text).shares) == MAX_COMMUNES
    with pytest.raises(Refused, match="au plus 1.000.communes"):
        Draft(fit).adding(["59001"])
