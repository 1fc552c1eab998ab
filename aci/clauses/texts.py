"""Which blocks a contract has: those of the template it began with, in its own words."""

from aci.clauses.blocks import Block, check_blocks, in_order
from aci.clauses.files import read_templates
from aci.clauses.variables import KNOWN, PIECES
from aci.models import Contract, ContractTemplate
from foundation import clock


def blocks_of(contract: Contract) -> tuple[Block, ...]:
    """In order. Nobody loaded the templates yet: those of the repository."""
    template: ContractTemplate | None = contract.template
    if template is None:  # registered in bulk: the version of the day it was prepared
        day = contract.created_at.astimezone(clock.PARIS).date()
        template = ContractTemplate.objects.in_force(day)
    return in_order(template.as_blocks if template else read_templates()[0].blocks)


def check_template(blocks: tuple[Block, ...]) -> None:
    """Refuse clauses that could not be printed."""
    check_blocks(blocks, KNOWN, list(PIECES))
