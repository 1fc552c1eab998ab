"""Pure: the professions of health, as the ANS names them; some bear an RPPS number, some not."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

REFERENCE_FILE = Path(__file__).parent / "reference" / "professions.csv"

# Who takes part in a CPTS without a profession of the nomenclature: social worker, secretary…
OTHER = "00"
OTHER_LABEL = "Autre métier"


@dataclass(frozen=True, slots=True)
class Profession:
    """A line of the nomenclature (TRE_G15, completed by TRE_R95 for the users of a title)."""

    code: str
    label: str
    nomenclature: str
    status: str
    family: str

    @property
    def is_registered(self) -> bool:
        """True when the profession is in the RPPS: withdrawn lines never were."""
        return not self.status.startswith("deprecated")


@cache
def read_professions(path: Path = REFERENCE_FILE) -> tuple[Profession, ...]:
    """The rows of the reference file, in the order of their labels."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Profession(
                code=row["code"],
                label=row["label"],
                nomenclature=row["nomenclature"],
                status=row["status"],
                family=row["regulated_family"],
            )
            for row in csv.DictReader(file)
        ]
    return tuple(sorted(rows, key=lambda profession: profession.label))


def profession(code: str) -> Profession | None:
    """The line of a code; `None` for « Autre métier » and for no profession at all."""
    return next((line for line in read_professions() if line.code == code), None)


def profession_label(code: str) -> str:
    """« Infirmier »; « Autre métier »; empty for an organisation."""
    known = profession(code)
    if known:
        return known.label
    return OTHER_LABEL if code == OTHER else ""


def profession_choices() -> list[tuple[str, str]]:
    """For a select: the nomenclature, then « Autre métier »."""
    return [(line.code, line.label) for line in read_professions()] + [(OTHER, OTHER_LABEL)]
