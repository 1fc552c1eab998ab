"""Pure: what people type to simulate a year, read strictly; and the year written as a table."""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from decimal import Decimal

from aci.funding import YearFunding
from aci.funding_lines import Achievement, Line, Share
from aci.mission_codes import MISSIONS, MissionCode
from foundation.dates import format_date
from foundation.money import format_euros
from foundation.refusal import Refused

DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INTEGER = re.compile(r"\d{1,12}", re.ASCII)
FRACTION = re.compile(r"\d{1,3}(\.\d{1,20})?|\.\d{1,20}", re.ASCII)
GRID_CODE = re.compile(r"\w{1,40}", re.ASCII)


def read_population(text: str) -> int:
    if not INTEGER.fullmatch(text) or int(text) == 0:
        raise Refused(f"La population est un nombre entier d’au moins 1, reçu {shown(text)}.")
    return int(text)


def read_contract_year(text: str) -> int:
    """Any integer: how many years a contract lasts is a setting, checked with it."""
    if not INTEGER.fullmatch(text):
        raise Refused(f"L’année de contrat est un nombre entier, reçu {shown(text)}.")
    return int(text)


def read_date(option: str, text: str) -> dt.date:
    """Only AAAA-MM-JJ: the other ISO forms are too easily mistyped."""
    try:
        if DATE.fullmatch(text):
            return dt.date.fromisoformat(text)
    except ValueError as error:
        raise Refused(f"La date de {option} n’existe pas : {shown(text)}.") from error
    raise Refused(f"La date de {option} s’écrit AAAA-MM-JJ, reçu {shown(text)}.")


def read_grid_code(text: str) -> str:
    if not GRID_CODE.fullmatch(text):
        raise Refused(f"Barème inconnu : {shown(text)}.")
    return text


def read_mission_starts(texts: Sequence[str]) -> dict[MissionCode, dt.date]:
    """Each text is CODE=DATE."""
    pairs = _pairs("--mission", "CODE=DATE", texts)
    return {mission: read_date("--mission", text) for mission, text in pairs.items()}


def read_achieved(texts: Sequence[str]) -> dict[MissionCode, Achievement]:
    """Each text is CODE=FRACTION, a number from 0 to 1."""
    return {
        mission: _read_share(mission, text)
        for mission, text in _pairs("--achieved", "CODE=FRACTION", texts).items()
    }


def _read_share(mission: MissionCode, text: str) -> Share:
    if not FRACTION.fullmatch(text) or Decimal(text) > 1:
        raise Refused(
            f"La part atteinte de {mission.value} est un nombre de 0 à 1, reçu {shown(text)}."
        )
    return Share(Decimal(text))


def _pairs(option: str, form: str, texts: Sequence[str]) -> Mapping[MissionCode, str]:
    found: dict[MissionCode, str] = {}
    for text in texts:
        code, equals, value = text.partition("=")
        if not equals:
            raise Refused(f"L’option {option} s’écrit {form}, reçu {shown(text)}.")
        if code not in MISSIONS:
            known = ", ".join(MISSIONS)
            raise Refused(f"Mission inconnue : {shown(code)}, les missions sont {known}.")
        if code in found:
            raise Refused(f"La mission {code} est citée deux fois dans {option}.")
        found[MissionCode(code)] = value
    return found


def shown(text: str) -> str:
    """What was typed, on one short line whatever it holds."""
    clean = "".join(char if char.isprintable() else "?" for char in text)
    return f"« {clean[:60]}{'…' if len(clean) > 60 else ''} »"


HEADINGS = ("Plafond annuel", "Dû", "Avance", "Solde")
COLUMN = 16


def as_table(funding: YearFunding) -> str:
    """The year for a person at a terminal: lines, their rules, the total, the schedule."""
    year = funding.contract_year
    width = max(len(line.label) for line in funding.lines)
    dates = [format_date(payment.date) for payment in funding.schedule]
    labels = [payment.label for payment in funding.schedule]
    return "\n".join(
        [
            f"{funding.grid.label}{' (barème à confirmer)' if funding.grid.to_confirm else ''}",
            f"Taille {funding.size}, année de contrat {year.number}, "
            f"du {format_date(year.start)} au {format_date(year.last_day)}",
            "",
            " " * width + "".join(heading.rjust(COLUMN) for heading in HEADINGS),
            *(row for line in funding.lines for row in _rows(line, width)),
            "",
            f"Total dû : {format_euros(funding.total_due)}",
            "",
            "Échéancier",
            *(
                f"{date.ljust(max(map(len, dates)))}  {label.ljust(max(map(len, labels)))}"
                f"{format_euros(payment.amount).rjust(COLUMN)}"
                for date, label, payment in zip(dates, labels, funding.schedule, strict=True)
            ),
        ]
    )


def _rows(line: Line, width: int) -> tuple[str, str]:
    amounts = (line.ceiling, line.due, line.advance, line.balance)
    columns = "".join(format_euros(amount).rjust(COLUMN) for amount in amounts)
    return line.label.ljust(width) + columns, f"  {line.rule}"
