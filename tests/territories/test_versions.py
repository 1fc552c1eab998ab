"""Versions of a territory and stages of a CPTS, each with its dates."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from foundation import clock
from territories.actions import (
    ChosenCommune,
    choose_communes,
    found_cpts,
    freeze_territory,
    hand_over_territory,
    move,
    population_by_vintage,
)
from territories.bearers import days_by_bearer, read_held
from territories.models import Baton, Cpts, Stage, StagePeriod, Territory
from territories.shares import WHOLE
from tests.cast import Cast, Geography, make_user
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db

MARCH, APRIL, MAY = dt.date(2025, 3, 3), dt.date(2025, 4, 3), dt.date(2025, 5, 5)


@pytest.fixture
def founded(geography: Geography) -> Cpts:
    """A community founded in March, with Béthune."""
    with clock.at(MARCH):
        cpts = found_cpts(
            name="CPTS Canal",
            departement=geography.pas_de_calais,
            cpam_district=geography.artois,
            by=make_user("Camille Canal"),
        )
        choose(cpts, "62119")
    return cpts


def choose(cpts: Cpts, *codes: str) -> Territory:
    holder = cpts.assignments.get().user
    return choose_communes(cpts, [ChosenCommune(code) for code in codes], by=holder)


def dates_of(cpts: Cpts) -> list[tuple[dt.date, dt.date | None, list[str]]]:
    return [
        (
            version.valid_from,
            version.replaced_on,
            sorted(version.communes.values_list("commune", flat=True)),
        )
        for version in cpts.territories.order_by("pk")
    ]


class TestVersions:
    def test_a_draft_changes_in_place(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            choose(founded, "62119", "62178")
        assert dates_of(founded) == [(MARCH, None, ["62119", "62178"])]

    def test_what_was_handed_over_is_kept_and_the_change_opens_a_version(
        self, founded: Cpts
    ) -> None:
        with clock.at(APRIL):
            handed = hand_over_territory(founded)
        with clock.at(MAY):
            choose(founded, "62178")
        assert dates_of(founded) == [(MARCH, MAY, ["62119"]), (MAY, None, ["62178"])]
        founded.refresh_from_db()
        assert founded.territory_id != handed.pk

    def test_a_version_handed_over_and_changed_the_same_day_lasts_no_day(
        self, founded: Cpts
    ) -> None:
        with clock.at(MARCH):
            hand_over_territory(founded)
            choose(founded, "62178")
        assert dates_of(founded) == [(MARCH, MARCH, ["62119"]), (MARCH, None, ["62178"])]

    def test_handing_over_again_keeps_the_first_date(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            first = hand_over_territory(founded).handed_over_at
        with clock.at(MAY):
            assert hand_over_territory(founded).handed_over_at == first

    def test_a_new_version_keeps_vintage_and_reasons(self, founded: Cpts) -> None:
        holder = founded.assignments.get().user
        with clock.at(MARCH):
            choose_communes(
                founded,
                [ChosenCommune("62119")],
                by=holder,
                vintage=2017,
                vintage_reason="Choisi ensemble",
            )
            Territory.objects.filter(cpts=founded).update(overlap_reason="Bassin commun")
            hand_over_territory(founded)
        with clock.at(MAY):
            version = choose(founded, "62119", "62178")
        assert (version.vintage, version.vintage_reason) == (2017, "Choisi ensemble")
        assert version.overlap_reason == "Bassin commun"
        assert version.handed_over_at is None

    def test_one_version_is_in_use(self, founded: Cpts) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            Territory.objects.create(cpts=founded, vintage=2023)

    def test_a_frozen_version_keeps_its_figures_when_a_population_changes(
        self, founded: Cpts
    ) -> None:
        frozen = freeze_territory(founded)
        founded.territory.communes.get().commune.populations.update(municipal=1)
        frozen.refresh_from_db()
        assert (frozen.population, frozen.communes.get().population) == (25342, 25342)


class TestShares:
    def test_a_share_counts_its_part_of_the_inhabitants(self, founded: Cpts) -> None:
        holder = founded.assignments.get().user
        parts = [ChosenCommune("59350", share=2_500, part="Lille-Sud"), ChosenCommune("62119")]
        territory = choose_communes(founded, parts, by=holder, vintage=2023)
        row = territory.communes.get(commune="59350")
        assert (row.population, row.share_label) == (59_562, "25\u00a0% (Lille-Sud)")
        assert territory.population == 59_562 + 25_224
        assert population_by_vintage(territory) == {
            2017: 58_197 + 24_895,
            2022: 59_674 + 25_342,
            2023: 59_562 + 25_224,
        }

    def test_a_whole_commune_says_nothing(self, founded: Cpts) -> None:
        assert founded.territory.communes.get().share_label == ""

    @pytest.mark.parametrize("share", [0, WHOLE + 1])
    def test_the_database_refuses_other_shares(self, founded: Cpts, share: int) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            founded.territory.communes.update(share=share)


class TestStagePeriods:
    def stages(self, cpts: Cpts) -> list[tuple[str, bool, dt.date, dt.date | None]]:
        return list(
            StagePeriod.objects.filter(cpts=cpts)
            .order_by("starts_on")
            .values_list("stage", "is_public", "starts_on", "ends_on")
        )

    def test_each_stage_ends_when_the_next_begins(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            move(founded, stage=Stage.LETTER, baton=Baton.ARS)
        with clock.at(MAY):
            move(founded, public=True)
        assert self.stages(founded) == [
            ("emergence", False, MARCH, APRIL),
            ("letter", False, APRIL, MAY),
            ("letter", True, MAY, None),
        ]

    def test_the_last_stage_of_a_day_counts_for_that_day(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            move(founded, stage=Stage.LETTER, public=True)
            move(founded, stage=Stage.PROJECT)
        assert self.stages(founded)[1:] == [("project", True, APRIL, None)]

    def test_passing_the_baton_is_no_new_stage(self, cast: Cast) -> None:
        before = self.stages(cast.rives)
        move(cast.rives, baton=Baton.COMMITTEE)
        assert self.stages(cast.rives) == before


class TestBatonPeriods:
    def bearers(self, cpts: Cpts) -> list[tuple[str, dt.date, dt.date | None]]:
        rows = cpts.baton_periods.order_by("starts_on")
        return list(rows.values_list("baton", "starts_on", "ends_on"))

    def test_each_bearer_ends_when_the_next_begins(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            move(founded, baton=Baton.ARS)
        with clock.at(MAY):
            move(founded, stage=Stage.PROJECT, baton=Baton.ARS)
            move(founded, baton=Baton.HOLDER)
        assert self.bearers(founded) == [
            ("holder", MARCH, APRIL),
            ("ars", APRIL, MAY),
            ("holder", MAY, None),
        ]

    def test_the_last_bearer_of_a_day_counts_for_that_day(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            move(founded, baton=Baton.ARS)
            move(founded, baton=Baton.CPAM)
        assert self.bearers(founded)[1:] == [("cpam", APRIL, None)]

    def test_a_new_stage_is_no_new_bearer(self, cast: Cast) -> None:
        before = self.bearers(cast.rives)
        move(cast.rives, stage=Stage.PROJECT, baton=Baton(cast.rives.baton))
        assert self.bearers(cast.rives) == before

    def test_the_rows_are_read_with_the_dossier_in_one_query(self, founded: Cpts) -> None:
        with clock.at(APRIL):
            move(founded, baton=Baton.ARS)
        with QueryCount() as count:
            (read,) = Cpts.objects.filter(pk=founded.pk).with_bearers()
        assert count.number == 1
        assert days_by_bearer(read_held(read.bearers), MAY) == {
            "holder": (APRIL - MARCH).days,
            "ars": (MAY - APRIL).days,
        }

    @pytest.mark.parametrize(
        ("start", "end"), [(MARCH, None), (APRIL, None), (APRIL, MARCH), (APRIL, APRIL)]
    )
    def test_the_database_refuses_two_bearers_at_once(
        self, founded: Cpts, start: dt.date, end: dt.date | None
    ) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            founded.baton_periods.create(baton="ars", starts_on=start, ends_on=end)
