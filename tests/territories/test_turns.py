"""Whose turn it is, and in which words, for each of the cast."""

import pytest

from accounts.access import Role
from territories.actions import move
from territories.models import Baton, Stage
from territories.turns import ROLES_IN_TURN, awaited, batons_of, is_turn_of, steps_of
from tests.cast import Cast

TURN = {
    Baton.HOLDER: {"holder", "president", "coordinator"},
    Baton.ARS: {"ars_reviewer", "ars_delegation", "ars_director"},
    Baton.CPAM: {"cpam_officer", "cpam_director"},
    Baton.COMMITTEE: {"committee_member"},
    Baton.SIGNATORY_CPTS: {"president"},
    Baton.SIGNATORY_CPAM: {"cpam_director"},
    Baton.SIGNATORY_ARS: {"ars_director"},
    Baton.THREE_PARTIES: {
        "president",
        "coordinator",
        "cpam_officer",
        "cpam_director",
        "ars_reviewer",
        "ars_delegation",
        "ars_director",
    },
    Baton.COORDINATOR: {"coordinator", "president"},
    Baton.NOBODY: set(),
}


def test_every_baton_has_its_roles() -> None:
    assert set(ROLES_IN_TURN) == set(Baton) == set(TURN)


@pytest.mark.parametrize("baton", Baton)
def test_whose_turn_it_is(cast: Cast, baton: Baton) -> None:
    move(cast.rives, baton=baton)
    in_turn = {part for part, person in cast.people().items() if is_turn_of(person, cast.rives)}
    assert in_turn == TURN[baton]


def test_batons_are_found_from_roles() -> None:
    assert batons_of(frozenset({Role.CPAM_DIRECTOR})) == {
        Baton.CPAM,
        Baton.SIGNATORY_CPAM,
        Baton.THREE_PARTIES,
    }
    assert batons_of(frozenset({Role.NATIONAL_READER})) == frozenset()


@pytest.mark.parametrize(
    ("baton", "stage", "words"),
    [
        (Baton.HOLDER, Stage.EMERGENCE, "Lettre d’intention à transmettre"),
        (Baton.COMMITTEE, Stage.PROJECT_FILED, "Avis attendu sur le projet de santé"),
        (Baton.SIGNATORY_ARS, Stage.VALIDATED, "Contrat ACI à signer"),
        (Baton.CPAM, Stage.EXPIRED, "Renouvellement du contrat à préparer"),
        (Baton.NOBODY, Stage.ABANDONED, "Rien n’est attendu"),
        (Baton.ARS, Stage.TERMINATED, "Au tour de\u00a0: ARS"),
    ],
)
def test_what_is_awaited_is_said_in_words(
    cast: Cast, baton: Baton, stage: Stage, words: str
) -> None:
    move(cast.rives, baton=baton, stage=stage)
    assert awaited(cast.rives) == words


@pytest.mark.parametrize(
    ("stage", "current"),
    [
        (Stage.EMERGENCE, 1),
        (Stage.LETTER, 1),
        (Stage.PROJECT_FILED, 2),
        (Stage.VALIDATED, 3),
        (Stage.CONTRACTED, 4),
        (Stage.EXPIRED, 5),
    ],
)
def test_the_life_of_a_dossier_has_five_steps(cast: Cast, stage: Stage, current: int) -> None:
    move(cast.rives, stage=stage)
    steps = steps_of(cast.rives)
    assert [step.number for step in steps if step.is_current] == [current]
    assert len([step for step in steps if step.is_done]) == current - 1
    assert len(steps) == 5


def test_a_project_given_up_has_no_step(cast: Cast) -> None:
    move(cast.rives, stage=Stage.ABANDONED)
    assert steps_of(cast.rives) == []
