"""Which blocks a contract has, in its own words, and the texts it went through."""

from aci.clauses.blocks import Block, check_blocks, in_order
from aci.clauses.files import read_templates
from aci.clauses.variables import KNOWN, PIECES
from aci.models import ArticleWording, Contract, ContractTemplate
from foundation import clock


def blocks_of(contract: Contract) -> tuple[Block, ...]:
    """In order. The newest wording of an article replaces the one of the template.

    Of an amendment: as its contract, and the amendments signed before it, write them.
    """
    source = contract.amends or contract
    own = {row.key: row.body for row in ArticleWording.objects.making(contract)}
    return tuple(
        Block(block.key, block.form, block.title, own.get(block.key, block.body))
        for block in template_blocks(source)
    )


def template_blocks(contract: Contract) -> tuple[Block, ...]:
    """As the template writes them. Nobody loaded the templates yet: those of the repository."""
    template: ContractTemplate | None = contract.template
    if template is None:  # registered in bulk: the version of the day it was prepared
        day = contract.created_at.astimezone(clock.PARIS).date()
        template = ContractTemplate.objects.in_force(day)
    return in_order(template.as_blocks if template else read_templates()[0].blocks)


def check_template(blocks: tuple[Block, ...]) -> None:
    """Refuse clauses that could not be printed."""
    check_blocks(blocks, KNOWN, list(PIECES))
