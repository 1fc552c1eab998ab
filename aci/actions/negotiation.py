"""From the validated projet to a text that the three parties accept."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci import emails
from aci.actions.articles import accept_block, accept_blocks
from aci.actions.documents import keep_version, moved, want_document
from aci.actions.grids import load_missing_grids
from aci.actions.held import SIGNATORY, held, pass_baton
from aci.actions.templates import template_for
from aci.annexes import annexes_of
from aci.contract_funding import refuse_unpayable
from aci.contract_texts import current_text, write_text
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Amendment, Contract, ContractAcceptance, ContractDocument, ContractMission
from aci.parties import SIGNING_ORDER, Party
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects.models import Filing
from projects.workflow import State
from records import journal
from territories.models import Baton, Cpts, Stage
from territories.scopes import may_on, quality_on

# A first contract, or the renewal of one that ends or has ended.
OPEN_TO_A_CONTRACT = {Stage.VALIDATED, Stage.CONTRACTED, Stage.EXPIRED, Stage.TERMINATED}

MissionStarts = Mapping[MissionCode, dt.date | None]


@transaction.atomic
def draft(
    project: Filing,
    *,
    missions: MissionStarts,
    by: User,
    unscheduled_care_since: dt.date | None = None,
    planned_signature_on: dt.date | None = None,
) -> Contract:
    """Open the negotiation of a contract from a validated projet; the next one is a renewal.

    A mission without a date starts on the day of the signature.
    """
    cpts = Cpts.objects.select_for_update(of=("self",)).get(pk=project.cpts_id)
    if not may_on(by, cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("draft")
    _refuse_too_early(project, cpts)
    load_missing_grids()
    previous = cpts.contracts.newest_first().first()
    number = previous.number + 1 if previous else 1
    contract = Contract(
        cpts=cpts,
        number=number,
        reference=f"ACI-{cpts.reference}-{number}",
        health_project_id=project.pk,
        previous=previous,
        template=template_for(clock.today()),
    )
    _set_terms(contract, missions, unscheduled_care_since, planned_signature_on or clock.today())
    write_text(contract)
    keep_version(contract)
    journal.record(
        "draft",
        contract,
        by=by,
        dossier=cpts.reference,
        sentence=f"Ouverture de la négociation du contrat {contract.reference}",
        to_state=contract.state,
        role=quality_on(by, cpts),
    )
    pass_baton(contract, Baton.THREE_PARTIES)
    emails.terms_to_accept(contract, by=by)
    return contract


@transaction.atomic
def change_terms(
    contract: Contract,
    *,
    missions: MissionStarts,
    unscheduled_care_since: dt.date | None,
    planned_signature_on: dt.date,
    version: int,
    by: User,
) -> Contract:
    """Write a new version of the terms: what was accepted before no longer counts.

    `version` is the one that the author had under the eyes.
    """
    contract = held(contract)
    WORKFLOW.apply("change_terms", contract, may=may_on(by, contract.cpts))
    refuse_stale(contract, version)
    contract.terms_version += 1
    _set_terms(contract, missions, unscheduled_care_since, planned_signature_on)
    write_text(contract)
    keep_version(contract)
    journal.record(
        "change_terms",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Nouvelle version des termes du contrat (version {contract.terms_version})",
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        missions={code.value: day.isoformat() if day else "" for code, day in missions.items()},
    )
    pass_baton(contract, Baton.THREE_PARTIES)
    emails.terms_to_accept(contract, by=by)
    return contract


@transaction.atomic
def accept(contract: Contract, *, party: Party, version: int, by: User) -> Contract:
    """A party agrees with the terms that it had under the eyes."""
    contract = held(contract)
    WORKFLOW.apply(f"accept_for_{party.value}", contract, may=may_on(by, contract.cpts))
    refuse_stale(contract, version)
    if party not in contract.parties_to_accept:
        raise Refused(f"{party.named(contract.cpts)} a déjà accepté cette version des termes.")
    if not contract.is_amendment:  # an amendment is accepted as a whole
        accept_blocks(contract, current_text(contract), party, by=by)
    return _agree(contract, party, by=by)


@transaction.atomic
def accept_article(
    contract: Contract, *, party: Party, key: str, sha256: str, by: User
) -> Contract:
    """A party accepts one article; the last one makes its accord on the whole version."""
    contract, is_whole = accept_block(contract, party=party, key=key, sha256=sha256, by=by)
    if is_whole and party in contract.parties_to_accept:
        _agree(contract, party, by=by)
    return contract


def _agree(contract: Contract, party: Party, *, by: User) -> Contract:
    """Keep the accord of a party on the version as it stands."""
    version = contract.terms_version
    ContractAcceptance.objects.update_or_create(
        contract=contract,
        party=party,
        version=version,
        defaults={
            "territory_mark": contract.territory_mark,
            "by": by,
            "name": by.get_full_name(),
            "at": clock.now(),
        },
    )
    journal.record(
        "accept",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Termes acceptés pour {party.with_article} (version {version})",
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        party=party.value,
        territory=contract.territory_mark,
    )
    if not contract.parties_to_accept:  # all agree: the CPAM freezes the contract
        pass_baton(contract, Baton.CPAM)
    return contract


@transaction.atomic
def freeze(contract: Contract, *, by: User) -> Contract:
    """Fix the text that will be signed; a worker makes its PDF."""
    contract = held(contract)
    before = contract.state
    WORKFLOW.apply("freeze", contract, may=may_on(by, contract.cpts))
    _refuse_moved(contract)
    _refuse_without_annex(contract)
    want_document(contract, ContractDocument.Kind.FROZEN, by=by)
    contract.save(update_fields=["state"])
    journal.record(
        "freeze",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"{contract.words.bare.capitalize()} figé pour signature "
        f"(version {contract.terms_version})",
        from_state=before,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
    )
    pass_baton(contract, SIGNATORY[SIGNING_ORDER[0]])
    emails.contract_to_sign(contract, by=by)
    return contract


def _refuse_too_early(project: Filing, cpts: Cpts) -> None:
    if project.is_letter or project.state != State.APPROVED or cpts.stage not in OPEN_TO_A_CONTRACT:
        raise Refused("Un contrat se prépare à partir d’un projet de santé validé.")
    if cpts.contracts.open().exists():
        raise Refused("Un contrat est déjà en négociation ou à signer pour cette CPTS.")


def _set_terms(
    contract: Contract,
    missions: MissionStarts,
    unscheduled_care_since: dt.date | None,
    planned_signature_on: dt.date,
) -> None:
    """Store the terms, once it is sure that the grids can pay them."""
    if not missions:
        raise Refused("Choisissez au moins une mission.")
    for mission, start in missions.items():
        if start is not None and start < planned_signature_on:
            raise Refused(
                f"« {mission.label} » ne peut pas démarrer le {format_date(start)} : une mission "
                f"ne démarre pas avant la signature, prévue le {format_date(planned_signature_on)}."
            )
    contract.unscheduled_care_since = unscheduled_care_since
    contract.planned_signature_on = planned_signature_on
    refuse_unpayable(contract, missions)
    contract.save()
    contract.missions.all().delete()
    ContractMission.objects.bulk_create(
        ContractMission(contract=contract, code=mission, starts_on=missions[mission])
        for mission in MISSIONS
        if mission in missions
    )


def _refuse_moved(contract: Contract) -> None:
    """What is frozen is what the three parties accepted, word for word."""
    titles = moved(contract)
    if titles:
        names = ", ".join(f"« {title} »" for title in titles)
        act = "Enregistrez de nouveau ce bloc" if contract.is_amendment else "Actualisez le texte"
        raise Refused(
            f"{contract.words.The} ne dit plus ce que les parties ont accepté : {names}. "
            f"{act}, puis recueillez leur accord."
        )


def _refuse_without_annex(contract: Contract) -> None:
    """Where the clauses want the indicators, nobody signs before they are written."""
    template = (contract.amends or contract).template
    if template is None or not template.requires_annex:
        return
    year = contract.open_years[0] if isinstance(contract, Amendment) else 1
    if not annexes_of(contract).get(year):
        raise Refused(
            f"Le modèle de contrat exige l’annexe des indicateurs de l’année {year} : "
            "remplissez-la, puis recueillez l’accord des parties."
        )


def refuse_stale(contract: Contract, version: int) -> None:
    """What was read is what is acted upon."""
    if version != contract.terms_version:
        raise StaleVersion(
            "Les termes ont changé pendant que vous les lisiez : relisez la version "
            f"{contract.terms_version}."
        )
