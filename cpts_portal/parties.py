"""Who is on the other side: the people of the CPTS, of its ARS and of its CPAM, for each other."""

from dataclasses import dataclass, field

from accounts.access import Role
from territories.models import Assignment, Cpts


@dataclass
class Contact:
    """One person in one quality."""

    name: str
    email: str
    quality: str


@dataclass
class PartyOfDossier:
    """One of the three sides, with its people."""

    label: str
    body: str
    contacts: list[Contact] = field(default_factory=list)


_CPTS_ROLES = (Role.PRESIDENT, Role.COORDINATOR, Role.HOLDER, Role.OFFICE)
_ARS_ROLES = (Role.ARS_REVIEWER, Role.ARS_DIRECTOR)
_CPAM_ROLES = (Role.CPAM_OFFICER, Role.CPAM_DIRECTOR)


def parties_of(cpts: Cpts) -> list[PartyOfDossier]:
    """The three parties of the dossier with the people in post today. One query."""
    sides = {
        _CPTS_ROLES: PartyOfDossier("CPTS", cpts.name),
        _ARS_ROLES: PartyOfDossier("ARS", cpts.region.ars_name),
        _CPAM_ROLES: PartyOfDossier("Assurance maladie", cpts.cpam_district.name),
    }
    posts = sorted(Assignment.objects.current().on(cpts).with_people(), key=_rank)
    for post in posts:
        for roles, side in sides.items():
            if post.role in roles:
                side.contacts.append(
                    Contact(str(post.user), post.user.email, str(post.get_role_display()))
                )
    return list(sides.values())


def _rank(post: Assignment) -> tuple[int, str]:
    """In the order of the roles above, then by name."""
    order = [*_CPTS_ROLES, *_ARS_ROLES, *_CPAM_ROLES]
    role = Role(post.role)
    return (order.index(role) if role in order else len(order), str(post.user))
