"""Pure: a simulated territory as a value, and the compact text by which an address carries it.

`62:119178*6250516-2A:004~2023~bethunois` : communes grouped by the two first characters of their
code, three characters each, with their share where it is not the whole; the vintage; the CPTS that
the simulation starts from. Whoever has the address has the simulation: no row is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from urllib.parse import parse_qs, quote, urlsplit

from foundation.numbers import NBSP, format_number
from foundation.refusal import Refused
from territories.shares import WHOLE

MAX_COMMUNES = 1000
FIRST_VINTAGE = 2016
PARAMETER = "t"
_LONGEST = 12_000  # characters: a thousand communes, each with its share

_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_GROUP = re.compile(r"(\d[0-9AB]):((?:\d{3}(?:\*\d{4})?)+)", re.ASCII)
_COMMUNE = re.compile(r"(\d{3})(?:\*(\d{4}))?", re.ASCII)
_SLUG = re.compile(r"[a-z0-9-]{1,80}")
_UNREADABLE = (
    "Cette adresse de simulation est illisible ou incomplète : copiez-la de nouveau en entier."
)


@dataclass(frozen=True, slots=True)
class Draft:
    """Communes with their share in ten-thousandths, by code; the vintage; the CPTS left aside.

    `besides` is the slug of the CPTS that the draft would replace: it overlaps nothing with itself.
    """

    shares: Mapping[str, int] = field(default_factory=dict)
    vintage: int | None = None  # None: the one in force
    besides: str = ""

    def __post_init__(self) -> None:
        if len(self.shares) > MAX_COMMUNES:
            raise Refused(
                f"Une simulation tient au plus {format_number(MAX_COMMUNES)}{NBSP}communes."
            )
        for code, share in self.shares.items():
            if not _CODE.fullmatch(code) or not 0 < share <= WHOLE:
                raise Refused(_UNREADABLE)
        object.__setattr__(self, "shares", dict(sorted(self.shares.items())))

    @property
    def text(self) -> str:
        """The compact text; empty for a draft that says nothing."""
        groups = groupby(self.shares.items(), key=lambda item: item[0][:2])
        codes = "-".join(f"{head}:{''.join(map(_written, rows))}" for head, rows in groups)
        return f"{codes}~{self.vintage or ''}~{self.besides}".rstrip("~")

    @property
    def query(self) -> str:
        """« t=62:119 », ready for an address."""
        return f"{PARAMETER}={quote(self.text, safe=':*~-')}"

    def adding(self, shares: Mapping[str, int] | Iterable[str]) -> Draft:
        """With these communes too; a share given replaces the one that was there."""
        given = shares if isinstance(shares, Mapping) else dict.fromkeys(shares, WHOLE)
        return replace(self, shares={**self.shares, **given})

    def without(self, code: str) -> Draft:
        return replace(self, shares={key: self.shares[key] for key in self.shares if key != code})

    def counted_in(self, vintage: int | None) -> Draft:
        return replace(self, vintage=vintage)


@dataclass(frozen=True, slots=True)
class ReadDraft:
    """What an address gave: the draft, or an empty one and the sentence that says why."""

    draft: Draft
    problem: str = ""


def read_draft(text: str) -> Draft:
    """The draft of a compact text; refuses what `Draft.text` does not write."""
    text = text.strip()
    codes, vintage, besides = [*text.split("~"), "", ""][:3]
    if len(text) > _LONGEST or text.count("~") > 2:
        raise Refused(_UNREADABLE)
    return Draft(_read_codes(codes), _read_vintage(vintage), _read_slug(besides))


def draft_in(text: str) -> ReadDraft:
    """As `read_draft`, for a page that must be shown anyway. A whole pasted address will do."""
    if "?" in text:
        text = parse_qs(urlsplit(text.strip()).query).get(PARAMETER, [""])[0]
    try:
        return ReadDraft(read_draft(text))
    except Refused as refused:
        return ReadDraft(Draft(), refused.reason)


def _written(item: tuple[str, int]) -> str:
    code, share = item
    return code[2:] if share == WHOLE else f"{code[2:]}*{share:04d}"


def _read_codes(text: str) -> dict[str, int]:
    shares: dict[str, int] = {}
    for group in filter(None, text.split("-")):
        found = _GROUP.fullmatch(group)
        if found is None:
            raise Refused(_UNREADABLE)
        for tail, share in _COMMUNE.findall(found[2]):
            code = found[1] + tail
            if code in shares:
                raise Refused(f"La commune {code} est deux fois dans cette adresse de simulation.")
            shares[code] = int(share) if share else WHOLE
    return shares


def _read_vintage(text: str) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"20[0-9]{2}", text) or int(text) < FIRST_VINTAGE:
        raise Refused(f"Les millésimes de population commencent en {FIRST_VINTAGE}.")
    return int(text)


def _read_slug(text: str) -> str:
    if text and not _SLUG.fullmatch(text):
        raise Refused(_UNREADABLE)
    return text
