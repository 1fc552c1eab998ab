"""Imports one vintage of INSEE populations, and says which CPTS it would give another size."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from foundation import clock
from foundation.bulk import insert_rows
from foundation.numbers import format_number
from foundation.refusal import Refused
from territories.imports.codes import Codes
from territories.imports.importing import Import
from territories.imports.tables import Column, Line, insee_code, read_table
from territories.models import Population
from territories.newest_figures import newest_vintage, show_newest
from territories.vintages import size_changes, unknown_sizes

Stored = dict[str, tuple[int, int | None]]  # code → municipal, total

# Mayotte and communes re-created lately have no figure; more absences mean that lines are missing.
TOLERATED_ABSENCES = 0.01
# A commune of more inhabitants than this is a misread line (the largest has two million).
_LARGEST = 5_000_000


@dataclass(slots=True)
class Figure:
    """The inhabitants of a commune of today, added up from the codes of the file."""

    municipal: int = 0
    total: int | None = 0

    def add(self, municipal: int, total: int | None) -> None:
        """A part of the commune; without all the totals there is none."""
        self.municipal += municipal
        self.total = None if self.total is None or total is None else self.total + total


def import_populations(run: Import, path: Path, *, vintage: int, partial: bool = False) -> None:
    """Replace the figures of this vintage only; nothing frozen is ever counted again."""
    if not 2006 <= vintage <= clock.today().year:
        raise Refused(
            f"Le millésime {vintage} n’est pas plausible : attendu de 2006 à {clock.today().year}."
        )
    codes = Codes.load()
    figures = _read(run, path, vintage, codes)
    run.stop_if_rejected()
    stored: Stored = {
        code: (municipal, total)
        for code, municipal, total in Population.objects.filter(vintage=vintage).values_list(
            "commune_id", "municipal", "total"
        )
    }
    brought: Stored = {code: (figure.municipal, figure.total) for code, figure in figures.items()}
    # Vanished communes keep what they had: the drafts that still name them are counted with it.
    kept = {code: stored[code] for code in stored if code in codes.successors or partial}
    if not partial:
        _refuse_incomplete(path.name, codes, set(brought), stored.keys() - kept.keys())
    _write(run, vintage, stored, {**kept, **brought})


def _read(run: Import, path: Path, vintage: int, codes: Codes) -> dict[str, Figure]:
    figures: dict[str, Figure] = defaultdict(Figure)
    seen: set[str] = set()
    rows = read_table(path, _columns(vintage))
    for line in run.followed(rows, "Lignes lues"):
        try:
            _add(line, codes, seen, figures)
        except Refused as refusal:
            run.reject(path.name, line.number, refusal.reason)
    if not seen and not run.rejected:
        raise Refused(f"Le fichier « {path.name} » ne contient aucune ligne.")
    return figures


def _add(line: Line, codes: Codes, seen: set[str], figures: dict[str, Figure]) -> None:
    if line.problem:
        raise Refused(line.problem)
    code = insee_code(line.values["code"])
    if code in seen:
        raise Refused(f"« {code} » figure deux fois")
    seen.add(code)
    today = codes.today(code)
    municipal = _people(line.values["municipal"], "population municipale")
    total = line.values.get("total")
    figures[today].add(municipal, _people(total, "population totale") if total else None)


def _columns(vintage: int) -> dict[str, Column]:
    short = f"{vintage % 100:02}"
    return {
        "code": Column(
            ["insee_code", "DEPCOM", "CODGEO", "code_insee", "code_commune", "COM"],
            "le code de la commune",
        ),
        "municipal": Column(
            [
                *("population_municipale", "PMUN", f"PMUN{vintage}", f"PMUN{short}"),
                *(f"P{short}_POP", "pop_municipale", "municipal"),
            ],
            "la population municipale",
        ),
        "total": Column(
            ["population_totale", "PTOT", f"PTOT{vintage}", f"PTOT{short}", "total"],
            "la population totale",
            required=False,
        ),
    }


def _people(text: str, noun: str) -> int:
    digits = "".join(text.split())
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 9):
        raise Refused(f"{noun} illisible : « {text[:20]} »")
    if int(digits) > _LARGEST:
        raise Refused(f"{noun} invraisemblable : « {text[:20]} »")
    return int(digits)


def _refuse_incomplete(name: str, codes: Codes, brought: set[str], stored: set[str]) -> None:
    """A file cut short would silently empty communes: it is refused unless it is meant so."""
    lost = sorted(stored - brought)
    if lost:
        raise Refused(
            f"Le fichier « {name} » n’a plus de population pour {format_number(len(lost))}"
            f" commune(s) qui en avaient, dont {codes.named(lost[0])} : fichier tronqué ?"
            " (--partial garde leurs chiffres)"
        )
    whole = codes.whole()
    absent = sorted(whole - brought)
    if len(absent) > TOLERATED_ABSENCES * len(whole):
        raise Refused(
            f"Le fichier « {name} » ne donne rien pour {format_number(len(absent))} communes sur"
            f" {format_number(len(whole))}, dont {codes.named(absent[0])} : fichier tronqué ?"
            " (--partial l’accepte)"
        )


def _write(run: Import, vintage: int, stored: Stored, wanted: Stored) -> None:
    if wanted == stored:
        return
    same = stored.keys() & wanted.keys()
    added, corrected = len(wanted) - len(same), sum(stored[code] != wanted[code] for code in same)
    of_year = f"du millésime {vintage}"
    run.changed(added, f"population {of_year} ajoutée", f"populations {of_year} ajoutées")
    run.changed(corrected, f"population {of_year} corrigée", f"populations {of_year} corrigées")
    Population.objects.filter(vintage=vintage).delete()
    rows = ((code, vintage, *figures) for code, figures in sorted(wanted.items()))
    insert_rows(Population, ["commune", "vintage", "municipal", "total"], rows)
    if newest_vintage() == vintage:
        show_newest(vintage)
    _tell_sizes(run, vintage)


def _tell_sizes(run: Import, vintage: int) -> None:
    changes, unknown = size_changes(vintage), unknown_sizes(vintage)
    if changes:
        run.notes.append("Ces CPTS gardent leur taille, mais en auraient une autre :")
        run.notes.extend(f"  {change.sentence}" for change in changes)
    else:
        run.notes.append(f"Aucune CPTS ne changerait de taille avec le millésime {vintage}.")
    if unknown:
        run.notes.append("Ces CPTS ne peuvent pas être comptées avec ce millésime :")
        run.notes.extend(f"  {one.sentence}" for one in unknown)
