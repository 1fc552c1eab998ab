"""Article by article: the parties accept, remark and answer; the officer writes another wording."""

from django.db import transaction

from accounts.models import User
from aci import article_emails, emails
from aci.actions.documents import keep_version, moved, write_version
from aci.actions.held import held, pass_baton
from aci.article_workflow import REMARK_WORKFLOW, RemarkState
from aci.clauses.blocks import Block, article_numbers, check_block
from aci.clauses.texts import blocks_of, check_template
from aci.clauses.variables import KNOWN, PIECES
from aci.contract_texts import current_text, write_text
from aci.models import (
    ArticleWording,
    BlockAcceptance,
    Contract,
    ContractText,
    Remark,
    RemarkMessage,
)
from aci.parties import Party
from aci.workflow import WORKFLOW, ContractState
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records import journal
from territories.models import Baton, Cpts
from territories.scopes import may_on, quality_on


def accept_blocks(contract: Contract, text: ContractText, party: Party, *, by: User) -> None:
    """Every block of a text at once, for « accept all »; those already accepted stay."""
    BlockAcceptance.objects.bulk_create(
        [
            BlockAcceptance(
                contract=contract,
                party=party,
                key=key,
                sha256=sha256,
                by=by,
                name=by.get_full_name(),
                at=clock.now(),
            )
            for key, sha256 in text.hashes.items()
        ],
        ignore_conflicts=True,
    )


def accept_block(
    contract: Contract, *, party: Party, key: str, sha256: str, by: User
) -> tuple[Contract, bool]:
    """A party agrees with one block as it read it; says whether no block is left to accept."""
    contract = held(contract)
    WORKFLOW.apply(f"accept_for_{party.value}", contract, may=may_on(by, contract.cpts))
    text = current_text(contract)
    _title(text, key)
    if text.hashes[key] != sha256:
        raise StaleVersion("Cet article a changé pendant que vous le lisiez : relisez-le.")
    _, is_new = BlockAcceptance.objects.get_or_create(
        contract=contract,
        party=party,
        key=key,
        sha256=sha256,
        defaults={"by": by, "name": by.get_full_name(), "at": clock.now()},
    )
    if not is_new:
        raise Refused(f"{party.named(contract.cpts)} a déjà accepté cet article.")
    journal.record(
        "accept_block",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"« {_title(text, key)} » accepté pour {party.with_article}"[:300],
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        party=party.value,
        block=key,
        sha256=sha256,
    )
    accepted = set(
        BlockAcceptance.objects.filter(contract=contract, party=party).values_list("key", "sha256")
    )
    return contract, accepted >= set(text.hashes.items())


@transaction.atomic
def change_article(contract: Contract, *, key: str, body: str, version: int, by: User) -> Contract:
    """Write an article in other words, for this contract only: the parties accept it anew."""
    contract = held(contract)
    WORKFLOW.apply("change_terms", contract, may=may_on(by, contract.cpts))
    if version != contract.terms_version:
        raise StaleVersion(
            "Le contrat a changé pendant que vous écriviez : relisez la version "
            f"{contract.terms_version}, puis enregistrez de nouveau votre texte."
        )
    before = current_text(contract)
    title = _title(before, key)
    body = body.replace("\r\n", "\n").strip()
    check_wording(contract, key, body)
    contract.terms_version += 1
    contract.save(update_fields=["terms_version"])
    ArticleWording.objects.create(
        contract=contract, key=key, body=body, version=contract.terms_version, by=by
    )
    text = write_text(contract)
    if text.hashes == before.hashes:
        raise Refused("Le texte de cet article n’a pas changé.")
    keep_version(contract)
    journal.record(
        "change_article",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"« {title} » réécrit (version {contract.terms_version})"[:300],
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
        block=key,
        sha256=text.hashes[key],
    )
    pass_baton(contract, Baton.THREE_PARTIES)
    emails.terms_to_accept(contract, by=by)
    return contract


@transaction.atomic
def refresh_text(contract: Contract, *, by: User) -> Contract:
    """Write again what moved without an act on the contract: an identity, a grid, a territory."""
    contract = held(contract)
    WORKFLOW.apply("change_terms", contract, may=may_on(by, contract.cpts))
    before: ContractText | None = ContractText.objects.newest_of(contract)
    contract.terms_version += 1
    contract.save(update_fields=["terms_version"])
    if before and before.hashes == write_text(contract).hashes:
        raise Refused("Le texte est à jour : rien n’a changé depuis sa dernière version.")
    keep_version(contract)
    journal.record(
        "refresh_text",
        contract,
        by=by,
        dossier=contract.cpts.reference,
        sentence=f"Texte du contrat actualisé (version {contract.terms_version})",
        from_state=contract.state,
        to_state=contract.state,
        role=quality_on(by, contract.cpts),
    )
    pass_baton(contract, Baton.THREE_PARTIES)
    emails.terms_to_accept(contract, by=by)
    return contract


@transaction.atomic
def remark(contract: Contract, *, party: Party, key: str, text: str, by: User) -> Remark:
    """A party asks or says something about one article."""
    contract = held(contract)
    _ensure_at_the_table(contract, party, by)
    title = _title(current_text(contract), key)
    row = Remark.objects.create(
        contract=contract, key=key, party=party, version=contract.terms_version, at=clock.now()
    )
    _say(row, party, text, by=by)
    _record_remark("remark", row, f"Remarque de {party.with_article} sur « {title} »", by=by)
    article_emails.article_remarked(row, title, by=by)
    return row


@transaction.atomic
def answer_remark(row: Remark, *, party: Party, text: str, by: User) -> Remark:
    """Another party answers; the party that made the remark adds to it."""
    row = _held_remark(row)
    _ensure_at_the_table(row.contract, party, by)
    verb = "insist" if row.party == party else "answer"
    REMARK_WORKFLOW.apply(f"{verb}_for_{party.value}", row, may=may_on(by, row.contract.cpts))
    row.save(update_fields=["state"])
    _say(row, party, text, by=by)
    title = _title(current_text(row.contract), row.key)
    said = "Complément" if verb == "insist" else "Réponse"
    sentence = f"{said} de {party.with_article} à une remarque sur « {title} »"
    _record_remark(f"{verb}_remark", row, sentence, by=by)
    article_emails.article_remarked(row, title, by=by)
    return row


@transaction.atomic
def close_remark(row: Remark, *, party: Party, by: User) -> Remark:
    """The party that made the remark is satisfied, or gives it up."""
    row = _held_remark(row)
    _ensure_at_the_table(row.contract, party, by)
    REMARK_WORKFLOW.apply(f"close_for_{party.value}", row, may=may_on(by, row.contract.cpts))
    row.closed_at = clock.now()
    row.save(update_fields=["state", "closed_at"])
    title = _title(current_text(row.contract), row.key)
    sentence = f"Remarque de {party.with_article} close sur « {title} »"
    _record_remark("close_remark", row, sentence, by=by)
    return row


def rewrite_open_text(cpts: Cpts, *, by: User) -> None:
    """What is under negotiation says what has just changed. Inside the act that changed it."""
    for found in Contract.agreements.filter(cpts=cpts, state=ContractState.NEGOTIATION):
        contract = held(found)
        if not moved(contract):
            continue
        contract.terms_version += 1
        contract.save(update_fields=["terms_version"])
        write_version(contract)
        pass_baton(contract, Baton.THREE_PARTIES)
        emails.terms_to_accept(contract, by=by)


def reopen_articles(contract: Contract) -> None:
    """Sent back to negotiation: each article is accepted again, be it in the same words."""
    contract.block_acceptances.all().delete()
    write_version(contract)


def check_wording(contract: Contract, key: str, body: str) -> None:
    """Another wording still prints every table of the contract."""
    blocks = tuple(
        Block(block.key, block.form, block.title, body) if block.key == key else block
        for block in blocks_of(contract)
    )
    changed = next(block for block in blocks if block.key == key)
    known = {**KNOWN, **dict.fromkeys(article_numbers(blocks), "")}
    check_block(changed, known, PIECES)
    check_template(blocks)


def _title(text: ContractText, key: str) -> str:
    titles = {block["key"]: block["title"] for block in text.content["blocks"]}
    if key not in titles:
        raise Refused("Cet article ne figure pas dans le contrat.")
    return str(titles[key])


def _held_remark(row: Remark) -> Remark:
    contract = held(row.contract)
    found: Remark = Remark.objects.select_for_update().get(pk=row.pk)
    found.contract = contract
    return found


def _ensure_at_the_table(contract: Contract, party: Party, by: User) -> None:
    if not may_on(by, contract.cpts)(party.accept_permission):
        raise NotAllowed("remark")
    if contract.state != ContractState.NEGOTIATION:
        raise Refused("Les remarques se font pendant la négociation du contrat.")


def _say(row: Remark, party: Party, text: str, *, by: User) -> None:
    text = text.strip()
    if not text:
        raise Refused("Écrivez votre remarque.")
    RemarkMessage.objects.create(
        remark=row, party=party, text=text, by=by, name=by.get_full_name(), at=clock.now()
    )


def _record_remark(verb: str, row: Remark, sentence: str, *, by: User) -> None:
    journal.record(
        verb,
        row,
        by=by,
        dossier=row.contract.cpts.reference,
        sentence=sentence[:300],
        to_state=RemarkState(row.state).value,
        role=quality_on(by, row.contract.cpts),
        block=row.key,
    )
