"""RPPS, SIRET and FINESS: the key decides, spaces do not."""

import pytest
from stdnum import luhn

from members.identifiers import compact, is_finess, is_rpps, is_siret


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("1000234567" + luhn.calc_check_digit("1000234567"), True),
        ("8100000001" + luhn.calc_check_digit("8100000001"), True),
        ("1000234567" + str((int(luhn.calc_check_digit("1000234567")) + 1) % 10), False),
        ("1000234567", False),  # ten digits
        ("100023456789", False),  # twelve
        ("1000234567A", False),
        ("１０００２３４５６７５", False),  # digits of another script
        ("", False),
    ],
)
def test_rpps_is_eleven_digits_with_a_luhn_key(number: str, valid: bool) -> None:
    assert is_rpps(number) is valid


@pytest.mark.parametrize("key", range(10))
def test_of_ten_keys_one_is_right(key: int) -> None:
    expected = luhn.calc_check_digit("1010101010")
    assert is_rpps(f"1010101010{key}") is (str(key) == expected)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("750712184", True),  # Assistance publique – Hôpitaux de Paris
        ("330781196", True),  # CHU de Bordeaux
        ("2A0000014", True),  # Corsica: A counts as 1
        ("2B0000020", True),  # and B as 2
        ("750712185", False),
        ("2C0000014", False),
        ("75071218", False),
        ("7507121841", False),
        ("", False),
    ],
)
def test_finess_is_nine_characters_with_a_luhn_key(number: str, valid: bool) -> None:
    assert is_finess(number) is valid


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("73282932000074", True),
        ("73282932000075", False),
        ("35600000000048", True),  # La Poste, head office
        ("7328293200007", False),
        ("7328293200007A", False),
        ("", False),
    ],
)
def test_siret_is_fourteen_digits_with_their_keys(number: str, valid: bool) -> None:
    assert is_siret(number) is valid


def test_numbers_are_typed_with_spaces_and_stored_without() -> None:
    assert compact(" 732 829 320\u00a000074 ") == "73282932000074"
    assert compact("2a.00.0-0014") == "2A0000014"
