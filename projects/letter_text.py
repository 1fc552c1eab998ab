"""The small language of letter templates: paragraphs, headings, lists, bold and variables.

Ours on purpose: an administrator writes text, never code. A variable that is not in the closed list
of its kind is refused when the template is saved; a value is printed, never read as markup.
"""

import difflib
import re
from collections.abc import Iterator, Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from foundation.refusal import Refused
from foundation.typography import typeset
from projects.letter_kinds import REQUIRED, LetterKind, Value, Values, variables

_VARIABLE = re.compile(r"\{\{\s*(.*?)\s*\}\}", re.DOTALL)
_PIECE = re.compile(r"\{\{\s*(?P<name>.*?)\s*\}\}|(?P<bold>\*\*)", re.DOTALL)
_BLANK_LINE = re.compile(r"\n\s*\n")
HEADING, ITEM = "# ", "- "


# --- Checking what an administrator wrote ------------------------------------------------------


def check(kind: str, subject: str, body: str) -> None:
    """Refuse a template whose variables do not all resolve, naming the first that does not."""
    known = variables(kind)
    for text in (subject, body):
        _check_braces(text)
        for name in _VARIABLE.findall(text):
            if name not in known:
                raise Refused(_unknown(name, known))
    if not subject.strip() or not body.strip():
        raise Refused("Un courrier a un objet et un texte.")
    if "\n" in subject.strip() or "**" in subject:
        raise Refused("L’objet tient sur une ligne, sans mise en forme.")
    _check_bold(body)
    used = set(_VARIABLE.findall(body)) | set(_VARIABLE.findall(subject))
    for name in REQUIRED[LetterKind(kind)]:
        if name not in used:
            label = LetterKind(kind).label
            raise Refused(f"« {label} » doit utiliser la variable {{{{ {name} }}}}.")


def _unknown(name: str, known: Mapping[str, str]) -> str:
    shown = name[:60] or "(vide)"
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    advice = f" Vouliez-vous écrire {{{{ {close[0]} }}}} ?" if close else ""
    return f"La variable « {shown} » n’existe pas pour ce courrier.{advice}"


def _check_braces(text: str) -> None:
    left = _VARIABLE.sub("", text)
    if "{" in left or "}" in left:
        raise Refused("Une accolade est seule : une variable s’écrit {{ cpts.nom }}.")


def _check_bold(body: str) -> None:
    for _, lines in _blocks(body):
        for line in lines:
            if line.count("**") % 2:
                raise Refused(f"Le gras ouvert par ** n’est pas fermé : « {line[:60]} ».")


# --- Rendering ---------------------------------------------------------------------------------


def to_line(text: str, values: Values) -> str:
    """A subject: one line of plain text."""
    line = _VARIABLE.sub(lambda found: _in_sentence(values[found[1]]), typeset(text))
    return " ".join(line.split(" ")).strip()


def to_html(body: str, values: Values) -> SafeString:
    """A body as HTML. A paragraph or an item whose variables are all empty is left out."""
    parts = [part for block in _blocks(body) for part in _html(*block, values)]
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


def _html(form: str, lines: list[str], values: Values) -> Iterator[SafeString]:
    if form == HEADING:
        yield format_html("<h2>{}</h2>", _inline(lines[0], values))
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
    if isinstance(value, list):
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
