"""The small maps of one CPTS or one commune, kept ready: one query for who comes next."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from django.utils.safestring import SafeString

from foundation import clock
from territories.maps.drawing import Drawing, KeyLine, commune_map, cpts_map
from territories.maps.rows import CptsRow
from territories.maps.sheets import VERSION
from territories.models import Commune, Cpts
from territories.renditions import content_of, rendition


def kept_cpts_map(cpts: Cpts) -> Drawing:
    """`cpts_map` today. The draft of a CPTS that is not public yet counts too."""
    version = (cpts.territory_id, cpts.territory.changed_at) if cpts.territory else ()
    return _kept(f"carte-cpts:{cpts.slug}", lambda: cpts_map(cpts), *version)


def kept_commune_map(commune: Commune) -> Drawing:
    """`commune_map` today."""
    return _kept(f"carte-commune:{commune.pk}", lambda: commune_map(commune))


def _kept(key: str, draw: Callable[[], Drawing], *depends_on: object) -> Drawing:
    kept = rendition(
        key,
        "application/json",
        lambda: json.dumps(asdict(draw()), ensure_ascii=False).encode(),
        depends_on=(clock.today(), VERSION, *depends_on),
    )
    return _read(json.loads(content_of(kept)))


def _read(plain: dict[str, Any]) -> Drawing:
    lines = (KeyLine(CptsRow(**line["row"]), line["classes"]) for line in plain.pop("key"))
    # Made by `territories.maps.svg` of escaped words, and read back from our own table.
    return Drawing(**{**plain, "svg": SafeString(plain["svg"])}, key=tuple(lines))
