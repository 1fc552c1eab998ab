"""The address of a route under one dossier, under another, under none."""

import re
import uuid
from typing import Any

from django.urls import reverse

from aci.models import (
    ContractDocument,
    ContractHold,
    ContractLetter,
    ContractTemplate,
    Reshaping,
)
from tests.conventions.routes import Route
from tests.permissions.row import DRAFTED, EXAMINED, SIGNED, Row
from tests.permissions.table import ROWS
from tests.permissions.world import Belongings, World

UNKNOWN = "unknown"
NOBODY = uuid.UUID(int=0)
# What an address bears when its object is named by a word.
BY_WORD = {"code"}
RESHAPINGS = {
    f"aci:{act}"
    for act in (
        "reshaping",
        "reshaping_map",
        "share_communes",
        "change_reshaping",
        "propose_reshaping",
        "agree_reshaping",
        "refuse_reshaping",
        "drop_reshaping",
    )
}


def arguments(route: Route) -> list[str]:
    """What the address names: « reference », « uuid »…"""
    return re.findall(r"<\w+:(\w+)>", route.path)


def objects(route: Route, row: Row | None = None) -> list[str]:
    """Those of them that name an object somebody owns."""
    fixed = dict((row or ROWS[route.name]).fixed)
    return [argument for argument in arguments(route) if argument not in fixed]


def address(
    route: Route, world: World, dossier: str, things_of: str = "", row: Row | None = None
) -> str:
    """Under `dossier`; `things_of` another one, identifiers that are not its own."""
    row = row or ROWS[route.name]
    values = dict(row.fixed)
    for argument in objects(route, row):
        values[argument] = _value(route, row, argument, world, dossier, things_of or dossier)
    return reverse(route.name, kwargs=values)


def _value(
    route: Route, row: Row, argument: str, world: World, dossier: str, things_of: str
) -> Any:
    if argument in {"reference", "slug"}:
        signed = {name: known.cpts for name, known in world.dossiers.items()}
        found = {SIGNED: signed, EXAMINED: world.examined, DRAFTED: world.drafted}
        cpts = found[row.stage].get(dossier)
        return getattr(cpts, argument) if cpts else UNKNOWN
    if row.thing:
        unknown = UNKNOWN if argument in BY_WORD else NOBODY
        return world.things[row.thing].get(things_of, unknown)
    things = world.dossiers.get(things_of)
    if not things or argument == "public_id":
        return NOBODY
    if argument in {"user_id", "assignment_id"}:
        person = world.cast.nurse
        return person.uuid if argument == "user_id" else person.assignments.get().uuid
    of_contract = _of_reshaping(route.name, things) or _of_contract(route.name, argument, things)
    if of_contract is not None:
        return of_contract
    of_argument = {
        "order_id": things.order.public_id,
        "uuid": things.value.proof.uuid if route.name == "missions:proof" else things.member.uuid,
        "identifier": things.attachment.file.uuid,
        "job_id": things.job.uuid,
        "amendment": things.amendment.reference,
        "text": things.contract.reference,
        "act": f"v{things.contract.terms_version}-cpts",
    }
    return of_argument[argument]


def _of_reshaping(name: str, things: Belongings) -> Any:
    """The split that is prepared of the dossier."""
    if name not in RESHAPINGS:
        return None
    return Reshaping.objects.get(parts__cpts=things.cpts).uuid


def _of_contract(name: str, argument: str, things: Belongings) -> Any:
    """What only the routes of aci name; nothing for the others."""
    if name == "aci:document":
        return ContractDocument.objects.filter(contract=things.contract, file__isnull=False)[
            0
        ].stored.uuid
    if name == "aci:contract_letter":
        return ContractLetter.objects.filter(contract=things.contract)[0].uuid
    if name == "aci:lift":
        return ContractHold.objects.filter(contract=things.contract)[0].uuid
    if name in {"aci:confirm_bank_account", "aci:refuse_bank_account"}:
        return things.cpts.bank_accounts.get(state="proposed").uuid
    if name == "aci:template":
        return ContractTemplate.objects.get().uuid
    if name in {"aci:answer_remark", "aci:close_remark"}:
        return things.contract.remarks.get().uuid
    if argument == "slip_id":
        return things.order.slip.public_id if things.order.slip else NOBODY
    return None
