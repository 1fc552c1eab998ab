"""One dossier told act by act: letter, opinions, decision, project, contract, signatures.

Each function replays one chapter at its dates, through the actions the screens call.
"""

import datetime as dt
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from accounts.access import Role
from accounts.models import User
from aci import actions as aci
from aci.mission_codes import MissionCode
from aci.models import Contract
from aci.parties import Party
from cpts_portal.story.people import Authorities, prove
from foundation import clock
from projects import actions as projects
from projects.actions.letters import DOCUMENT_JOB
from projects.models import Filing, HealthProject
from projects.outline import Outline
from projects.scoring_grid import HIGHEST, Criterion
from projects.workflow import Level
from records import jobs
from records.models import Job
from territories.actions import ChosenCommune, assign, choose_communes
from territories.models import CpamDistrict, Cpts, Departement

TEXTS_FILE = Path(__file__).with_name("texts.toml")
Dates = dict[str, dt.date]


@dataclass(frozen=True)
class Founding:
    """What a dossier begins with."""

    slug: str
    name: str
    departement: Departement
    cpam_district: CpamDistrict
    communes: list[ChosenCommune]
    vintage: int | None = None
    vintage_reason: str = ""
    source: str = ""


@dataclass(frozen=True)
class Holders:
    """Those who act for the CPTS itself."""

    holder: User
    president: User
    coordinator: User


@cache
def texts() -> dict[str, Any]:
    """What the invented holders wrote."""
    return tomllib.loads(TEXTS_FILE.read_text(encoding="utf-8"))


def found(start: Founding, holders: Holders, *, on: dt.date) -> Filing:
    """Open the dossier and its letter, and choose its communes."""
    with clock.at(on):
        letter = projects.start_letter(
            name=start.name,
            departement=start.departement,
            cpam_district=start.cpam_district,
            by=holders.holder,
            slug=start.slug,
        )
        cpts = letter.cpts
        choose_communes(
            cpts,
            start.communes,
            by=holders.holder,
            vintage=start.vintage,
            vintage_reason=start.vintage_reason,
            source=start.source,
        )
        assign(holders.president, Role.PRESIDENT, cpts=cpts)
        assign(holders.coordinator, Role.COORDINATOR, cpts=cpts)
    return letter


def write_letter(letter: Filing, holders: Holders, missions: list[str], *, whole: bool) -> None:
    """Fill the letter; a letter still being written stops after its first steps."""
    territory = letter.cpts.territory
    answers = letter_answers(
        letter.cpts.name,
        communes=territory.communes.count() if territory else 0,
        population=territory.population if territory else None,
        missions=missions,
    )
    if not whole:
        begun = {"holder", "contact", "structure", "professionals", "structures", "involvement"}
        answers = {key: value for key, value in answers.items() if key in begun}
    projects.write_answers(letter, answers, by=holders.holder)


def letter_answers(
    name: str, *, communes: int, population: int | None, missions: list[str]
) -> dict[str, Any]:
    """What the invented holders write in a letter."""
    facts = {
        "name": name,
        "communes": communes,
        "population": "" if population is None else f"{population:,}".replace(",", "\u00a0"),
    }
    answers: dict[str, Any] = {**texts()["letter"], **texts()["letter_lists"], "missions": missions}
    return {
        key: value.format(**facts) if isinstance(value, str) else value
        for key, value in answers.items()
    }


def write_project(project: Filing, holders: Holders, missions: list[str]) -> None:
    """Fill the project: its six parts, and one sheet for each mission."""
    projects.write_answers(project, project_answers(project.outline, missions), by=holders.holder)


def project_answers(outline: Outline, missions: list[str]) -> dict[str, Any]:
    """What the invented holders write in a project."""
    answers: dict[str, Any] = {**texts()["project"], "missions": missions}
    sheets = {
        f"{code}.{key}": text
        for code, sheet in texts()["sheets"].items()
        for key, text in sheet.items()
    }
    asked = {question.key for question in outline.questions(answers)}
    return answers | {key: text for key, text in sheets.items() if key in asked}


def review(filing: Filing, dates: Dates, holders: Holders, authorities: Authorities) -> None:
    """Submit, declare complete, give the opinions, decide: as far as the dates go."""
    if "filed" in dates:
        with clock.at(dates["filed"]):
            projects.submit(filing, by=holders.holder)
    if "complete" in dates:
        with clock.at(dates["complete"]):
            projects.declare_complete(filing, by=authorities.reviewer)
    if "local" in dates:  # the regional one comes from a session: see sessions.py
        with clock.at(dates["local"]):
            give_local_opinion(filing, authorities)
    if "opinion" in dates:
        with clock.at(dates["opinion"]):
            _give_opinions(filing, authorities)
    if "decided" in dates:
        with clock.at(dates["decided"]):
            decide = projects.approve if filing.is_letter else projects.validate
            decide(filing, by=authorities.director)


def give_local_opinion(filing: Filing, authorities: Authorities) -> None:
    """The local committee's, which the regional one waits for."""
    projects.give_opinion(
        filing,
        level=Level.LOCAL,
        recommendation="favourable",
        text="",
        by=authorities.local_committee,
    )


def _give_opinions(filing: Filing, authorities: Authorities) -> None:
    by_level = {
        Level.LOCAL: authorities.local_committee,
        Level.REGIONAL: authorities.regional_committee,
    }
    for level, _ in filing.procedure.opinions(filing.kind):
        asked = filing.opinion_requests.select_related("grid").filter(level=level)[0]
        projects.give_opinion(
            filing,
            level=level,
            recommendation="favourable",
            text="",
            scores=scores_for(asked.grid.lines),
            by=by_level[level],
        )


def scores_for(criteria: list[Criterion]) -> dict[str, dict[str, Any]]:
    """What the invented committees think: satisfied, and very much so of what comes first."""
    scored = [criterion for criterion in criteria if criterion.is_scored]
    return {
        criterion.key: {"score": HIGHEST if rank < len(scored) / 2 else HIGHEST - 1}
        for rank, criterion in enumerate(scored)
    }


def open_project(letter: Filing, holders: Holders, *, on: dt.date) -> HealthProject:
    """The approved letter opens the project."""
    with clock.at(on):
        return projects.open_health_project(letter, by=holders.holder)


@dataclass(frozen=True)
class ContractDates:
    """When the contract was drafted, frozen and signed; a contract to sign has no last date."""

    drafted: dt.date
    frozen: dt.date
    planned: dt.date
    signed: dt.date | None = None


def negotiate(
    project: HealthProject,
    missions: dict[MissionCode, dt.date],
    dates: ContractDates,
    holders: Holders,
    authorities: Authorities,
    introduce: Callable[[Contract], None],
) -> Contract:
    """Draft, say who contracts, accept by the three, freeze with its PDF."""
    with clock.at(dates.drafted):
        contract = aci.draft(
            project,
            missions=missions,
            by=authorities.cpam_officer,
            unscheduled_care_since=missions.get(MissionCode.ACCES_SOINS),
            planned_signature_on=dates.planned,
        )
        introduce(contract)
    with clock.at(dates.frozen):
        return agree(contract, holders, authorities)


def agree(text: Contract, holders: Holders, authorities: Authorities) -> Contract:
    """The three parties accept a contract or an amendment, and it is frozen with its PDF."""
    speakers = {
        Party.CPTS: holders.coordinator,
        Party.CPAM: authorities.cpam_officer,
        Party.ARS: authorities.reviewer,
    }
    for party, speaker in speakers.items():
        aci.accept(text, party=party, version=text.terms_version, by=speaker)
    text = aci.freeze(text, by=authorities.cpam_officer)
    make_documents(text.cpts)
    return text


def sign(
    contract: Contract, holders: Holders, authorities: Authorities, *, on: dt.date
) -> Contract:
    """The three signatories sign the frozen file; the last one brings it into force."""
    signatories = {
        Party.CPTS: holders.president,
        Party.CPAM: authorities.cpam_director,
        Party.ARS: authorities.director,
    }
    with clock.at(on):
        for party, signatory in signatories.items():
            contract.refresh_from_db()
            document = contract.frozen_document
            assert document is not None, "the frozen file is made before anyone signs"  # noqa: S101
            contract = aci.sign(
                contract,
                party=party,
                sha256=document.sha256,
                consent=True,
                proof=prove(signatory),
                by=signatory,
            )
        make_documents(contract.cpts)
    return contract


def make_documents(cpts: Cpts) -> None:
    """Do the waiting PDF work of a contract here, by the handlers the workers call."""
    _run_waiting(cpts, kind__startswith="contract_")


def make_letters(cpts: Cpts) -> None:
    """Likewise the letters of a dossier; those of the others wait for a worker."""
    _run_waiting(cpts, kind=DOCUMENT_JOB)


def _run_waiting(cpts: Cpts, **kinds: str) -> None:
    waiting = Job.objects.filter(dossier=cpts.reference, **kinds)
    for pk in list(waiting.filter(state=Job.State.WANTED).values_list("pk", flat=True)):
        jobs.run(pk)
