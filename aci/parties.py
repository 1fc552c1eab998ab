"""Pure: the three parties of a contract, and which grant speaks or signs for each."""

from typing import Any

from django.db.models import TextChoices

from accounts.access import Permission


class Party(TextChoices):
    """Who negotiates and signs. The value ends the name of the transitions and of the grants."""

    CPTS = "cpts", "CPTS"
    CPAM = "cpam", "CPAM"
    ARS = "ars", "ARS"

    @property
    def with_article(self) -> str:
        """« la CPTS », « la CPAM », « l’ARS »."""
        return "l’ARS" if self is Party.ARS else f"la {self.label}"

    @property
    def accept_permission(self) -> Permission:
        return _ACCEPT[self]

    @property
    def sign_permission(self) -> Permission:
        return _SIGN[self]

    @property
    def signatory(self) -> str:
        """In which quality its signatory signs (procedures.md, « Signatories of a contract »)."""
        return _SIGNATORIES[self]

    def named(self, cpts: Any) -> str:
        """The party in full for this dossier: « CPAM de l’Artois »."""
        if self is Party.CPTS:
            return str(cpts.name)
        return str(cpts.cpam_district.name if self is Party.CPAM else cpts.region.ars_name)


_ACCEPT = {
    Party.CPTS: Permission.CONTRACT_ACCEPT_CPTS,
    Party.CPAM: Permission.CONTRACT_ACCEPT_CPAM,
    Party.ARS: Permission.CONTRACT_ACCEPT_ARS,
}
_SIGN = {
    Party.CPTS: Permission.CONTRACT_SIGN_CPTS,
    Party.CPAM: Permission.CONTRACT_SIGN_CPAM,
    Party.ARS: Permission.CONTRACT_SIGN_ARS,
}
_SIGNATORIES = {
    Party.CPTS: "Présidence de la CPTS",
    Party.CPAM: "Direction de la CPAM",
    Party.ARS: "Direction générale de l’ARS",
}

# The order in which the contract says that it is signed; the last signature locks the file.
SIGNING_ORDER = (Party.CPTS, Party.CPAM, Party.ARS)

# Who prepares, negotiates or signs, hence may ask for a working document.
AT_THE_TABLE = (Permission.CONTRACT_DRAFT, *_ACCEPT.values(), *_SIGN.values())
