"""What the pages of the articles show: the text, who accepted what, what changed, the remarks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from accounts.access import Permission
from aci.article_workflow import RemarkState
from aci.clauses.rendering import RenderedBlock, rendered_blocks
from aci.contract_texts import is_fresh, written_now
from aci.models import (
    BlockAcceptance,
    Contract,
    ContractText,
    ContractVisit,
    Remark,
    RemarkMessage,
)
from aci.parties import AT_THE_TABLE, Party
from aci.workflow import ContractState
from foundation import clock
from projects.comparison import Segment, words_of
from territories.scopes import may_on

LEVEL = 4  # titles inside a block, under the title of the block


@dataclass(frozen=True, slots=True)
class Table:
    """What this person may do with the text of a contract."""

    parties: tuple[Party, ...]  # those it may accept and speak for
    sees_remarks: bool
    may_write: bool


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """One block on the page: its words, the accords, whether it changed since the last visit."""

    block: RenderedBlock
    sha256: str
    accepted_by: tuple[Party, ...]
    is_new: bool
    open_remarks: int
    to_accept: tuple[Party, ...]

    @property
    def is_agreed(self) -> bool:
        return len(self.accepted_by) == len(Party)

    @property
    def awaited(self) -> list[Party]:
        return [party for party in Party if party not in self.accepted_by]


@dataclass(frozen=True, slots=True)
class RemarkThread:
    """A remark with its words, and what this person may do with it."""

    remark: Remark
    messages: list[RemarkMessage]
    own: Party | None  # the party of this person that made the remark
    answering: Party | None  # the party of this person that may answer it

    @property
    def speaking(self) -> Party | None:
        return self.own or self.answering


@dataclass(frozen=True, slots=True)
class ArticlesPage:
    """Every block of the contract, in order."""

    text: ContractText
    rows: list[ArticleRow]
    table: Table
    changed: list[ArticleRow] = field(default_factory=list)

    @property
    def agreed(self) -> int:
        return sum(row.is_agreed for row in self.rows)

    @property
    def left(self) -> list[tuple[Party, int]]:
        """For each party of this person, how many blocks it has still to accept."""
        counts = [(party, sum(party in row.to_accept for row in self.rows)) for party in Party]
        return [(party, count) for party, count in counts if party in self.table.parties and count]


def table_of(contract: Contract, user: Any) -> Table:
    """Read from the assignments of the session: no query."""
    may = may_on(user, contract.cpts)
    open_now = contract.state == ContractState.NEGOTIATION
    return Table(
        parties=tuple(p for p in Party if open_now and may(p.accept_permission)),
        sees_remarks=any(may(grant) for grant in AT_THE_TABLE),
        may_write=open_now and may(Permission.CONTRACT_DRAFT),
    )


def shown_text(text: ContractText) -> ContractText:
    """The stored one, or the one that the territory of today would give."""
    return text if is_fresh(text, text.contract) else written_now(text.contract, text)


def articles_page(stored: ContractText, user: Any, *, key: str | None = None) -> ArticlesPage:
    """Every block, or the one named; `stored` comes with the visit of this person."""
    contract = stored.contract
    text = shown_text(stored)
    table = table_of(contract, user)
    since = _read_so_far(stored)
    accords = _accords(contract)
    remarks = _open_remarks(contract) if table.sees_remarks and key is None else Counter()
    rows = [
        _row(block, text, table, accords, since, remarks[block.key])
        for block in rendered_blocks(text.content, level=LEVEL)
        if key is None or block.key == key
    ]
    return ArticlesPage(text, rows, table, [row for row in rows if row.is_new])


def note_visit(stored: ContractText, user: Any) -> None:
    """Remember what this person has just read. One query, only when there is something new."""
    seen = getattr(stored, "seen", None)
    if stored.pk is None or seen == stored.number:
        return
    ContractVisit.objects.bulk_create(
        [
            ContractVisit(
                contract=stored.contract,
                user=user,
                seen=stored.number,
                before=seen or stored.number,
                at=clock.now(),
            )
        ],
        update_conflicts=True,
        unique_fields=["contract", "user"],
        update_fields=["seen", "before", "at"],
    )


def difference(text: ContractText, key: str) -> tuple[Segment, ...]:
    """What the last change did to the words of a block; empty for a block that never changed."""
    mark = text.marks.get(key)
    if mark is None or mark["since"] == 1:
        return ()
    earlier: ContractText | None = (
        ContractText.objects.filter(contract=text.contract_id, number__lt=mark["since"])
        .order_by("-number")
        .first()
    )
    if earlier is None:
        return ()
    return words_of(_words(earlier, key), _words(text, key))


def threads(contract: Contract, key: str, table: Table) -> list[RemarkThread]:
    """The remarks on one block, the oldest first, in one query."""
    messages = (
        RemarkMessage.objects.filter(remark__contract=contract, remark__key=key)
        .select_related("remark")
        .order_by("remark__at", "remark_id", "at", "pk")
    )
    found: dict[int, list[RemarkMessage]] = {}
    for message in messages:
        found.setdefault(message.remark_id, []).append(message)
    return [_thread(rows, table) for rows in found.values()]


def _thread(messages: list[RemarkMessage], table: Table) -> RemarkThread:
    remark = messages[0].remark
    is_closed = remark.state == RemarkState.CLOSED
    parties = () if is_closed else table.parties
    return RemarkThread(
        remark=remark,
        messages=messages,
        own=next((party for party in parties if party == remark.party), None),
        answering=next((party for party in parties if party != remark.party), None),
    )


def _row(
    block: RenderedBlock,
    text: ContractText,
    table: Table,
    accords: dict[tuple[str, str], set[str]],
    since: int | None,
    remarks: int,
) -> ArticleRow:
    sha256 = text.hashes[block.key]
    accepted = accords.get((block.key, sha256), set())
    return ArticleRow(
        block=block,
        sha256=sha256,
        accepted_by=tuple(party for party in Party if party in accepted),
        is_new=since is not None and text.marks[block.key]["since"] > since,
        open_remarks=remarks,
        to_accept=tuple(party for party in table.parties if party not in accepted),
    )


def _read_so_far(stored: ContractText) -> int | None:
    """The text read before the newest one came; nothing for a first visit."""
    seen = getattr(stored, "seen", None)
    if seen is None:
        return None
    return int(stored.before if seen == stored.number else seen)  # type: ignore[attr-defined]


def _accords(contract: Contract) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = {}
    rows: Iterable[tuple[str, str, str]] = BlockAcceptance.objects.filter(
        contract=contract
    ).values_list("key", "sha256", "party")
    for key, sha256, party in rows:
        found.setdefault((key, sha256), set()).add(party)
    return found


def _open_remarks(contract: Contract) -> Counter[str]:
    return Counter(Remark.objects.of_contract(contract).still_open().values_list("key", flat=True))


def _words(text: ContractText, key: str) -> str:
    blocks = rendered_blocks(text.content, level=LEVEL)
    return next((block.words for block in blocks if block.key == key), "")
