"""Writes SVG: shapes with their words and classes. Colours are the business of the style sheet."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from shapely.geometry.base import BaseGeometry

from territories.maps.frame import Frame, Panel, path_data

NOTHING = SafeString("")


def joined(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def path(shape: BaseGeometry, *, title: str = "", fill: str = "", of: str = "") -> SafeString:
    """A shape; its title is what a pointer and a screen reader are told of it.

    `of` is the address of the CPTS that it outlines: pointing at its row lights it.
    """
    attributes = format_html("{}{}", _attribute("fill", fill), _attribute("data-of", of))
    if not title:
        return format_html('<path{} d="{}"/>', attributes, path_data(shape))
    return format_html('<path{} d="{}">{}</path>', attributes, path_data(shape), _title(title))


def link(href: str, title: str, content: SafeString, classes: str = "") -> SafeString:
    """A link out of the order of the tabulation: the table beside the map is its twin."""
    return format_html(
        '<a href="{}"{} tabindex="-1">{}{}</a>',
        href,
        _attribute("class", classes),
        _title(title),
        content,
    )


def group(classes: str, parts: Iterable[SafeString], *, hidden: bool = False) -> SafeString:
    content = joined(parts)
    if not content:
        return NOTHING
    aside = SafeString(' aria-hidden="true"') if hidden else NOTHING
    return format_html('<g class="{}"{}>{}</g>', classes, aside, content)


def lines(data: str, classes: str) -> SafeString:
    return format_html('<path class="{}" d="{}"/>', classes, data) if data else NOTHING


def text(x: float, y: float, words: str, classes: str) -> SafeString:
    return format_html(
        '<text class="{}" x="{}" y="{}">{}</text>', classes, round(x), round(y), words
    )


def inset(panel: Panel) -> SafeString:
    """The name of a land drawn apart, and the line above it."""
    bottom = panel.y + panel.height
    return joined(
        [
            lines(f"m{panel.x:.0f} {panel.y - 6:.0f}h{panel.width:.0f}", "map-inset"),
            text(panel.x + panel.width / 2, bottom + 34, panel.label, "map-label"),
        ]
    )


def drawing(frame: Frame, label: str, name: str, content: Iterable[SafeString]) -> SafeString:
    """The whole picture. `name` begins the ids of its patterns: two maps may share a page."""
    return format_html(
        '<svg class="map-svg" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} {}" role="group"'
        ' aria-label="{}"><defs>{}</defs>{}</svg>',
        frame.width,
        frame.height,
        label,
        patterns(name),
        joined(content),
    )


# Told apart without any colour: dots where nobody is, stripes where land is shared, a lattice
# where it is held twice.
_STRIPES = "M-2 2 2-2M-2 11 11-2M7 11 11 7"
_PATTERNS = (
    ("white", 10, "M5 5h.01"),
    ("shared", 9, _STRIPES),
    ("taken", 9, _STRIPES),
    ("overlap", 9, f"{_STRIPES}M-2 7 2 11M-2-2 11 11M7-2 11 2"),
)
_GROUND = SafeString('<path class="map-ground" d="m0 0h12v12h-12z"/>')


def patterns(name: str) -> SafeString:
    return format_html_join(
        "",
        '<pattern id="{}-{}" width="{}" height="{}" patternUnits="userSpaceOnUse">'
        '{}<path class="map-pattern map-pattern--{}" d="{}"/></pattern>',
        (
            (name, kind, size, size, _GROUND if kind in {"white", "taken"} else NOTHING, kind, data)
            for kind, size, data in _PATTERNS
        ),
    )


def pattern_fill(name: str, kind: str) -> str:
    return f"url(#{name}-{kind})"


def _title(words: str) -> SafeString:
    return format_html("<title>{}</title>", words)


def _attribute(name: str, value: str) -> SafeString:
    return format_html(' {}="{}"', name, value) if value else NOTHING
