"""Amend a contract in force: clone its last version, change it block by block."""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping

from django.db import transaction

from accounts.access import Permission
from accounts.models import User
from aci import emails
from aci.actions.documents import keep_version
from aci.actions.held import held, held_amendment, pass_baton
from aci.actions.life import next_deadline
from aci.actions.negotiation import refuse_stale
from aci.amended_funding import year_in_force
from aci.amendment_funding import signed_amendments, spans_of
from aci.contract_funding import settings_of, stored_grids
from aci.deadlines import contract_years
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Amendment, Contract, ContractSignatory, TermMission, Terms
from aci.models.amendment import effect_refusal
from aci.parties import Party
from aci.signatories import may_sign_for
from aci.workflow import WORKFLOW, ContractState
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records import journal
from territories.actions import ChosenCommune, move
from territories.amending import propose_territory
from territories.models import Baton
from territories.scopes import may_on, quality_on


@transaction.atomic
def draft_amendment(
    contract: Contract, *, effective_on: dt.date, reason: str, by: User
) -> Amendment:
    """Open the negotiation of an amendment, cloned from the last signed version of the terms."""
    contract = held(contract)
    if not may_on(by, contract.cpts)(Permission.CONTRACT_DRAFT):
        raise NotAllowed("draft_amendment")
    _refuse_to_amend(contract)
    _refuse_effect(contract, effective_on)
    signed = signed_amendments(contract)
    territory = signed[-1].territory_in_use if signed else contract.territory_in_use
    terms = signed[-1].terms if signed else Terms.of_contract(contract.missions.all(), contract)
    number = Amendment.objects.filter(amends=contract).count() + 1
    amendment = Amendment(
        cpts=contract.cpts,
        amends=contract,
        number=number,
        reference=f"{contract.reference}-A{number}",
        health_project=contract.health_project,
        territory=territory,
        former_territory=territory,
        amended_terms=terms.as_plain(),
        former_terms=terms.as_plain(),
        unscheduled_care_since=terms.unscheduled_care_since,
        effective_on=effective_on,
        reason=_reason(reason),
        planned_signature_on=clock.today(),
        grid=contract.grid,
        funding_settings=contract.funding_settings,
    )
    amendment.save()
    _carry_signatories(amendment)
    keep_version(amendment)
    _record(
        amendment, "draft_amendment", f"Ouverture de l’{_lower(amendment.title)}", by, to_state=True
    )
    pass_baton(amendment, Baton.THREE_PARTIES)
    return amendment


@transaction.atomic
def change_amendment_purpose(
    amendment: Amendment, *, effective_on: dt.date, reason: str, version: int, by: User
) -> Amendment:
    """Another day of effect, another reason."""

    def change(row: Amendment) -> None:
        _refuse_effect(row.amended, effective_on)
        known = row.terms_before.starts
        starts = {
            # What starts with the amendment still does when the amendment moves.
            item.mission: (
                effective_on
                if item.starts_on == row.effect and item.mission not in known
                else item.starts_on
            )
            for item in row.terms.missions
        }
        row.effective_on, row.reason = effective_on, _reason(reason)
        _refuse_closed_annexes(row)
        _set_missions(row, starts, row.terms.unscheduled_care_since)

    return change_amendment(amendment, change, "objet et date d’effet", version=version, by=by)


@transaction.atomic
def change_amended_territory(
    amendment: Amendment,
    *,
    chosen: Iterable[ChosenCommune],
    vintage: int,
    vintage_reason: str | None,
    version: int,
    by: User,
) -> Amendment:
    """Other communes, or another vintage: a version of the territory that nothing uses yet."""

    def change(row: Amendment) -> None:
        row.territory = propose_territory(
            row.territory_before,
            chosen,
            vintage=vintage,
            vintage_reason=vintage_reason,
            proposal=row.territory_in_use if row.changes_territory else None,
        )

    return change_amendment(amendment, change, "territoire", version=version, by=by)


@transaction.atomic
def change_amended_missions(
    amendment: Amendment,
    *,
    missions: Mapping[MissionCode, dt.date | None],
    unscheduled_care_since: dt.date | None,
    version: int,
    by: User,
) -> Amendment:
    """Other missions, other starts. A mission without a date starts when the amendment does."""

    def change(row: Amendment) -> None:
        _set_missions(row, missions, unscheduled_care_since)

    return change_amendment(amendment, change, "missions et dates", version=version, by=by)


@transaction.atomic
def abandon_amendment(amendment: Amendment, *, reason: str, by: User) -> Amendment:
    """Give up an amendment before its last signature: the contract stays as it is in force."""
    row = held_amendment(amendment)
    before = row.state
    WORKFLOW.apply("abandon", row, may=may_on(by, row.cpts))
    reason = reason.strip()
    if not reason:
        raise Refused("Dites pourquoi l’avenant est abandonné.")
    voided = row.signatures.filter(voided_at=None).update(voided_at=clock.now())
    row.document_job = None
    row.save(update_fields=["state", "document_job"])
    journal.record(
        "abandon_amendment",
        row,
        by=by,
        dossier=row.cpts.reference,
        sentence=f"{row.title} abandonné",
        from_state=before,
        to_state=row.state,
        reason=reason,
        role=quality_on(by, row.cpts),
        voided_signatures=voided,
    )
    move(row.cpts, baton=Baton.COORDINATOR, deadline=next_deadline(row.amended))
    emails.amendment_abandoned(row, reason=reason, by=by)
    return row


def change_amendment(
    amendment: Amendment, change: Callable[[Amendment], None], what: str, *, version: int, by: User
) -> Amendment:
    """A new version of the amendment: what was accepted before no longer counts."""
    row = held_amendment(amendment)
    WORKFLOW.apply("change_terms", row, may=may_on(by, row.cpts))
    refuse_stale(row, version)
    row.terms_version += 1
    change(row)
    _refuse_unpayable(row)
    row.save()
    keep_version(row)
    _record(row, "change_amendment", f"{row.title}, version {row.terms_version} : {what}", by)
    pass_baton(row, Baton.THREE_PARTIES)
    emails.terms_to_accept(row, by=by)
    return row


def _carry_signatories(amendment: Amendment) -> None:
    """Those named for the contract sign its amendments too, delegates included, while they may."""
    named = {row.party: row for row in ContractSignatory.objects.making(amendment)}
    ContractSignatory.objects.bulk_create(
        ContractSignatory(
            contract=amendment,
            party=row.party,
            user=row.user,
            quality=row.quality,
            delegation=row.delegation,
            delegation_on=row.delegation_on,
        )
        for row in named.values()
        if may_sign_for(row.user, Party(row.party), amendment.cpts)
    )


def _refuse_to_amend(contract: Contract) -> None:
    if contract.state != ContractState.IN_FORCE:
        raise Refused("Seul un contrat en vigueur se modifie par avenant.")
    if Amendment.objects.filter(amends=contract).open().exists():
        raise Refused("Un avenant est déjà en négociation ou à signer pour ce contrat.")


def _refuse_effect(contract: Contract, effect: dt.date) -> None:
    """Neither in a year that is over, nor before what an amendment already changed."""
    refusal = effect_refusal(contract, effect, signed_on=clock.today())
    if refusal:
        raise Refused(refusal)
    signed = signed_amendments(contract)
    if signed and effect < signed[-1].effect:
        raise Refused(
            f"L’{_lower(signed[-1].title)} prend effet le {format_date(signed[-1].effect)} : le "
            "suivant ne peut pas prendre effet avant lui."
        )


def _refuse_closed_annexes(row: Amendment) -> None:
    """Moved later, it may lose a year whose indicators it writes."""
    closed = [annex.year for annex in row.annexes.all() if annex.year not in row.open_years]
    if closed:
        raise Refused(
            f"L’avenant modifie les indicateurs de l’année de contrat {closed[0]}, qui serait "
            f"close le {format_date(row.effect)}."
        )


def _set_missions(
    row: Amendment, missions: Mapping[MissionCode, dt.date | None], care_since: dt.date | None
) -> None:
    """Only what comes from the effect on may change: what has begun has begun."""
    if not missions:
        raise Refused("Choisissez au moins une mission.")
    before = {item.mission: item for item in row.terms_before.missions}
    terms = Terms(
        tuple(
            _mission(row, code, missions[code], before.get(code))
            for code in MISSIONS
            if code in missions
        ),
        _care(row, care_since),
    )
    row.amended_terms = terms.as_plain()
    row.unscheduled_care_since = terms.unscheduled_care_since


def _mission(
    row: Amendment, code: MissionCode, start: dt.date | None, before: TermMission | None
) -> TermMission:
    if before is not None and before.starts_on < row.effect:
        if start not in (None, before.starts_on):
            raise Refused(
                f"« {code.label} » a démarré le {format_date(before.starts_on)}, avant la date "
                "d’effet : sa date de démarrage ne change plus."
            )
        return before
    start = start or row.effect
    if start < row.effect:
        raise Refused(
            f"« {code.label} » ne peut pas démarrer le {format_date(start)}, avant la date d’effet "
            f"de l’avenant, le {format_date(row.effect)}."
        )
    committed_on = before.committed_on if before else row.effect
    return TermMission(code, start, committed_on, row.signature_day)


def _care(row: Amendment, since: dt.date | None) -> dt.date | None:
    before = row.terms_before.unscheduled_care_since
    if since == before:
        return since
    if before is not None and before < row.effect:
        raise Refused(
            f"Les soins non programmés sont organisés depuis le {format_date(before)}, avant la "
            "date d’effet : cette date ne change plus."
        )
    if since is not None and since < row.effect:
        raise Refused(
            f"Les soins non programmés ne peuvent pas être organisés à compter du "
            f"{format_date(since)}, avant la date d’effet, le {format_date(row.effect)}."
        )
    return since


def _refuse_unpayable(row: Amendment) -> None:
    """Refuse terms that the grids in force could not pay, while they can still be changed."""
    contract = row.amended
    spans = spans_of(contract, proposed=row)
    grids = stored_grids()
    for year in contract_years(contract.signature_day, settings_of(contract)):
        if year.next_anniversary > row.effect:
            year_in_force(spans, year.number, grids=grids)


def _reason(text: str) -> str:
    if not text.strip():
        raise Refused("Dites pourquoi le contrat est modifié.")
    return text.strip()


def _lower(title: str) -> str:
    return title[:1].lower() + title[1:]


def _record(row: Amendment, verb: str, sentence: str, by: User, *, to_state: bool = False) -> None:
    journal.record(
        verb,
        row,
        by=by,
        dossier=row.cpts.reference,
        sentence=sentence,
        from_state="" if to_state else row.state,
        to_state=row.state,
        role=quality_on(by, row.cpts),
    )
