"""What people hand in, in the tests: applications that hold together, changed by what one tries."""

from dataclasses import replace
from typing import Any

from stdnum import luhn

from accounts.models import User
from members import actions
from members.application import Application, College, Kind, Mode, StructureKind
from members.models import Member
from territories.models import Cpts

RPPS = "1010101010" + luhn.calc_check_digit("1010101010")
SIRET = "73282932000074"
FINESS = "750712184"

PERSON = Application(
    kind=Kind.PERSON,
    first_name="Camille",
    last_name="Durand",
    email="camille.durand@example.org",
    statutes_accepted=True,
    phone="03 21 00 00 00",
    profession="60",
    rpps=RPPS,
    mode=Mode.PRIVATE,
    places="Béthune",
    college=College.ACTIVE,
    is_main_cpts=True,
)
ORGANISATION = Application(
    kind=Kind.ORGANISATION,
    first_name="Dominique",
    last_name="Martin",
    email="dominique.martin@example.org",
    statutes_accepted=True,
    structure_name="Centre hospitalier de Rives",
    structure_kind=StructureKind.HEALTH,
    finess=FINESS,
    position="Directrice",
    college=College.PARTNER,
)


def person(**changes: Any) -> Application:
    """A nurse who applies, with what differs."""
    return replace(PERSON, **changes)


def organisation(**changes: Any) -> Application:
    """A hospital that applies, with what differs."""
    return replace(ORGANISATION, **changes)


def applicant(cpts: Cpts, **changes: Any) -> Member:
    """Somebody who applied without an account."""
    return actions.apply(cpts, person(**changes), by=User.objects.portal())


def member(cpts: Cpts, by: User, **changes: Any) -> Member:
    """Somebody whom the bureau accepted."""
    return actions.approve(applicant(cpts, **changes), by=by)


def form_data(application: Application, **more: Any) -> dict[str, Any]:
    """The same application as the browser posts it."""
    data = {name: getattr(application, name) for name in Application.__dataclass_fields__}
    del data["kind"]
    data = {name: value for name, value in data.items() if value not in ("", False)}
    return data | more
