"""What the page of the articles of an amendment shows: their words, what it changes in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from aci.clauses.blocks import heading, numbered, read_blocks
from aci.clauses.texts import blocks_of
from aci.difference_rows import Row
from aci.difference_texts import clause_rows, plain_words
from aci.models import Amendment, ContractDocument
from aci.workflow import WORKFLOW
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class AmendedArticle:
    """One article; `row` when the amendment writes it in other words."""

    key: str
    heading: str
    words: str
    row: Row | None


@dataclass(frozen=True, slots=True)
class AmendedArticlesPage:
    """Every article of the contract, in order."""

    articles: list[AmendedArticle]
    may_write: bool

    @property
    def changed(self) -> int:
        return sum(article.row is not None for article in self.articles)


def amended_articles_page(amendment: Amendment, user: Any) -> AmendedArticlesPage:
    """As its last version says them, beside those of the text that it amends."""
    inputs = _inputs(amendment)
    before = (inputs.get("before") or {}).get("blocks") or []
    after = inputs.get("blocks") or []
    rows = {row.key[0]: row for row in clause_rows(before, after)}
    blocks = read_blocks(after)
    words = plain_words(after)
    transition = WORKFLOW.by_name["change_terms"]
    may = may_on(user, amendment.cpts)(transition.permission)
    return AmendedArticlesPage(
        [
            AmendedArticle(block.key, heading(block, number), words[block.key], rows.get(block.key))
            for block, number in numbered(blocks)
        ],
        may_write=may and WORKFLOW.refusal(transition, amendment) is None,
    )


def _inputs(amendment: Amendment) -> dict[str, Any]:
    """What the last document of this version says; of a version kept without, its own blocks."""
    document = (
        ContractDocument.objects.filter(contract=amendment, version=amendment.terms_version)
        .exclude(kind=ContractDocument.Kind.FINAL)
        .order_by("wanted_at", "pk")
        .last()
    )
    if document:
        return dict(document.inputs)
    return {"blocks": [block.as_plain() for block in blocks_of(amendment)]}
