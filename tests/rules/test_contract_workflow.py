"""The table of the contract: every state × transition × role, and what the guards say."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from accounts.access import GRANTS, Permission, Role
from aci.parties import AT_THE_TABLE, Party
from aci.workflow import WORKFLOW, ContractState
from foundation import clock
from foundation.refusal import Refusal, Refused
from foundation.workflow import NotAllowed

TODAY = dt.date(2024, 7, 1)
S = ContractState

# The table of procedures.md, written a second time by hand: name → (from, to, roles).
CPTS_ACCEPT = {Role.PRESIDENT, Role.COORDINATOR}
CPAM_ACCEPT = {Role.CPAM_OFFICER, Role.CPAM_DIRECTOR}
ARS_ACCEPT = {Role.ARS_REVIEWER, Role.ARS_DIRECTOR}
EXPECTED: dict[str, tuple[ContractState | frozenset[ContractState], ContractState, set[Role]]] = {
    "change_terms": (S.NEGOTIATION, S.NEGOTIATION, {Role.CPAM_OFFICER}),
    "accept_for_cpts": (S.NEGOTIATION, S.NEGOTIATION, CPTS_ACCEPT),
    "accept_for_cpam": (S.NEGOTIATION, S.NEGOTIATION, CPAM_ACCEPT),
    "accept_for_ars": (S.NEGOTIATION, S.NEGOTIATION, ARS_ACCEPT),
    "freeze": (S.NEGOTIATION, S.TO_SIGN, {Role.CPAM_OFFICER}),
    "sign_for_cpts": (S.TO_SIGN, S.TO_SIGN, {Role.PRESIDENT}),
    "sign_for_cpam": (S.TO_SIGN, S.TO_SIGN, {Role.CPAM_DIRECTOR}),
    "sign_for_ars": (S.TO_SIGN, S.TO_SIGN, {Role.ARS_DIRECTOR}),
    "send_back_for_cpts": (S.TO_SIGN, S.NEGOTIATION, {Role.PRESIDENT}),
    "send_back_for_cpam": (S.TO_SIGN, S.NEGOTIATION, {Role.CPAM_DIRECTOR}),
    "send_back_for_ars": (S.TO_SIGN, S.NEGOTIATION, {Role.ARS_DIRECTOR}),
    "choose_paper_for_cpts": (S.TO_SIGN, S.TO_SIGN, CPTS_ACCEPT),
    "choose_paper_for_cpam": (S.TO_SIGN, S.TO_SIGN, CPAM_ACCEPT),
    "choose_paper_for_ars": (S.TO_SIGN, S.TO_SIGN, ARS_ACCEPT),
    "upload_scan_for_cpts": (S.TO_SIGN, S.TO_SIGN, CPTS_ACCEPT),
    "upload_scan_for_cpam": (S.TO_SIGN, S.TO_SIGN, CPAM_ACCEPT),
    "upload_scan_for_ars": (S.TO_SIGN, S.TO_SIGN, ARS_ACCEPT),
    "confirm_scan_for_cpam": (S.TO_SIGN, S.TO_SIGN, CPAM_ACCEPT),
    "confirm_scan_for_ars": (S.TO_SIGN, S.TO_SIGN, ARS_ACCEPT),
    "enter_into_force": (S.TO_SIGN, S.IN_FORCE, set()),
    "abandon": (frozenset({S.NEGOTIATION, S.TO_SIGN}), S.ABANDONED, {Role.CPAM_OFFICER}),
    "expire": (S.IN_FORCE, S.EXPIRED, set()),
    "end_by_reshaping": (S.IN_FORCE, S.TERMINATED, set()),
    "ask_termination_for_ars": (S.IN_FORCE, S.IN_FORCE, {Role.ARS_DIRECTOR}),
    "ask_termination_for_cpam": (S.IN_FORCE, S.IN_FORCE, {Role.CPAM_DIRECTOR}),
    "drop_termination_for_ars": (S.IN_FORCE, S.IN_FORCE, {Role.ARS_DIRECTOR}),
    "drop_termination_for_cpam": (S.IN_FORCE, S.IN_FORCE, {Role.CPAM_DIRECTOR}),
    "notify_termination": (S.IN_FORCE, S.TERMINATING, set()),
    "notify_termination_for_cpts": (S.IN_FORCE, S.TERMINATING, {Role.PRESIDENT}),
    "observe_termination_for_cpts": (S.TERMINATING, S.TERMINATING, CPTS_ACCEPT),
    "observe_termination_for_cpam": (S.TERMINATING, S.TERMINATING, CPAM_ACCEPT),
    "observe_termination_for_ars": (S.TERMINATING, S.TERMINATING, ARS_ACCEPT),
    "withdraw_termination_for_cpts": (S.TERMINATING, S.IN_FORCE, {Role.PRESIDENT}),
    "decide_termination_for_ars": (S.TERMINATING, S.TERMINATING, {Role.ARS_DIRECTOR}),
    "decide_termination_for_cpam": (S.TERMINATING, S.TERMINATING, {Role.CPAM_DIRECTOR}),
    "give_up_termination": (S.TERMINATING, S.IN_FORCE, set()),
    "terminate": (S.TERMINATING, S.TERMINATED, set()),
    "lapse_termination": (S.TERMINATING, S.IN_FORCE, set()),
}


@dataclass
class Ending:
    """A termination as the guards read it; each test says where it stands."""

    notified: bool = True
    by_cpts: bool = False
    decided: bool = False
    gives_up: bool = False
    observations_until: dt.date | None = dt.date(2024, 6, 30)
    ended_on: dt.date | None = None
    accords: dict[str, set[str]] = field(default_factory=dict)

    @property
    def is_notice_of_cpts(self) -> bool:
        return self.by_cpts

    @property
    def is_decided(self) -> bool:
        return self.decided

    def agreed(self, act: str) -> set[str]:
        return self.accords.get(act, set())

    def hears(self, party: Party) -> bool:
        return (party is Party.CPTS) is not self.by_cpts


BOTH = {"notice": {"ars", "cpam"}}
# What makes the guard of a transition content.
READY: dict[str, Ending] = {
    "drop_termination_for_ars": Ending(),
    "drop_termination_for_cpam": Ending(),
    "notify_termination": Ending(accords=BOTH),
    "observe_termination_for_cpts": Ending(observations_until=TODAY),
    "observe_termination_for_cpam": Ending(by_cpts=True, observations_until=TODAY),
    "observe_termination_for_ars": Ending(by_cpts=True, observations_until=TODAY),
    "withdraw_termination_for_cpts": Ending(by_cpts=True),
    "decide_termination_for_ars": Ending(),
    "decide_termination_for_cpam": Ending(),
    "give_up_termination": Ending(decided=True, gives_up=True),
    "terminate": Ending(decided=True, ended_on=TODAY),
    "lapse_termination": Ending(),
}


@dataclass
class Subject:
    """What the guards read: by default, everything is ready."""

    state: str
    ends_on: dt.date = dt.date(2024, 6, 30)
    parties_to_accept: list[Party] = field(default_factory=list)
    parties_to_sign: list[Party] = field(default_factory=list)
    has_frozen_file: bool = True
    is_on_paper: bool = False
    early: Refusal | None = None
    previous: Refusal | None = None
    open_termination: Ending | None = None
    is_amendment: bool = True

    def first_start_refusal(self, day: dt.date) -> Refusal | None:
        return self.early

    def previous_refusal(self, day: dt.date) -> Refusal | None:
        return self.previous


def ready(name: str, state: ContractState) -> Subject:
    """What makes the guard of this transition content."""
    subject = Subject(state, open_termination=READY.get(name))
    if name.startswith("choose_paper"):
        subject.parties_to_sign = list(Party)
    subject.is_on_paper = "_scan_" in name
    return subject


def sources_of(source: ContractState | frozenset[ContractState]) -> frozenset[ContractState]:
    return source if isinstance(source, frozenset) else frozenset({source})


def anybody(permission: str) -> bool:
    return True


def test_the_table_holds_these_transitions_and_no_other() -> None:
    assert set(WORKFLOW.by_name) == set(EXPECTED)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("state", ContractState)
@pytest.mark.parametrize("name", EXPECTED)
def test_each_role_moves_the_contract_only_where_the_table_says(
    name: str, state: ContractState, role: Role
) -> None:
    source, target, roles = EXPECTED[name]
    subject = ready(name, state)

    def may(permission: str) -> bool:
        return permission in GRANTS[role]

    with clock.at(TODAY):
        if role not in roles:
            with pytest.raises(NotAllowed):
                WORKFLOW.apply(name, subject, may=may)
            assert subject.state == state
        elif state not in sources_of(source):
            with pytest.raises(Refused):
                WORKFLOW.apply(name, subject, may=may)
            assert subject.state == state
        else:
            WORKFLOW.apply(name, subject, may=may)
            assert subject.state == target


@pytest.mark.parametrize("name", [name for name, (_, _, roles) in EXPECTED.items() if not roles])
def test_the_portal_itself_ends_the_signing_and_the_contract(name: str) -> None:
    source, target, _ = EXPECTED[name]
    assert isinstance(source, ContractState)
    subject = ready(name, source)
    with clock.at(TODAY):
        WORKFLOW.apply(name, subject, may=lambda permission: permission == Permission.SYSTEM)
    assert subject.state == target


def refusal_of(name: str, subject: Subject) -> str:
    with clock.at(TODAY):
        refusal = WORKFLOW.refusal(WORKFLOW.by_name[name], subject)
    return refusal.reason if refusal else ""


def test_only_an_amendment_is_abandoned() -> None:
    contract = Subject(S.NEGOTIATION, is_amendment=False)
    assert "Seul un avenant s’abandonne" in refusal_of("abandon", contract)
    assert refusal_of("abandon", Subject(S.TO_SIGN)) == ""


def test_a_contract_is_frozen_when_the_three_accept() -> None:
    missing = Subject(S.NEGOTIATION, parties_to_accept=[Party.CPTS, Party.ARS])
    assert "il manque CPTS, ARS" in refusal_of("freeze", missing)
    assert refusal_of("freeze", Subject(S.NEGOTIATION)) == ""


@pytest.mark.parametrize("party", Party)
def test_nobody_signs_before_the_file_is_there(party: Party) -> None:
    subject = Subject(S.TO_SIGN, has_frozen_file=False)
    assert "en préparation" in refusal_of(f"sign_for_{party.value}", subject)


def test_a_text_is_never_signed_half_by_hand() -> None:
    on_paper = Subject(S.TO_SIGN, parties_to_sign=list(Party), is_on_paper=True)
    assert "sur papier" in refusal_of("sign_for_cpts", on_paper)
    assert "déjà choisie" in refusal_of("choose_paper_for_cpam", on_paper)
    begun = Subject(S.TO_SIGN, parties_to_sign=[Party.CPAM, Party.ARS])
    assert "déjà signé dans le portail" in refusal_of("choose_paper_for_cpam", begun)
    assert "Choisissez d’abord" in refusal_of("upload_scan_for_cpts", begun)


def test_nobody_signs_terms_that_the_day_has_overtaken() -> None:
    early = Subject(S.TO_SIGN, early=Refusal("Trop tôt."))
    assert refusal_of("sign_for_cpts", early) == "Trop tôt."
    running = Subject(S.TO_SIGN, previous=Refusal("Le précédent court."))
    assert refusal_of("sign_for_cpts", running) == "Le précédent court."


def test_three_signatures_and_not_two() -> None:
    subject = Subject(S.TO_SIGN, parties_to_sign=[Party.ARS])
    assert refusal_of("enter_into_force", subject) == "Il manque une signature\u00a0: ARS."


@pytest.mark.parametrize(
    ("last_day", "is_over"),
    [(dt.date(2024, 6, 30), True), (TODAY, False), (dt.date(2024, 7, 2), False)],
)
def test_a_contract_expires_the_day_after_its_last_day(last_day: dt.date, is_over: bool) -> None:
    subject = Subject(S.IN_FORCE, ends_on=last_day)
    assert (refusal_of("expire", subject) == "") is is_over


# --- Ending before the term ----------------------------------------------------------------------


def ending_refusal(name: str, ending: Ending | None) -> str:
    source = EXPECTED[name][0]
    return refusal_of(name, Subject(source, open_termination=ending)).replace("\u00a0", " ")


@pytest.mark.parametrize("name", READY)
def test_without_a_termination_under_way_there_is_nothing_to_follow(name: str) -> None:
    assert ending_refusal(name, None) == "Aucune résiliation n’est en cours pour ce contrat."
    assert ending_refusal(name, READY[name]) == ""


def test_neither_institution_notifies_alone() -> None:
    alone = Ending(accords={"notice": {"ars"}})
    assert ending_refusal("notify_termination", alone) == "Il manque l’accord de la CPAM."


def test_only_the_other_side_is_heard_and_until_its_last_day() -> None:
    own = Ending(observations_until=TODAY)
    assert "à l’autre partie" in ending_refusal("observe_termination_for_ars", own)
    late = Ending(observations_until=dt.date(2024, 6, 30))
    reason = ending_refusal("observe_termination_for_cpts", late)
    assert reason == "Le délai d’observations est passé depuis le 30 juin 2024."


def test_nobody_decides_before_the_other_side_was_heard_nor_twice() -> None:
    running = Ending(observations_until=TODAY)
    reason = ending_refusal("decide_termination_for_ars", running)
    assert "court jusqu’au 1er juillet 2024" in reason
    decided = Ending(decided=True)
    assert "déjà décidée" in ending_refusal("decide_termination_for_cpam", decided)


def test_the_cpts_takes_back_only_its_own_notice() -> None:
    assert "elles seules" in ending_refusal("withdraw_termination_for_cpts", Ending())
    decided = Ending(by_cpts=True, decided=True)
    assert "déjà décidée" in ending_refusal("withdraw_termination_for_cpts", decided)


def test_a_contract_runs_until_the_day_decided() -> None:
    tomorrow = Ending(decided=True, ended_on=dt.date(2024, 7, 2))
    assert ending_refusal("terminate", tomorrow) == "Le contrat prend fin le 2 juillet 2024."


# --- Parties -----------------------------------------------------------------------------------


def test_no_role_signs_for_two_parties() -> None:
    for granted in GRANTS.values():
        signs = [party for party in Party if party.sign_permission in granted]
        assert len(signs) <= 1


def test_the_coordinator_never_signs() -> None:
    assert not GRANTS[Role.COORDINATOR] & {party.sign_permission for party in Party}


def test_those_at_the_table_prepare_accept_or_sign() -> None:
    assert len(AT_THE_TABLE) == len(set(AT_THE_TABLE)) == 7


def test_buttons_follow_the_table() -> None:
    names = {item.name for item in WORKFLOW.available(Subject(S.TO_SIGN), may=anybody)}
    assert names == {name for name, row in EXPECTED.items() if S.TO_SIGN in sources_of(row[0])}
