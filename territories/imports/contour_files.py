"""Pure: reads official outlines from GeoJSON or TopoJSON, one commune for each object."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from foundation.refusal import Refused
from territories.imports.tables import MAGIC_GZIP, insee_code, readable
from territories.imports.topojson import members_of
from territories.outlines import polygonal

SUFFIXES = (".json", ".geojson", ".topojson")
LARGEST_UNPACKED = 600 * 1024 * 1024
# How publishers call the code of a commune, without case or underscores.
_CODES = ("code", "insee", "inseecom", "codgeo", "codeinsee", "inseecode", "codecommune", "com")
# Where a commune may lie (west, south, east, north), by the beginning of its code.
_GROUND = {
    "971": (-61.9, 15.7, -60.9, 16.6),
    "972": (-61.3, 14.3, -60.7, 15.0),
    "973": (-54.7, 2.0, -51.5, 5.9),
    "974": (55.1, -21.5, 56.0, -20.8),
    "976": (44.9, -13.1, 45.4, -12.5),
}
_MAINLAND = (-5.5, 41.2, 9.8, 51.3)


@dataclass(frozen=True, slots=True)
class Contour:
    """One object of a file: its number, its code, its shape, or what is wrong with it."""

    file: str
    number: int
    code: str
    shape: BaseGeometry | None
    problem: str = ""


def files_in(path: Path) -> list[Path]:
    """The file itself, or those of the folder, by name."""
    if not path.is_dir():
        return [path]
    found = sorted(
        one for one in path.iterdir() if one.name.lower().removesuffix(".gz").endswith(SUFFIXES)
    )
    if not found:
        raise Refused(f"Le dossier « {path.name} » ne contient ni GeoJSON ni TopoJSON.")
    return found


def read_contours(name: str, data: bytes) -> Iterator[Contour]:
    """The objects of one file; refuses what is not a whole GeoJSON or TopoJSON file."""
    content = _decoded(name, data)
    number = 0
    for number, (code, shape) in enumerate(_objects(name, content), start=1):
        yield _checked(name, number, code, shape)
    if not number:
        raise Refused(f"Le fichier « {name} » ne contient aucun contour.")


def _decoded(name: str, data: bytes) -> dict[str, Any]:
    with readable(name):
        text = _unpacked(name, data).decode("utf-8-sig")
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(f"Le fichier « {name} » n’est pas du JSON entier : tronqué ?") from error
    if not isinstance(content, dict):
        raise _foreign(name)
    return content


def _unpacked(name: str, data: bytes) -> bytes:
    if not data.startswith(MAGIC_GZIP):
        return data
    inflate = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    unpacked = inflate.decompress(data, LARGEST_UNPACKED)
    if inflate.unconsumed_tail:
        raise Refused(f"Le fichier « {name} » est trop grand une fois décompressé.")
    if not inflate.eof:
        raise gzip.BadGzipFile(name)
    return unpacked


def _objects(name: str, content: dict[str, Any]) -> Iterator[tuple[str, BaseGeometry | None]]:
    """Code and shape of each object. A structure that is not what it says to be is foreign."""
    readers = {"FeatureCollection": _features, "Topology": _members}
    reader = readers.get(str(content.get("type")))
    if reader is None:
        raise _foreign(name)
    try:
        yield from reader(content)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise _foreign(name) from error
    except shapely.errors.ShapelyError as error:
        raise _foreign(name) from error


def _features(content: dict[str, Any]) -> Iterator[tuple[str, BaseGeometry | None]]:
    for feature in content["features"]:
        geometry = feature.get("geometry")
        shape = shapely.from_geojson(json.dumps(geometry)) if geometry else None
        yield _code(feature), shape


def _members(content: dict[str, Any]) -> Iterator[tuple[str, BaseGeometry | None]]:
    for member, shape in members_of(content):
        yield _code(member), shape


def _code(thing: dict[str, Any]) -> str:
    """The `id`, or the property that publishers use."""
    properties = thing.get("properties") or {}
    plain = {key.lower().replace("_", ""): value for key, value in properties.items()}
    given = [*(plain.get(name) for name in _CODES), thing.get("id")]
    code = next((value for value in given if value not in (None, "")), "")
    return insee_code(str(code))


def _checked(name: str, number: int, code: str, shape: BaseGeometry | None) -> Contour:
    if not code:
        return Contour(name, number, "", None, "le code de la commune manque")
    ground = polygonal(shape)
    if ground.is_empty:
        return Contour(name, number, code, None, f"« {code} » n’a pas de contour")
    if not shapely.box(*_GROUND.get(code[:3], _MAINLAND)).contains(ground):
        reason = f"« {code} » est hors de France : coordonnées attendues en degrés (WGS 84)"
        return Contour(name, number, code, None, reason)
    return Contour(name, number, code, ground)


def _foreign(name: str) -> Refused:
    return Refused(f"Le fichier « {name} » n’est ni du GeoJSON ni du TopoJSON de communes.")
