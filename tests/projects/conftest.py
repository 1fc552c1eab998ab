"""What the tests of letters and projects share: the states, by name."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from foundation import clock
from tests.cast import Cast, Geography, make_cast
from tests.projects import filings


@pytest.fixture
def cast(geography: Geography) -> Cast:
    """Everybody took up their post long ago: acts are replayed at dates of 2026."""
    with clock.at(dt.date(2025, 1, 6)):
        return make_cast(geography)


@pytest.fixture
def make(cast: Cast) -> Callable[[str], Any]:
    """`make("complete_letter")`: a filing of CPTS Rives in that state."""
    return lambda name: getattr(filings, name)(cast)
