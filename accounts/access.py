"""The only page that says which role may do what, and how a view declares who may come.

Refused by default: a view without `@needs`, `@signed_in` or `@public` is never served
(`cpts_portal.middleware`), and a permission counts only inside the scope of the assignment that
brings it (`territories.scopes`).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, cast

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

if TYPE_CHECKING:
    from accounts.models import User  # models read the grants, never the other way round


class Role(TextChoices):
    """Who works here. The sentence of each is in `ROLE_SENTENCES`; its grants in `GRANTS`."""

    HOLDER = "holder", "Porteur de projet"
    PRESIDENT = "president", "Présidence de la CPTS"
    OFFICE = "office", "Membre du bureau de la CPTS"
    COORDINATOR = "coordinator", "Coordination de la CPTS"
    MEMBER = "member", "Adhérent de la CPTS"
    ARS_REVIEWER = "ars_reviewer", "Instruction ARS"
    ARS_DIRECTOR = "ars_director", "Direction générale de l’ARS"
    CPAM_OFFICER = "cpam_officer", "Référent CPAM (ROC)"
    CPAM_DIRECTOR = "cpam_director", "Direction de la CPAM"
    COMMITTEE = "committee", "Membre d’un comité"
    NATIONAL_READER = "national_reader", "Lecture nationale"
    ADMINISTRATOR = "administrator", "Administration du portail"


class Permission(TextChoices):
    """What can be done, one verb each: the name of the act through all the layers."""

    # Seeing
    DOSSIER_SEE = "dossier_see", "Consulter le dossier"
    DOSSIER_LIST = "dossier_list", "Consulter la liste des dossiers de son périmètre"
    SHARED_SEE = "shared_see", "Consulter les pages partagées de la CPTS"
    FIGURES_SEE = "figures_see", "Consulter les chiffres"
    GRID_TRY = "grid_try", "Essayer un barème ou un millésime, sans rien enregistrer"
    # Exchanges on the dossier
    EXCHANGE = "exchange", "Échanger des messages avec les autres parties du dossier"
    INTERNAL_NOTE = "internal_note", "Lire et écrire les notes internes de l’ARS et de la CPAM"
    # Letter of intent and health project
    FILING_WRITE = "filing_write", "Rédiger la lettre ou le projet"
    FILING_SUBMIT = "filing_submit", "Transmettre, retirer ou reprendre la lettre ou le projet"
    HOLDER_INVITE = "holder_invite", "Inviter un co-porteur"
    FILING_ASK_PIECES = "filing_ask_pieces", "Demander des pièces"
    COMPLETENESS_CHECK = "completeness_check", "Vérifier la complétude point par point"
    FILING_COMPLETE = "filing_complete", "Déclarer le dossier complet"
    OPINION_GIVE = "opinion_give", "Donner l’avis d’un comité"
    OPINION_INVITE = "opinion_invite", "Inviter un organisme à donner un avis"
    OPINION_READ = "opinion_read", "Lire les avis avant leur communication"
    OPINION_RELEASE = "opinion_release", "Communiquer les avis aux parties"
    FILING_DECIDE = "filing_decide", "Décider sur la lettre ou le projet"
    SESSION_SEE = "session_see", "Consulter les séances de comité"
    SESSION_MANAGE = "session_manage", "Préparer et tenir les séances de comité"
    # Contract
    CONTRACT_DRAFT = "contract_draft", "Préparer et figer le contrat"
    CONTRACT_ACCEPT_CPTS = "contract_accept_cpts", "Accepter le contrat pour la CPTS"
    CONTRACT_ACCEPT_CPAM = "contract_accept_cpam", "Accepter le contrat pour la CPAM"
    CONTRACT_ACCEPT_ARS = "contract_accept_ars", "Accepter le contrat pour l’ARS"
    CONTRACT_SIGN_CPTS = "contract_sign_cpts", "Signer le contrat pour la CPTS"
    CONTRACT_SIGN_CPAM = "contract_sign_cpam", "Signer le contrat pour la CPAM"
    CONTRACT_SIGN_ARS = "contract_sign_ars", "Signer le contrat pour l’ARS"
    RESHAPING_DRAFT = "reshaping_draft", "Préparer une fusion ou une scission de CPTS"
    # Money
    PAYMENT_PREPARE = "payment_prepare", "Préparer les ordres de paiement et les transmettre"
    PAYMENT_APPROVE = "payment_approve", "Approuver ou refuser les ordres de paiement"
    OUTSIDE_GRID_RECORD = "outside_grid_record", "Inscrire une aide hors barème"
    IDENTITY_WRITE = "identity_write", "Écrire l’identité de l’association"
    BANK_ACCOUNT = "bank_account", "Voir, proposer ou confirmer le compte bancaire de la CPTS"
    # Missions
    MISSION_REPORT = "mission_report", "Déclarer l’avancement des missions"
    # Members
    MEMBER_SEE = "member_see", "Consulter les adhérents"
    MEMBER_APPROVE = "member_approve", "Approuver ou refuser une adhésion"
    # The portal itself
    PORTAL_ADMINISTER = "portal_administer", "Administrer les comptes et les données de référence"
    # Granted by no role: one's own file (its link or its account), and acts of the scheduled tasks
    MEMBERSHIP_OWN = "membership_own", "Gérer sa propre adhésion"
    SYSTEM = "system", "Acte automatique du portail"


ROLE_SENTENCES: dict[Role, str] = {
    Role.HOLDER: "Rédige la lettre d’intention et le projet de santé, et invite des co-porteurs.",
    Role.PRESIDENT: "Représente la CPTS, la signe et approuve les adhésions.",
    Role.OFFICE: "Suit le dossier de la CPTS et approuve les adhésions.",
    Role.COORDINATOR: "Rédige le dossier et déclare l’avancement des missions, sans jamais signer.",
    Role.MEMBER: "Consulte les pages partagées de sa CPTS et gère sa propre adhésion.",
    Role.ARS_REVIEWER: "Instruit les dossiers de sa région ou de son département.",
    Role.ARS_DIRECTOR: "Décide sur les lettres et les projets de sa région, et signe pour l’ARS.",
    Role.CPAM_OFFICER: (
        "Instruit avec l’ARS les dossiers de sa caisse, prépare les contrats et les paiements."
    ),
    Role.CPAM_DIRECTOR: "Signe les contrats et approuve les paiements pour la CPAM.",
    Role.COMMITTEE: "Donne l’avis de son comité sur les dossiers complets de sa région.",
    Role.NATIONAL_READER: "Lit les chiffres de toute la France, sans entrer dans les dossiers.",
    Role.ADMINISTRATOR: "Gère les comptes, les périmètres et les données ; ne voit aucun dossier.",
}

_P = Permission
_WRITERS = {
    _P.DOSSIER_SEE,
    _P.SHARED_SEE,
    _P.EXCHANGE,
    _P.FILING_WRITE,
    _P.FILING_SUBMIT,
    _P.HOLDER_INVITE,
}

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.HOLDER: frozenset(_WRITERS),
    Role.PRESIDENT: frozenset(
        _WRITERS
        | {
            _P.CONTRACT_ACCEPT_CPTS,
            _P.CONTRACT_SIGN_CPTS,
            _P.IDENTITY_WRITE,
            _P.BANK_ACCOUNT,
            _P.MEMBER_SEE,
            _P.MEMBER_APPROVE,
        }
    ),
    Role.OFFICE: frozenset(
        {
            _P.DOSSIER_SEE,
            _P.SHARED_SEE,
            _P.EXCHANGE,
            _P.IDENTITY_WRITE,
            _P.BANK_ACCOUNT,
            _P.MEMBER_SEE,
            _P.MEMBER_APPROVE,
        }
    ),
    Role.COORDINATOR: frozenset(
        _WRITERS | {_P.CONTRACT_ACCEPT_CPTS, _P.IDENTITY_WRITE, _P.MISSION_REPORT, _P.MEMBER_SEE}
    ),
    Role.MEMBER: frozenset({_P.SHARED_SEE}),
    Role.ARS_REVIEWER: frozenset(
        {
            _P.DOSSIER_SEE,
            _P.DOSSIER_LIST,
            _P.SHARED_SEE,
            _P.EXCHANGE,
            _P.INTERNAL_NOTE,
            _P.FIGURES_SEE,
            _P.SESSION_SEE,
            _P.SESSION_MANAGE,
            _P.FILING_ASK_PIECES,
            _P.COMPLETENESS_CHECK,
            _P.FILING_COMPLETE,
            _P.OPINION_INVITE,
            _P.OPINION_READ,
            _P.OPINION_RELEASE,
            _P.CONTRACT_ACCEPT_ARS,
            _P.RESHAPING_DRAFT,
            _P.OUTSIDE_GRID_RECORD,
        }
    ),
    Role.ARS_DIRECTOR: frozenset(
        {
            _P.DOSSIER_SEE,
            _P.DOSSIER_LIST,
            _P.SHARED_SEE,
            _P.EXCHANGE,
            _P.INTERNAL_NOTE,
            _P.FIGURES_SEE,
            _P.GRID_TRY,
            _P.SESSION_SEE,
            _P.SESSION_MANAGE,
            _P.FILING_DECIDE,
            _P.OPINION_READ,
            _P.OPINION_RELEASE,
            _P.CONTRACT_ACCEPT_ARS,
            _P.CONTRACT_SIGN_ARS,
            _P.RESHAPING_DRAFT,
        }
    ),
    Role.CPAM_OFFICER: frozenset(
        {
            _P.DOSSIER_SEE,
            _P.DOSSIER_LIST,
            _P.SHARED_SEE,
            _P.EXCHANGE,
            _P.INTERNAL_NOTE,
            _P.FIGURES_SEE,
            _P.SESSION_SEE,
            _P.FILING_ASK_PIECES,
            _P.COMPLETENESS_CHECK,
            _P.OPINION_READ,
            _P.CONTRACT_DRAFT,
            _P.CONTRACT_ACCEPT_CPAM,
            _P.PAYMENT_PREPARE,
            _P.OUTSIDE_GRID_RECORD,
            _P.IDENTITY_WRITE,
            _P.BANK_ACCOUNT,
        }
    ),
    Role.CPAM_DIRECTOR: frozenset(
        {
            _P.DOSSIER_SEE,
            _P.DOSSIER_LIST,
            _P.SHARED_SEE,
            _P.EXCHANGE,
            _P.INTERNAL_NOTE,
            _P.FIGURES_SEE,
            _P.GRID_TRY,
            _P.OPINION_READ,
            _P.SESSION_SEE,
            _P.CONTRACT_ACCEPT_CPAM,
            _P.CONTRACT_SIGN_CPAM,
            _P.PAYMENT_APPROVE,
            _P.BANK_ACCOUNT,
        }
    ),
    Role.COMMITTEE: frozenset({_P.DOSSIER_SEE, _P.DOSSIER_LIST, _P.OPINION_GIVE, _P.SESSION_SEE}),
    Role.NATIONAL_READER: frozenset({_P.FIGURES_SEE, _P.GRID_TRY}),
    Role.ADMINISTRATOR: frozenset({_P.PORTAL_ADMINISTER}),
}


def roles_granting(permission: str) -> frozenset[Role]:
    """The roles that bring this permission: the filter behind every `visible_to`."""
    return frozenset(role for role, granted in GRANTS.items() if permission in granted)


# --- What a view declares ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Access:
    """Who may come to a view: everybody, anyone signed in, or the bearers of a permission."""

    is_public: bool = False
    permissions: frozenset[Permission] = frozenset()


class SignedInRequest(HttpRequest):
    """What a view behind `@needs` or `@signed_in` receives: its user is an account."""

    user: "User"


Args = ParamSpec("Args")
Answer = TypeVar("Answer", bound=HttpResponse)
View = Callable[Concatenate[HttpRequest, Args], HttpResponse]
GuardedView = Callable[Concatenate[SignedInRequest, Args], HttpResponse]


def public(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Anyone may come, signed in or not."""
    view.access = Access(is_public=True)  # type: ignore[attr-defined]  # read by the middleware
    return view


def signed_in(view: GuardedView[Args]) -> View[Args]:
    """Any active account may come; the page shows only what is theirs."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return _to_sign_in(request)
        return view(cast(SignedInRequest, request), *args, **kwargs)

    guarded.access = Access()  # type: ignore[attr-defined]
    return guarded


def needs(*permissions: Permission) -> Callable[[GuardedView[Args]], View[Args]]:
    """Bearers of at least one of these permissions, on whatever scope; the object is checked later.

    Anonymous visitors go to the sign-in page; accounts without the right get 403.
    """
    wanted = frozenset(permissions)

    def decorate(view: GuardedView[Args]) -> View[Args]:
        @wraps(view)
        def guarded(
            request: HttpRequest, /, *args: Args.args, **kwargs: Args.kwargs
        ) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            if not wanted & request.user.permissions:
                raise PermissionDenied
            return view(cast(SignedInRequest, request), *args, **kwargs)

        guarded.access = Access(permissions=wanted)  # type: ignore[attr-defined]
        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.get_full_path()})
    return redirect(f"{reverse(settings.LOGIN_URL)}?{query}")


def access_of(view: Any) -> Access | None:
    """What a resolved view declared; `None` means nobody thought of it, and nobody may come."""
    return getattr(view, "access", None)
