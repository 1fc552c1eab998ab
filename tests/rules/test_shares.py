"""The share of a commune that a territory counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foundation.refusal import Refused
from territories.shares import WHOLE, counted, format_share, read_share


class TestCounted:
    def test_a_whole_commune_counts_everybody(self) -> None:
        assert counted(25_224, WHOLE) == 25_224

    @pytest.mark.parametrize(
        ("municipal", "share", "people"),
        [(100, 5_000, 50), (101, 5_000, 51), (3, 3_333, 1), (1, 4_999, 0), (1, 5_000, 1)],
    )
    def test_it_rounds_half_up(self, municipal: int, share: int, people: int) -> None:
        assert counted(municipal, share) == people

    @given(st.integers(0, 3_000_000), st.integers(1, WHOLE - 1))
    def test_two_parts_of_a_commune_miss_nobody(self, municipal: int, share: int) -> None:
        """At most one person is counted by both, where both halves are rounded up."""
        both = counted(municipal, share) + counted(municipal, WHOLE - share)
        assert municipal <= both <= municipal + 1


class TestReadShare:
    @pytest.mark.parametrize(
        ("text", "share"),
        [
            ("", WHOLE),
            ("100 %", WHOLE),
            ("62,5 %", 6_250),
            ("62.5", 6_250),
            ("0,01", 1),
            (" 33,33% ", 3_333),
        ],
    )
    def test_it_reads_what_people_write(self, text: str, share: int) -> None:
        assert read_share(text) == share

    @pytest.mark.parametrize("text", ["0", "100,01", "101 %", "999"])
    def test_it_refuses_what_is_no_part_of_a_whole(self, text: str) -> None:
        with pytest.raises(Refused, match="100"):
            read_share(text)

    @pytest.mark.parametrize("text", ["moitié", "-5", "1e2", "12,345", "½", "1 000"])
    def test_it_refuses_what_is_no_percentage(self, text: str) -> None:
        with pytest.raises(Refused, match="pourcentage"):
            read_share(text)

    @given(st.integers(1, WHOLE))
    def test_what_is_shown_can_be_typed_again(self, share: int) -> None:
        assert read_share(format_share(share).replace("\u00a0", " ")) == share


@pytest.mark.parametrize(
    ("share", "text"),
    [(WHOLE, "100\u00a0%"), (6_250, "62,5\u00a0%"), (1, "0,01\u00a0%"), (3_300, "33\u00a0%")],
)
def test_a_share_is_written_in_french(share: int, text: str) -> None:
    assert format_share(share) == text
