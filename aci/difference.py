"""Pure: what changes between two versions of a contract, from what each document says.

Both sides are the `inputs` of a document (`aci.contract_inputs`). What is the same makes no row;
keys that this module does not know are compared one value at a time, never left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from aci.difference_amounts import AMOUNT_LEVELS, amount_rows
from aci.difference_rows import Change, Row, Section, Unit, ordered_union, other_rows
from aci.difference_texts import clause_rows, indicator_rows
from aci.mission_codes import MISSIONS
from foundation.search import search_key

__all__ = [
    "AMOUNT_LEVELS",
    "Change",
    "Difference",
    "Row",
    "Section",
    "Unit",
    "difference",
    "is_signatory",
]

Inputs = Mapping[str, Any]

# What names the document rather than its content, or is told elsewhere.
_NOT_COMPARED = {"template", "kind", "reference", "version", "made_on", "before", "amendment"}
_NOT_COMPARED |= {"signing_order", "verification"}
_DAYS = {
    "planned_signature_on": "Signature prévue le",
    "unscheduled_care_since": "Soins non programmés organisés depuis le",
}
_PARTIES = {"cpts": "CPTS", "cpam": "CPAM", "ars": "ARS"}
_IDENTITY = {
    "name": "nom",
    "reference": "référence",
    "legal_form": "forme juridique",
    "rna": "numéro RNA",
    "siren": "SIREN",
    "siret": "SIRET",
    "finess": "numéro FINESS",
    "seat": "siège",
    "signatory": "signataire",
    "quality": "qualité du signataire",
    "bank": "compte de paiement",
}
_TERRITORY = {
    "population": ("Population", Unit.PEOPLE),
    "size": ("Taille", Unit.NUMBER),
    "vintage": ("Millésime de population", Unit.TEXT),
    "vintage_reason": ("Motif du choix du millésime", Unit.TEXT),
    "source": ("Source des populations", Unit.TEXT),
}
_MISSION_DAYS = {
    "starts_on": "démarrage",
    "start_by": "démarrage au plus tard",
    "deployed_by": "déploiement au plus tard",
}
_OTHER_SECTIONS = {
    "indicators": Section.INDICATORS,
    "clauses": Section.CLAUSES,
    "articles": Section.CLAUSES,
    "settings": Section.RULES,
}
_SPECIAL = {"parties", "territory", "missions", "years", "annexes", "blocks", *_DAYS}


@dataclass(frozen=True, slots=True)
class Difference:
    """Every row that changes, in the order of the contract."""

    rows: tuple[Row, ...]

    def __bool__(self) -> bool:
        return bool(self.rows)

    def of(self, section: Section) -> tuple[Row, ...]:
        return tuple(row for row in self.rows if row.section is section)

    @property
    def sections(self) -> list[tuple[Section, tuple[Row, ...]]]:
        """What the pages show, section by section; those without a row are left out."""
        return [(section, self.of(section)) for section in Section if self.of(section)]

    @property
    def mirrored(self) -> Difference:
        """The way back: what came in goes out."""
        return Difference(tuple(row.mirrored for row in self.rows))


def difference(one: Inputs, other: Inputs) -> Difference:
    """From the first version to the second; the same content makes no row."""
    rows = (
        *_party_rows(one.get("parties") or {}, other.get("parties") or {}),
        *_territory_rows(one.get("territory") or {}, other.get("territory") or {}),
        *_mission_rows(one.get("missions") or [], other.get("missions") or []),
        *_day_rows(one, other),
        *indicator_rows(one.get("annexes") or [], other.get("annexes") or []),
        *clause_rows(one.get("blocks") or [], other.get("blocks") or []),
        *_unknown_rows(one, other),
        *amount_rows(one.get("years") or [], other.get("years") or []),
    )
    order = {section: position for position, section in enumerate(Section)}
    return Difference(tuple(sorted(rows, key=lambda row: order[row.section])))


def _party_rows(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Row]:
    for party in ordered_union(_PARTIES, one, other):
        before, after = one.get(party) or {}, other.get(party) or {}
        for name in ordered_union(_IDENTITY, before, after):
            label = f"{_PARTIES.get(party, party)} : {_IDENTITY.get(name, name)}"
            values = before.get(name), after.get(name)
            if name == "bank":
                values = _account(values[0]), _account(values[1])
            yield from _text_row(Section.PARTIES, (party, name), label, *values)


def is_signatory(row: Row) -> bool:
    """Who signs may change until the signature: it asks for no new accord."""
    return row.section is Section.PARTIES and row.key[-1] in {"signatory", "quality"}


def _account(bank: Mapping[str, Any] | None) -> str | None:
    """More people read a difference than may read the whole number, whatever was stored."""
    if not bank:
        return None
    iban = str(bank.get("iban", "")).replace(" ", "")
    shown = f"{iban[:4]} •••• •••• {iban[-4:]}" if iban else "numéro inconnu"
    return f"{bank.get('holder', '')}, IBAN {shown}"


def _text_row(
    section: Section, key: tuple[str, ...], label: str, before: Any, after: Any
) -> Iterator[Row]:
    """Empty and missing are the same: nothing is written."""
    if (before or "") != (after or ""):
        yield from other_rows(section, key, label, before or None, after or None)


def _territory_rows(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[Row]:
    before, after = _communes(one), _communes(other)
    if len(before) != len(after):
        yield Row(Section.TERRITORY, ("count",), "Communes", len(before), len(after), Unit.NUMBER)
    for name, (label, unit) in _TERRITORY.items():
        old, new = one.get(name) or None, other.get(name) or None
        if old != new:
            yield Row(Section.TERRITORY, (name,), label, old, new, unit)
    for code in sorted(before.keys() | after.keys(), key=lambda code: _place(before, after, code)):
        yield from _commune_row(before.get(code), after.get(code))


def _commune_row(one: Mapping[str, Any] | None, other: Mapping[str, Any] | None) -> Iterator[Row]:
    """In, out, or counted otherwise; how a commune is known is not a change of the contract."""
    known = other or one or {}
    label, key = f"{known['name']} ({known['code']})", (str(known["code"]),)
    before = one["population"] if one else None
    after = other["population"] if other else None
    if one is None:
        yield Row(Section.COMMUNES_IN, key, label, None, after, Unit.PEOPLE)
    elif other is None:
        yield Row(Section.COMMUNES_OUT, key, label, before, None, Unit.PEOPLE)
    elif before != after:
        yield Row(Section.COMMUNES, key, label, before, after, Unit.PEOPLE)


def _communes(territory: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {commune["code"]: commune for commune in territory.get("communes") or []}


def _place(
    before: Mapping[str, Mapping[str, Any]], after: Mapping[str, Mapping[str, Any]], code: str
) -> tuple[str, str]:
    known = after.get(code) or before[code]
    return search_key(known["name"]), code


def _mission_rows(one: list[Mapping[str, Any]], other: list[Mapping[str, Any]]) -> Iterator[Row]:
    before = {mission["code"]: mission for mission in one}
    after = {mission["code"]: mission for mission in other}
    for code in ordered_union([mission.value for mission in MISSIONS], before, after):
        old, new = before.get(code), after.get(code)
        if old is None or new is None:
            if old or new:
                yield _whole_mission(code, old, new)
            continue
        for name, words in _MISSION_DAYS.items():
            if old.get(name) != new.get(name):
                label = f"{new['label']} : {words}"
                days = _day(old.get(name)), _day(new.get(name))
                yield Row(Section.MISSIONS, (code, name), label, *days, Unit.DAY)


def _whole_mission(code: str, old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Row:
    """A mission that comes or goes, with the day it starts."""
    known = new or old or {}
    return Row(
        Section.MISSIONS,
        (code,),
        str(known["label"]),
        _start(old) if old else None,
        _start(new) if new else None,
        Unit.START,
    )


def _start(mission: Mapping[str, Any]) -> dt.date | str:
    return _day(mission.get("starts_on")) or "le jour de la signature"


def _day_rows(one: Inputs, other: Inputs) -> Iterator[Row]:
    for name, label in _DAYS.items():
        if one.get(name) != other.get(name):
            days = _day(one.get(name)), _day(other.get(name))
            yield Row(Section.DATES, (name,), label, *days, Unit.DAY)


def _unknown_rows(one: Inputs, other: Inputs) -> Iterator[Row]:
    """Indicators, clauses, and whatever a later version of the documents will say."""
    for name in sorted((one.keys() | other.keys()) - _NOT_COMPARED - _SPECIAL):
        section = _OTHER_SECTIONS.get(name, Section.OTHER)
        label = "" if section is not Section.OTHER else _OTHER_LABELS.get(name, name)
        yield from other_rows(section, (name,), label, one.get(name), other.get(name))


_OTHER_LABELS = {
    "project": "Projet de santé",
    "previous": "Contrat précédent",
    "contract_years": "Durée, en années",
}


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
