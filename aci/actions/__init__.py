"""The verbs of the ACI contract, from its first draft to its end."""

from aci.actions.documents import make_document, want_draft_pdf
from aci.actions.grids import load_grids
from aci.actions.life import expire_contracts, next_deadline, open_contract_years
from aci.actions.negotiation import accept, change_terms, draft, freeze
from aci.actions.signing import CONSENT, send_back, sign
from aci.actions.templates import add_template, load_contract_templates

__all__ = [
    "CONSENT",
    "accept",
    "add_template",
    "change_terms",
    "draft",
    "expire_contracts",
    "freeze",
    "load_contract_templates",
    "load_grids",
    "make_document",
    "next_deadline",
    "open_contract_years",
    "send_back",
    "sign",
    "want_draft_pdf",
]
