"""The second statement of who may come where, route by route, and how to build the address.

A new route adds its line here: `Row(access, methods, fixed parts)`. The matrix asks each of these
addresses as everybody, and compares. A permission changed on a view must be changed here too.
"""

from typing import Any

from accounts.access import Permission as P
from aci.mission_codes import MissionCode
from projects.workflow import Kind
from tests.permissions.projects_table import MORE_PROJECTS, PROJECTS
from tests.permissions.row import (
    ACT,
    BOTH,
    DRAFTED,
    EXAMINED,
    PUBLIC,
    READ,
    SIGNED_IN,
    Access,
    Row,
    needs,
)

ROWS: dict[str, Row] = {
    "home": Row(PUBLIC),
    "health": Row(PUBLIC),
    "site_map": Row(PUBLIC),
    "accessibility": Row(PUBLIC),
    "legal_notice": Row(PUBLIC),
    "dashboard": Row(SIGNED_IN),
    "agenda": Row(needs(P.DOSSIER_SEE)),
    # Opened by its secret address alone; those that open, or no longer: portal/test_agenda.py.
    "calendar": Row(PUBLIC, READ, (("token", "jeton-inconnu"),)),
    "subscriptions": Row(SIGNED_IN, BOTH),
    "revoke_subscription": Row(SIGNED_IN, ACT, thing="feed"),
    "dossiers": Row(needs(P.DOSSIER_LIST)),
    "dossiers_export": Row(needs(P.DOSSIER_LIST)),
    "dossiers_export_xlsx": Row(needs(P.DOSSIER_LIST)),
    "dossier_views": Row(needs(P.DOSSIER_LIST)),
    "save_dossier_view": Row(needs(P.DOSSIER_LIST), BOTH),
    "rename_dossier_view": Row(needs(P.DOSSIER_LIST), BOTH, thing="view"),
    "make_default_dossier_view": Row(needs(P.DOSSIER_LIST), ACT, thing="view"),
    "delete_dossier_view": Row(needs(P.DOSSIER_LIST), ACT, thing="view"),
    "dossier": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "dossier_journal": Row(needs(P.DOSSIER_SEE)),
    "dossier_journal_export": Row(needs(P.DOSSIER_SEE)),
    "steering_funding": Row(needs(P.FIGURES_SEE)),
    "steering_funding_export": Row(needs(P.FIGURES_SEE), READ, (("table", "enveloppes"),)),
    "steering_funding_export_xlsx": Row(needs(P.FIGURES_SEE), READ, (("table", "enveloppes"),)),
    "administration": Row(needs(P.PORTAL_ADMINISTER)),
    "administration_new_account": Row(needs(P.PORTAL_ADMINISTER), BOTH),
    "administration_account": Row(needs(P.PORTAL_ADMINISTER)),
    "administration_give_role": Row(needs(P.PORTAL_ADMINISTER), BOTH),
    "administration_end_role": Row(needs(P.PORTAL_ADMINISTER), BOTH),
    "administration_deactivate": Row(needs(P.PORTAL_ADMINISTER), ACT),
    "administration_reactivate": Row(needs(P.PORTAL_ADMINISTER), ACT),
    "administration_contacts": Row(needs(P.PORTAL_ADMINISTER)),
    "administration_contact": Row(needs(P.PORTAL_ADMINISTER), BOTH, (("body", "region-32"),)),
    "administration_remove_contact": Row(needs(P.PORTAL_ADMINISTER), ACT, (("body", "region-32"),)),
    "accounts:sign_in": Row(PUBLIC, BOTH),
    "accounts:sign_out": Row(PUBLIC, ACT),
    "accounts:account": Row(SIGNED_IN),
    "accounts:open_account": Row(PUBLIC, BOTH),
    "accounts:ask_password": Row(PUBLIC, BOTH),
    "accounts:choose_password": Row(PUBLIC, BOTH),
    "accounts:second_factor": Row(SIGNED_IN),
    "accounts:enrol_second_factor": Row(SIGNED_IN, BOTH),
    "accounts:renew_recovery_codes": Row(SIGNED_IN, ACT),
    "accounts:prove_identity": Row(SIGNED_IN, BOTH),
    "accounts:change_password": Row(SIGNED_IN, BOTH),
    "accounts:notifications": Row(SIGNED_IN, BOTH),
    "accounts:link_sent": Row(PUBLIC),
    "accounts:follow_link": Row(PUBLIC, READ, (("token", "jeton-inconnu"),)),
    "accounts:end_session": Row(SIGNED_IN, ACT),
    "records:jobs": Row(SIGNED_IN),
    "records:jobs_export": Row(SIGNED_IN),
    "records:jobs_export_xlsx": Row(SIGNED_IN),
    "records:job_progress": Row(SIGNED_IN),
    "territories:commune_search": Row(PUBLIC),
    "territories:commune": Row(PUBLIC, READ, (("insee_code", "62119"),)),
    "territories:cpts_list": Row(PUBLIC),
    "territories:cpts": Row(PUBLIC),
    "territories:cpts_map": Row(PUBLIC),
    "territories:map": Row(PUBLIC),
    "territories:map_image": Row(PUBLIC),
    "territories:coverage_csv": Row(PUBLIC),
    "territories:coverage_json": Row(PUBLIC),
    "territories:figures": Row(PUBLIC),
    "territories:open_data": Row(PUBLIC),
    "territories:open_data_table": Row(PUBLIC, READ, (("name", "cpts"),)),
    "territories:open_data_outlines": Row(PUBLIC),
    "territories:steering_coverage": Row(needs(P.FIGURES_SEE)),
    "territories:steering_export": Row(needs(P.FIGURES_SEE), READ, (("table", "zones"),)),
    "territories:steering_export_xlsx": Row(needs(P.FIGURES_SEE), READ, (("table", "zones"),)),
    "territories:dossier_territory": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "territories:edit_map": Row(needs(P.FILING_WRITE)),
    "territories:edit_territory": Row(needs(P.FILING_WRITE)),
    "territories:add_commune": Row(needs(P.FILING_WRITE), ACT, (("insee_code", "62119"),)),
    "territories:add_epci": Row(needs(P.FILING_WRITE), ACT, (("siren", "200072460"),)),
    "territories:dossier_map": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "territories:surroundings": Row(needs(P.DOSSIER_SEE)),
    "territories:import_communes": Row(needs(P.FILING_WRITE), ACT),
    "territories:remove_communes": Row(needs(P.FILING_WRITE), ACT),
    "territories:share_commune": Row(needs(P.FILING_WRITE), ACT, (("insee_code", "62119"),)),
    "territories:paste_communes": Row(needs(P.FILING_WRITE), ACT),
    "territories:remove_commune": Row(needs(P.FILING_WRITE), ACT, (("insee_code", "62119"),)),
    "territories:choose_vintage": Row(needs(P.FILING_WRITE), BOTH),
    "territories:exchanges": Row(needs(P.EXCHANGE)),
    "territories:open_thread": Row(needs(P.EXCHANGE), BOTH),
    "territories:open_note": Row(needs(P.INTERNAL_NOTE), BOTH),
    "territories:mark_all_read": Row(needs(P.EXCHANGE), ACT),
    "territories:thread": Row(needs(P.EXCHANGE), READ, (), EXAMINED, "thread"),
    "territories:reply": Row(needs(P.EXCHANGE), ACT, (), EXAMINED, "thread"),
    "territories:download_file": Row(needs(P.EXCHANGE), READ, (), EXAMINED, "thread_file"),
    "territories:report_file": Row(needs(P.EXCHANGE), BOTH, (), EXAMINED, "thread_file"),
    "aci:try_grid": Row(needs(P.GRID_TRY), BOTH),
    "aci:grid_in_force_csv": Row(needs(P.GRID_TRY)),
    "aci:grid_in_force_xlsx": Row(needs(P.GRID_TRY)),
    "members:lost_link": Row(PUBLIC, BOTH),
    "members:status": Row(PUBLIC, READ, (("token", "jeton-inconnu"),)),
    "members:follow_up": Row(PUBLIC),
    "members:follow_up_consents": Row(PUBLIC, ACT),
    "members:confirm_email": Row(PUBLIC, ACT),
    "members:follow_up_leave": Row(PUBLIC, ACT),
    "members:attach": Row(SIGNED_IN, ACT),
    "members:apply": Row(PUBLIC),
    "members:apply_as_person": Row(PUBLIC, BOTH),
    "members:apply_as_organisation": Row(PUBLIC, BOTH),
    "members:applied": Row(PUBLIC),
    "members:mine": Row(SIGNED_IN),
    "members:membership": Row(SIGNED_IN),
    "members:membership_consents": Row(SIGNED_IN, ACT),
    "members:membership_leave": Row(SIGNED_IN, ACT),
    "members:choose_main": Row(SIGNED_IN, ACT),
    "members:members": Row(needs(P.DOSSIER_SEE, P.MEMBER_SEE)),
    "members:members_export": Row(needs(P.MEMBER_SEE)),
    "members:members_export_xlsx": Row(needs(P.MEMBER_SEE)),
    "members:member": Row(needs(P.MEMBER_SEE)),
    "members:approve": Row(needs(P.MEMBER_APPROVE), ACT),
    "members:refuse": Row(needs(P.MEMBER_APPROVE), ACT),
    **PROJECTS,
    "aci:simulator": Row(PUBLIC),
    "aci:simulated_funding": Row(PUBLIC),
    "aci:simulator_map": Row(PUBLIC),
    "aci:paste_simulation": Row(PUBLIC, ACT),
    "aci:import_simulation": Row(PUBLIC, ACT),
    "aci:compare_simulations": Row(PUBLIC),
    "aci:simulated_csv": Row(PUBLIC),
    "aci:simulated_geojson": Row(PUBLIC),
    "aci:use_simulation": Row(needs(P.FILING_WRITE), BOTH),
    "aci:contract": Row(needs(P.DOSSIER_SEE)),
    "aci:draft_contract": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:terms": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:accept": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:freeze": Row(needs(P.CONTRACT_DRAFT), ACT),
    "aci:verify": Row(PUBLIC, BOTH),
    "aci:verify_code": Row(PUBLIC, BOTH, (("code", "abcdefghjkmnpqrstuvw"),)),
    "aci:sign": Row(needs(P.CONTRACT_SIGN_ARS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_CPTS), BOTH),
    "aci:send_back": Row(
        needs(P.CONTRACT_SIGN_ARS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_CPTS), BOTH
    ),
    "aci:draft_pdf": Row(
        needs(
            P.CONTRACT_ACCEPT_ARS,
            P.CONTRACT_ACCEPT_CPAM,
            P.CONTRACT_ACCEPT_CPTS,
            P.CONTRACT_DRAFT,
            P.CONTRACT_SIGN_ARS,
            P.CONTRACT_SIGN_CPAM,
            P.CONTRACT_SIGN_CPTS,
        ),
        ACT,
    ),
    "aci:document": Row(needs(P.DOSSIER_SEE)),
    "aci:articles": Row(needs(P.DOSSIER_SEE)),
    "aci:article": Row(needs(P.DOSSIER_SEE), READ, (("key", "missions"),)),
    "aci:remark": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS),
        ACT,
        (("key", "missions"),),
    ),
    "aci:accept_article": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:refresh_text": Row(needs(P.CONTRACT_DRAFT), ACT),
    "aci:change_article": Row(needs(P.CONTRACT_DRAFT), BOTH, (("key", "missions"),)),
    "aci:answer_remark": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:close_remark": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:parties": Row(needs(P.DOSSIER_SEE)),
    "aci:identity": Row(needs(P.IDENTITY_WRITE), BOTH),
    "aci:propose_bank_account": Row(needs(P.BANK_ACCOUNT), BOTH),
    "aci:confirm_bank_account": Row(needs(P.BANK_ACCOUNT), ACT),
    "aci:refuse_bank_account": Row(needs(P.BANK_ACCOUNT), ACT),
    "aci:signatory": Row(needs(P.CONTRACT_DRAFT), BOTH, (("party", "ars"),)),
    "aci:gather_contracts": Row(needs(P.DOSSIER_LIST), BOTH),
    "aci:batch": Row(needs(P.DOSSIER_LIST), thing="contract_batch"),
    "aci:batch_archive": Row(needs(P.DOSSIER_LIST), thing="contract_batch"),
    "aci:batch_again": Row(needs(P.DOSSIER_LIST), ACT, thing="contract_batch"),
    "aci:templates": Row(needs(P.PORTAL_ADMINISTER)),
    "aci:new_template": Row(needs(P.PORTAL_ADMINISTER), BOTH),
    "aci:template": Row(needs(P.PORTAL_ADMINISTER)),
    "aci:signature_evidence": Row(
        needs(
            P.CONTRACT_ACCEPT_ARS,
            P.CONTRACT_ACCEPT_CPAM,
            P.CONTRACT_ACCEPT_CPTS,
            P.CONTRACT_DRAFT,
            P.CONTRACT_SIGN_ARS,
            P.CONTRACT_SIGN_CPAM,
            P.CONTRACT_SIGN_CPTS,
        )
    ),
    "aci:paper": Row(needs(P.DOSSIER_SEE)),
    "aci:choose_paper": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:upload_scan": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), BOTH
    ),
    "aci:paper_scan": Row(needs(P.DOSSIER_SEE), thing="scan"),
    "aci:confirm_scan": Row(
        needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), ACT, thing="scan"
    ),
    "aci:dismiss_scan": Row(
        needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), BOTH, thing="scan"
    ),
    "aci:scan_file": Row(needs(P.DOSSIER_SEE), thing="scan"),
    "aci:amendment_paper": Row(needs(P.DOSSIER_SEE)),
    "aci:amendment_choose_paper": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:amendment_upload_scan": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), BOTH
    ),
    "aci:registration": Row(needs(P.DOSSIER_SEE)),
    "aci:register_contract": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:confirm_registration": Row(needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), ACT),
    "aci:dismiss_registration": Row(needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), BOTH),
    "aci:registration_scan": Row(needs(P.DOSSIER_SEE)),
    "aci:suspensions": Row(needs(P.DOSSIER_SEE)),
    "aci:suspend": Row(needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), BOTH),
    "aci:lift": Row(needs(P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), BOTH),
    "aci:termination": Row(needs(P.DOSSIER_SEE)),
    "aci:ask_termination": Row(
        needs(P.CONTRACT_SIGN_CPTS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), BOTH
    ),
    "aci:agree_termination": Row(needs(P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), ACT),
    "aci:drop_termination": Row(
        needs(P.CONTRACT_SIGN_CPTS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), ACT
    ),
    "aci:observe_termination": Row(
        needs(P.CONTRACT_ACCEPT_CPTS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_ARS), BOTH
    ),
    "aci:decide_termination": Row(needs(P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), BOTH),
    "aci:agree_decision": Row(needs(P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), ACT),
    "aci:reshapings": Row(needs(P.DOSSIER_SEE)),
    "aci:reshaping": Row(needs(P.DOSSIER_SEE)),
    "aci:reshaping_map": Row(needs(P.DOSSIER_SEE), READ, (("number", 1),)),
    "aci:share_communes": Row(needs(P.RESHAPING_DRAFT), BOTH),
    "aci:change_reshaping": Row(needs(P.RESHAPING_DRAFT), BOTH),
    "aci:propose_reshaping": Row(needs(P.RESHAPING_DRAFT), ACT),
    "aci:agree_reshaping": Row(
        needs(P.CONTRACT_SIGN_CPTS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), ACT
    ),
    "aci:refuse_reshaping": Row(
        needs(P.CONTRACT_SIGN_CPTS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_ARS), BOTH
    ),
    "aci:drop_reshaping": Row(needs(P.RESHAPING_DRAFT), BOTH),
    "aci:draft_merger": Row(needs(P.RESHAPING_DRAFT, P.FILING_SUBMIT), BOTH),
    "aci:draft_split": Row(needs(P.RESHAPING_DRAFT, P.FILING_SUBMIT), BOTH),
    "aci:contract_letter": Row(needs(P.DOSSIER_SEE), BOTH),
    "aci:funding": Row(needs(P.DOSSIER_SEE)),
    "aci:prepare_order": Row(needs(P.PAYMENT_PREPARE), BOTH),
    "aci:payment_order": Row(needs(P.DOSSIER_SEE)),
    "aci:approve_order": Row(needs(P.PAYMENT_APPROVE), ACT),
    "aci:refuse_order": Row(needs(P.PAYMENT_APPROVE), BOTH),
    "aci:withdraw_order": Row(needs(P.PAYMENT_PREPARE), ACT),
    "aci:record_outside": Row(needs(P.OUTSIDE_GRID_RECORD), BOTH),
    "aci:cancel_outside": Row(needs(P.OUTSIDE_GRID_RECORD), ACT),
    "aci:settle_year": Row(needs(P.PAYMENT_PREPARE), BOTH, (("number", 1),)),
    "aci:payments": Row(needs(P.PAYMENT_PREPARE, P.PAYMENT_APPROVE)),
    "aci:send_orders": Row(needs(P.PAYMENT_PREPARE), ACT),
    "aci:payment_slip": Row(needs(P.PAYMENT_PREPARE, P.PAYMENT_APPROVE)),
    "aci:slip_export": Row(needs(P.PAYMENT_PREPARE, P.PAYMENT_APPROVE)),
    "aci:slip_export_xlsx": Row(needs(P.PAYMENT_PREPARE, P.PAYMENT_APPROVE)),
    "aci:note_paid": Row(needs(P.PAYMENT_PREPARE), ACT),
    "aci:differences": Row(needs(P.DOSSIER_SEE)),
    "aci:draft_amendment": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:amendment": Row(needs(P.DOSSIER_SEE)),
    "aci:amendment_purpose": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:amendment_territory": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:amendment_missions": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:amendment_parties": Row(needs(P.DOSSIER_SEE)),
    "aci:amendment_signatory": Row(needs(P.CONTRACT_DRAFT), BOTH, (("party", "ars"),)),
    "aci:amended_articles": Row(needs(P.DOSSIER_SEE)),
    "aci:change_amended_article": Row(needs(P.CONTRACT_DRAFT), BOTH, (("key", "objet"),)),
    "aci:abandon_amendment": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "aci:amendment_accept": Row(
        needs(P.CONTRACT_ACCEPT_ARS, P.CONTRACT_ACCEPT_CPAM, P.CONTRACT_ACCEPT_CPTS), ACT
    ),
    "aci:amendment_freeze": Row(needs(P.CONTRACT_DRAFT), ACT),
    "aci:amendment_sign": Row(
        needs(P.CONTRACT_SIGN_ARS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_CPTS), BOTH
    ),
    "aci:amendment_send_back": Row(
        needs(P.CONTRACT_SIGN_ARS, P.CONTRACT_SIGN_CPAM, P.CONTRACT_SIGN_CPTS), BOTH
    ),
    "aci:amendment_draft_pdf": Row(
        needs(
            P.CONTRACT_ACCEPT_ARS,
            P.CONTRACT_ACCEPT_CPAM,
            P.CONTRACT_ACCEPT_CPTS,
            P.CONTRACT_DRAFT,
            P.CONTRACT_SIGN_ARS,
            P.CONTRACT_SIGN_CPAM,
            P.CONTRACT_SIGN_CPTS,
        ),
        ACT,
    ),
    "missions:missions": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "missions:review": Row(needs(P.DOSSIER_SEE), fixed=(("number", 1),)),
    "missions:proof": Row(needs(P.DOSSIER_SEE)),
    "missions:mission": Row(
        needs(P.DOSSIER_SEE, P.SHARED_SEE), READ, (("mission", MissionCode.ACCES_SOINS),)
    ),
    "missions:annex": Row(needs(P.DOSSIER_SEE)),
    "missions:fill_annex": Row(needs(P.CONTRACT_DRAFT), ACT),
    "missions:annex_line": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "missions:remove_annex_line": Row(needs(P.CONTRACT_DRAFT), ACT),
    "missions:amendment_annex": Row(needs(P.DOSSIER_SEE)),
    "missions:amendment_fill_annex": Row(needs(P.CONTRACT_DRAFT), ACT),
    "missions:amendment_annex_line": Row(needs(P.CONTRACT_DRAFT), BOTH),
    "missions:amendment_remove_annex_line": Row(needs(P.CONTRACT_DRAFT), ACT),
    "missions:start": Row(needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)),
    "missions:deploy": Row(needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)),
    "missions:reopen": Row(needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)),
    "missions:cancel_start": Row(
        needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)
    ),
    "missions:save_note": Row(
        needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)
    ),
    "missions:enter_value": Row(
        needs(P.MISSION_REPORT), ACT, (("mission", MissionCode.ACCES_SOINS),)
    ),
    "demonstration_mailbox": Row(PUBLIC),
    "gallery": Row(PUBLIC),
}


def _of_a_note(methods: tuple[str, ...], thing: str) -> Row:
    """For the coordinator and the holder an internal note is not there at all."""
    return Row(
        needs(P.EXCHANGE),
        methods,
        stage=EXAMINED,
        thing=thing,
        within=needs(P.INTERNAL_NOTE),
        is_hidden=True,
    )


def _of_a_draft(declared: Access, methods: tuple[str, ...] = READ, **fixed: Any) -> Row:
    """What was never handed over is for those who write it and for the bureau."""
    bureau = needs(P.FILING_WRITE, P.MEMBER_APPROVE)
    return Row(
        declared, methods, tuple(fixed.items()), stage=DRAFTED, within=bureau, is_hidden=True
    )


_SEES = needs(P.DOSSIER_SEE)
# The same addresses for objects with other readers: what it is → route, who may.
MORE: dict[str, tuple[str, Row]] = {
    **MORE_PROJECTS,
    "dossier never handed over": ("dossier", _of_a_draft(needs(P.DOSSIER_SEE, P.SHARED_SEE))),
    "its journal": ("dossier_journal", _of_a_draft(_SEES)),
    "its letter": ("projects:letter", _of_a_draft(_SEES)),
    "its letter, printed": ("projects:print_filing", _of_a_draft(_SEES, kind=Kind.LETTER)),
    "its versions": ("projects:versions", _of_a_draft(_SEES, kind=Kind.LETTER)),
    "its opinions": ("projects:opinions", _of_a_draft(_SEES)),
    "its exchanges": ("territories:exchanges", _of_a_draft(needs(P.EXCHANGE))),
    "a message on it": ("territories:open_thread", _of_a_draft(needs(P.EXCHANGE), BOTH)),
    "a note on it": ("territories:open_note", _of_a_draft(needs(P.INTERNAL_NOTE), BOTH)),
    "its pieces": (
        "projects:ask_for_pieces",
        _of_a_draft(needs(P.FILING_ASK_PIECES), BOTH, kind=Kind.LETTER),
    ),
    "internal note": ("territories:thread", _of_a_note(READ, "note")),
    "answer to an internal note": ("territories:reply", _of_a_note(ACT, "note")),
    "file of an internal note": ("territories:download_file", _of_a_note(READ, "note_file")),
    "report of a file of a note": ("territories:report_file", _of_a_note(BOTH, "note_file")),
}
