"""The test world: strict, offline, and the same people everywhere (see tests/cast.py)."""

import logging
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.db import connection
from django.test import Client

from accounts.models import User
from tests import cast as cast_module
from tests.cast import Cast, Geography

pytest_plugins = ["tests.servers"]

PASSWORD = "un mot de passe de test"


@pytest.fixture(autouse=True)
def own_media_root(request: pytest.FixtureRequest, settings: Any, tmp_path: Path) -> None:
    """Files written by a test stay in its own folder; a real worker shares the session's one."""
    if any(request.node.get_closest_marker(name) for name in ("journey", "worker")):
        return
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture(autouse=True)
def quiet_libraries() -> Iterator[None]:
    """PDF libraries tell each of their steps: only warnings are of interest."""
    for name in ("weasyprint", "fontTools", "pyhanko"):
        logging.getLogger(name).setLevel(logging.ERROR)
    yield


@pytest.fixture(scope="session", autouse=True)
def empty_tables_on_sqlite() -> None:
    """Between tests SQLite empties tables by DELETE, which the journal's trigger refuses.

    So the trigger steps aside for that statement only; PostgreSQL truncates and needs nothing.
    """
    if connection.vendor != "sqlite":
        return
    triggers = import_module("records.migrations.0002_append_only_journal")
    empty = connection.ops.execute_sql_flush
    connection.ops.execute_sql_flush = lambda statements: empty(
        [*triggers.REMOVE["sqlite"], *statements, *triggers.INSTALL["sqlite"]]
    )


@pytest.fixture
def geography(db: None) -> Geography:
    """Two regions, three départements, four CPAM districts and a dozen communes with figures."""
    return cast_module.make_geography()


@pytest.fixture
def cast(geography: Geography) -> Cast:
    """The people of CPTS Rives, its authorities, and the witnesses who must see nothing of it."""
    return cast_module.make_cast(geography)


@pytest.fixture
def sign_in(client: Client) -> Any:
    """`client = sign_in(cast.coordinator)`: the same client, signed in."""

    def _sign_in(user: User) -> Client:
        client.force_login(user, backend="territories.backends.SeatedBackend")
        return client

    return _sign_in


@pytest.fixture(scope="session")
def password_hash() -> str:
    """One hash for all: hashing per user would take most of the suite's time."""
    return make_password(PASSWORD)
