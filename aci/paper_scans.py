"""Whether scanned pages are those of this very text, whole and in this version: one sentence."""

import hashlib
from collections.abc import Iterable, Sequence

from aci.models import ContractDocument
from aci.seals.page_codes import PageCode, page_count
from aci.seals.scans import ReadPage, read_pages
from foundation.numbers import NBSP
from foundation.refusal import Refusal, Refused

MOST_NAMED = 8


def refuse_other_pages(content: bytes, document: ContractDocument) -> int:
    """How many pages were found; refuses another text, another version, and what is missing."""
    if hashlib.sha256(content).hexdigest() == document.sha256:
        raise Refused(
            "Ce fichier est le document figé lui-même, que personne n’a signé : imprimez-le, "
            "faites-le signer, puis déposez ses pages numérisées."
        )
    pages = read_pages(content)
    codes = {code for page in pages for code in page.codes}
    refusal = (
        _nothing_read(codes)
        or _of_something_else(codes, document)
        or _incomplete(pages, codes, page_count(document.stored.read()))
    )
    if refusal:
        raise Refused(refusal)
    return len({code.number for code in codes})


def _nothing_read(codes: set[PageCode]) -> Refusal | None:
    if codes:
        return None
    return Refusal(
        "Aucun code QR du portail ne se lit sur ces pages : numérisez toutes les pages imprimées, "
        f"à plat, à 200{NBSP}points par pouce."
    )


def _of_something_else(codes: Iterable[PageCode], document: ContractDocument) -> Refusal | None:
    """Other documents are not named: whoever uploads a page may not read what it belongs to."""
    others = {code.code for code in codes} - {document.verification_code}
    if not others:
        return None
    known = ContractDocument.objects.filter(verification_code__in=others)
    if known.filter(contract=document.contract_id).exists():
        return Refusal(
            "Des pages viennent d’une version antérieure du texte : imprimez et signez la version "
            f"{document.version}, la seule à signer."
        )
    if known.exists():
        return Refusal("Des pages sont celles d’un autre contrat ou d’un autre avenant.")
    return Refusal("Des pages portent un code QR que le portail n’a jamais attribué.")


def _incomplete(pages: Sequence[ReadPage], codes: set[PageCode], count: int) -> Refusal | None:
    missing = sorted(set(range(1, count + 1)) - {code.number for code in codes})
    if not missing:
        return None
    named = _named(missing)
    unread = [page.number for page in pages if not page.codes]
    if unread:
        return Refusal(
            f"Le code QR ne se lit pas sur toutes les pages : il manque {named} du document, qui "
            f"en compte {count}. Numérisez à plat, à 200{NBSP}points par pouce."
        )
    return Refusal(f"Il manque {named} du document, qui en compte {count}.")


def _named(numbers: Sequence[int]) -> str:
    """« la page 3 », « les pages 3, 4 et 7 »."""
    if len(numbers) == 1:
        return f"la page {numbers[0]}"
    if len(numbers) > MOST_NAMED:
        return f"{len(numbers)} pages"
    first = ", ".join(str(number) for number in numbers[:-1])
    return f"les pages {first} et {numbers[-1]}"
