"""What an application must hold: each problem named beside its field, nothing more asked."""

from dataclasses import replace
from typing import Any

import pytest

from members.application import Application, Kind, Mode, StructureKind
from members.professions import (
    OTHER,
    profession,
    profession_choices,
    profession_label,
    read_professions,
)
from tests.members.applications import FINESS, ORGANISATION, PERSON, RPPS, SIRET


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"rpps": ""}, None),  # may be given later
        ({"civility": "", "phone": "", "places": "", "specialty": ""}, None),
        ({"profession": OTHER, "rpps": "", "specialty": "Médiatrice en santé"}, None),
        ({"profession": "93", "rpps": ""}, None),
        ({"profession": "", "rpps": ""}, "profession"),
        ({"profession": "99", "rpps": ""}, "profession"),
        ({"profession": OTHER, "rpps": ""}, "specialty"),
        ({"profession": OTHER, "specialty": "Secrétaire"}, "rpps"),
        ({"profession": "35"}, "rpps"),  # aide-soignant: withdrawn from the nomenclature
        ({"rpps": RPPS[:-1]}, "rpps"),
        ({"rpps": "12345678901"}, "rpps"),
        ({"mode": ""}, "mode"),
        ({"mode": "X"}, "mode"),
        ({"first_name": ""}, "first_name"),
        ({"last_name": ""}, "last_name"),
        ({"email": "personne"}, "email"),
        ({"statutes_accepted": False}, "statutes_accepted"),
    ],
)
def test_of_a_person(changes: dict[str, Any], field: str | None) -> None:
    assert list(replace(PERSON, **changes).problems()) == ([field] if field else [])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({}, None),
        ({"finess": "", "siret": SIRET}, None),
        ({"siret": SIRET}, None),
        ({"finess": ""}, "siret"),
        ({"finess": FINESS[:-1] + "9"}, "finess"),
        ({"siret": SIRET[:-1] + "9"}, "siret"),
        ({"structure_name": ""}, "structure_name"),
        ({"structure_kind": ""}, "structure_kind"),
        ({"last_name": ""}, "last_name"),
    ],
)
def test_of_an_organisation(changes: dict[str, Any], field: str | None) -> None:
    assert list(replace(ORGANISATION, **changes).problems()) == ([field] if field else [])


def test_the_first_problem_is_the_refusal() -> None:
    assert PERSON.refusal() is None
    refusal = replace(PERSON, first_name="", mode="").refusal()
    assert refusal is not None
    assert refusal.reason == "Indiquez le prénom."


def test_an_empty_application_names_everything() -> None:
    empty = Application(
        kind=Kind.PERSON, first_name="", last_name="", email="", statutes_accepted=False
    )
    assert set(empty.problems()) == {
        "first_name",
        "last_name",
        "email",
        "statutes_accepted",
        "profession",
        "mode",
    }


def test_the_words_of_the_form_are_the_words_of_the_nomenclature() -> None:
    assert profession_label("60") == "Infirmier"
    assert profession_label(OTHER) == "Autre métier"
    assert profession_label("") == ""
    assert profession("99") is None
    assert len(read_professions()) == 33
    assert profession_choices()[-1] == (OTHER, "Autre métier")
    assert {Mode.PRIVATE, Mode.SALARIED, Mode.VOLUNTEER} == {"L", "S", "B"}
    assert StructureKind.HEALTH.label == "Établissement de santé"


@pytest.mark.parametrize(
    ("code", "registered"),
    [("10", True), ("60", True), ("93", True), ("35", False), ("36", False), ("39", False)],
)
def test_withdrawn_professions_bear_no_rpps(code: str, registered: bool) -> None:
    found = profession(code)
    assert found is not None
    assert found.is_registered is registered
