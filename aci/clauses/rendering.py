"""The blocks of a contract as HTML: the same for the screen and for the PDF. No row is read."""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.html import strip_tags
from django.utils.safestring import SafeString

from aci.clauses.blocks import BlockForm, article_numbers, heading, numbered, read_blocks
from aci.clauses.variables import Content, values_in_amendment, values_of
from foundation import written_text
from foundation.written_text import Value


@dataclass(frozen=True, slots=True)
class RenderedBlock:
    """One block with its variables replaced."""

    key: str
    form: str
    heading: str
    html: SafeString

    @property
    def is_annex(self) -> bool:
        return self.form == BlockForm.ANNEX

    @property
    def words(self) -> str:
        """Without the markup, to compare two versions."""
        return strip_tags(self.html.replace("</", "\n</"))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(f"{self.heading}\n{self.html}".encode()).hexdigest()


def rendered_blocks(content: Content, *, level: int = 3) -> list[RenderedBlock]:
    """Every block in order; `level` is that of the titles inside the blocks."""
    blocks = read_blocks(content["blocks"])
    tag = f"h{level}"
    values: dict[str, Value] = {**values_of(content, heading=tag), **article_numbers(blocks)}
    return [
        RenderedBlock(
            key=block.key,
            form=block.form,
            heading=heading(block, number),
            html=written_text.to_html(block.body, values, heading=tag),
        )
        for block, number in numbered(blocks)
    ]


def amended_blocks(content: Content, keys: Collection[str]) -> list[RenderedBlock]:
    """The articles that an amendment writes in other words, as they read from its effect on."""
    blocks = read_blocks(content["blocks"])
    values = {**values_in_amendment(content), **article_numbers(blocks)}
    return [
        RenderedBlock(
            key=block.key,
            form=block.form,
            heading=heading(block, number),
            html=written_text.to_html(block.body, values, heading="h4"),
        )
        for block, number in numbered(blocks)
        if block.key in keys
    ]


def marks(content: Content) -> dict[str, str]:
    """SHA-256 of what each block says. Who signs may change in between: no name counts here."""
    return {block.key: block.sha256 for block in rendered_blocks(_unsigned(content))}


def _unsigned(content: Content) -> dict[str, Any]:
    parties: Mapping[str, Any] = content["parties"]
    blank = {name: {**party, "signatory": "", "quality": ""} for name, party in parties.items()}
    return {**content, "parties": blank}
