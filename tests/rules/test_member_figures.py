"""Numbers of members, from grouped rows."""

from typing import Any

from members.figures import Figures


def row(**changes: Any) -> dict[str, Any]:
    usual = {
        "state": "approved",
        "college": "active",
        "kind": "person",
        "structure_kind": "",
        "profession": "60",
        "count": 1,
    }
    return usual | changes


def test_counts_members_and_not_applicants() -> None:
    figures = Figures.of(
        [
            row(count=4),
            row(profession="10", count=2),
            row(profession="10", college="partner"),
            row(kind="organisation", structure_kind="health", profession="", college="partner"),
            row(state="applied", profession="21", count=3),
            row(state="refused", profession="50"),
            row(state="left", profession="60"),
        ]
    )
    assert (figures.members, figures.to_decide) == (8, 3)
    assert [(line.label, line.count) for line in figures.colleges] == [
        ("Actifs", 6),
        ("Partenaires", 2),
    ]
    assert [(line.label, line.count) for line in figures.professions] == [
        ("Infirmier", 4),
        ("Médecin", 3),
    ]
    assert [(line.label, line.count) for line in figures.structures] == [
        ("Établissement de santé", 1)
    ]
    assert [line.label for line in figures.present] == ["Infirmier", "Médecin", "Pharmacien"]
    assert not figures.is_empty


def test_words_for_what_waits() -> None:
    one = Figures.of([row(state="applied")])
    assert one.waiting_sentence == "Une demande attend la décision du bureau."
    many = Figures.of([row(state="applied", count=12)])
    assert many.waiting_sentence == "12 demandes attendent la décision du bureau."


def test_nobody() -> None:
    figures = Figures.of([])
    assert figures.is_empty
    assert (figures.members, figures.professions, figures.present) == (0, (), ())
