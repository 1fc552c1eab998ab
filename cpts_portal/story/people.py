"""Everybody of the demonstration: the accounts one may sign in with, and the staff around them.

All names are invented, all addresses are at example.org. Nobody has rights but by assignments.
"""

import csv
import datetime as dt
import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings

from accounts import demonstration
from accounts.access import Role
from accounts.factors import actions as factors
from accounts.models import FactorProof, SecondFactor, User
from foundation import clock
from foundation.search import search_key
from territories.actions import assign
from territories.models import CpamDistrict, Cpts, Departement, Region

NAMES_FILE = Path(__file__).with_name("names.csv")
# Before the first dossier of the story: people are at their posts when they act.
IN_POST_SINCE = dt.date(2019, 1, 7)
HOME_REGION, HOME_DEPARTEMENT = "32", "62"
ACCOUNT_BODY = "URPS infirmiers"  # the body of the committee's demonstration account
# Where the committees of the demonstration sit.
EAST_REGION = "44"
EAST_BODIES = {"east_physicians": "URPS médecins", "east_nurses": "URPS infirmiers"}
# The bodies of the demonstration accounts on the regional committees, by région.
ACCOUNT_BODIES = {HOME_REGION: [ACCOUNT_BODY], EAST_REGION: list(EAST_BODIES.values())}
# Who decides and instructs under a demonstration account, by région.
REVIEWERS = {HOME_REGION: "ars_reviewer", EAST_REGION: "east_reviewer"}
DIRECTORS = {HOME_REGION: "ars_director", EAST_REGION: "east_director"}


@dataclass
class Authorities:
    """Those who instruct, decide and sign for one dossier."""

    reviewer: User
    director: User
    cpam_officer: User
    cpam_director: User
    local_committee: User
    regional_committee: User


@dataclass
class Cast:
    """Finds or creates people. The parts of the demonstration accounts keep the home region."""

    home_district: CpamDistrict
    _staff: dict[str, User] = field(default_factory=dict)

    @cached_property
    def accounts(self) -> dict[str, User]:
        """Part → demonstration account, with its password."""
        return {
            person.part: account(
                person.email, person.first_name, person.last_name, settings.DEMONSTRATION_PASSWORD
            )
            for person in demonstration.people()
        }

    def name_of(self, post: str) -> tuple[str, str]:
        """An invented name for a post, the same at each run, whatever was told before."""
        digest = int.from_bytes(hashlib.sha256(post.encode()).digest()[:6], "big")
        names = invented_names()
        first_name, _ = names[digest % len(names)]
        _, last_name = names[digest // len(names) % len(names)]
        return first_name, last_name

    def take_posts(self) -> None:
        """Give the demonstration accounts their authorities' scopes."""
        region = Region.objects.get(pk=HOME_REGION)
        departement = Departement.objects.get(pk=HOME_DEPARTEMENT)
        people = self.accounts
        with clock.at(IN_POST_SINCE):
            for person in people.values():
                prove(person)
            assign(people["ars_delegation"], Role.ARS_REVIEWER, departement=departement)
            assign(people["ars_reviewer"], Role.ARS_REVIEWER, region=region)
            assign(people["ars_director"], Role.ARS_DIRECTOR, region=region)
            assign(people["cpam_officer"], Role.CPAM_OFFICER, cpam_district=self.home_district)
            assign(people["cpam_director"], Role.CPAM_DIRECTOR, cpam_district=self.home_district)
            assign(people["committee_member"], Role.COMMITTEE, region=region, body=ACCOUNT_BODY)
            self._take_posts_in_the_east(people)
            assign(people["national_reader"], Role.NATIONAL_READER)
            assign(people["administrator"], Role.ADMINISTRATOR)

    @staticmethod
    def _take_posts_in_the_east(people: dict[str, User]) -> None:
        region = Region.objects.get(pk=EAST_REGION)
        assign(people["east_reviewer"], Role.ARS_REVIEWER, region=region)
        assign(people["east_director"], Role.ARS_DIRECTOR, region=region)
        for part, body in EAST_BODIES.items():
            assign(people[part], Role.COMMITTEE, region=region, body=body)

    def sits(self, post: str, body: str, region: Region) -> User:
        """Somebody who speaks for a body on the committee of a région."""
        return self._in_post(post, Role.COMMITTEE, body=body, region=region)

    def authorities(self, cpts: Cpts) -> Authorities:
        """The people in charge of this dossier, created when a region has none yet."""
        region, district = cpts.region, cpts.cpam_district
        accounts = self.accounts
        return Authorities(
            reviewer=accounts[REVIEWERS[region.pk]]
            if region.pk in REVIEWERS
            else self._in_post(f"reviewer-{region.pk}", Role.ARS_REVIEWER, region=region),
            director=accounts[DIRECTORS[region.pk]]
            if region.pk in DIRECTORS
            else self._in_post(f"director-{region.pk}", Role.ARS_DIRECTOR, region=region),
            cpam_officer=accounts["cpam_officer"]
            if district == self.home_district
            else self._in_post(f"officer-{district.pk}", Role.CPAM_OFFICER, cpam_district=district),
            cpam_director=accounts["cpam_director"]
            if district == self.home_district
            else self._in_post(f"cpam-{district.pk}", Role.CPAM_DIRECTOR, cpam_district=district),
            local_committee=self._in_post(
                f"local-{district.pk}",
                Role.COMMITTEE,
                body="Comité de pilotage local",
                cpam_district=district,
            ),
            regional_committee=self._in_post(
                f"regional-{region.pk}", Role.COMMITTEE, body="Comité régional", region=region
            ),
        )

    def somebody(self, post: str) -> User:
        """An invented person for a post of this name; the same one each time it is asked for."""
        if post not in self._staff:
            first_name, last_name = self.name_of(post)
            address = address_of(first_name, last_name, post)
            self._staff[post] = account(address, first_name, last_name)
        return self._staff[post]

    def _in_post(self, post: str, role: Role, *, body: str = "", **scope: object) -> User:
        user = self.somebody(post)
        with clock.at(IN_POST_SINCE):
            assign(user, role, body=body, **scope)
        return user


@cache
def invented_names() -> list[tuple[str, str]]:
    """First and last names, to be combined."""
    with NAMES_FILE.open(encoding="utf-8", newline="") as rows:
        return [(row["first_name"], row["last_name"]) for row in csv.DictReader(rows)]


def address_of(first_name: str, last_name: str, post: str) -> str:
    """One address for one post, at a domain where nothing arrives."""
    local = search_key(f"{first_name} {last_name} {post}").replace(" ", ".")
    return f"{local}@example.org"


def account(email: str, first_name: str, last_name: str, password: str | None = None) -> User:
    """The account of this address, created when absent; without password nobody signs in."""
    known: User | None = User.objects.filter(email=email).first()
    if known:
        return known
    created: User = User.objects.create_user(
        email, password, first_name=first_name, last_name=last_name
    )
    return created


def prove(person: User) -> FactorProof:
    """What a person does before an act that binds: enrol a telephone once, then give its code.

    While it is recent the same proof serves again.
    """
    recent: FactorProof | None = person.factor_proofs.recent().last()
    if recent is not None:
        return recent
    if not SecondFactor.objects.filter(user=person).exists():
        secret = factors.new_secret()
        proof, _ = factors.enrol(
            secret=secret, code=factors.code_now(secret), sign_in={}, by=person
        )
        return proof
    code = SecondFactor.objects.get(user=person).codes.at(clock.now())
    return factors.prove(code=code, sign_in={}, by=person)
