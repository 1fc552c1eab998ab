"""The sheet of icons holds every icon the templates name, and no other."""

from scripts.gather_icons import ICONS, SHEET, names_in_templates, sheet_of


def test_the_sheet_is_up_to_date() -> None:
    expected = sheet_of(names_in_templates(), ICONS)
    assert SHEET.read_text() == expected, "run: .venv/bin/python -m scripts.gather_icons"
