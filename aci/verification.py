"""What a file or a printed code is worth, in one sentence that tells nothing else."""

from dataclasses import dataclass

from aci.models import ContractDocument, Seal

Kind = ContractDocument.Kind

THE_CONTRACT = (
    "Oui : ce fichier est le contrat enregistré dans le portail, scellé par la signature de "
    "chacune des trois parties et inchangé depuis."
)
AN_EARLIER_COPY = (
    "Ce fichier vient du portail et n’a pas changé, mais il date d’avant la dernière signature : "
    "ce n’est pas le contrat définitif."
)
UNKNOWN_FILE = (
    "Non : ce fichier n’est pas un contrat enregistré dans le portail, ou il a été modifié depuis "
    "sa signature."
)
ANOTHER_FILE = "Non : ce fichier n’est pas celui que désigne le code de la page."
SEALED_CODE = (
    "Ce code désigne un contrat enregistré dans le portail, signé par les trois parties et scellé."
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
    document = _document_of_file(sha256)
    if document is None:
        return Verdict(UNKNOWN_FILE, "error")
    named = document_of_code(code) if code else None
    if named and (named.contract_id, named.version) != (document.contract_id, document.version):
        return Verdict(ANOTHER_FILE, "error")
    if document.kind == Kind.FINAL:
        return Verdict(THE_CONTRACT, "success")
    return Verdict(AN_EARLIER_COPY, "warning")


def of_code(code: str) -> Verdict:
    """What a printed code names."""
    document = document_of_code(code)
    if document is None:
        return Verdict(UNKNOWN_CODE, "error")
    sealed = ContractDocument.objects.filter(
        contract=document.contract_id, version=document.version, kind=Kind.FINAL, file__isnull=False
    )
    return Verdict(SEALED_CODE, "success") if sealed.exists() else Verdict(UNSEALED_CODE, "warning")


def document_of_code(code: str) -> ContractDocument | None:
    """The document whose pages bear this code."""
    document: ContractDocument | None
    document = ContractDocument.objects.filter(verification_code=code).first()
    return document


def _document_of_file(sha256: str) -> ContractDocument | None:
    """The signed contract first; else what was stored on the way to it. Never a draft."""
    stored = ContractDocument.objects.filter(sha256=sha256).exclude(kind=Kind.DRAFT)
    # « final » < « frozen »
    document: ContractDocument | None = stored.order_by("kind").first()
    if document is not None:
        return document
    seals = Seal.objects.filter(sha256=sha256).select_related("signature__document")
    seal: Seal | None = seals.first()
    return seal.signature.document if seal else None
