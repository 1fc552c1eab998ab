"""Rewrites static/css/icons.css: the DSFR icons that the templates name, inside one small file.

The package's own sheet weighs 210 kB and asks for one file per icon; a page would not keep to its
20 requests. The drawings are unaltered.
"""

import re
import sys
import urllib.parse
from pathlib import Path

import dsfr

ROOT = Path(__file__).parent.parent
ICONS = Path(dsfr.__file__).parent / "static" / "dsfr" / "dist" / "icons"
SHEET = ROOT / "static" / "css" / "icons.css"
_NAME = re.compile(r"\bfr-icon-([a-z0-9-]+[a-z0-9])")
_SIZES = {"sm", "xs", "md", "lg"}
HEADER = (
    "/* Written by scripts/gather_icons.py from the templates: do not edit. Icons: DSFR 1.14. */\n"
)


def names_in_templates() -> list[str]:
    """Every icon class written in a template or chosen in code."""
    found: set[str] = set()
    for folder, pattern in (("templates", "**/*.html"), ("cpts_portal", "**/*.py")):
        for path in (ROOT / folder).glob(pattern):
            found |= set(_NAME.findall(path.read_text(encoding="utf-8")))
    return sorted(found - _SIZES)


def sheet_of(names: list[str], icons: Path) -> str:
    """One rule per icon, its drawing written in the sheet."""
    drawings = {path.stem: path for path in icons.glob("*/*.svg")}
    rules = [HEADER]
    for name in names:
        drawing = drawings.get(name) or drawings.get(f"fr--{name}")
        if drawing is None:
            raise SystemExit(f"fr-icon-{name}: no such icon in the DSFR.")
        svg = re.sub(r">\s+<", "><", drawing.read_text(encoding="utf-8").strip())
        data = urllib.parse.quote(svg.replace('"', "'"), safe=" =:/'(),-.")
        rules.append(
            f".fr-icon-{name}::before,\n.fr-icon-{name}::after {{\n"
            f'  mask-image: url("data:image/svg+xml,{data}");\n'
            "}\n"
        )
    return "\n".join(rules)


def main() -> int:
    SHEET.write_text(sheet_of(names_in_templates(), ICONS), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
