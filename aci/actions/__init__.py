"""The verbs of the ACI contract, from its first draft to its end."""

from aci.actions.amended_articles import change_amended_article
from aci.actions.amendments import (
    abandon_amendment,
    change_amended_missions,
    change_amended_territory,
    change_amendment_purpose,
    draft_amendment,
)
from aci.actions.annex import set_annex
from aci.actions.articles import (
    answer_remark,
    change_article,
    close_remark,
    refresh_text,
    remark,
)
from aci.actions.batches import want_batch, want_contract_batch_again
from aci.actions.documents import make_document, want_draft_pdf
from aci.actions.ending import (
    agree_decision,
    agree_termination,
    ask_termination,
    decide_termination,
    drop_termination,
    follow_terminations,
    notify_termination,
    observe_termination,
    withdraw_termination,
)
from aci.actions.ending_letters import make_contract_letter, want_letter_again
from aci.actions.grids import load_grids
from aci.actions.identity import (
    change_identity,
    confirm_bank_account,
    name_signatory,
    propose_bank_account,
    refuse_bank_account,
)
from aci.actions.life import expire_contracts, next_deadline, open_contract_years
from aci.actions.negotiation import accept, accept_article, change_terms, draft, freeze
from aci.actions.paper import choose_paper, confirm_scan, dismiss_scan, upload_scan
from aci.actions.registrations import (
    confirm_registration,
    dismiss_registration,
    register_contract,
)
from aci.actions.renewals import remind_renewals
from aci.actions.reshaped import apply_reshaping, apply_reshapings
from aci.actions.reshaping import (
    Successor,
    agree_reshaping,
    change_reshaping,
    draft_reshaping,
    drop_reshaping,
    propose_reshaping,
    refuse_reshaping,
    share_communes,
)
from aci.actions.sealing import seal_signature
from aci.actions.signing import CONSENT, consent_to, send_back, sign, signed_by_three
from aci.actions.suspensions import lift, suspend
from aci.actions.taken_up import take_up_amendments
from aci.actions.templates import add_template, load_contract_templates

__all__ = [
    "CONSENT",
    "Successor",
    "abandon_amendment",
    "accept",
    "accept_article",
    "add_template",
    "agree_decision",
    "agree_reshaping",
    "agree_termination",
    "answer_remark",
    "apply_reshaping",
    "apply_reshapings",
    "ask_termination",
    "change_amended_article",
    "change_amended_missions",
    "change_amended_territory",
    "change_amendment_purpose",
    "change_article",
    "change_identity",
    "change_reshaping",
    "change_terms",
    "choose_paper",
    "close_remark",
    "confirm_bank_account",
    "confirm_registration",
    "confirm_scan",
    "consent_to",
    "decide_termination",
    "dismiss_registration",
    "dismiss_scan",
    "draft",
    "draft_amendment",
    "draft_reshaping",
    "drop_reshaping",
    "drop_termination",
    "expire_contracts",
    "follow_terminations",
    "freeze",
    "lift",
    "load_contract_templates",
    "load_grids",
    "make_contract_letter",
    "make_document",
    "name_signatory",
    "next_deadline",
    "notify_termination",
    "observe_termination",
    "open_contract_years",
    "propose_bank_account",
    "propose_reshaping",
    "refresh_text",
    "refuse_bank_account",
    "refuse_reshaping",
    "register_contract",
    "remark",
    "remind_renewals",
    "seal_signature",
    "send_back",
    "set_annex",
    "share_communes",
    "sign",
    "signed_by_three",
    "suspend",
    "take_up_amendments",
    "upload_scan",
    "want_batch",
    "want_contract_batch_again",
    "want_draft_pdf",
    "want_letter_again",
    "withdraw_termination",
]
