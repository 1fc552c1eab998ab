"""Ending a contract before its term: asked for, notified, heard, decided, done."""

import datetime as dt

from django.db import transaction

from accounts.models import User
from aci import ending_emails
from aci.actions.ended_years import close_year
from aci.actions.ending_acts import (
    add_accord,
    add_act,
    close,
    party_of_side,
    portal_may,
    record,
    refuse_other_than_shown,
    under_way,
)
from aci.actions.ending_letters import want_letter
from aci.actions.held import held
from aci.actions.life import next_deadline, open_due_years
from aci.contract_funding import settings_of
from aci.deadlines import year_containing
from aci.ending_amounts import ending_amounts
from aci.ending_delays import ONE_DAY, delays_on
from aci.models import Contract, Termination, TerminationAct
from aci.parties import Party
from aci.workflow import WORKFLOW
from foundation import clock
from foundation.dates import format_date
from foundation.refusal import Refused
from projects.letter_kinds import LetterKind
from territories.actions import move
from territories.models import Baton, Cpts, Stage
from territories.scopes import may_on, quality_on

Origin, Outcome, Close = Termination.Origin, Termination.Outcome, Termination.Close


# --- Asking and notifying ----------------------------------------------------------------------


@transaction.atomic
def ask_termination(contract: Contract, *, party: Party, reason: str, by: User) -> Termination:
    """The ARS or the CPAM asks; nothing is notified without the accord of the other one."""
    contract = held(contract)
    WORKFLOW.apply(f"ask_termination_for_{party.value}", contract, may=may_on(by, contract.cpts))
    if contract.open_termination:
        raise Refused(
            "Une demande de résiliation attend déjà un accord : donnez-le, ou abandonnez-la."
        )
    termination = _begin(contract, Origin.INSTITUTIONS, reason)
    add_accord(contract, termination, "notice", party, by=by)
    record(
        "ask_termination",
        contract,
        by=by,
        sentence=f"Résiliation du contrat demandée pour {party.with_article}",
        reason=termination.reason,
        party=party.value,
    )
    other = party_of_side(party)
    ending_emails.asked(contract, termination, party=other, by=by)
    return termination


@transaction.atomic
def agree_termination(contract: Contract, *, party: Party, mark: str, by: User) -> Termination:
    """The other institution agrees: the termination is notified at once."""
    contract = held(contract)
    WORKFLOW.apply(f"ask_termination_for_{party.value}", contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    refuse_other_than_shown(termination, mark)
    add_accord(contract, termination, "notice", party, by=by)
    record(
        "agree_termination",
        contract,
        by=by,
        sentence=f"Accord de {party.with_article} pour notifier la résiliation",
        party=party.value,
    )
    WORKFLOW.apply("notify_termination", contract, may=portal_may(contract))
    _notify(contract, termination, by=by)
    return termination


@transaction.atomic
def notify_termination(contract: Contract, *, reason: str, by: User) -> Termination:
    """The CPTS gives notice. A demand that waits for the accord of an institution falls."""
    contract = held(contract)
    WORKFLOW.apply("notify_termination_for_cpts", contract, may=may_on(by, contract.cpts))
    if contract.open_termination:
        close(contract.open_termination, Close.DROPPED)
    termination = _begin(contract, Origin.CPTS, reason)
    add_accord(contract, termination, "notice", Party.CPTS, by=by)
    _notify(contract, termination, by=by)
    return termination


@transaction.atomic
def drop_termination(contract: Contract, *, party: Party, by: User) -> Termination:
    """An institution abandons a demand that was not notified."""
    contract = held(contract)
    WORKFLOW.apply(f"drop_termination_for_{party.value}", contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    close(termination, Close.DROPPED)
    record(
        "drop_termination",
        contract,
        by=by,
        sentence=f"Demande de résiliation abandonnée pour {party.with_article}",
        party=party.value,
    )
    return termination


@transaction.atomic
def withdraw_termination(contract: Contract, *, by: User) -> Termination:
    """The CPTS takes its own notice back before anything is decided."""
    contract = held(contract)
    before = contract.state
    WORKFLOW.apply("withdraw_termination_for_cpts", contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    close(termination, Close.WITHDRAWN)
    contract.save(update_fields=["state"])
    record(
        "withdraw_termination",
        contract,
        by=by,
        sentence="La CPTS retire son préavis de résiliation",
        from_state=before,
    )
    _go_on(contract)
    ending_emails.withdrawn(contract, termination, by=by)
    return termination


# --- The other side is heard -------------------------------------------------------------------


@transaction.atomic
def observe_termination(contract: Contract, *, party: Party, text: str, by: User) -> TerminationAct:
    """The side that did not notify writes what it has to say."""
    contract = held(contract)
    name = f"observe_termination_for_{party.value}"
    WORKFLOW.apply(name, contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    text = text.strip()
    if not text:
        raise Refused("Écrivez vos observations.")
    role = quality_on(by, contract.cpts)
    observation = add_act(termination, "observation", party, by=by, role=role, text=text)
    record(
        "observe_termination",
        contract,
        by=by,
        sentence=f"Observations de {party.with_article} sur la résiliation",
        reason=text,
        party=party.value,
    )
    ending_emails.observed(contract, termination, by=by)
    return observation


# --- Deciding ----------------------------------------------------------------------------------


@transaction.atomic
def decide_termination(
    contract: Contract,
    *,
    party: Party,
    outcome: str,
    ended_on: dt.date | None,
    reason: str,
    by: User,
) -> Termination:
    """An institution proposes what to decide; a former proposal, its own or not, gives way."""
    contract = held(contract)
    WORKFLOW.apply(f"decide_termination_for_{party.value}", contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    reason = reason.strip()
    if not reason:
        raise Refused("Donnez les motifs de la décision.")
    day = ended_on if outcome == Outcome.TERMINATE else None
    if outcome == Outcome.TERMINATE:
        _refuse_day(contract, termination, day)
    termination.acts.filter(act="decision", voided_at=None).update(voided_at=clock.now())
    termination.outcome, termination.ended_on = outcome, day
    termination.decision_reason = reason
    termination.save(update_fields=["outcome", "ended_on", "decision_reason"])
    add_accord(contract, termination, "decision", party, by=by)
    record(
        "decide_termination",
        contract,
        by=by,
        sentence=(
            f"Décision proposée pour {party.with_article}\u00a0: "
            f"{Outcome(outcome).label}{f' le {format_date(day)}' if day else ''}"
        ),
        reason=reason,
        party=party.value,
        outcome=outcome,
        ended_on=day.isoformat() if day else "",
    )
    ending_emails.decision_asked(contract, termination, party=party_of_side(party), by=by)
    return termination


@transaction.atomic
def agree_decision(contract: Contract, *, party: Party, mark: str, by: User) -> Termination:
    """The other institution agrees with the decision that its page showed: it is taken."""
    contract = held(contract)
    WORKFLOW.apply(f"decide_termination_for_{party.value}", contract, may=may_on(by, contract.cpts))
    termination = under_way(contract)
    refuse_other_than_shown(termination, mark)
    if not termination.outcome:
        raise Refused("Aucune décision n’est encore proposée.")
    if not termination.gives_up:
        _refuse_day(contract, termination, termination.ended_on)
    add_accord(contract, termination, "decision", party, by=by)
    termination.decided_on = clock.today()
    termination.save(update_fields=["decided_on"])
    if termination.gives_up:
        _give_up(contract, termination, by=by)
    else:
        _decide_the_end(contract, termination, by=by)
    ending_emails.decided(contract, termination, by=by)
    if termination.ended_on and termination.ended_on <= clock.today():
        _terminate(contract)
    return termination


# --- What the days bring -----------------------------------------------------------------------


def follow_terminations(cpts: Cpts | None = None) -> int:
    """End the contracts whose day has come, and pass the turn once the other side was heard.

    Safe to run late, and twice.
    """
    found = Termination.objects.under_way()
    found = found.filter(contract__cpts=cpts) if cpts else found
    ended = [one.contract for one in found.to_end_today().select_related("contract")]
    for contract in ended:
        _end_in_time(contract)
    overtaken = found.heard().filter(contract__ends_on__lt=clock.today())
    for one in overtaken.select_related("contract"):
        _lapse(one.contract)
    for one in found.heard().select_related("contract"):
        _pass_to_decision(one.contract)
    return len(ended)


@transaction.atomic
def _end_in_time(contract: Contract) -> None:
    contract = held(contract)
    open_due_years(contract, by=User.objects.portal())  # a worker that was down all that time
    _terminate(contract)


@transaction.atomic
def _pass_to_decision(contract: Contract) -> None:
    """The delay of the other side is over: the institutions have the file."""
    contract = held(contract)
    termination = under_way(contract)
    if contract.cpts.baton == Baton.ARS and contract.cpts.next_deadline is None:
        return
    move(contract.cpts, baton=Baton.ARS, deadline=termination.deadline)
    ending_emails.to_decide(contract, termination, by=User.objects.portal())


@transaction.atomic
def _lapse(contract: Contract) -> None:
    """The contract reached its term before anything was decided."""
    contract = held(contract)
    before = contract.state
    WORKFLOW.apply("lapse_termination", contract, may=portal_may(contract))
    close(under_way(contract), Close.LAPSED)
    contract.save(update_fields=["state"])
    record(
        "lapse_termination",
        contract,
        by=User.objects.portal(),
        sentence="Résiliation sans objet, le contrat étant arrivé à son terme",
        from_state=before,
    )


# --- Steps shared by the acts ------------------------------------------------------------------


def _begin(contract: Contract, origin: str, reason: str) -> Termination:
    reason = reason.strip()
    if not reason:
        raise Refused("Donnez les motifs de la résiliation.")
    termination: Termination = Termination.objects.create(
        contract=contract,
        number=contract.terminations.count() + 1,
        origin=origin,
        reason=reason,
        asked_at=clock.now(),
    )
    contract.open_termination = termination
    return termination


def _notify(contract: Contract, termination: Termination, *, by: User) -> None:
    """From now on the other side is heard; the delays are those of today."""
    today = clock.today()
    delays = delays_on(today)
    termination.notified_on = today
    termination.observations_until = delays.observations_until(today)
    termination.earliest_end = delays.earliest_end(today, by_cpts=termination.is_notice_of_cpts)
    termination.save(update_fields=["notified_on", "observations_until", "earliest_end"])
    contract.save(update_fields=["state"])
    origin = Origin(termination.origin).label
    entry = record(
        "notify_termination",
        contract,
        by=by,
        sentence=f"Résiliation du contrat notifiée ({origin})",
        from_state="in_force",
        reason=termination.reason,
        observations_until=termination.observations_until.isoformat(),
        earliest_end=termination.earliest_end.isoformat(),
    )
    want_letter(contract, termination, LetterKind.TERMINATION_NOTICE, entry, by=by)
    heard = Baton.ARS if termination.is_notice_of_cpts else Baton.HOLDER
    move(contract.cpts, baton=heard, deadline=termination.deadline)
    ending_emails.notified(contract, termination, by=by)


def _refuse_day(contract: Contract, termination: Termination, day: dt.date | None) -> None:
    """The last days that the rules allow (funding.md, « Termination »)."""
    earliest = termination.earliest_end
    if day is None:
        raise Refused("Indiquez le jour où le contrat prend fin.")
    if day < clock.today():
        raise Refused("Le jour de la fin est passé : il ne précède pas la décision.")
    if earliest is not None and day < earliest:
        raise Refused(
            f"Le contrat ne peut pas prendre fin avant le {format_date(earliest)} : "
            "le délai d’observations et le préavis courent jusque-là."
        )
    year = year_containing(contract.signature_day, day, settings_of(contract))
    if year is None:
        end = format_date(contract.ends_on) if contract.ends_on else ""
        raise Refused(f"Cette date est hors du contrat, qui court jusqu’au {end}.")
    if day == year.start:
        raise Refused(
            f"La fin du contrat doit tomber après le {format_date(year.start)} et avant le "
            f"{format_date(year.next_anniversary)}, dans l’année de contrat {year.number}."
        )


def _give_up(contract: Contract, termination: Termination, *, by: User) -> None:
    WORKFLOW.apply("give_up_termination", contract, may=portal_may(contract))
    close(termination, Close.GIVEN_UP)
    contract.save(update_fields=["state"])
    entry = record(
        "give_up_termination",
        contract,
        by=by,
        sentence="L’ARS et la CPAM renoncent à la résiliation",
        from_state="terminating",
        reason=termination.decision_reason,
    )
    want_letter(contract, termination, LetterKind.TERMINATION_GIVEN_UP, entry, by=by)
    _go_on(contract)


def _decide_the_end(contract: Contract, termination: Termination, *, by: User) -> None:
    """The contract ends on the day decided: its year is computed again, with what to recover."""
    day = termination.ended_on
    if day is None:
        raise LookupError("A decided end has a day.")
    contract.terminated_on, contract.ends_on = day, day - ONE_DAY
    contract.save(update_fields=["terminated_on", "ends_on"])
    closed = close_year(contract, day)
    amounts = (
        ending_amounts(closed.lines).sentence
        if closed
        else "Le montant à récupérer sera calculé à l’ouverture de l’année de contrat concernée."
    )
    entry = record(
        "decide_the_end",
        contract,
        by=by,
        sentence=f"L’ARS et la CPAM résilient le contrat, qui prend fin le {format_date(day)}",
        from_state="terminating",
        reason=termination.decision_reason,
        ended_on=day.isoformat(),
        amounts=amounts,
    )
    want_letter(contract, termination, LetterKind.TERMINATION, entry, by=by, amounts=amounts)
    move(
        contract.cpts,
        baton=Baton.COORDINATOR,
        deadline=termination.deadline,
        contract_end=contract.ends_on,
    )


def _terminate(contract: Contract) -> None:
    """The day has come."""
    portal = User.objects.portal()
    before = contract.state
    WORKFLOW.apply("terminate", contract, may=portal_may(contract))
    termination = under_way(contract)
    close(termination, Close.TERMINATED)
    contract.save(update_fields=["state"])
    record(
        "terminate",
        contract,
        by=portal,
        sentence=f"Le contrat {contract.reference} est résilié",
        from_state=before,
    )
    move(contract.cpts, stage=Stage.TERMINATED, baton=Baton.NOBODY, deadline=None)
    ending_emails.terminated(contract, termination, by=portal)


def _go_on(contract: Contract) -> None:
    """The contract is in force as before."""
    contract.open_termination = None
    move(contract.cpts, baton=Baton.COORDINATOR, deadline=next_deadline(contract))
