"""Who joined a CPTS of the demonstration: invented professionals, through the real application."""

import datetime as dt
from collections.abc import Iterator
from functools import partial
from itertools import islice

from stdnum import luhn

from accounts.access import Role
from accounts.models import User
from cpts_portal.story.dossier import Holders
from cpts_portal.story.events import Event
from cpts_portal.story.people import Cast
from foundation import clock
from foundation.search import search_key
from members import actions
from members.application import Application, College, Kind, Mode, StructureKind
from members.models import Member
from territories.actions import assign
from territories.models import Cpts, TerritoryCommune

# Codes of the nomenclature of the Agence du numérique en santé, in the order they join.
PROFESSIONS = ["10", "60", "60", "21", "70", "10", "60", "50", "40", "91", "60", "86"]
JOINED, WAITING = 10, 3
ONE_DAY = dt.timedelta(days=1)


def events(cpts: Cpts, cast: Cast, holders: Holders, *, since: dt.date) -> Iterator[Event]:
    """A dozen professionals join after the signature; where the team is ours, some still wait."""
    for rank, application in enumerate(_applications(cpts, cast, JOINED)):
        yield from _joining(cpts, application, holders, since + (20 + 9 * rank) * ONE_DAY)
    if holders.coordinator == cast.accounts["coordinator"]:
        office, nurse = cast.accounts["office"], cast.accounts["member"]
        yield since, partial(assign, office, Role.OFFICE, cpts=cpts)
        yield from _joining(cpts, _nurse(nurse), holders, since + 40 * ONE_DAY, by=nurse)
        yield from waiting(cpts, cast, since=clock.today() - 12 * ONE_DAY)


def waiting(cpts: Cpts, cast: Cast, *, since: dt.date) -> Iterator[Event]:
    """Applications that the bureau has not decided yet."""
    applications = islice(_applications(cpts, cast, JOINED + WAITING), JOINED, None)
    for rank, application in enumerate(applications):
        yield since + 2 * rank * ONE_DAY, partial(_apply, cpts, application)


def _joining(
    cpts: Cpts, application: Application, holders: Holders, day: dt.date, by: User | None = None
) -> Iterator[Event]:
    """Somebody applies, and the president approves a week later."""
    applied: list[Member] = []
    yield day, lambda: applied.append(_apply(cpts, application, by=by))
    yield day + 7 * ONE_DAY, lambda: actions.approve(applied[0], by=holders.president)


def _nurse(nurse: User) -> Application:
    return Application(
        kind=Kind.PERSON,
        first_name=nurse.first_name,
        last_name=nurse.last_name,
        email=nurse.email,
        profession="60",
        mode=Mode.PRIVATE,
        places="Béthune",
        rpps=_rpps(999),
        statutes_accepted=True,
        is_main_cpts=True,
    )


def _apply(cpts: Cpts, application: Application, by: User | None = None) -> Member:
    return actions.apply(cpts, application, by=by or User.objects.portal(), consents=["directory"])


def _applications(cpts: Cpts, cast: Cast, count: int) -> list[Application]:
    """Always the same invented people for a CPTS, one organisation among them."""
    rows = TerritoryCommune.objects.filter(territory=cpts.territory_id).order_by("-population")
    places = [row.commune.name for row in rows.select_related("commune")[:5]]
    return [
        _organisation(cpts, cast) if rank == 7 else _person(cpts, cast, rank, places)
        for rank in range(count)
    ]


def _person(cpts: Cpts, cast: Cast, rank: int, places: list[str]) -> Application:
    first_name, last_name = cast.name_of(f"{cpts.slug}-{rank}")
    return Application(
        kind=Kind.PERSON,
        first_name=first_name,
        last_name=last_name,
        email=_address(f"{first_name} {last_name} {cpts.slug}"),
        profession=PROFESSIONS[rank % len(PROFESSIONS)],
        mode=Mode.SALARIED if rank % 5 == 4 else Mode.PRIVATE,
        places=places[rank % len(places)] if places else "",
        college=College.ACTIVE,
        rpps=_rpps(cpts.pk * 100 + rank),
        statutes_accepted=True,
    )


def _organisation(cpts: Cpts, cast: Cast) -> Application:
    first_name, last_name = cast.name_of(f"{cpts.slug}-hospital")
    return Application(
        kind=Kind.ORGANISATION,
        first_name=first_name,
        last_name=last_name,
        email=_address(f"direction {cpts.slug}"),
        college=College.PARTNER,
        structure_name="Centre hospitalier (nom inventé)",
        structure_kind=StructureKind.HEALTH,
        siret=_siret(cpts.pk),
        position="Direction",
        statutes_accepted=True,
    )


def _address(words: str) -> str:
    return f"{search_key(words).replace(' ', '.')}@example.org"


def _rpps(number: int) -> str:
    """An invented RPPS number: eleven digits whose Luhn key is right."""
    return _with_luhn_key(f"1099{number:06d}")


def _siret(number: int) -> str:
    """An invented SIRET: a SIREN and an establishment, both with right Luhn keys."""
    return _with_luhn_key(_with_luhn_key(f"99{number:06d}") + "0001")


def _with_luhn_key(digits: str) -> str:
    return digits + str(luhn.calc_check_digit(digits))
