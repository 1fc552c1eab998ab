"""Tells every dossier of the demonstration, each in one transaction, each only once."""

import csv
import datetime as dt
import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from aci import actions as aci
from aci.deadlines import anniversary, contract_end
from aci.mission_codes import MissionCode
from aci.models import Contract
from cpts_portal.story import (
    changes,
    dossier,
    exchanges,
    members,
    missions,
    parties,
    payments,
    sessions,
)
from cpts_portal.story.dossier import ContractDates, Founding, Holders
from cpts_portal.story.events import play
from cpts_portal.story.people import Authorities, Cast
from foundation import clock
from projects.models import HealthProject
from territories.actions import ChosenCommune, note_document
from territories.models import Commune, CpamDistrict, Cpts, Departement

FOLDER = Path(__file__).parent
ONE_DAY = dt.timedelta(days=1)
CORE_MISSIONS = [
    MissionCode.ACCES_SOINS,
    MissionCode.PARCOURS,
    MissionCode.PREVENTION,
    MissionCode.CRISE,
]
# Which demonstration account acts for which dossier.
PRESIDENT_OF = "lens-lievin-exemple"
HOLDER_OF = "henin-carvin-exemple"
TEAM_OF = "bethunois"
RENEWED = "vexin-normand"
# Whose letters are made at once; those of the others wait for the workers, as in real life.
WITH_LETTERS = {"bethunois", "collines-artois", "val-de-lys-romane", "lens-lievin-exemple"}

Told = Iterator[tuple[str, bool]]


def tell_everything() -> Told:
    """Yield (name of the CPTS, True when it was told now). Run it twice: nothing happens."""
    today = clock.today()
    district = _district_of(Departement.objects.get(pk="62"), "200072460")
    cast = Cast(home_district=district)
    cast.take_posts()
    communes = _seed_communes()
    for chapter in _read("real.toml"):
        yield chapter["name"], _once(chapter, partial(_tell_real, chapter, cast, communes))
    yield sessions.PAST_TITLE, sessions.tell_past(_read("real.toml"), cast)
    for chapter in _read("invented.toml"):
        yield chapter["name"], _once(chapter, partial(_tell_invented, chapter, cast, today))
    yield sessions.COMING_TITLE, sessions.tell_coming(_read("invented.toml"), cast, today)


def _once(chapter: dict[str, Any], tell: Callable[[], None]) -> bool:
    if Cpts.objects.filter(slug=chapter["slug"]).exists():
        return False
    with transaction.atomic():
        tell()
    if chapter["slug"] in WITH_LETTERS:
        dossier.make_letters(Cpts.objects.get(slug=chapter["slug"]))
    return True


# --- Real CPTS -------------------------------------------------------------------------------


def _tell_real(
    chapter: dict[str, Any], cast: Cast, communes: dict[str, list[ChosenCommune]]
) -> None:
    departement = Departement.objects.select_related("region").get(pk=chapter["departement"])
    chosen = communes[chapter["slug"]]
    start = Founding(
        slug=chapter["slug"],
        name=chapter["name"],
        departement=departement,
        cpam_district=_district_of_communes(chosen, departement),
        communes=chosen,
        vintage=chapter["vintage"],
        vintage_reason=chapter.get("vintage_reason", ""),
        source=chapter["source"],
    )
    codes = list(chapter.get("missions", {})) or [code.value for code in CORE_MISSIONS[:3]]
    holders = _holders(chapter["slug"], cast)
    letter = dossier.found(start, holders, on=chapter["letter"]["filed"] - 30 * ONE_DAY)
    authorities = cast.authorities(letter.cpts)
    with clock.at(chapter["letter"]["filed"] - 5 * ONE_DAY):
        dossier.write_letter(letter, holders, codes, whole=True)
    dossier.review(letter, chapter["letter"], holders, authorities)
    project = None
    if "project" in chapter:
        project = dossier.open_project(
            letter, holders, on=chapter["letter"]["decided"] + 7 * ONE_DAY
        )
        with clock.at(chapter["project"]["filed"] - 5 * ONE_DAY):
            dossier.write_project(project, holders, codes)
        dossier.review(project, chapter["project"], holders, authorities)
    if project and "contract" in chapter:
        signed = chapter["contract"]["signed"]
        dates = ContractDates(
            drafted=chapter["contract"]["drafted"],
            frozen=chapter["contract"]["drafted"] + 7 * ONE_DAY,
            planned=signed,
            signed=signed,
        )
        starts = {MissionCode(code): day for code, day in chapter["missions"].items()}
        contract = _negotiate(project, starts, dates, holders, authorities)
        contract = dossier.sign(contract, holders, authorities, on=signed)
        _live(contract, cast, holders, authorities)
        if chapter["slug"] == RENEWED:
            _renew(contract, project, authorities)
    cpts = Cpts.objects.get(pk=letter.cpts_id)
    exchanges.tell(cpts, holders, authorities)
    note_document(cpts, known_on=chapter["known_on"], source=chapter["source"])


def _negotiate(
    project: HealthProject,
    starts: dict[MissionCode, dt.date],
    dates: ContractDates,
    holders: Holders,
    authorities: Authorities,
) -> Contract:
    introduce = partial(parties.introduce, holders=holders, authorities=authorities)
    return dossier.negotiate(project, starts, dates, holders, authorities, introduce)


def _live(
    contract: Contract,
    cast: Cast,
    holders: Holders,
    authorities: Authorities,
    communes: Sequence[str] = (),
) -> None:
    """Professionals join, missions start, each year opens at its anniversary and is paid."""
    signed_on = contract.signature_day
    tick = partial(_tick, contract.cpts)
    anniversaries = [(anniversary(signed_on, number), tick) for number in range(1, 6)]
    joining = members.events(contract.cpts, cast, holders, since=signed_on)
    paying = payments.events(contract, authorities)
    changing = changes.events(contract, holders, authorities, communes)
    play(
        [
            *joining,
            *changing,
            *missions.events(contract, holders.coordinator),
            *anniversaries,
            *paying,
        ]
    )


def _tick(cpts: Cpts) -> None:
    """What the nightly tasks do for this dossier."""
    aci.open_contract_years(cpts)
    aci.expire_contracts(cpts)


def _renew(contract: Contract, project: HealthProject, authorities: Authorities) -> None:
    """The first contract is over; the CPAM has opened the negotiation of the next one."""
    end = contract_end(contract.signature_day)
    if end >= clock.today():
        return
    day = min(clock.today(), end + 20 * ONE_DAY)
    start = day + 90 * ONE_DAY
    with clock.at(day):
        aci.draft(
            project,
            missions={item.code: start for item in contract.missions.all()},
            by=authorities.cpam_officer,
            unscheduled_care_since=contract.unscheduled_care_since,
            planned_signature_on=start,
        )


# --- Invented CPTS ---------------------------------------------------------------------------


def _tell_invented(chapter: dict[str, Any], cast: Cast, today: dt.date) -> None:
    departement = Departement.objects.select_related("region").get(pk=chapter["departement"])
    start = Founding(
        slug=chapter["slug"],
        name=chapter["name"],
        departement=departement,
        cpam_district=_district_of(departement, chapter["epci"]),
        communes=[
            ChosenCommune(code)
            for code in Commune.objects.whole()
            .filter(epci=chapter["epci"], departement=departement)
            .exclude(pk__in=chapter.get("joining", []))
            .values_list("pk", flat=True)
        ],
        source="Exemple fictif de la démonstration",
    )
    codes = [code.value for code in CORE_MISSIONS]
    holders = _holders(chapter["slug"], cast)
    ago = {key: today - days * ONE_DAY for key, days in chapter["letter"].items()}
    letter = dossier.found(start, holders, on=ago["started"])
    authorities = cast.authorities(letter.cpts)
    with clock.at(ago["started"] + 2 * ONE_DAY):
        dossier.write_letter(letter, holders, codes, whole="filed" in ago)
    dossier.review(letter, ago, holders, authorities)
    if "project" not in chapter:
        return
    project = dossier.open_project(letter, holders, on=ago["decided"] + 7 * ONE_DAY)
    ago = {key: today - days * ONE_DAY for key, days in chapter["project"].items()}
    with clock.at(ago["filed"] - 5 * ONE_DAY):
        dossier.write_project(project, holders, codes)
    dossier.review(project, ago, holders, authorities)
    exchanges.tell(Cpts.objects.get(pk=project.cpts_id), holders, authorities)
    if "contract" in chapter:
        signed = chapter["contract"].get("signed")
        dates = ContractDates(
            drafted=today - chapter["contract"]["drafted"] * ONE_DAY,
            frozen=today - chapter["contract"]["frozen"] * ONE_DAY,
            planned=today if signed is None else today - signed * ONE_DAY,
            signed=None if signed is None else today - signed * ONE_DAY,
        )
        starts = {
            MissionCode(code): today + days * ONE_DAY for code, days in chapter["missions"].items()
        }
        contract = _negotiate(project, starts, dates, holders, authorities)
        if dates.signed is None:
            play(members.waiting(contract.cpts, cast, since=dates.frozen))
            return
        contract = dossier.sign(contract, holders, authorities, on=dates.signed)
        _live(contract, cast, holders, authorities, communes=chapter["joining"])


# --- Places and people -----------------------------------------------------------------------


def _holders(slug: str, cast: Cast) -> Holders:
    accounts = cast.accounts
    return Holders(
        holder=accounts["holder"] if slug == HOLDER_OF else cast.somebody(f"holder-{slug}"),
        president=accounts["president"]
        if slug == PRESIDENT_OF
        else cast.somebody(f"president-{slug}"),
        coordinator=accounts["coordinator"]
        if slug == TEAM_OF
        else cast.somebody(f"coordinator-{slug}"),
    )


def _district_of(departement: Departement, epci: str) -> CpamDistrict:
    return _district_holding(Commune.objects.filter(epci=epci, departement=departement))


def _district_of_communes(chosen: list[ChosenCommune], departement: Departement) -> CpamDistrict:
    codes = [item.insee_code for item in chosen]
    return _district_holding(Commune.objects.filter(pk__in=codes, departement=departement))


def _district_holding(communes: QuerySet[Commune]) -> CpamDistrict:
    """The fund of these communes of one département."""
    known = communes.exclude(cpam_district=None).order_by("pk")
    district: CpamDistrict = CpamDistrict.objects.get(
        pk=known.values_list("cpam_district", flat=True)[0]
    )
    return district


def _seed_communes() -> dict[str, list[ChosenCommune]]:
    """The communes of the real CPTS, with how each is known."""
    chosen: dict[str, list[ChosenCommune]] = defaultdict(list)
    with (FOLDER / "territories.csv").open(encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            chosen[row["slug"]].append(ChosenCommune(row["insee_code"], row["certainty"]))
    return chosen


def _read(name: str) -> list[dict[str, Any]]:
    chapters: list[dict[str, Any]] = tomllib.loads((FOLDER / name).read_text("utf-8"))["cpts"]
    return chapters
