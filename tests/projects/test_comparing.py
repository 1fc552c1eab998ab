"""What changed between two sendings, in words, communes and pieces."""

from typing import Any

import pytest

from projects import actions
from projects.comparison import compare, words_of
from projects.corrections import Sent
from projects.models import Filing
from projects.outline import outline_for
from territories import editing
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page, url
from tests.projects.test_corrections import picture
from tests.queries import QueryCount


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(item.kind, item.text) for item in words_of(old, new)]


def test_words_that_went_and_came() -> None:
    assert told("Deux mille habitants", "Trois mille habitants") == [
        ("removed", "Deux"),
        ("added", "Trois"),
        ("same", " mille habitants"),
    ]
    assert told("", "Neuf") == [("added", "Neuf")]
    assert told("Vieux", "") == [("removed", "Vieux")]


def test_changes_side_by_side_and_texts_that_share_little_are_told_whole() -> None:
    long = "Une phrase qui reste la même jusqu’au bout, "
    assert told(f"{long}un deux.", f"{long}trois quatre.") == [
        ("same", long),
        ("removed", "un deux"),
        ("added", "trois quatre"),
        ("same", "."),
    ]
    assert told("Rien de tout cela.", "Le chiffre vient de l’Insee.") == [
        ("removed", "Rien de tout cela."),
        ("added", "Le chiffre vient de l’Insee."),
    ]


@pytest.mark.parametrize(
    "old, new",
    [("a b c", "a c"), ("L’été, à l’eau.", "L’hiver à l’eau !"), ("x\n\ny", "x y"), ("", "")],
)
def test_both_texts_can_be_read_from_the_difference(old: str, new: str) -> None:
    segments = words_of(old, new)
    assert "".join(item.text for item in segments if not item.is_added) == old
    assert "".join(item.text for item in segments if item.kind != "removed") == new


def commune(code: str, **more: Any) -> dict[str, Any]:
    return {"code": code, "name": code, "population": 100, "share": 10_000, **more}


def test_lists_communes_shares_and_pieces() -> None:
    outline = outline_for("letter", filings.dt.date(2026, 3, 2))
    listed = next(item for item in outline.questions({}) if item.kind == "list")
    one, two = {"file": "1", "label": "Un"}, {"file": "2", "label": "Deux"}
    before = Sent({listed.key: ["a", "b"]}, [commune("A"), commune("B"), commune("C")], [one])
    after = Sent({listed.key: ["a", "c"]}, [commune("B"), commune("C", share=5_000)], [two])
    found = compare(before, after, outline)
    assert [(item.kind, item.text) for item in found.answers[0].segments] == [
        ("same", "a"),
        ("removed", "b"),
        ("added", "c"),
    ]
    assert found.answers[0].is_list
    assert [row.code for row in found.went] == ["A"]
    assert not found.came
    assert [(row.share_before, row.share_after) for row in found.shared] != [("", "")]
    assert (found.pieces_added, found.pieces_removed) == ([two], [one])
    assert not found.is_empty
    assert compare(before, before, outline).is_empty


@pytest.fixture
def corrected(cast: Cast) -> Filing:
    """Sent twice: one answer, one commune more, one piece more."""
    letter = actions.ask_for_pieces(
        filings.submitted_letter(cast),
        reason="",
        comments={"needs": "?", "territory": "?", "attachment.map": "?"},
        by=cast.ars_reviewer,
    )
    actions.write_answers(letter, {"needs": "Besoins <b>chiffrés</b>"}, by=cast.holder)
    letter.cpts.refresh_from_db()
    editing.add_communes(letter.cpts, ["62617"], by=cast.holder)
    actions.add_attachment(letter, picture(), kind="map", by=cast.holder)
    return actions.submit(letter, by=cast.holder)


@pytest.mark.parametrize("part", ["holder", "ars_reviewer", "cpam_officer"])
@pytest.mark.usefixtures("corrected")
def test_both_sides_read_it(cast: Cast, at: Any, part: str) -> None:
    visitor = at(getattr(cast, part))
    with QueryCount() as count:
        listed = page(visitor.get("versions", cast.rives, "letter"))
    assert count.number <= 6
    assert url("compare", cast.rives, "letter", (1, 1), (1, 2)) in listed
    with QueryCount() as count:
        text = page(visitor.get("compare", cast.rives, "letter", (1, 1), (1, 2)))
    assert count.number <= 6
    assert "&lt;b&gt;" not in text  # unescaped once by `page`
    assert "<b>chiffrés</b>" in text
    assert "Communes ajoutées" in text
    assert "Ajoutée : <ins>Carte du territoire</ins>" in text
    same = page(visitor.get("compare", cast.rives, "letter", (1, 2), (1, 2)))
    assert "Aucune différence" in same


@pytest.mark.usefixtures("corrected")
def test_two_chosen_lead_to_their_difference(cast: Cast, at: Any) -> None:
    client = at(cast.holder).client
    address = url("versions", cast.rives, "letter")
    chosen = client.get(address, {"avant": "1.1", "apres": "1.2"})
    assert chosen.url == url("compare", cast.rives, "letter", (1, 1), (1, 2))
    assert client.get(address, {"avant": "x", "apres": "9.9"}).status_code == 200


@pytest.mark.usefixtures("corrected")
def test_what_is_not_there_or_not_yours_is_404(cast: Cast, at: Any) -> None:
    where = (cast.rives, "letter", (1, 1), (1, 2))
    assert at(cast.holder).get("compare", cast.rives, "letter", (1, 1), (1, 9)).status_code == 404
    for part in ("monts_coordinator", "other_region_reviewer", "committee_member"):
        assert at(getattr(cast, part)).get("compare", *where).status_code == 404
        assert at(getattr(cast, part)).get("versions", cast.rives, "letter").status_code == 404


def test_a_draft_has_no_sending(cast: Cast, at: Any) -> None:
    filings.drafted_letter(cast)
    assert "Aucun envoi" in page(at(cast.holder).get("versions", cast.rives, "letter"))
