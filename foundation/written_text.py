"""The small language of written templates: paragraphs, headings, lists, bold and variables.

Ours on purpose: an administrator writes text, never code. A variable that is not in a closed list
is refused when the text is saved; a value is printed, never read as markup. Only a piece that the
portal itself lays out (a table) is placed as it is, alone in its paragraph.
"""

import difflib
import re
from collections.abc import Collection, Iterator, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.refusal import Refused
from foundation.typography import typeset

# What replaces a variable: a text, a list printed line by line, or a piece laid out by the portal.
Value = str | list[str]
Values = Mapping[str, Value]

_VARIABLE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_PIECE = re.compile(r"\{\{\s*(?P<name>.*?)\s*\}\}|(?P<bold>\*\*)", re.DOTALL)
_BLANK_LINE = re.compile(r"\n\s*\n")
HEADING, ITEM = "# ", "- "


# --- Checking what an administrator wrote ------------------------------------------------------


def used_variables(*texts: str) -> set[str]:
    """The names between braces."""
    return {name for text in texts for name in _VARIABLE.findall(text)}


def check_variables(text: str, known: Mapping[str, str], *, where: str) -> None:
    """Refuse a text whose variables do not all resolve, naming the first that does not."""
    _check_braces(text)
    for name in _VARIABLE.findall(text):
        if name not in known:
            raise Refused(_unknown(name, known, where))


def check_line(line: str) -> None:
    """A subject or a title: one line, without any form."""
    if "\n" in line.strip() or "**" in line:
        raise Refused("L’objet tient sur une ligne, sans mise en forme.")


def check_body(body: str, *, pieces: Collection[str] = ()) -> None:
    """Bold is closed, and a piece laid out by the portal stands alone in its paragraph."""
    for form, lines in _blocks(body):
        text = "\n".join(lines)
        for line in lines:
            if line.count("**") % 2:
                raise Refused(f"Le gras ouvert par ** n’est pas fermé : « {line[:60]} ».")
        alone = not form and _VARIABLE.fullmatch(text)
        for name in _VARIABLE.findall(text):
            if name in pieces and not alone:
                raise Refused(
                    f"{{{{ {name} }}}} est mis en page par le portail : écrivez-le seul, entre "
                    "deux lignes vides."
                )


def _unknown(name: str, known: Mapping[str, str], where: str) -> str:
    shown = name[:60] or "(vide)"
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f" Vouliez-vous écrire {{{{ {close[0]} }}}} ?" if close else ""
    return f"La variable « {shown} » n’existe pas pour {where}.{advice}"


def _check_braces(text: str) -> None:
    left = _VARIABLE.sub("", text)
    if "{" in left or "}" in left:
        raise Refused("Une accolade est seule : une variable s’écrit {{ cpts.nom }}.")


# --- Rendering ---------------------------------------------------------------------------------


def to_line(text: str, values: Values) -> str:
    """A subject: one line of plain text."""
    line = _VARIABLE.sub(lambda found: _in_sentence(values[found[1]]), typeset(text))
    return " ".join(line.split(" ")).strip()


def to_plain(body: str, values: Values) -> str:
    """A body as words alone, to compare two versions: no bold, a dash before each item."""
    chunks = []
    for form, lines in _blocks(body):
        dash = "– " if form == ITEM else ""
        said = (_VARIABLE.sub(lambda found: _in_sentence(values[found[1]]), line) for line in lines)
        chunks.append("\n".join(dash + line.replace("**", "") for line in said))
    return "\n\n".join(chunks)


def to_html(body: str, values: Values, *, heading: str = "h2") -> SafeString:
    """A body as HTML. A paragraph or an item whose variables are all empty is left out."""
    tag = SafeString(heading)
    parts = [part for block in _blocks(body) for part in _html(*block, values, tag)]
    return format_html_join("\n", "{}", ((part,) for part in parts))


def _blocks(body: str) -> Iterator[tuple[str, list[str]]]:
    """(form, lines): a heading, the items of one list, or the lines of one paragraph."""
    for chunk in _BLANK_LINE.split(body.replace("\r\n", "\n").strip()):
        form, lines = "", list[str]()
        for line in chunk.split("\n"):
            found = next((mark for mark in (HEADING, ITEM) if line.startswith(mark)), "")
            if lines and (found != form or found == HEADING):
                yield form, lines
                lines = []
            form = found
            lines.append(line.removeprefix(found).strip())
        yield form, lines


def _html(form: str, lines: list[str], values: Values, tag: SafeString) -> Iterator[SafeString]:
    if form == HEADING:
        yield format_html("<{}>{}</{}>", tag, _inline(lines[0], values), tag)
    elif form == ITEM:
        kept = [line for line in lines if not _is_hollow(line, values)]
        if kept:
            yield _list(_inline(line, values) for line in kept)
    else:
        yield from _paragraph("\n".join(lines), values)


def _paragraph(text: str, values: Values) -> Iterator[SafeString]:
    if _is_hollow(text, values):
        return
    alone = _VARIABLE.fullmatch(text)
    value = values[alone[1]] if alone else None
    if isinstance(value, SafeString):
        yield value
    elif isinstance(value, list):
        yield _list(typeset(item) for item in value)
    elif value is not None:
        for chunk in _BLANK_LINE.split(value.replace("\r\n", "\n").strip()):
            yield format_html("<p>{}</p>", _with_breaks(typeset(chunk)))
    else:
        yield format_html("<p>{}</p>", _inline(text, values))


def _list(items: Iterator[SafeString] | Iterator[str]) -> SafeString:
    return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", ((i,) for i in items)))


def _inline(text: str, values: Values) -> SafeString:
    """One line or paragraph: text, values, and what stands between two **."""
    parts: list[SafeString] = []
    bold: list[SafeString] | None = None
    position = 0
    for found in _PIECE.finditer(text):
        target = parts if bold is None else bold
        target.append(_with_breaks(typeset(text[position : found.start()])))
        position = found.end()
        if found["bold"] is None:
            target.append(_with_breaks(typeset(_in_sentence(values[found["name"]]))))
        elif bold is None:
            bold = []
        else:
            parts.append(format_html("<strong>{}</strong>", _joined(bold)))
            bold = None
    parts += bold or []
    parts.append(_with_breaks(typeset(text[position:])))
    return _joined(parts)


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _with_breaks(text: str) -> SafeString:
    """A typed line break is kept."""
    lines = text.replace("\r\n", "\n").split("\n")
    return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines))


def _in_sentence(value: Value) -> str:
    return value if isinstance(value, str) else "\u00a0; ".join(value)


def _is_hollow(text: str, values: Values) -> bool:
    names = _VARIABLE.findall(text)
    return bool(names) and not any(values[name] for name in names)
