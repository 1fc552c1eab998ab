"""Contracts signed outside the portal: registered with their scan, confirmed by somebody else."""

import datetime as dt
from collections.abc import Mapping

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci.actions.grids import load_missing_grids
from aci.actions.life import expire_contracts, next_deadline, open_due_years
from aci.contract_funding import refuse_unpayable
from aci.deadlines import contract_end
from aci.grid_files import read_setting_rows, settings_on
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractMission, ContractRegistration
from aci.parties import Party
from aci.workflow import RUNNING, ContractState
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects.models import Filing
from projects.workflow import State
from records import files, journal
from territories.actions import freeze_territory, move
from territories.models import Baton, Cpts, Stage, Territory
from territories.scopes import may_on, quality_on

SCAN_RULE = files.UploadRule(extensions=frozenset({"pdf"}), max_size=20 * files.MEGABYTE)
MAY_CONFIRM = (Party.ARS.accept_permission, Party.CPAM.accept_permission)


@transaction.atomic
def register_contract(
    cpts: Cpts,
    *,
    signed_on: dt.date,
    missions: Mapping[MissionCode, dt.date | None],
    unscheduled_care_since: dt.date | None,
    territory: Territory,
    signatories: Mapping[Party, str],
    scan: UploadedFile,  # type: ignore[type-arg]  # generic only in its stubs
    by: User,
) -> ContractRegistration:
    """Write down what the paper says. Nothing enters into force before a second person agrees."""
    cpts = _held(cpts)
    if not may_on(by, cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("register_contract")
    refuse_beside_another(cpts)
    if cpts.contract_registrations.pending().exists():
        raise Refused("Un contrat enregistré attend déjà d’être confirmé pour cette CPTS.")
    starts = {mission: start or signed_on for mission, start in missions.items()}
    _refuse_wrong_paper(cpts, signed_on, starts, territory, signatories)
    _contract_of(cpts, signed_on, territory, starts, unscheduled_care_since)
    stored = files.store_upload(scan, by=by, dossier=cpts.reference, rule=SCAN_RULE)
    registration: ContractRegistration = ContractRegistration.objects.create(
        cpts=cpts,
        signed_on=signed_on,
        missions={code.value: day.isoformat() for code, day in starts.items()},
        unscheduled_care_since=unscheduled_care_since,
        territory=territory,
        cpts_signatory=signatories[Party.CPTS].strip(),
        cpam_signatory=signatories[Party.CPAM].strip(),
        ars_signatory=signatories[Party.ARS].strip(),
        scan=stored,
        registered_by=by,
        registered_at=clock.now(),
    )
    _note(
        "register_contract",
        registration,
        by=by,
        sentence=f"Contrat signé hors du portail le {format_date(signed_on)}, à confirmer",
    )
    return registration


@transaction.atomic
def confirm_registration(registration: ContractRegistration, *, by: User) -> Contract:
    """A second person compared with the scan: the contract is in force since its signature."""
    registration = _held_registration(registration, by=by)
    if registration.registered_by_id == by.pk:
        raise Refused("Une seconde personne confirme : vous avez enregistré ce contrat vous-même.")
    cpts = registration.cpts
    refuse_beside_another(cpts)
    contract = _contract_of(
        cpts,
        registration.signed_on,
        registration.territory,
        registration.starts,
        registration.unscheduled_care_since,
    )
    freeze_territory(cpts, version=registration.territory)
    contract.save()
    ContractMission.objects.bulk_create(
        ContractMission(contract=contract, code=code, starts_on=start)
        for code, start in registration.starts.items()
    )
    registration.contract = contract
    _close(registration, by=by)
    _note(
        "confirm_registration",
        registration,
        by=by,
        sentence=f"Contrat {contract.reference}, signé hors du portail, confirmé",
    )
    move(
        cpts,
        stage=Stage.CONTRACTED,
        baton=Baton.COORDINATOR,
        deadline=next_deadline(contract),
        contract_end=contract.ends_on,
        public=True,
    )
    contract.cpts = cpts
    open_due_years(contract, by=by)
    expire_contracts(cpts)
    return contract


@transaction.atomic
def dismiss_registration(
    registration: ContractRegistration, *, reason: str, by: User
) -> ContractRegistration:
    """What was registered is not what the scan says: it is set aside, with the reason."""
    registration = _held_registration(registration, by=by)
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi cet enregistrement est écarté.")
    registration.dismissed_reason = reason
    _close(registration, by=by)
    _note(
        "dismiss_registration",
        registration,
        by=by,
        sentence="Enregistrement d’un contrat signé hors du portail écarté",
        reason=reason,
    )
    return registration


def _held(cpts: Cpts) -> Cpts:
    held: Cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=cpts.pk)
    return held


def _held_registration(registration: ContractRegistration, *, by: User) -> ContractRegistration:
    cpts = _held(registration.cpts)
    may = may_on(by, cpts)
    if not any(may(permission) for permission in MAY_CONFIRM):
        raise NotAllowed("confirm_registration")
    registration.refresh_from_db()
    if not registration.is_pending:
        raise Refused("Cet enregistrement est déjà confirmé ou écarté.")
    registration.cpts = cpts
    return registration


def _close(registration: ContractRegistration, *, by: User) -> None:
    registration.closed_by, registration.closed_at = by, clock.now()
    registration.save()


def _note(
    verb: str, registration: ContractRegistration, *, by: User, sentence: str, reason: str = ""
) -> None:
    journal.record(
        verb,
        registration,
        by=by,
        dossier=registration.cpts.reference,
        sentence=sentence,
        reason=reason,
        role=quality_on(by, registration.cpts),
        signed_on=registration.signed_on.isoformat(),
        scan=registration.scan.sha256,
    )


def refuse_beside_another(cpts: Cpts) -> None:
    """One contract at a time, and no filing whose decision would move the dossier back."""
    if cpts.stage == Stage.REPLACED:
        raise Refused(f"{cpts.name} a été remplacée par une autre CPTS.")
    states = [*RUNNING, ContractState.NEGOTIATION, ContractState.TO_SIGN]
    other = cpts.contracts.filter(state__in=states).first()
    if other is not None:
        raise Refused(
            f"Le contrat {other.reference} est {other.get_state_display()} : "
            "un autre ne s’enregistre pas à côté."
        )
    examined = [State.SUBMITTED, State.INCOMPLETE, State.COMPLETE]
    if Filing.objects.filter(cpts=cpts, state__in=examined).exists():
        raise Refused(
            "Une lettre ou un projet de santé est en cours d’instruction : "
            "le contrat s’enregistre une fois qu’il est décidé ou retiré."
        )


def _refuse_wrong_paper(
    cpts: Cpts,
    signed_on: dt.date,
    starts: Mapping[MissionCode, dt.date],
    territory: Territory,
    signatories: Mapping[Party, str],
) -> None:
    if signed_on > clock.today():
        raise Refused("La date de signature est dans l’avenir : ce contrat n’est pas encore signé.")
    if not starts:
        raise Refused("Choisissez au moins une mission.")
    for mission, start in starts.items():
        if start < signed_on:
            raise Refused(
                f"« {mission.label} » ne peut pas démarrer le {format_date(start)}, avant la "
                f"signature du {format_date(signed_on)}."
            )
    if territory.cpts_id != cpts.pk or not territory.population:
        raise Refused("Choisissez une version du territoire de cette CPTS qui a des habitants.")
    if not all(signatories.get(party, "").strip() for party in Party):
        raise Refused("Indiquez qui a signé pour chacune des trois parties.")
    last = cpts.contracts.exclude(ends_on=None).order_by("-ends_on").first()
    if last is not None and last.ends_on is not None and signed_on <= last.ends_on:
        raise Refused(
            f"Le contrat {last.reference} court jusqu’au {format_date(last.ends_on)} : "
            "celui-ci est signé trop tôt."
        )


def _contract_of(
    cpts: Cpts,
    signed_on: dt.date,
    territory: Territory,
    starts: Mapping[MissionCode, dt.date],
    unscheduled_care_since: dt.date | None,
) -> Contract:
    """The contract as it would be, not saved, once it is sure that the grids can pay it."""
    load_missing_grids()
    settings = settings_on(signed_on, read_setting_rows())
    previous = cpts.contracts.newest_first().first()
    number = previous.number + 1 if previous else 1
    contract = Contract(
        cpts=cpts,
        number=number,
        reference=f"ACI-{cpts.reference}-{number}",
        state=ContractState.IN_FORCE,
        previous=previous,
        territory=territory,
        planned_signature_on=signed_on,
        signed_on=signed_on,
        ends_on=contract_end(signed_on, settings),
        funding_settings=settings.as_texts(),
        unscheduled_care_since=unscheduled_care_since,
    )
    refuse_unpayable(contract, dict(starts))
    return contract
