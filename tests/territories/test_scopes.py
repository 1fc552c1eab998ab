"""Who sees what: the query and the object check are one rule, for everybody of the cast."""

import pytest

from accounts.access import Permission
from territories.models import Cpts, Stage
from territories.scopes import permissions_on
from tests.cast import Cast

PARTIES = {"holder", "president", "office", "coordinator"}
AUTHORITIES = {"ars_reviewer", "ars_delegation", "ars_director", "cpam_officer", "cpam_director"}


def who_sees(cast: Cast, cpts: Cpts) -> set[str]:
    return {
        name
        for name, user in cast.people().items()
        if Cpts.objects.visible_to(user).filter(pk=cpts.pk).exists()
    }


def test_the_dossier_is_seen_by_its_parties_and_its_authorities_only(cast: Cast) -> None:
    assert who_sees(cast, cast.rives) == PARTIES | AUTHORITIES | {"committee_member"}


def test_before_the_letter_is_filed_only_its_people_see_the_dossier(cast: Cast) -> None:
    cast.rives.stage = Stage.EMERGENCE
    cast.rives.is_public = False
    cast.rives.save()

    assert who_sees(cast, cast.rives) == PARTIES


def test_a_committee_sees_only_what_was_declared_complete(cast: Cast) -> None:
    cast.rives.is_public = False
    cast.rives.save()

    assert who_sees(cast, cast.rives) == PARTIES | AUTHORITIES


@pytest.mark.parametrize("stage", [Stage.EMERGENCE, Stage.LETTER, Stage.CONTRACTED])
@pytest.mark.parametrize("is_public", [True, False])
def test_the_object_check_is_the_same_rule_as_the_query(
    cast: Cast, stage: Stage, is_public: bool
) -> None:
    Cpts.objects.update(stage=stage, is_public=is_public)
    for name, user in cast.people().items():
        for cpts in Cpts.objects.all():
            for permission in Permission:
                by_query = Cpts.objects.visible_to(user, permission).filter(pk=cpts.pk).exists()
                by_object = permission in permissions_on(user, cpts)
                assert by_query == by_object, (name, cpts, permission, by_query)


def test_the_authority_of_a_crossed_border_reads_and_nothing_more(cast: Cast) -> None:
    officer = cast.other_district_officer
    cast.rives.concerns.create(cpam_district=cast.geography.cote_d_opale)

    assert cast.rives in Cpts.objects.visible_to(officer)
    assert cast.rives not in Cpts.objects.visible_to(officer, Permission.CONTRACT_DRAFT)
