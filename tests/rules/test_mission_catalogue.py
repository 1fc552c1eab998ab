"""The catalogue of indicators: complete, scorable, marked as unconfirmed."""

from decimal import Decimal
from pathlib import Path

import pytest

from aci.mission_codes import MISSIONS, MissionCode
from foundation.refusal import Refused
from missions.catalogue import read_catalogue, read_catalogues
from missions.paths import MissionConverter, slug_of
from missions.scoring import score


def test_every_mission_is_measured() -> None:
    (catalogue,) = read_catalogues()
    assert {line.mission for line in catalogue.indicators} == set(MISSIONS)
    codes = [line.code for line in catalogue.indicators]
    assert len(codes) == len(set(codes)) >= 12
    assert not catalogue.is_confirmed
    assert catalogue.source


@pytest.mark.parametrize(
    ("measured", "euros"),
    [
        (220, 0),
        (219, 3000),
        (101, 3000),
        (100, 6000),
        (80, 6000),
        (51, 6000),
        (50, 9000),
        (0, 9000),
    ],
)
def test_example_6(measured: int, euros: int) -> None:
    """funding.md: 219–101 → 3 000; 100–51 → 6 000; ≤ 50 → 9 000; 80 pays 6 000."""
    (catalogue,) = read_catalogues()
    line = next(item for item in catalogue.indicators if item.code == "ald-sans-medecin-traitant")
    assert score(line.rule, Decimal(measured)).euros == Decimal(euros)


def test_an_indicator_that_cannot_be_scored_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text(
        'catalogue = "x"\neffective_from = 2026-01-01\nstatus = "to_confirm"\nsource = "x"\n'
        '[[indicator]]\ncode = "x"\nmission = "CRISE"\nlabel = "X"\ndefinition = ""\nunit = "x"\n'
        'direction = "higher"\nmethod = "all_or_nothing"\n'
    )
    with pytest.raises(Refused, match="cible"):
        read_catalogue(broken)


@pytest.mark.parametrize("mission", MISSIONS)
def test_a_mission_has_an_address_in_words(mission: MissionCode) -> None:
    converter = MissionConverter()
    slug = converter.to_url(mission)
    assert slug == slug_of(mission) == mission.value.lower().replace("_", "-")
    assert converter.to_python(slug) is mission
