"""What can never be stored, whoever writes."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from accounts.access import Role
from territories.models import Assignment, Concern, Population, Territory, TerritoryCommune
from tests.cast import Cast


def refused(make: object) -> bool:
    try:
        with transaction.atomic():
            make()  # type: ignore[operator]
    except IntegrityError:
        return True
    return False


@pytest.mark.django_db
class TestConstraints:
    def test_a_commune_is_once_in_a_territory(self, cast: Cast) -> None:
        territory = cast.rives.territory
        assert refused(
            lambda: TerritoryCommune.objects.create(
                territory=territory, commune_id="62119", population=1
            )
        )

    def test_a_commune_has_one_figure_per_vintage(self, cast: Cast) -> None:
        assert refused(
            lambda: Population.objects.create(commune_id="62119", vintage=2023, municipal=1)
        )

    def test_a_territory_does_not_end_before_it_begins(self, cast: Cast) -> None:
        dates = {"valid_from": dt.date(2024, 2, 1), "replaced_on": dt.date(2024, 1, 1)}
        assert refused(lambda: Territory.objects.create(cpts=cast.rives, vintage=2023, **dates))

    @pytest.mark.parametrize("size", [0, 5])
    def test_a_size_goes_from_one_to_four(self, cast: Cast, size: int) -> None:
        assert refused(lambda: Territory.objects.create(cpts=cast.rives, vintage=2023, size=size))

    def test_a_concern_is_a_region_or_a_fund(self, cast: Cast) -> None:
        geography = cast.geography
        both = {"region": geography.grand_est, "cpam_district": geography.lille}
        assert refused(lambda: Concern.objects.create(cpts=cast.rives, **both))
        assert refused(lambda: Concern.objects.create(cpts=cast.rives))

    def test_an_assignment_has_one_scope(self, cast: Cast) -> None:
        geography = cast.geography
        both = {"region": geography.grand_est, "cpts": cast.rives}
        assert refused(
            lambda: Assignment.objects.create(user=cast.stranger, role=Role.ARS_REVIEWER, **both)
        )

    def test_two_cpts_never_share_an_address(self, cast: Cast) -> None:
        cast.monts.slug = cast.rives.slug
        assert refused(cast.monts.save)
