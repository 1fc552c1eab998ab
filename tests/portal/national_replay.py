"""Tells one dossier of the national set again, act by act, and reads both as plain values."""

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Any

from django.db.models import ForeignKey, Model

from aci import actions as aci
from aci.mission_codes import MissionCode
from aci.models import Contract
from cpts_portal.national.calendar import Calendar, ContractDays, Milestone, calendar_of
from cpts_portal.national.naming import SOURCE
from cpts_portal.national.partition import Area
from cpts_portal.story import dossier as story
from cpts_portal.story.dossier import Founding, Holders
from cpts_portal.story.people import Authorities, Cast
from foundation import clock
from records.models import JournalEntry
from territories.actions import ChosenCommune
from territories.models import CpamDistrict, Cpts, Departement

_M = Milestone
# What two tellings cannot share, or what the bulk leaves out and says so.
NEVER_COMPARED = {
    "id",
    "slug",
    "reference",
    "name",
    "search_name",
    "changed_at",
    "deadline_changed_at",
    "created_at",
    "sha256",
    "previous_sha256",
    "actor_name",
    "dossier",
    "subject_id",
    "document_job",  # no document is made for the set
}
UNTOLD = {"sign"}  # a signature needs the file it signs


def replay(area: Area, cast: Cast, vintage: int, today: dt.date) -> Cpts:
    """The same dossier by the real actions, at the same dates."""
    calendar = calendar_of(area.rank, today)
    days, place = calendar.days, area.main.place
    holders = Holders(*(cast.somebody(f"{post}-{area.rank}") for post in ("h", "p", "c")))
    district = CpamDistrict.objects.select_related("region").get(pk=place.district)
    authorities = cast.authorities(Cpts(region=district.region, cpam_district=district))
    start = Founding(
        slug=f"replayed-{area.rank}",
        name=f"CPTS rejouée {area.rank}",
        departement=Departement.objects.select_related("region").get(pk=place.departement),
        cpam_district=district,
        communes=[
            ChosenCommune(part.place.code, share=part.share, part=part.part)
            for part in area.all_parts
        ],
        vintage=vintage,
        source=SOURCE,
    )
    letter = story.found(start, holders, on=days[_M.FOUNDED])
    missions = letter.outline.missions
    if _M.LETTER_FILED in days:
        with clock.at(_written_on(days, _M.LETTER_FILED, _M.FOUNDED)):
            story.write_letter(letter, holders, _offered(missions), whole=True)
    story.review(letter, _review_days(days, "LETTER"), holders, authorities)
    if _M.PROJECT_OPENED in days:
        project = story.open_project(letter, holders, on=days[_M.PROJECT_OPENED])
        if _M.PROJECT_FILED in days:
            with clock.at(_written_on(days, _M.PROJECT_FILED, _M.PROJECT_OPENED)):
                story.write_project(project, holders, _offered(project.outline.missions))
        story.review(project, _review_days(days, "PROJECT"), holders, authorities)
        _contracts(calendar, project, holders, authorities, area)
    return Cpts.objects.get(pk=letter.cpts_id)


def _written_on(days: dict[Milestone, dt.date], filed: Milestone, opened: Milestone) -> dt.date:
    return max(days[filed] - dt.timedelta(days=5), days[opened])


def _offered(missions: Iterable[Any]) -> list[str]:
    codes = {mission.code for mission in missions}
    return [code for code in ("ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE") if code in codes]


def _review_days(days: dict[Milestone, dt.date], kind: str) -> story.Dates:
    names = {"filed": "FILED", "complete": "COMPLETE", "opinion": "OPINION", "decided": "DECIDED"}
    pairs = {key: _M[f"{kind}_{name}"] for key, name in names.items()}
    return {key: days[milestone] for key, milestone in pairs.items() if milestone in days}


def _contracts(
    calendar: Calendar, project: Any, holders: Holders, authorities: Authorities, area: Area
) -> None:
    events: list[tuple[dt.date, Any]] = []
    told: dict[int, Contract] = {}
    open_years = partial(aci.open_contract_years, project.cpts)
    expire = partial(aci.expire_contracts, project.cpts)
    for days in calendar.contracts:
        stored = Contract.objects.get(
            cpts__reference__endswith=f"-NAT{area.rank:04d}", number=days.number
        )
        events += _negotiation(days, stored, project, holders, authorities, told)
        if days.signed:
            ends = days.ends
            anniversaries = [days.signed.replace(year=days.signed.year + n) for n in range(1, 5)]
            events += [(day, open_years) for day in anniversaries]
            events.append((ends + dt.timedelta(days=1), expire))
    for day, act in sorted(events, key=lambda event: event[0]):
        if day <= clock.today():
            with clock.at(day):
                act()


def _negotiation(
    days: ContractDays,
    stored: Contract,
    project: Any,
    holders: Holders,
    authorities: Authorities,
    told: dict[int, Contract],
) -> list[tuple[dt.date, Any]]:
    speakers = {"cpts": holders.coordinator, "cpam": authorities.cpam_officer}
    speakers["ars"] = authorities.reviewer

    def draft() -> None:
        told[days.number] = aci.draft(
            project,
            missions={MissionCode(row.code): row.starts_on for row in stored.missions.all()},
            by=authorities.cpam_officer,
            unscheduled_care_since=stored.unscheduled_care_since,
            planned_signature_on=stored.planned_signature_on,
        )

    def accept() -> None:
        for party, speaker in speakers.items():
            contract = told[days.number]
            party = next(item for item in story.Party if item.value == party)
            aci.accept(contract, party=party, version=1, by=speaker)

    def sign() -> None:
        contract = aci.freeze(told[days.number], by=authorities.cpam_officer)
        story.make_documents(contract.cpts)
        story.sign(contract, holders, authorities, on=clock.today())

    events: list[tuple[dt.date, Any]] = [(days.drafted, draft)]
    if days.accepted:
        events.append((days.accepted, accept))
    if days.signed:
        events.append((days.signed, sign))
    return events


# --- Reading -----------------------------------------------------------------------------------


def told(cpts: Cpts) -> dict[str, list[dict[str, Any]]]:
    """Every row of a dossier, model by model, without what is its own."""
    contracts = cpts.contracts.order_by("number")
    filings = cpts.filings.order_by("kind", "number")
    journal = JournalEntry.objects.filter(dossier=cpts.reference).exclude(verb__in=UNTOLD)
    rows: dict[str, Iterable[Model]] = {
        "cpts": [cpts],
        "periods": cpts.stage_periods.order_by("starts_on"),
        "bearers": cpts.baton_periods.order_by("starts_on"),
        "territories": cpts.territories.order_by("valid_from"),
        "communes": cpts.territory.communes.order_by("commune_id"),
        "concerns": cpts.concerns.order_by("region", "cpam_district"),
        "assignments": cpts.assignments.order_by("role"),
        "filings": filings,
        "submissions": [row for filing in filings for row in filing.submissions.all()],
        "opinions": [row for filing in filings for row in filing.opinions.order_by("level")],
        "requests": [
            row for filing in filings for row in filing.opinion_requests.order_by("level", "body")
        ],
        "contracts": contracts,
        "missions": [row for one in contracts for row in one.missions.order_by("code")],
        "accords": [row for one in contracts for row in one.acceptances.order_by("party")],
        "years": [row for one in contracts for row in one.years.order_by("number")],
        "payments": [
            row
            for one in contracts
            for row in one.payment_lines.order_by("number", "due_on", "code", "part")
        ],
        "journal": journal.order_by("number"),
    }
    own = {cpts.reference: "REFERENCE", cpts.name: "NAME"}
    return {name: [_plain(row, own) for row in found] for name, found in rows.items()}


def _plain(row: Model, own: dict[str, str]) -> dict[str, Any]:
    plain = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if field.name in NEVER_COMPARED or field.name == "uuid":
            continue
        if field.name == "number" and isinstance(row, JournalEntry):
            continue  # the chain is shorter without the signatures
        if isinstance(field, ForeignKey) and isinstance(value, int):
            value = "a row"
        if field.name in {"name", "territory_mark"} and not isinstance(row, Cpts):
            value = bool(value)
        plain[field.name] = _anonymous(value, own)
    return plain


def _anonymous(value: Any, own: dict[str, str]) -> Any:
    """Texts without the name and the reference of the dossier, nor keys of rows."""
    if isinstance(value, str):
        for text, word in own.items():
            value = value.replace(text, word)
        return value
    if isinstance(value, list):
        items = [_anonymous(item, own) for item in value]
        # Communes come in the order of the database, which differs from one to the other.
        return sorted(items, key=str) if value and isinstance(value[0], dict) else items
    if isinstance(value, dict):
        keys = {"opinion", "territory"} & value.keys()
        return {
            key: bool(item) if key in keys and not isinstance(item, dict) else _anonymous(item, own)
            for key, item in value.items()
        }
    return value


def differences(
    found: dict[str, list[dict[str, Any]]], expected: dict[str, list[dict[str, Any]]]
) -> list[str]:
    """« filings 1 answers: … instead of … », one line for each value that is not the same."""
    lines = []
    for model, rows in expected.items():
        if len(rows) != len(found[model]):
            lines.append(f"{model}: {len(found[model])} rows instead of {len(rows)}")
        for rank, (one, other) in enumerate(zip(found[model], rows, strict=False)):
            lines += [
                f"{model} {rank} {name}: {one[name]!r:.300} instead of {other[name]!r:.300}"
                for name in one
                if one[name] != other[name]
            ]
    return lines
