"""A contract of CPTS Rives at each stage of its life, by the product's own verbs."""

import datetime as dt
from collections.abc import Callable, Iterator

import pytest

from accounts.models import User
from aci import actions
from aci.mission_codes import MissionCode
from aci.models import BankAccount, Contract
from aci.parties import Party
from cpts_portal.story.people import prove
from foundation import clock
from projects import actions as projects
from projects.models import HealthProject
from records import jobs
from records.models import Job
from tests.cast import Cast
from tests.projects import filings

TODAY = dt.date(2024, 7, 1)
# The examples that the registries of IBAN and BIC print.
EXAMPLE_IBAN = "FR76 3000 6000 0112 3456 7890 189"
OTHER_IBAN = "FR14 2004 1010 0505 0001 3M02 606"
EXAMPLE_BIC = "EXEMFRPPXXX"
CORE = {
    MissionCode.ACCES_SOINS: dt.date(2024, 10, 1),
    MissionCode.PARCOURS: None,
    MissionCode.PREVENTION: dt.date(2025, 1, 1),
    MissionCode.CRISE: dt.date(2024, 9, 1),
}

Signatories = dict[Party, User]
DoJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def day() -> Iterator[dt.date]:
    """Everybody is in post, and contracts are drafted and signed, on 1 July 2024."""
    with clock.at(TODAY):
        yield TODAY


@pytest.fixture
def project(cast: Cast, day: dt.date) -> HealthProject:
    """The validated projet de santé of CPTS Rives, with the four core missions."""
    return projects.validate(filings.examined_project(cast), by=cast.ars_director)


@pytest.fixture
def light_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that read no document: a worker that writes a few bytes instead of ten pages."""
    monkeypatch.setattr("aci.pdf.contract_pdf", lambda inputs, report: b"%PDF-frozen")
    monkeypatch.setattr(
        "aci.actions.sealing.with_seal", lambda content, seal, is_first: content + b"-sealed"
    )


@pytest.fixture
def signatories(cast: Cast) -> Signatories:
    return {
        Party.CPTS: cast.president,
        Party.CPAM: cast.cpam_director,
        Party.ARS: cast.ars_director,
    }


@pytest.fixture
def negotiated(project: HealthProject, cast: Cast) -> Contract:
    """Drafted, accepted by nobody yet."""
    return actions.draft(project, missions=CORE, unscheduled_care_since=TODAY, by=cast.cpam_officer)


@pytest.fixture
def accepted(negotiated: Contract, signatories: Signatories) -> Contract:
    """Accepted by the three parties."""
    for party, person in signatories.items():
        negotiated = actions.accept(
            negotiated, party=party, version=negotiated.terms_version, by=person
        )
    return negotiated


@pytest.fixture
def frozen_without_file(accepted: Contract, cast: Cast) -> Contract:
    """Frozen, its document still to be made."""
    return actions.freeze(accepted, by=cast.cpam_officer)


@pytest.fixture
def do_jobs() -> DoJobs:
    """Do what a worker would do: the documents that were wanted."""

    def _do_jobs() -> None:
        for job in Job.objects.filter(kind__startswith="contract_", state=Job.State.WANTED):
            done = jobs.run(job.pk)
            assert done is not None
            assert done.state == Job.State.DONE, done.error

    return _do_jobs


@pytest.fixture
def to_sign(frozen_without_file: Contract, do_jobs: DoJobs) -> Contract:
    """Frozen, its document ready for the signatories."""
    do_jobs()
    return Contract.objects.get(pk=frozen_without_file.pk)


def confirm_account(cast: Cast, *, iban: str = EXAMPLE_IBAN) -> BankAccount:
    """CPTS Rives is paid to an account that its president gave and the officer confirmed."""
    account = actions.propose_bank_account(
        cast.rives, holder="CPTS Rives", iban=iban, bic=EXAMPLE_BIC, by=cast.president
    )
    return actions.confirm_bank_account(account, by=cast.cpam_officer)


def sign_for(contract: Contract, party: Party, by: User) -> Contract:
    """What the signing page does."""
    document = Contract.agreements.get(pk=contract.pk).frozen_document
    assert document is not None
    return actions.sign(
        contract, party=party, sha256=document.sha256, consent=True, proof=prove(by), by=by
    )


@pytest.fixture
def in_force(to_sign: Contract, signatories: Signatories) -> Contract:
    """Signed by the three parties on 1 July 2024; the final file is still to be made."""
    for party, person in signatories.items():
        to_sign = sign_for(to_sign, party, person)
    return Contract.objects.get(pk=to_sign.pk)
