"""Who takes part in the journeys: real régions and districts, invented people with a password."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields

import pyotp
from django.contrib.auth.hashers import make_password

from accounts.access import Role
from accounts.factors.models import STEP_SECONDS
from accounts.models import FactorProof, SecondFactor, User
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


def proves_identity(person: Visitor, user: User | None = None) -> None:
    """On the way to an act that binds: enrol a telephone the first time, then give its code.

    The form that was sent goes on by itself; `user`: whose telephone it is, once there is one.
    """
    page = person.page
    if page.locator(".factor-key").count():
        _look(person)
        key = page.locator(".factor-key").inner_text().replace(" ", "")
        person.fill(password=PASSWORD, code=pyotp.TOTP(key).now())
        person.press("Enregistrer")
        person.reads("Mes codes de secours")
        _look(person)
        if page.get_by_role("button", name="Continuer", exact=True).count():
            person.press("Continuer")
        else:
            person.follow("Continuer")
    elif user and page.get_by_role("heading", name="Prouver mon identité").count():
        _look(person)
        person.fill(code=unused_code(user))
        person.press("Continuer")


def _look(person: Visitor) -> None:
    """The tools that look need scripts to run in the page."""
    if person.javascript:
        person.look()


def unused_code(user: User) -> str:
    """A code of this moment that has not served yet."""
    factor = SecondFactor.objects.get(user=user)
    spent = set(FactorProof.objects.of_factor(factor.uuid).values_list("counter", flat=True))
    now = int(clock.now().timestamp()) // STEP_SECONDS
    step = next(step for step in (now, now + 1, now - 1) if step not in spent)
    code: str = factor.codes.generate_otp(step)
    return code


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
