"""What a file or a printed code is worth, in one sentence that tells nothing else."""

from dataclasses import dataclass

from aci.models import ContractDocument, PaperScan, Seal

Kind = ContractDocument.Kind

THE_CONTRACT = (
    "Oui : ce fichier est le contrat enregistré dans le portail, scellé par la signature de "
    "chacune des trois parties et inchangé depuis."
)
AN_EARLIER_COPY = (
    "Ce fichier vient du portail et n’a pas changé, mais il date d’avant la dernière signature : "
    "ce n’est pas le contrat définitif."
)
THE_SIGNED_PAGES = (
    "Oui : ce fichier est la numérisation du contrat enregistré dans le portail, que les parties "
    "ont signé à la main sur papier. Le portail ne vérifie pas l’écriture des signatures."
)
THE_TEXT_SIGNED_ON_PAPER = (
    "Oui : ce fichier est le texte exact du contrat enregistré dans le portail. Les trois parties "
    "l’ont signé à la main sur papier : leurs signatures sont sur les pages numérisées."
)
PAGES_NOT_CONFIRMED = (
    "Ce fichier a été déposé dans le portail comme un contrat signé sur papier, mais les trois "
    "signatures ne sont pas encore confirmées : ce n’est pas le contrat définitif."
)
UNKNOWN_FILE = (
    "Non : ce fichier n’est pas un contrat enregistré dans le portail, ou il a été modifié depuis "
    "sa signature."
)
ANOTHER_FILE = "Non : ce fichier n’est pas celui que désigne le code de la page."
SEALED_CODE = (
    "Ce code désigne un contrat enregistré dans le portail, signé par les trois parties et scellé."
)
PAPER_CODE = (
    "Ce code désigne un contrat enregistré dans le portail, que les trois parties ont signé à la "
    "main sur papier."
)
UNSEALED_CODE = (
    "Ce code désigne un document enregistré dans le portail, que les trois parties n’ont pas "
    "encore toutes signé, ou qui a été remplacé."
)
UNKNOWN_CODE = "Ce code ne désigne aucun document enregistré dans le portail."


@dataclass(frozen=True, slots=True)
class Verdict:
    """The sentence, and whether it is good news."""

    sentence: str
    tone: str  # of components/alert.html

    @property
    def is_unknown_code(self) -> bool:
        return self.sentence == UNKNOWN_CODE


def of_file(sha256: str, code: str = "") -> Verdict:
    """What this very sequence of bytes is; with a code, whether it is what the code names."""
    scan = _scan_of_file(sha256)
    document = scan.paper.document if scan else _document_of_file(sha256)
    if document is None:
        return Verdict(UNKNOWN_FILE, "error")
    named = document_of_code(code) if code else None
    if named and (named.contract_id, named.version) != (document.contract_id, document.version):
        return Verdict(ANOTHER_FILE, "error")
    if scan or hasattr(document, "paper"):
        return _on_paper(document, scan)
    if document.kind == Kind.FINAL:
        joined = document.contract.signatures.filter(voided_at=None, scan__isnull=False)
        return Verdict(THE_SIGNED_PAGES if joined.exists() else THE_CONTRACT, "success")
    return Verdict(AN_EARLIER_COPY, "warning")


def of_code(code: str) -> Verdict:
    """What a printed code names."""
    document = document_of_code(code)
    if document is None:
        return Verdict(UNKNOWN_CODE, "error")
    if hasattr(document, "paper"):
        concluded = _is_concluded(document)
        return Verdict(*((PAPER_CODE, "success") if concluded else (UNSEALED_CODE, "warning")))
    sealed = ContractDocument.objects.filter(
        contract=document.contract_id, version=document.version, kind=Kind.FINAL, file__isnull=False
    )
    return Verdict(SEALED_CODE, "success") if sealed.exists() else Verdict(UNSEALED_CODE, "warning")


def document_of_code(code: str) -> ContractDocument | None:
    """The document whose pages bear this code."""
    document: ContractDocument | None
    known = ContractDocument.objects.filter(verification_code=code)
    document = known.select_related("paper", "contract").first()
    return document


def _on_paper(document: ContractDocument, scan: PaperScan | None) -> Verdict:
    """The frozen text, or pages that came back; a scan set aside is no contract of ours."""
    if not _is_concluded(document):
        return Verdict(PAGES_NOT_CONFIRMED if scan else AN_EARLIER_COPY, "warning")
    return Verdict(THE_SIGNED_PAGES if scan else THE_TEXT_SIGNED_ON_PAPER, "success")


def _is_concluded(document: ContractDocument) -> bool:
    """Signed by the three, in this very version."""
    contract = document.contract
    return contract.is_signed and contract.terms_version == document.version


def _scan_of_file(sha256: str) -> PaperScan | None:
    known = PaperScan.objects.filter(scan__sha256=sha256, dismissed_reason="")
    scan: PaperScan | None = known.select_related("paper__document__contract").first()
    return scan


def _document_of_file(sha256: str) -> ContractDocument | None:
    """The signed contract first; else what was stored on the way to it. Never a draft."""
    stored = ContractDocument.objects.filter(sha256=sha256).exclude(kind=Kind.DRAFT)
    # « final » < « frozen »
    known = stored.select_related("paper", "contract").order_by("kind")
    document: ContractDocument | None = known.first()
    if document is not None:
        return document
    seals = Seal.objects.filter(sha256=sha256).select_related(
        "signature__document__paper", "signature__document__contract"
    )
    seal: Seal | None = seals.first()
    return seal.signature.document if seal else None
