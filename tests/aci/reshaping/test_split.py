"""One CPTS becomes two: its communes shared out, its members where they practise."""

import datetime as dt

import pytest

from aci import actions
from aci.models import Contract, Reshaping
from foundation import clock
from foundation.refusal import Refused
from members.models import Member
from territories.areas import Area, AreaKind
from territories.coverage import every_place
from territories.models import Cpts, Stage, Succession
from tests.aci.reshaping.conftest import EFFECT, PREPARED
from tests.cast import Cast
from tests.members.applications import member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_documents")]
PAS_DE_CALAIS = Area(AreaKind.DEPARTEMENT, "62", "Pas-de-Calais")
NORTH, SOUTH, NOBODY = 1, 2, 0


@pytest.fixture
def split(in_force: Contract, cast: Cast) -> Reshaping:
    """CPTS Rives, of Béthune and Bruay, into two; nothing is shared out yet."""
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    with clock.at(PREPARED):
        return actions.draft_reshaping(
            "split",
            [cpts],
            [
                actions.Successor(name, cpts.departement, cpts.cpam_district)
                for name in ("CPTS Béthune", "CPTS Bruay")
            ],
            effective_on=EFFECT,
            reason="Deux bassins.",
            by=cast.ars_reviewer,
        )


def carried_out(split: Reshaping, cast: Cast) -> None:
    with clock.at(PREPARED):
        actions.propose_reshaping(split, by=cast.ars_reviewer)
        for person in (cast.president, cast.cpam_director, cast.ars_director):
            actions.agree_reshaping(split, by=person)
    with clock.at(EFFECT):
        assert actions.apply_reshapings() == 1


def share(split: Reshaping, cast: Cast, **where: int) -> None:
    with clock.at(PREPARED):
        sharing = {code.removeprefix("c"): rank for code, rank in where.items()}
        actions.share_communes(split, sharing, by=cast.ars_reviewer)


def test_it_waits_until_every_commune_is_shared_out(split: Reshaping, cast: Cast) -> None:
    with pytest.raises(Refused, match="répartition des communes"), clock.at(PREPARED):
        actions.propose_reshaping(split, by=cast.ars_reviewer)
    with pytest.raises(Refused, match="il manque Bruay"):
        share(split, cast, c62119=NORTH)
    assert not split.communes.exists()


def test_each_commune_goes_to_one_on_the_day(split: Reshaping, cast: Cast) -> None:
    share(split, cast, c62119=NORTH, c62178=SOUTH)
    with clock.at(PREPARED):
        in_bruay = member(cast.rives, cast.president, places="Bruay-la-Buissière")
    carried_out(split, cast)
    held = {
        place.code: [coverer.name for coverer in place.coverers]
        for place in every_place(PAS_DE_CALAIS, EFFECT)
        if place.code in {"62119", "62178"}
    }
    assert held == {"62119": ["CPTS Béthune"], "62178": ["CPTS Bruay"]}
    assert Cpts.objects.get(pk=cast.rives.pk).stage == Stage.REPLACED
    assert Succession.objects.filter(predecessor=cast.rives, kind="split").count() == 2
    assert Member.objects.get(continues=in_bruay).cpts.name == "CPTS Bruay"
    assert Member.objects.open().count() == 1
    contract = Contract.objects.get(cpts=cast.rives)
    assert (contract.state, contract.ends_on) == ("terminated", EFFECT - dt.timedelta(days=1))


def test_a_commune_may_be_left_to_nobody_and_it_is_said(split: Reshaping, cast: Cast) -> None:
    with pytest.raises(Refused, match="au moins une commune à CPTS Bruay"):
        share(split, cast, c62119=NORTH, c62178=NOBODY)
    share(split, cast, c62119=NORTH, c62178=SOUTH)
    assert Reshaping.objects.get().figures["left"] == []


def test_three_of_which_one_is_left_aside(merged_ground: Cast, cast: Cast) -> None:
    cpts = Cpts.objects.select_related("departement", "cpam_district").get(pk=cast.rives.pk)
    names = ("CPTS Béthune", "CPTS Bruay")
    with clock.at(PREPARED):
        split = actions.draft_reshaping(
            "split",
            [cpts],
            [actions.Successor(name, cpts.departement, cpts.cpam_district) for name in names],
            effective_on=EFFECT,
            reason="Deux bassins.",
            by=cast.ars_reviewer,
        )
    share(split, cast, c62119=NORTH, c62178=SOUTH, c62617=NOBODY)
    assert Reshaping.objects.get().figures["left"] == ["Nœux-les-Mines"]
    carried_out(split, cast)
    covered = {place.code for place in every_place(PAS_DE_CALAIS, EFFECT) if place.coverers}
    assert "62617" not in covered
    assert {"62119", "62178"} <= covered
