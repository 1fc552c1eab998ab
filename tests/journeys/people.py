"""Who takes part in the journeys: real régions and districts, invented people with a password."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields

from django.contrib.auth.hashers import make_password

from accounts.access import Role
from accounts.models import User
from foundation import clock
from projects.actions import load_procedures
from territories.actions import assign
from territories.models import Commune, CpamDistrict, Region
from tests.cast import Cast, make_cast, make_geography
from tests.journeys.visitor import Visitor

Visit = Callable[..., Visitor]

PASSWORD = "un mot de passe de parcours"
HAUTS_DE_FRANCE = "32"
BETHUNE = "62119"


@dataclass
class Staff:
    """The authorities at their posts, before any CPTS exists."""

    reviewer: str
    ars_director: str
    cpam_officer: str
    cpam_director: str
    committee: str
    administrator: str
    district: CpamDistrict


def take_posts() -> Staff:
    """Create the staff of the Béthune area and give each their scope."""
    region = Region.objects.get(pk=HAUTS_DE_FRANCE)
    commune = Commune.objects.select_related("cpam_district").get(pk=BETHUNE)
    assert commune.cpam_district is not None
    district = {"cpam_district": commune.cpam_district}
    return Staff(
        reviewer=_post("Anne Instructrice", Role.ARS_REVIEWER, region=region),
        ars_director=_post("Denis Directeur", Role.ARS_DIRECTOR, region=region),
        cpam_officer=_post("Rachel Référente", Role.CPAM_OFFICER, **district),
        cpam_director=_post("Claire Caisse", Role.CPAM_DIRECTOR, **district),
        committee=_post("Ugo Urps", Role.COMMITTEE, region=region, body="URPS infirmiers"),
        administrator=_post("Alain Administrateur", Role.ADMINISTRATOR),
        district=commune.cpam_district,
    )


def cast_at_work() -> Cast:
    """The cast of all the tests, at their posts since half a year, each with a password."""
    with clock.at(clock.now() - dt.timedelta(days=180)):
        cast = make_cast(make_geography())
    User.objects.update(password=make_password(PASSWORD))
    for field in fields(cast):  # the objects of the test know it too
        if isinstance(user := getattr(cast, field.name), User):
            user.refresh_from_db()
    load_procedures()
    return cast


def signed_in(visit: Visit, who: str, user: User, *, javascript: bool = True) -> Visitor:
    """A window of that person."""
    visitor = visit(who, javascript=javascript)
    visitor.go("/connexion/")
    visitor.fill(username=user.email, password=PASSWORD)
    visitor.press("Se connecter")
    return visitor


def person(name: str) -> str:
    """An account with the password of the journeys; gives its address."""
    first_name, last_name = name.split(" ", 1)
    email = f"{first_name}.{last_name}@example.org".lower()
    User.objects.create_user(email, PASSWORD, first_name=first_name, last_name=last_name)
    return email


def give_password(*users: User) -> None:
    """The people of the cast sign in like everybody."""
    for user in users:
        user.set_password(PASSWORD)
        user.save()


def _post(name: str, role: Role, *, body: str = "", **scope: object) -> str:
    email = person(name)
    assign(User.objects.get(email=email), role, body=body, **scope)
    return email
