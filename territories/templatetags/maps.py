"""Places a drawn map in a page, with its buttons, its legend and its source."""

from __future__ import annotations

from typing import Any

from django import template

from territories.maps.colours import STAGES, stage_class
from territories.models import Stage

register = template.Library()


@register.inclusion_tag("territories/map_figure.html")
def map_figure(drawing: Any, name: str = "carte", colouring: str = "cpts") -> dict[str, Any]:
    """`drawing` is what `territories.maps` made under the same `name`."""
    stages = [(stage_class(stage), Stage(stage).label) for stage in STAGES]
    return {"drawing": drawing, "name": name, "colouring": colouring, "stages": stages}


@register.filter
def percent(rate: float) -> str:
    """35.1 → « 35,1 % »."""
    return f"{rate:.1f}\u00a0%".replace(".", ",")
