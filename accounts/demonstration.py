"""The invented people one may sign in as, when and only when the demonstration is on."""

import csv
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path

from django.conf import settings

from accounts.models import User

REFERENCE_FILE = Path(__file__).parent / "reference" / "demonstration_accounts.csv"


@dataclass(frozen=True, slots=True)
class Person:
    """One invented person: `part` is the post in the cast, `sentence` what waits there."""

    party: str
    part: str
    first_name: str
    last_name: str
    email: str
    quality: str
    sentence: str

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True, slots=True)
class Party:
    """The people of one side, for the sign-in page."""

    name: str
    people: tuple[Person, ...]


@cache
def people() -> tuple[Person, ...]:
    """The whole cast of the demonstration, in the order of the file."""
    with REFERENCE_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(Person(**row) for row in csv.DictReader(file))


def present() -> list[Person]:
    """Those who may sign in now: loaded, active, and the demonstration is on."""
    if not settings.DEMONSTRATION:
        return []
    emails = set(User.objects.demonstration().values_list("email", flat=True))
    return [person for person in people() if person.email in emails]


def parties() -> list[Party]:
    """The same, by party."""
    return [
        Party(name, tuple(group)) for name, group in groupby(present(), lambda person: person.party)
    ]
