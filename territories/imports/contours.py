"""Imports official outlines of communes, repaired and simplified together."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from shapely.geometry.base import BaseGeometry

from foundation.refusal import Refused
from territories.downloads import fetch, is_address
from territories.imports.codes import Codes
from territories.imports.contour_files import Contour, files_in, read_contours
from territories.imports.importing import Import
from territories.imports.tables import readable
from territories.outlines import Outline, Pair, merged, neighbours, simplify_together
from territories.shapes import differing, replace_official

# Collectivities without an ARS or a CPAM: the portal does not hold their communes.
_OUTSIDE = ("975", "977", "978", "986", "987", "988", "989")


def import_contours(run: Import, sources: Iterable[str]) -> None:
    """Give the communes of these files their official outline; the others keep what they have."""
    codes = Codes.load()
    parts: dict[str, list[BaseGeometry]] = defaultdict(list)
    seen: set[str] = set()
    for contour in run.followed(_contours(sources), "Contours lus"):
        try:
            _add(contour, codes, seen, parts)
        except Refused as refusal:
            run.reject(contour.file, contour.number, refusal.reason, unit="objet")
    run.stop_if_rejected()
    if not parts:
        raise Refused("Ces fichiers ne contiennent aucune commune du portail.")
    run.say("Simplification…")
    outlines = _outlines({code: merged(group) for code, group in parts.items()}, codes)
    changed = differing(outlines)
    if not changed:
        return
    run.say("Voisinages…")
    replace_official(outlines, sorted(_neighbours(outlines, codes)))
    run.changed(len(changed), "contour officiel enregistré", "contours officiels enregistrés")
    _tell_missing(run, codes, outlines.keys())


def _contours(sources: Iterable[str]) -> Iterator[Contour]:
    """File after file, so that only one is in memory."""
    for source in sources:
        if is_address(source):
            yield from read_contours(*fetch(source))
            continue
        for path in files_in(Path(source)):
            with readable(path.name):
                data = path.read_bytes()
            yield from read_contours(path.name, data)


def _add(
    contour: Contour, codes: Codes, seen: set[str], parts: dict[str, list[BaseGeometry]]
) -> None:
    if contour.code.startswith(_OUTSIDE):
        return
    if contour.problem:
        raise Refused(contour.problem)
    if contour.code in seen:
        raise Refused(f"« {contour.code} » figure deux fois")
    seen.add(contour.code)
    parts[codes.today(contour.code)].append(contour.shape)


def _outlines(shapes: dict[str, BaseGeometry], codes: Codes) -> dict[str, Outline]:
    """Communes together, arrondissements together: they lie inside a commune of the first."""
    whole = {code: shape for code, shape in shapes.items() if code not in codes.parents}
    inside = {code: shape for code, shape in shapes.items() if code in codes.parents}
    return {**simplify_together(whole), **simplify_together(inside)}


def _neighbours(outlines: dict[str, Outline], codes: Codes) -> set[Pair]:
    """Who touches whom; a city and its own arrondissements are not neighbours."""
    found = neighbours({code: outline.detailed for code, outline in outlines.items()})
    return {
        (one, other)
        for one, other in found
        if codes.parents.get(one) != other and codes.parents.get(other) != one
    }


def _tell_missing(run: Import, codes: Codes, brought: Iterable[str]) -> None:
    missing = codes.whole().difference(brought)
    if missing:
        first = ", ".join(codes.named(code) for code in sorted(missing)[:3])
        run.notes.append(
            f"{len(missing)} communes ne sont pas dans ces fichiers et gardent leur contour"
            f" ({first}…)."
        )
