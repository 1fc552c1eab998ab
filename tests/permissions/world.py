"""Two dossiers at the end of the same path, one of them with everything that has an address."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from unittest.mock import patch

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.access import GRANTS, Permission, Role
from accounts.models import User
from aci import actions as contracts
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, PaymentLine, PaymentOrder
from aci.parties import Party
from aci.payments import actions as payments
from cpts_portal.story.people import prove
from foundation import clock
from members import actions as members
from members.models import Member
from missions import actions as missions
from missions.models import Indicator, IndicatorValue
from projects import actions as projects
from projects.models import Attachment, HealthProject, LetterOfIntent
from records import jobs
from records.models import Job
from territories.actions import assign
from territories.models import Cpts
from tests.aci.conftest import EXAMPLE_BIC, OTHER_IBAN, confirm_account
from tests.cast import Cast, make_cast, make_geography, make_user
from tests.members import applications
from tests.permissions import belongings, committee
from tests.permissions.examined import FIRST, PDF, drafted, examined, foreign_member
from tests.projects import filings

SIGNED = date(2024, 7, 1)
MEASURED = date(2024, 10, 1)
TODAY = date(2024, 10, 15)
CORE = (
    MissionCode.ACCES_SOINS,
    MissionCode.PARCOURS,
    MissionCode.PREVENTION,
    MissionCode.CRISE,
)
ANONYMOUS = "anonymous"
# Who works on which dossier: said here once more, by hand, so that the portal is not its own judge.
BOTH = {
    "ars_reviewer": Role.ARS_REVIEWER,
    "ars_delegation": Role.ARS_REVIEWER,
    "ars_director": Role.ARS_DIRECTOR,
    "cpam_officer": Role.CPAM_OFFICER,
    "cpam_director": Role.CPAM_DIRECTOR,
    "committee_member": Role.COMMITTEE,
}
ROLES_ON: dict[str, dict[str, Role]] = {
    "rives": {
        "holder": Role.HOLDER,
        "president": Role.PRESIDENT,
        "office": Role.OFFICE,
        "coordinator": Role.COORDINATOR,
        "nurse": Role.MEMBER,
        **BOTH,
    },
    "monts": {"monts_coordinator": Role.COORDINATOR, **BOTH},
}
# Roles whose scope holds neither dossier.
ELSEWHERE = {
    "other_region_reviewer": Role.ARS_REVIEWER,
    "other_district_officer": Role.CPAM_OFFICER,
    "national_reader": Role.NATIONAL_READER,
    "administrator": Role.ADMINISTRATOR,
}
# Who holds a committee session, sits in it, or reads it for the health insurance.
_READ = {"cpam_officer": Role.CPAM_OFFICER, "cpam_director": Role.CPAM_DIRECTOR}
_HELD = {"ars_reviewer": Role.ARS_REVIEWER, "ars_director": Role.ARS_DIRECTOR}
ROLES_IN_SESSION: dict[str, dict[str, Role]] = {
    "rives": {**_HELD, **_READ, "committee_member": Role.COMMITTEE},
    "monts": {**_HELD, **_READ, "ars_delegation": Role.ARS_REVIEWER},
}
# Founding a CPTS makes its holder.
HOLDER_TOO = {("monts", "monts_coordinator")}


@dataclass(frozen=True)
class Belongings:
    """What has an address under one dossier."""

    cpts: Cpts
    letter: LetterOfIntent
    contract: Contract
    amendment: Amendment
    attachment: Attachment
    member: Member
    value: IndicatorValue
    job: Job
    order: PaymentOrder


@dataclass(frozen=True)
class World:
    """The cast, what each dossier holds, and one session per part."""

    media: Path
    cast: Cast
    dossiers: dict[str, Belongings]
    sessions: dict[str, str]
    # The second CPTS of each holder, whose letter is being examined, and the third one, drafted.
    examined: dict[str, Cpts]
    drafted: dict[str, Cpts]
    # What an address names, by kind of thing: for each dossier (session, owner), its identifier.
    things: dict[str, dict[str, Any]]

    def client(self, part: str) -> Client:
        """A browser of that part as on the first day: an earlier request may have signed out."""
        client = Client(raise_request_exception=False)
        if self.sessions[part]:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[part]
        return client

    def permissions(self, part: str, dossier: str) -> frozenset[Permission]:
        """What this part may do on that dossier."""
        role = ROLES_ON[dossier].get(part)
        granted = GRANTS[role] if role else frozenset()
        return granted | GRANTS[Role.HOLDER] if (dossier, part) in HOLDER_TOO else granted

    def session_permissions(self, part: str, dossier: str) -> frozenset[Permission]:
        """What this part may do on that committee session."""
        role = ROLES_IN_SESSION[dossier].get(part)
        return GRANTS[role] if role else frozenset()

    def anywhere(self, part: str) -> frozenset[Permission]:
        """What this part may do on whatever scope."""
        everywhere = [self.permissions(part, dossier) for dossier in self.dossiers]
        if part in ELSEWHERE:
            everywhere.append(GRANTS[ELSEWHERE[part]])
        return frozenset().union(*everywhere)


# What a worker draws: who gets it is the matter here.
DRAWN = (
    "aci.pdf.contract_pdf",
    "projects.pdf.letter_pdf",
    "projects.session_documents.render",
)


def make_world(media: Path) -> World:
    """By the product's own actions, as everywhere."""
    with ExitStack() as stack:
        stack.enter_context(clock.at(SIGNED))
        for name in DRAWN:
            stack.enter_context(patch(name, lambda *args, **kwargs: PDF))
        stack.enter_context(
            patch("aci.actions.sealing.with_seal", lambda content, *args, **kwargs: content + b"\n")
        )
        cast = make_cast(make_geography())
        missions.load_indicators()
        president = make_user("Pierre Président")
        assign(president, Role.PRESIDENT, cpts=cast.monts)
        casts = {
            "rives": cast,
            "monts": replace(
                cast,
                rives=cast.monts,
                holder=cast.monts_coordinator,
                coordinator=cast.monts_coordinator,
                president=president,
                office=president,
                nurse=president,
            ),
        }
        dossiers = {name: _whole_life(own) for name, own in casts.items()}
        found, things = _under_examination(casts)
        written = {name: drafted(own, f"CPTS Landes {name}") for name, own in casts.items()}
        things |= belongings.of(
            cast,
            {name: own.letter for name, own in dossiers.items()},
            {name: own.contract for name, own in dossiers.items()},
        )
        things["scan"] = {name: belongings.scan_of(own.contract) for name, own in dossiers.items()}
    people: dict[str, User | None] = {**cast.people(), ANONYMOUS: None}
    return World(
        media=media,
        cast=cast,
        dossiers=dossiers,
        sessions={part: _session(user) for part, user in people.items()},
        examined=found,
        drafted=written,
        things=things,
    )


def _under_examination(
    casts: dict[str, Cast],
) -> tuple[dict[str, Cpts], dict[str, dict[str, Any]]]:
    foreign = foreign_member(casts["rives"])
    names = {"rives": FIRST, "monts": "CPTS Caps"}
    both = {key: examined(cast, names[key], foreign) for key, cast in casts.items()}
    things = {name: {key: own[name] for key, (_, own) in both.items()} for name in both["rives"][1]}
    letters = things.pop("letter")
    held = {
        "rives": committee.regional(casts["rives"], letters["rives"]),
        "monts": committee.local(casts["monts"], letters["monts"]),
    }
    things["session"] = {key: session.uuid for key, session in held.items()}
    return {key: cpts for key, (cpts, _) in both.items()}, things


def _session(user: User | None) -> str:
    if user is None:
        return ""
    client = Client()
    client.force_login(user, backend="territories.backends.SeatedBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def _whole_life(cast: Cast) -> Belongings:
    member = members.approve(
        members.apply(
            cast.rives, applications.person(email=cast.nurse.email, rpps=""), by=cast.nurse
        ),
        by=cast.president,
    )
    letter = filings.drafted_letter(cast)
    attachment = _attach(letter, cast.holder)
    letter = projects.submit(filings.filled(letter, cast.holder), by=cast.holder)
    letter = projects.declare_complete(letter, by=cast.ars_reviewer)
    filings.give_regional(letter, cast)
    letter = projects.approve(letter, by=cast.ars_director)
    project = projects.open_health_project(letter, by=cast.coordinator)
    project = projects.submit(filings.filled(project, cast.coordinator), by=cast.coordinator)
    project = projects.declare_complete(project, by=cast.ars_reviewer)
    filings.give_regional(project, cast)
    project = projects.validate(project, by=cast.ars_director)
    contract = _signed(project, cast)
    _split(cast)
    contracts.notify_termination(contract, reason="Un préavis.", by=cast.president)
    contracts.withdraw_termination(contract, by=cast.president)
    contracts.suspend(
        contract, mission=None, starts_on=SIGNED, reason="Un motif.", by=cast.cpam_officer
    )
    contract.refresh_from_db()
    amendment = contracts.draft_amendment(
        contract, effective_on=SIGNED, reason="Une commune rejoint.", by=cast.cpam_officer
    )
    value = _measure(contract, cast)
    job = Job.objects.filter(dossier=cast.rives.reference, kind__startswith="contract_").first()
    assert job
    order = _sent(contract, cast)
    return Belongings(
        cast.rives, letter, contract, amendment, attachment, member, value, job, order
    )


def _attach(letter: LetterOfIntent, holder: User) -> Attachment:
    kind = letter.outline.attachments[0].value
    upload = SimpleUploadedFile("piece.pdf", PDF, "application/pdf")
    return projects.add_attachment(letter, upload, kind=kind, by=holder)


def _split(cast: Cast) -> None:
    """Of one of two communes or more; of a single one, into names that it will not get."""
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    names = (f"{cpts.name} Nord", f"{cpts.name} Sud")
    contracts.draft_reshaping(
        "split",
        [cpts],
        [contracts.Successor(name, cpts.departement, cpts.cpam_district) for name in names],
        effective_on=TODAY,
        reason="Deux bassins.",
        by=cast.ars_reviewer,
    )


def _signed(project: HealthProject, cast: Cast) -> Contract:
    contract = contracts.draft(
        project,
        missions=dict.fromkeys(CORE),
        unscheduled_care_since=SIGNED,
        by=cast.cpam_officer,
    )
    confirm_account(cast)
    contract.refresh_from_db()  # the text names the account
    contracts.propose_bank_account(
        cast.rives,
        holder=cast.rives.name,
        iban=OTHER_IBAN,
        bic=EXAMPLE_BIC,
        by=cast.president,
    )
    contracts.remark(
        contract, party=Party.CPTS, key="missions", text="Pourquoi ?", by=cast.president
    )
    signatories = {
        Party.CPTS: cast.president,
        Party.CPAM: cast.cpam_director,
        Party.ARS: cast.ars_director,
    }
    for party, person in signatories.items():
        contract = contracts.accept(
            contract, party=party, version=contract.terms_version, by=person
        )
    contract = contracts.freeze(contract, by=cast.cpam_officer)
    for job in Job.objects.filter(kind__startswith="contract_", state=Job.State.WANTED):
        jobs.run(job.pk)
    document = Contract.objects.get(pk=contract.pk).frozen_document
    assert document
    for party, person in signatories.items():
        contract = Contract.objects.get(pk=contract.pk)
        contracts.sign(
            contract,
            party=party,
            sha256=document.sha256,
            consent=True,
            proof=prove(person),
            by=person,
        )
    return Contract.objects.get(pk=contract.pk)


def _sent(contract: Contract, cast: Cast) -> PaymentOrder:
    """An order of the first payment, on a slip."""
    line = PaymentLine.objects.to_order().filter(contract=contract, code="FONCTIONNEMENT").get()
    order = payments.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)
    order = payments.approve_order(order, proof=prove(cast.cpam_director), by=cast.cpam_director)
    payments.send_orders(orders=[order.pk], by=cast.cpam_officer)
    return PaymentOrder.objects.select_related("slip").get(pk=order.pk)


def _measure(contract: Contract, cast: Cast) -> IndicatorValue:
    mission = contract.missions.get(code=MissionCode.ACCES_SOINS)
    indicator = Indicator.objects.filter(mission=mission.code).first()
    assert indicator
    with clock.at(MEASURED):
        return missions.enter_value(
            mission,
            indicator,
            year=1,
            value=Decimal(40),
            measured_on=MEASURED,
            proof=SimpleUploadedFile("preuve.pdf", PDF, "application/pdf"),
            by=cast.coordinator,
        )
