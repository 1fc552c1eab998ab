"""Two CPTS merge in a real browser: the ARS prepares, each party agrees, the public reads it."""

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace

import pytest

from accounts.access import Role
from accounts.models import User
from foundation import clock
from projects import actions as projects
from territories.actions import assign
from tests.cast import Cast, make_cast, make_geography, make_user
from tests.journeys.people import give_password, signed_in
from tests.journeys.visitor import Visitor
from tests.projects import filings

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
Visit = Callable[..., Visitor]
VALIDATED = dt.date(2024, 7, 1)
MERGED = dt.date(2025, 1, 15)


@pytest.fixture
def presidents(transactional_db: None) -> tuple[Cast, User]:
    """CPTS Rives and CPTS Monts, both with a validated project, and their presidents."""
    with clock.at(VALIDATED):
        cast = make_cast(make_geography())
        other = make_user("Mona Monts")
        assign(other, Role.PRESIDENT, cpts=cast.monts)
        monts = replace(
            cast,
            rives=cast.monts,
            holder=cast.monts_coordinator,
            coordinator=cast.monts_coordinator,
            president=other,
        )
        for seen in (cast, monts):
            projects.validate(filings.examined_project(seen), by=cast.ars_director)
        give_password(
            cast.ars_reviewer, cast.president, other, cast.cpam_director, cast.ars_director
        )
    return cast, other


def test_two_cpts_become_one(
    visit: Visit, presidents: tuple[Cast, User], monkeypatch: pytest.MonkeyPatch
) -> None:
    cast, other = presidents
    moment = dt.datetime.combine(MERGED, dt.time(9), clock.PARIS)
    monkeypatch.setattr(clock, "_replayed", ContextVar("replayed", default=moment))
    ars = signed_in(visit, "instruction-ars", cast.ars_reviewer)
    ars.go(f"/dossiers/{cast.rives.reference}/")
    ars.follow("Fusionner avec d’autres CPTS")
    ars.look()
    ars.press("Enregistrer et voir ce qui change")
    ars.reads("Choisissez au moins une autre CPTS.")
    ars.look()
    ars.tick("CPTS Monts")
    ars.fill(name="CPTS Artois", effective_on="2025-01-10", reason="Un même bassin.")
    ars.press("Enregistrer et voir ce qui change")
    ars.reads("Ce qui se passera à la date d’effet")
    ars.look()
    ars.press("Soumettre aux parties")
    ars.reads("Elle ne change plus")
    for name, person, party in (
        ("presidence", cast.president, "la CPTS Rives"),
        ("autre-presidence", other, "la CPTS Monts"),
        ("direction-cpam", cast.cpam_director, "la CPAM de l’Artois"),
        ("direction-ars", cast.ars_director, "l’ARS Hauts-de-France"),
    ):
        visitor = signed_in(visit, name, person)
        visitor.go("/tableau-de-bord/")
        visitor.follow("Examiner une fusion ou une scission")
        visitor.look()
        visitor.press(f"Donner l’accord de {party}")
    visitor.reads("L’opération est réalisée")
    visitor.look()
    anybody = visit("public")
    anybody.go(f"/cpts/{cast.rives.slug}/")
    anybody.reads("Fusionnée le 10 janvier 2025")
    anybody.look()
    anybody.follow("CPTS Artois")
    anybody.reads("Issue de la fusion")
    anybody.look()
