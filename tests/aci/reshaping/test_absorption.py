"""A CPTS takes another one in: it stays itself, and its contract changes by its amendment only."""

import datetime as dt

import pytest

from aci import actions
from aci.models import Contract, Reshaping
from foundation import clock
from foundation.refusal import Refused
from projects.models import HealthProject
from territories.actions import ChosenCommune
from territories.areas import Area, AreaKind
from territories.coverage import every_place
from territories.models import Cpts, Stage, Succession
from tests.aci.conftest import DoJobs, Signatories
from tests.aci.reshaping.conftest import EFFECT, PREPARED
from tests.aci.test_amendments import conclude
from tests.cast import Cast

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_documents")]
PAS_DE_CALAIS = Area(AreaKind.DEPARTEMENT, "62", "Pas-de-Calais")
UNION = ("62119", "62178", "62516")


def absorption(cast: Cast, presidents: list[object], *, on: dt.date = EFFECT) -> Reshaping:
    """Rives takes Monts in; accepted by everybody on 15 January 2025."""
    with clock.at(PREPARED):
        found = actions.draft_reshaping(
            "merger",
            [Cpts.objects.get(pk=cast.monts.pk)],
            [],
            absorber=Cpts.objects.get(pk=cast.rives.pk),
            effective_on=on,
            reason="Monts est trop petite.",
            by=cast.ars_reviewer,
        )
        assert found.title == "Fusion de la CPTS Monts dans la CPTS Rives"
        found = actions.propose_reshaping(found, by=cast.ars_reviewer)
        for person in (*presidents, cast.cpam_director, cast.ars_director):
            found = actions.agree_reshaping(found, by=person)  # type: ignore[arg-type]
    return found


def held_on_the_day() -> dict[str, list[str]]:
    return {
        place.code: [coverer.name for coverer in place.coverers]
        for place in every_place(PAS_DE_CALAIS, EFFECT)
        if place.coverers
    }


def test_without_a_contract_its_territory_grows_on_the_day(
    project: HealthProject, monts_ready: Cast, cast: Cast, monts_president: object
) -> None:
    absorption(cast, [cast.president, monts_president])
    with clock.at(EFFECT):
        assert actions.apply_reshapings() == 1
    rives = Cpts.objects.select_related("territory").get(pk=cast.rives.pk)
    assert rives.territory is not None
    assert (rives.stage, rives.territory.valid_from) == (Stage.VALIDATED, EFFECT)
    assert held_on_the_day() == {code: ["CPTS Rives"] for code in UNION}
    assert Cpts.objects.get(pk=cast.monts.pk).stage == Stage.REPLACED
    assert Succession.objects.get().successor == rives
    assert HealthProject.objects.filter(cpts=rives).count() == 1
    assert Cpts.objects.count() == 2  # nobody is founded


def test_with_a_contract_it_waits_for_the_signed_amendment(
    in_force: Contract,
    monts_ready: Cast,
    cast: Cast,
    monts_president: object,
    signatories: Signatories,
    do_jobs: DoJobs,
) -> None:
    absorption(cast, [cast.president, monts_president])
    with clock.at(EFFECT):
        assert actions.apply_reshapings() == 0
    assert "n’est pas signé" in Reshaping.objects.get().blocked_because
    assert held_on_the_day()["62516"] == ["CPTS Monts"]
    with clock.at(EFFECT):
        amendment = actions.draft_amendment(
            in_force, effective_on=EFFECT, reason="Monts rejoint Rives.", by=cast.cpam_officer
        )
        amendment = actions.change_amended_territory(
            amendment,
            chosen=[ChosenCommune(code) for code in UNION],
            vintage=2022,
            vintage_reason="Le millésime en vigueur.",
            version=amendment.terms_version,
            by=cast.cpam_officer,
        )
        conclude(amendment, cast, signatories, do_jobs)
        assert actions.apply_reshapings() == 1
    assert held_on_the_day() == {code: ["CPTS Rives"] for code in UNION}
    contract = Contract.objects.get(pk=in_force.pk)
    assert contract.state == "in_force"
    assert contract.territory is not None
    assert contract.territory.commune_count == 3


def test_an_accord_is_kept_when_something_still_prevents_it(
    in_force: Contract, monts_ready: Cast, cast: Cast, monts_president: object
) -> None:
    found = absorption(cast, [cast.president, monts_president], on=dt.date(2025, 1, 10))
    assert (found.state, found.missing_seats) == ("agreed", [])
    assert "n’est pas signé" in found.blocked_because


def test_one_that_is_still_examined_absorbs_nobody(monts_ready: Cast, cast: Cast) -> None:
    with pytest.raises(Refused, match="ne peut pas en absorber"), clock.at(PREPARED):
        actions.draft_reshaping(
            "merger",
            [Cpts.objects.get(pk=cast.monts.pk)],
            [],
            absorber=Cpts.objects.get(pk=cast.rives.pk),
            effective_on=EFFECT,
            reason="Une raison.",
            by=cast.ars_reviewer,
        )
