"""The document of a contract signed on paper: the confirmed scan, or all of them in one file."""

import io

import pikepdf

from aci.models import ContractDocument, PaperScan
from records import files
from records.models import StoredFile


def signed_pages(document: ContractDocument) -> StoredFile:
    """The very file that was confirmed; several scans are put one behind the other."""
    scans = list(
        PaperScan.objects.filter(paper__document=document)
        .confirmed()
        .select_related("scan", "closed_by")
    )
    if len(scans) == 1:
        only: StoredFile = scans[0].scan
        return only
    contract = document.contract
    return files.store_bytes(
        _joined([scan.scan.read() for scan in scans]),
        name=f"{contract.reference}-signé-sur-papier.pdf",
        content_type="application/pdf",
        by=scans[-1].closed_by,
        dossier=contract.cpts.reference,
    )


def _joined(contents: list[bytes]) -> bytes:
    """The same scans give the same bytes."""
    written = io.BytesIO()
    with pikepdf.new() as pdf:
        for content in contents:
            with pikepdf.open(io.BytesIO(content)) as scan:
                pdf.pages.extend(scan.pages)
        pdf.save(written, deterministic_id=True)
    return written.getvalue()
