"""Writes the journal of each dossier: the sentences that the acts themselves would have written."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

from accounts.access import Role
from accounts.models import User
from aci.deadlines import contract_years
from aci.models import Contract
from aci.workflow import ContractState
from cpts_portal.national.calendar import ContractDays
from cpts_portal.national.dossiers import STEPS, Dossier, at_nine
from foundation import clock
from projects.models import Filing
from projects.workflow import Kind, State
from records.journal import Act, record_chains

ONE_DAY = dt.timedelta(days=1)
PORTAL = "portail"
# Filed, complete, decided: what the timeline says of a letter and of a project.
WORDS = {
    Kind.LETTER: (
        "Lettre d’intention transmise à l’ARS et à la CPAM",
        "Lettre d’intention complète",
        "Lettre d’intention approuvée",
    ),
    Kind.PROJECT: (
        "Projet de santé transmis à l’ARS et à la CPAM",
        "Projet de santé complet",
        "Projet de santé validé",
    ),
}


def write_journals(dossiers: Sequence[Dossier]) -> int:
    """One chain for each dossier; returns how many entries."""
    portal = User.objects.portal()
    return record_chains(
        {
            dossier.cpts.reference: sorted(_acts(dossier, portal), key=lambda act: act.at)
            for dossier in dossiers
        }
    )


def _acts(dossier: Dossier, portal: User) -> Iterator[Act]:
    yield Act(
        verb="found_cpts",
        subject=dossier.cpts,
        by=dossier.holders.holder,
        sentence="Ouverture du dossier",
        at=at_nine(dossier.founded),
        role=_label(Role.HOLDER),
    )
    for filing in dossier.filings:
        yield from _filing_acts(dossier, filing)
    for days, contract in dossier.contracts:
        yield from _negotiation(dossier, days, contract)
        if contract.is_signed:
            yield from _life(contract, portal)


def _filing_acts(dossier: Dossier, filing: Filing) -> Iterator[Act]:
    kind = Kind(filing.kind)
    steps, (filed, complete, decided) = STEPS[kind], WORDS[kind]
    people, holder = dossier.authorities, dossier.holders.holder
    is_letter = kind == Kind.LETTER
    reviewer, director = (people.reviewer, Role.ARS_REVIEWER), (people.director, Role.ARS_DIRECTOR)
    yield _note(
        "open_letter" if is_letter else "open_health_project",
        filing,
        (holder, Role.HOLDER),
        at_nine(filing.opened_on),
        "Ouverture de la lettre d’intention" if is_letter else "Ouverture du projet de santé",
        states=("", State.DRAFT),
    )
    if at := dossier.moment(steps.filed):
        states = State.DRAFT, State.SUBMITTED
        yield _note("submit", filing, (holder, Role.HOLDER), at, filed, states)
    if at := dossier.moment(steps.complete):
        states = State.SUBMITTED, State.COMPLETE
        due = filing.due_on and filing.due_on.isoformat()
        yield _note("declare_complete", filing, reviewer, at, complete, states, due_on=due)
    yield from _opinion_acts(dossier, filing)
    if at := dossier.moment(steps.decided):
        verb = "approve" if is_letter else "validate"
        if any(opinion.filing_id == filing.pk for opinion in dossier.opinions):
            yield _note(
                "release_opinions",
                filing,
                director,
                at,
                "Avis des comités communiqués aux parties",
                ("", State.APPROVED),
            )
        yield _note(verb, filing, director, at, decided, (State.COMPLETE, State.APPROVED))


def _opinion_acts(dossier: Dossier, filing: Filing) -> Iterator[Act]:
    for opinion in dossier.opinions:
        if opinion.filing_id == filing.pk:
            label = dossier.procedure.label_of(opinion.level, filing.kind)
            yield _note(
                f"give_{opinion.level}_opinion",
                filing,
                (opinion.given_by, Role.COMMITTEE),
                opinion.given_at,
                f"{label} donné ({opinion.body})",
                states=(State.COMPLETE, State.COMPLETE),
                opinion=opinion.pk,
            )


def _note(
    verb: str,
    filing: Filing,
    by: tuple[User, Role],
    at: dt.datetime,
    sentence: str,
    states: tuple[str, str],
    **details: Any,
) -> Act:
    person, role = by
    return Act(
        verb=verb,
        subject=filing,
        by=person,
        sentence=sentence,
        at=at,
        role=_label(role),
        from_state=str(states[0]),
        to_state=str(states[1]),
        data={"kind": str(filing.kind), "version": filing.number, **details},
    )


def _negotiation(dossier: Dossier, days: ContractDays, contract: Contract) -> Iterator[Act]:
    officer = dossier.authorities.cpam_officer
    negotiating = ContractState.NEGOTIATION.value
    yield Act(
        verb="draft",
        subject=contract,
        by=officer,
        sentence=f"Ouverture de la négociation du contrat {contract.reference}",
        at=at_nine(days.drafted),
        role=_label(Role.CPAM_OFFICER),
        to_state=negotiating,
    )
    if days.accepted is None:
        return
    for party, (person, role) in dossier.speakers.items():
        yield Act(
            verb="accept",
            subject=contract,
            by=person,
            sentence=f"Termes acceptés pour {party.with_article} (version 1)",
            at=at_nine(days.accepted),
            role=_label(role),
            from_state=negotiating,
            to_state=negotiating,
            data={"party": party.value, "territory": contract.territory_mark},
        )
    if days.signed:
        yield Act(
            verb="freeze",
            subject=contract,
            by=officer,
            sentence="Contrat figé pour signature (version 1)",
            at=at_nine(days.signed),
            role=_label(Role.CPAM_OFFICER),
            from_state=negotiating,
            to_state=ContractState.TO_SIGN.value,
        )


def _life(contract: Contract, portal: User) -> Iterator[Act]:
    """What the portal itself notes: the signature's effect, each year, the end."""
    in_force, ends = ContractState.IN_FORCE.value, contract.ends_on
    if ends is None:
        return
    words = f"Le contrat {contract.reference} est en vigueur"
    states = ContractState.TO_SIGN.value, in_force
    data = {"ends_on": ends.isoformat()}
    yield _by_portal(
        "enter_into_force", contract, portal, contract.signature_day, words, states, data
    )
    for year in contract_years(contract.signature_day)[1:]:
        if year.start <= clock.today():
            words = f"Ouverture de l’année de contrat {year.number}"
            states = "", in_force
            yield _by_portal("open_contract_year", contract, portal, year.start, words, states)
    if contract.state == ContractState.EXPIRED:
        words = f"Le contrat {contract.reference} est arrivé à échéance"
        states = in_force, ContractState.EXPIRED.value
        yield _by_portal("expire", contract, portal, ends + ONE_DAY, words, states)


def _by_portal(
    verb: str,
    contract: Contract,
    portal: User,
    day: dt.date,
    sentence: str,
    states: tuple[str, str],
    data: dict[str, str] | None = None,
) -> Act:
    return Act(
        verb=verb,
        subject=contract,
        by=portal,
        sentence=sentence,
        at=at_nine(day),
        role=PORTAL,
        from_state=states[0],
        to_state=states[1],
        data=data or {},
    )


def _label(role: Role) -> str:
    return str(role.label)
