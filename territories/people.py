"""Acts of the administration on people: accounts, and the assignments that give them their rights.

Accounts come before the journal in the order of imports, hence these acts live here. Nobody changes
their own rights: a second administrator is needed (quality.md, two different people).
"""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts import actions as accounts_actions
from accounts.access import Role
from accounts.models import User
from foundation.dates import format_date
from foundation.refusal import Refused
from records import journal
from territories.actions import assign
from territories.models import Assignment

PORTAL_DOSSIER = "portail"  # the chain of what belongs to no CPTS

# The scopes a role may be given, by field of Assignment; an empty set: the whole of France.
SCOPES_OF_ROLE: Mapping[Role, frozenset[str]] = {
    Role.HOLDER: frozenset({"cpts"}),
    Role.PRESIDENT: frozenset({"cpts"}),
    Role.OFFICE: frozenset({"cpts"}),
    Role.COORDINATOR: frozenset({"cpts"}),
    Role.MEMBER: frozenset({"cpts"}),
    Role.ARS_REVIEWER: frozenset({"region", "departement"}),
    Role.ARS_DIRECTOR: frozenset({"region"}),
    Role.CPAM_OFFICER: frozenset({"cpam_district"}),
    Role.CPAM_DIRECTOR: frozenset({"cpam_district"}),
    Role.COMMITTEE: frozenset({"region"}),
    Role.NATIONAL_READER: frozenset(),
    Role.ADMINISTRATOR: frozenset(),
}
SCOPE_WORDS = {
    "cpts": "une CPTS",
    "region": "une région",
    "departement": "un département",
    "cpam_district": "une CPAM",
}


@transaction.atomic
def create_account(*, email: str, first_name: str, last_name: str, by: User) -> User:
    """Open an account for somebody, who receives a link to choose a password."""
    if User.objects.filter(email=User.objects.normalize(email)).exists():
        raise Refused("Un compte existe déjà avec cette adresse électronique.")
    user = User.objects.create_user(email, first_name=first_name, last_name=last_name)
    accounts_actions.invite(user)
    _note("create_account", user, by, f"Création du compte de {user}")
    return user


@transaction.atomic
def give_role(user: User, role: Role, *, by: User, body: str = "", **scope: object) -> Assignment:
    """Give a role on one scope, from today."""
    _refuse_oneself(user, by)
    wanted = SCOPES_OF_ROLE[role]
    if set(scope) - wanted or len(scope) != min(1, len(wanted)):
        raise Refused(f"« {role.label} » s’exerce sur {scope_words(role)}.")
    if Assignment.objects.current().filter(user=user, role=role, **scope).exists():
        raise Refused("Cette personne a déjà ce rôle sur ce périmètre.")
    assignment = assign(user, role, body=body, **scope)
    _note("give_role", user, by, f"Rôle donné à {user} : {assignment}")
    return assignment


@transaction.atomic
def end_role(assignment: Assignment, *, on: dt.date, by: User) -> None:
    """The role ends at the close of that day; what was done with it stays."""
    held = Assignment.objects.select_for_update(of=("self",)).with_scope().get(pk=assignment.pk)
    _refuse_oneself(held.user, by)
    if on < held.valid_from:
        raise Refused(f"La fin ne peut pas précéder le début, le {format_date(held.valid_from)}.")
    held.valid_to = on
    held.save(update_fields=["valid_to"])
    _note("end_role", held.user, by, f"Fin le {format_date(on)} pour {held.user} : {held}")


@transaction.atomic
def deactivate_account(user: User, *, by: User) -> None:
    """Nobody signs in to it any more, at once."""
    _refuse_oneself(user, by)
    if not user.is_active:
        raise Refused("Ce compte est déjà désactivé.")
    accounts_actions.deactivate(user)
    _note("deactivate_account", user, by, f"Désactivation du compte de {user}")


@transaction.atomic
def reactivate_account(user: User, *, by: User) -> None:
    """Open it again: a new link is sent to choose a password."""
    if user.is_active:
        raise Refused("Ce compte est déjà actif.")
    accounts_actions.reactivate(user)
    _note("reactivate_account", user, by, f"Réactivation du compte de {user}")


def with_current_roles(users: QuerySet[User]) -> QuerySet[User]:
    """Accounts with their first role of today, its scope and how many they hold, in one query."""
    held = Assignment.objects.current().filter(user=OuterRef("pk"))
    first = held.order_by("pk")
    counted = held.order_by().values("user").annotate(count=Count("pk")).values("count")
    scope = Coalesce(
        "cpts__name",
        "cpam_district__name",
        "departement__name",
        "region__name",
        Value("France entière"),
    )
    return users.annotate(
        main_role=Subquery(first.values("role")[:1]),
        main_scope=Subquery(first.annotate(scope=scope).values("scope")[:1]),
        role_count=Coalesce(Subquery(counted), 0),
    )


def scope_words(role: Role) -> str:
    """« une région ou un département », « la France entière »."""
    words = [SCOPE_WORDS[name] for name in sorted(SCOPES_OF_ROLE[role], reverse=True)]
    return " ou ".join(words) or "la France entière"


def _refuse_oneself(user: User, by: User) -> None:
    if user.pk == by.pk:
        raise Refused(
            "Personne ne modifie ses propres droits : demandez à un autre administrateur."
        )


def _note(verb: str, user: User, by: User, sentence: str) -> None:
    journal.record(verb, user, by=by, dossier=PORTAL_DOSSIER, sentence=sentence[:300])
