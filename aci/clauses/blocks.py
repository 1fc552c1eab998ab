"""Pure: the ordered blocks of a contract – preamble, articles, annexes – and their numbers."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from django.db.models import TextChoices

from foundation import written_text
from foundation.refusal import Refused

KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")
LONGEST_BODY = 12_000
MOST_BLOCKS = 60


class BlockForm(TextChoices):
    """What a block is in the contract, in the order of the contract."""

    PREAMBLE = "preamble", "Préambule"
    ARTICLE = "article", "Article"
    ANNEX = "annex", "Annexe"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its lasting name, what it is, its title, its text with variables."""

    key: str
    form: str
    title: str
    body: str

    def as_plain(self) -> dict[str, str]:
        return asdict(self)


def read_blocks(plain: Iterable[Mapping[str, str]]) -> tuple[Block, ...]:
    """From the rows of a file or of a JSON column."""
    return tuple(
        Block(row["key"], row["form"], row["title"].strip(), row["body"].strip()) for row in plain
    )


def in_order(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """The preamble, the articles, the annexes; each as its author ordered them."""
    forms = list(BlockForm)
    return tuple(sorted(blocks, key=lambda block: forms.index(BlockForm(block.form))))


def numbered(blocks: Sequence[Block]) -> Iterator[tuple[Block, int]]:
    """Each block with its number among those of its form."""
    counts = dict.fromkeys(BlockForm, 0)
    for block in blocks:
        counts[BlockForm(block.form)] += 1
        yield block, counts[BlockForm(block.form)]


def heading(block: Block, number: int) -> str:
    """« Article 3 – Missions », « Annexe 1 – Communes »; a preamble has its title only."""
    if block.form == BlockForm.PREAMBLE:
        return block.title
    return f"{BlockForm(block.form).label} {number} – {block.title}"


def article_numbers(blocks: Sequence[Block]) -> dict[str, str]:
    """« article.missions » → « 3 »: a text names an article without knowing its number."""
    return {
        f"{block.form}.{block.key}": str(number)
        for block, number in numbered(blocks)
        if block.form != BlockForm.PREAMBLE
    }


def check_blocks(blocks: Sequence[Block], known: Mapping[str, str], pieces: Iterable[str]) -> None:
    """Refuse a template that could not be printed, naming the block and what is wrong with it."""
    if not blocks:
        raise Refused("Un contrat a au moins un article.")
    if len(blocks) > MOST_BLOCKS:
        raise Refused(f"Un contrat a au plus {MOST_BLOCKS} blocs.")
    every = {**known, **dict.fromkeys(article_numbers(blocks), "")}
    keys = [block.key for block in blocks]
    for block in blocks:
        try:
            check_block(block, every, pieces)
        except Refused as error:
            raise Refused(f"« {block.title or block.key} » : {error}") from None
        if keys.count(block.key) > 1:
            raise Refused(f"Deux blocs portent le même nom « {block.key} ».")
    used = [
        name
        for block in blocks
        for name in pieces
        if name in written_text.used_variables(block.body)
    ]
    for name in pieces:
        if used.count(name) != 1:
            times = "ne figure pas" if name not in used else "figure plusieurs fois"
            raise Refused(f"{{{{ {name} }}}} {times} : le contrat l’imprime une fois.")


def check_block(block: Block, known: Mapping[str, str], pieces: Iterable[str]) -> None:
    """Refuse one block whose title or text could not be printed."""
    if not KEY.fullmatch(block.key):
        raise Refused("le nom du bloc s’écrit en minuscules, chiffres et tirets.")
    if block.form not in BlockForm.values:
        raise Refused("un bloc est un préambule, un article ou une annexe.")
    if not block.title or not block.body:
        raise Refused("un bloc a un titre et un texte.")
    if len(block.body) > LONGEST_BODY:
        raise Refused("ce texte est trop long.")
    written_text.check_line(block.title)
    if written_text.used_variables(block.title):
        raise Refused("un titre ne contient pas de variable.")
    written_text.check_variables(block.body, known, where="le contrat")
    written_text.check_body(block.body, pieces=list(pieces))
