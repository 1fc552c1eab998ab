"""The seals of a signed contract: wanted with each signature, added by a worker in their order."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from aci.contract_inputs import digest
from aci.models import ContractDocument, Seal, Signature
from aci.parties import Party
from aci.seals.evidence import evidence_of, reason_of
from foundation import clock
from records import files, jobs
from records.models import Job, StoredFile

KIND = "contract_seal"
Report = Callable[[int, str], None]


def want_seal(signature: Signature, *, identity: dict[str, Any], by: User) -> Job:
    """Keep the evidence of a signature, and want its seal. Call it inside the act."""
    evidence = evidence_of(signature, identity)
    Seal.objects.create(signature=signature, evidence=evidence, evidence_sha256=digest(evidence))
    contract, party = signature.contract, Party(signature.party)
    job = jobs.want(
        KIND,
        key=str(signature.pk),
        label=f"Cachet de la signature pour {party.with_article}, contrat {contract.reference}",
        by=by,
        dossier=contract.cpts.reference,
        signature=signature.pk,
    )
    contract.document_job = job
    contract.save(update_fields=["document_job"])
    return job


def seal_signature(job: Job) -> str:
    """Seal the file for one signature, after those before it. Safe to run twice."""
    signatures = Signature.objects.select_related("document__file")
    signature: Signature = signatures.get(pk=job.payload["signature"])
    if signature.voided_at is not None:  # the contract went back to negotiation meanwhile
        return ""
    jobs.report(job, 20, "Lecture du document signé")
    stored = sealed_file(signature.document, until=signature)
    return stored.sha256


def sealed_file(document: ContractDocument, *, until: Signature | None = None) -> StoredFile:
    """The document with the seals of its signatures, each made once, in the order of the acts."""
    stored = document.stored
    for signature in document.signatures.standing().select_related("seal__file"):
        stored = _sealed(signature, stored)
        if until is not None and signature.pk == until.pk:
            break
    return stored


def _sealed(signature: Signature, before: StoredFile) -> StoredFile:
    """The file of one seal. Of two workers one writes; the other goes on from what it finds."""
    seal: Seal = signature.seal
    if seal.file is not None:
        return seal.file
    content = with_seal(before.read(), seal, is_first=before == signature.document.file)
    contract, party = signature.contract, Party(signature.party)
    stored = files.store_bytes(
        content,
        name=f"{contract.reference}-signé-{party.value}.pdf",
        content_type="application/pdf",
        by=signature.user,
        dossier=contract.cpts.reference,
    )
    Seal.objects.filter(pk=seal.pk, file=None).update(
        file=stored, sha256=stored.sha256, sealed_at=clock.now()
    )
    seal.refresh_from_db(fields=["file"])
    if seal.file is None:
        raise LookupError(f"{seal} has no file after its worker.")
    return seal.file


def with_seal(content: bytes, seal: Seal, *, is_first: bool) -> bytes:
    """The file with one seal more; nothing is stored here."""
    # Imported by the worker that needs them: the pages should not pay for these libraries.
    from aci.seals import appearance, keys, sealing

    signature: Signature = seal.signature
    method = str(seal.evidence["identity"]["method"])
    act = sealing.SealedAct(
        field=appearance.field_name(Party(signature.party)),
        name=signature.name,
        reason=reason_of(signature, seal.evidence_sha256, method),
        at=signature.at,
        appearance=appearance.appearance(signature, method),
        is_first=is_first,
    )
    with keys.open_key() as key:
        return sealing.add_seal(content, act, key)
