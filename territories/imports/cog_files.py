"""Pure: reads communes and their history, in the portal's own format or in INSEE's."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from foundation.refusal import Refused
from foundation.search import search_key
from territories.imports.tables import Column, Line, headings, insee_code, read_table
from territories.reference_files import OUTSIDE

# INSEE lists delegated and associated communes too (COMD, COMA): they are parts of a commune.
KINDS = {"COM", "ARM"}
LONGEST_NAME = 100

_COG = {
    "code": Column(["COM"], "le code de la commune"),
    "kind": Column(["TYPECOM"], "la nature de la commune"),
    "name": Column(["LIBELLE"], "le nom de la commune"),
    "departement": Column(["DEP"], "le département"),
    "parent": Column(["COMPARENT"], "la commune entière", required=False),
}
_OWN = {
    "code": Column(["insee_code"], "le code de la commune"),
    "kind": Column(["kind"], "la nature de la commune"),
    "name": Column(["name"], "le nom de la commune"),
    "departement": Column(["departement"], "le département"),
    "parent": Column(["parent_code"], "la commune entière", required=False),
    "epci": Column(["epci_siren"], "l’intercommunalité", required=False),
    "postal_codes": Column(["postal_codes"], "les codes postaux", required=False),
    "zone": Column(["zone"], "la zone", required=False),
}
_MOVES = {
    "day": Column(["DATE_EFF"], "la date d’effet"),
    "kind_before": Column(["TYPECOM_AV"], "la nature avant"),
    "before": Column(["COM_AV"], "le code avant"),
    "kind_after": Column(["TYPECOM_AP"], "la nature après"),
    "after": Column(["COM_AP"], "le code après"),
}
_HISTORY = {
    "before": Column(["old_code"], "l’ancien code"),
    "after": Column(["current_code"], "le code d’aujourd’hui"),
}


@dataclass(frozen=True, slots=True)
class FiledCommune:
    """A commune as a file gives it; `None` where the file does not hold the column."""

    code: str
    name: str
    kind: str
    departement: str
    parent: str | None
    epci: str | None
    postal_codes: str | None


Heirs = dict[str, set[str]]  # vanished code → the codes that took its place


def read_communes(path: Path) -> Iterator[tuple[int, FiledCommune | Refused]]:
    """Line by line, the commune or what is wrong with it; what is not a commune is passed over."""
    columns = _COG if {"typecom", "com"} <= headings(path) else _OWN
    for line in read_table(path, columns):
        if line.problem:
            yield line.number, Refused(line.problem)
        elif line.values["kind"] in {"COMD", "COMA"} or line.values.get("zone") == OUTSIDE:
            continue
        else:
            yield line.number, _commune(line.values)


def _commune(values: dict[str, str]) -> FiledCommune | Refused:
    code, name = insee_code(values["code"]), values["name"].replace("'", "’")
    if len(code) != 5 or not code.isalnum():
        return Refused(f"code de commune illisible : « {code[:20]} »")
    if values["kind"] not in KINDS:
        return Refused(f"nature inconnue : « {values['kind'][:20]} »")
    if not search_key(name) or len(name) > LONGEST_NAME:
        return Refused(f"nom de commune illisible : « {name[:20]} »")
    return FiledCommune(
        code=code,
        name=name,
        kind=values["kind"],
        departement=values["departement"] or departement_of(code),
        parent=values.get("parent"),
        epci=values.get("epci"),
        postal_codes=values.get("postal_codes"),
    )


def departement_of(code: str) -> str:
    """« 62 », « 2A », « 974 »: INSEE leaves it empty for arrondissements."""
    return code[:3] if code.startswith("97") else code[:2]


def read_history(path: Path) -> tuple[Heirs, list[tuple[int, str]]]:
    """Who took the place of whom, by the last act on each code; and the lines in error."""
    moves = {"comav", "comap"} <= headings(path)
    last: dict[str, tuple[dt.date, set[str]]] = {}
    problems: list[tuple[int, str]] = []
    for line in read_table(path, _MOVES if moves else _HISTORY):
        try:
            day, before, after = _move(line)
        except Refused as refusal:
            problems.append((line.number, refusal.reason))
            continue
        if before == after:
            continue
        known_day, heirs = last.get(before, (day, set()))
        if day > known_day:
            heirs = set()
        if day >= known_day:
            last[before] = (day, heirs | {after})
    return {code: heirs for code, (_, heirs) in last.items()}, problems


def _move(line: Line) -> tuple[dt.date, str, str]:
    """The day, the code before and the code after; both are the same when nothing moved."""
    if line.problem:
        raise Refused(line.problem)
    values = line.values
    before, after = insee_code(values["before"]), insee_code(values["after"])
    if values.get("kind_before", "COM") != "COM" or values.get("kind_after", "COM") != "COM":
        return dt.date.min, before, before
    if not (before.isalnum() and after.isalnum()):
        raise Refused(f"code de commune illisible : « {before[:10]} » → « {after[:10]} »")
    try:
        day = dt.date.fromisoformat(values["day"]) if "day" in values else dt.date.min
    except ValueError as error:
        raise Refused(f"date illisible : « {values['day'][:20]} »") from error
    return day, before, after


def final_heirs(code: str, history: Iterable[Heirs], alive: set[str]) -> set[str]:
    """The communes of today behind a vanished code, through as many mergers as it takes."""
    steps: Heirs = defaultdict(set)
    for one in history:
        for before, after in one.items():
            if before not in alive:
                steps[before] |= after
    found: set[str] = set()
    seen, waiting = {code}, [code]
    while waiting:
        for heir in steps.get(waiting.pop(), set()) - seen:
            seen.add(heir)
            (found.add if heir in alive else waiting.append)(heir)
    return found
