"""The text of a contract as the parties read it: stored at each change, kept for comparison."""

from aci.clauses.rendering import marks
from aci.contract_inputs import contract_content
from aci.models import Contract, ContractText


def is_fresh(text: ContractText, contract: Contract) -> bool:
    """Whether the terms and the territory are still those that the text was written with."""
    if contract.is_signed:
        return True
    return (text.version, text.territory_mark) == (contract.terms_version, contract.territory_mark)


def written_now(contract: Contract, newest: ContractText | None) -> ContractText:
    """The text as it would be written now, not saved. A block keeps the text that brought it."""
    content = contract_content(contract)
    number = newest.number + 1 if newest else 1
    old = newest.marks if newest else {}
    return ContractText(
        contract=contract,
        number=number,
        version=contract.terms_version,
        territory_mark=contract.territory_mark,
        content=content,
        marks={
            key: (
                old[key]
                if key in old and old[key]["sha256"] == sha256
                else {"sha256": sha256, "since": number}
            )
            for key, sha256 in marks(content).items()
        },
    )


def write_text(contract: Contract) -> ContractText:
    """Store what the contract says now, unless the newest text says the same. Inside an act."""
    newest: ContractText | None = ContractText.objects.newest_of(contract)
    text = written_now(contract, newest)
    if newest and newest.marks == text.marks and is_fresh(newest, contract):
        return newest
    text.save()
    return text


def current_text(contract: Contract) -> ContractText:
    """The text that the parties have before them; written again when something moved."""
    newest: ContractText | None = ContractText.objects.newest_of(contract)
    if newest and is_fresh(newest, contract):
        return newest
    return write_text(contract)


def changed_titles(contract: Contract) -> list[str]:
    """The blocks that no longer say what the parties have before them."""
    newest: ContractText | None = ContractText.objects.newest_of(contract)
    if newest is None:
        return []
    now = written_now(contract, newest)
    titles = {block["key"]: block["title"] for block in now.content["blocks"]}
    return [titles[key] for key, sha256 in now.hashes.items() if newest.hashes.get(key) != sha256]
