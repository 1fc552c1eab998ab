"""The map as a file of its own, for an `<img>`: its colours are attributes, since it has no style
sheet and the content security policy of the portal allows none inside a picture."""

from __future__ import annotations

import re

# Readable on a light page and on a dark one.
HUES = (
    "#8fb3f0",
    "#e3bd2f",
    "#5fcdbb",
    "#f4a79f",
    "#e29fdc",
    "#86cc54",
    "#d3b48f",
    "#7c8fbd",
)
RAMP = ("#dcdcf9", "#c0c0f5", "#a3a3f2", "#8686f0", "#6a6af4", "#e4794a")
_CLASSES = {
    "map-ground": 'fill="#eee"',
    "map-pattern map-pattern--white": 'stroke="#8a8a8a" stroke-width="2.4" stroke-linecap="round"',
    "map-pattern map-pattern--shared": 'stroke="#222" stroke-width="1.2"',
    "map-pattern map-pattern--overlap": 'stroke="#b00020" stroke-width="1.6"',
    "map-white": 'stroke="#bbb" stroke-width=".8"',
    "map-cpts": 'stroke="#fff" stroke-width="1"',
    "map-communes": 'stroke="#fff" stroke-width=".6"',
    "map-outlines": 'stroke="#333" stroke-width="1.6"',
    "map-limit": 'stroke="#555" stroke-width=".8" stroke-opacity=".6"',
    "map-limit map-limit--region": 'stroke="#555" stroke-width="1.2"',
    "map-inset": 'stroke="#999"',
    "map-label": 'fill="#777" font-family="sans-serif" font-size="26" text-anchor="middle"',
}
_SHEET_PARTS = re.compile(r"</?a\b[^>]*>|<title>.*?</title>|<g class=\"map-numbers\".*?</g>")
_CLASSED = re.compile(r' class="([^"]*)"')
_LINKED = re.compile(r'<a [^>]*?class="c(\d) s(\d)"[^>]*>(.*?)</a>')


def stand_alone(svg: str, *, colouring: str) -> bytes:
    """The drawing of a page without its links, words and numbers, in colours of its own."""

    def coloured(found: re.Match[str]) -> str:
        colour, stage, content = found.groups()
        fill = HUES[int(colour) - 1] if colouring == "cpts" else RAMP[int(stage) - 1]
        return f'<g fill="{fill}">{content}</g>'

    bare = _SHEET_PARTS.sub("", _LINKED.sub(coloured, svg))
    styled = _CLASSED.sub(lambda found: _attributes(found.group(1)), bare)
    return styled.replace(' role="group"', ' role="img" fill="none"', 1).encode()


def _attributes(classes: str) -> str:
    known = _CLASSES.get(classes)
    return f" {known}" if known else ""
