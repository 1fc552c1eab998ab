"""The outlines: what a letter and a project ask, what is missing, what the letter gives."""

import datetime as dt
import re

import pytest

from projects.outline import FOLDER, Outline, outline_for

BEFORE_CRISIS = dt.date(2020, 6, 1)
TODAY = dt.date(2026, 11, 22)


@pytest.fixture(params=["letter", "project"])
def outline(request: pytest.FixtureRequest) -> Outline:
    return outline_for(request.param, TODAY)


def everything(outline: Outline) -> dict[str, str | list[str]]:
    """An answer to each question."""
    chosen = {"missions": [item.code for item in outline.missions]}
    return chosen | {
        item.key: ["Une ligne"] if item.kind == "list" else "Un texte"
        for item in outline.questions(chosen)
        if item.key != "missions"
    }


def test_a_filled_outline_misses_nothing(outline: Outline) -> None:
    assert outline.missing(everything(outline)) == []


def test_each_required_answer_is_missed_with_its_step(outline: Outline) -> None:
    answers = everything(outline)
    for step in outline.steps_for(answers):
        for question in step.questions:
            missing = outline.missing({**answers, question.key: ""})
            named = [(item.step.slug, item.question.key) for item in missing]
            assert named == ([(step.slug, question.key)] if question.required else [])


def test_keys_and_slugs_are_unique_and_no_step_hides_an_act(outline: Outline) -> None:
    answers = everything(outline)
    keys = [item.key for item in outline.questions(answers)]
    slugs = [step.slug for step in outline.steps_for(answers)]
    assert len(set(keys)) == len(keys)
    assert len(set(slugs)) == len(slugs)
    acts = {
        "ouvrir", "transmettre", "retirer", "reprendre", "demander-des-pieces", "approuver",
        "declarer-complet", "avis", "refuser", "valider", "s-opposer", "imprimer", "versions",
        "pieces-jointes",
    }  # fmt: skip
    assert acts.isdisjoint(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


def test_a_project_has_a_sheet_for_each_core_and_each_chosen_mission() -> None:
    project = outline_for("project", TODAY)
    core = [item.code for item in project.missions_chosen({})]
    assert core == ["ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE"]
    slugs = [step.slug for step in project.steps_for({"missions": ["QUALITE"]})]
    assert [slug for slug in slugs if slug.startswith("mission-")] == [
        "mission-acces-aux-soins",
        "mission-parcours",
        "mission-prevention",
        "mission-crise-sanitaire",
        "mission-qualite",
    ]
    step = project.step("mission-qualite", {"missions": ["QUALITE"]})
    assert step and [item.key for item in step.questions] == [
        f"QUALITE.{name}"
        for name in ("objective", "actions", "lead", "partners", "calendar", "means", "indicators")
    ]
    assert project.step("mission-qualite", {}) is None


def test_the_crisis_mission_came_with_avenant_2() -> None:
    codes = [item.code for item in outline_for("letter", BEFORE_CRISIS).missions]
    assert "CRISE" not in codes
    assert len(codes) == 5
    first = outline_for("letter", dt.date(2018, 1, 1))  # before any: the first one
    assert len(first.missions) == 5


def test_the_letter_fills_the_project() -> None:
    letter = {
        "diagnosis": "Une population âgée",
        "professionals": ["Une médecin", "Un infirmier"],
        "missions": ["QUALITE"],
        "calendar": "Propre à la lettre",
        "links": "",
    }
    filled = outline_for("project", TODAY).prefilled(letter)
    assert filled == {
        "diagnosis": "Une population âgée",
        "members": ["Une médecin", "Un infirmier"],
        "missions": ["QUALITE"],
    }


def test_every_prefill_names_a_question_of_the_letter() -> None:
    letter = {item.key for item in outline_for("letter", TODAY).questions({})}
    project = outline_for("project", TODAY)
    prefills = {item.prefill for item in project.questions({}) if item.prefill}
    assert prefills
    assert {prefill.removeprefix("letter.") for prefill in prefills} <= letter


def test_the_page_shows_labels_not_codes() -> None:
    question = next(
        item for item in outline_for("letter", TODAY).questions({}) if item.key == "missions"
    )
    assert question.shown(["PREVENTION"]) == ["Prévention (socle)"]
    assert question.shown(["UNKNOWN"]) == ["UNKNOWN"]
    assert question.shown(None) == ""


@pytest.mark.parametrize(
    "answers, state",
    [({}, "empty"), ({"diagnosis": "x"}, "started"), ({"diagnosis": "x", "needs": "y"}, "done")],
)
def test_state_of_a_step(answers: dict[str, str], state: str) -> None:
    step = outline_for("letter", TODAY).step("diagnostic", answers)
    assert step and step.state(answers) == state


def test_a_step_without_required_answers_is_done_only_when_written() -> None:
    step = outline_for("letter", TODAY).step("partenaires", {})
    assert step and step.state({}) == "empty"
    assert step.state({"partners": ["Le centre hospitalier"]}) == "done"


def test_outlines_say_where_they_come_from() -> None:
    for path in FOLDER.glob("*.toml"):
        assert "source" in path.read_text(encoding="utf-8"), path.name
