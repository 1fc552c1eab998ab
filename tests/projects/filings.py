"""Filings in every state, made by the product's own actions: no state it cannot reach."""

import datetime as dt
from contextlib import AbstractContextManager

from accounts.access import Role
from accounts.models import User
from foundation import clock
from projects import actions
from projects.models import Filing, HealthProject, LetterOfIntent
from projects.outline import Answer
from territories.actions import ChosenCommune, assign, choose_communes
from territories.models import Cpts
from tests.cast import Cast, make_user


def answers_for(filing: Filing) -> dict[str, Answer]:
    """A plausible answer to every question, required or not."""
    answers: dict[str, Answer] = {"missions": filing.mission_codes}
    for question in filing.outline.questions(answers):
        if question.key == "missions":
            continue
        if question.kind == "list":
            answers[question.key] = [f"{question.label}, première ligne", "Deuxième ligne"]
        elif question.kind == "choices":
            answers[question.key] = [question.choices[0].value]
        elif question.kind == "choice":
            answers[question.key] = question.choices[0].value
        else:
            answers[question.key] = f"Réponse à « {question.label} »"
    return answers


def filled(filing: Filing, by: User) -> Filing:
    actions.write_answers(filing, answers_for(filing), by=by)
    return filing


def drafted_letter(cast: Cast) -> LetterOfIntent:
    return actions.open_letter(cast.rives, by=cast.holder)


def submitted_letter(cast: Cast) -> LetterOfIntent:
    letter = filled(drafted_letter(cast), cast.holder)
    return actions.submit(letter, by=cast.holder)


def complete_letter(cast: Cast) -> LetterOfIntent:
    return actions.declare_complete(submitted_letter(cast), by=cast.ars_reviewer)


def examined_letter(cast: Cast) -> LetterOfIntent:
    letter = complete_letter(cast)
    give_regional(letter, cast)
    return letter


def approved_letter(cast: Cast) -> LetterOfIntent:
    return actions.approve(examined_letter(cast), by=cast.ars_director)


def incomplete_letter(cast: Cast) -> LetterOfIntent:
    return actions.ask_for_pieces(
        submitted_letter(cast), reason="", comments={"needs": "?"}, by=cast.ars_reviewer
    )


def refused_letter(cast: Cast) -> LetterOfIntent:
    return actions.refuse(complete_letter(cast), reason="Trop petit.", by=cast.ars_director)


def drafted_project(cast: Cast) -> HealthProject:
    return actions.open_health_project(approved_letter(cast), by=cast.coordinator)


def submitted_project(cast: Cast) -> HealthProject:
    project = filled(drafted_project(cast), cast.coordinator)
    return actions.submit(project, by=cast.coordinator)


def complete_project(cast: Cast) -> HealthProject:
    return actions.declare_complete(submitted_project(cast), by=cast.ars_reviewer)


def examined_project(cast: Cast) -> HealthProject:
    project = complete_project(cast)
    give_regional(project, cast)
    return project


def give_regional(filing: Filing, cast: Cast) -> None:
    actions.give_opinion(
        filing,
        level="regional",
        recommendation="favourable",
        text="Territoire cohérent.",
        by=cast.committee_member,
    )


def emergent_cpts(cast: Cast, holder: User) -> Cpts:
    """A community nobody but its holder knows, with a commune that no other CPTS holds."""
    letter = actions.start_letter(
        name="CPTS Neuve",
        departement=cast.geography.pas_de_calais,
        cpam_district=cast.geography.artois,
        by=holder,
    )
    choose_communes(letter.cpts, [ChosenCommune("62617")], by=holder, vintage=2023)
    return letter.cpts


def local_committee_member(cast: Cast) -> User:
    """Sits on the committee of the département only."""
    user = make_user("Lucie Locale")
    seat = {"departement": cast.geography.pas_de_calais, "body": "Comité du Béthunois"}
    with on("2025-01-06"):
        assign(user, Role.COMMITTEE, **seat)
    return user


def invited_local_member(cast: Cast, filing: Filing) -> User:
    """The same, whose committee the ARS invites."""
    user = local_committee_member(cast)
    actions.invite_body(filing, level="local", body="Comité du Béthunois", by=cast.ars_reviewer)
    return user


def on(day: str) -> AbstractContextManager[None]:
    """`with on("2026-03-02"):` the acts of that day."""
    return clock.at(dt.date.fromisoformat(day))
