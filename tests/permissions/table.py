"""The second statement of who may come where, route by route, and how to build the address.

A new route adds its line here: `Row(access, methods, fixed parts)`. The matrix asks each of these
addresses as everybody, and compares. A permission changed on a view must be changed here too.
"""

from dataclasses import dataclass
from typing import Any

from accounts.access import Permission as P
from aci.mission_codes import MissionCode
from projects.workflow import Kind

READ = ("GET",)
ACT = ("POST",)
BOTH = ("GET", "POST")
PUBLIC = "public"
SIGNED_IN = "signed in"
Access = str | frozenset[P]


@dataclass(frozen=True)
class Row:
    """Who may come (`PUBLIC`, `SIGNED_IN`, or bearers of one of the permissions), how, where."""

    access: Access
    methods: tuple[str, ...] = READ
    # Fixed parts of the address; what names an object is filled by `tests.permissions.addresses`.
    fixed: tuple[tuple[str, Any], ...] = ()

    @property
    def administers(self) -> bool:
        """Its objects belong to the portal, not to a dossier."""
        return self.access == needs(P.PORTAL_ADMINISTER)


def needs(*permissions: P) -> Access:
    """Bearers of at least one."""
    return frozenset(permissions)


ROWS: dict[str, Row] = {
    "home": Row(PUBLIC),
    "health": Row(PUBLIC),
    "site_map": Row(PUBLIC),
    "accessibility": Row(PUBLIC),
    "legal_notice": Row(PUBLIC),
    "dashboard": Row(SIGNED_IN),
    "dossiers": Row(needs(P.DOSSIER_LIST)),
    "dossiers_export": Row(needs(P.DOSSIER_LIST)),
    "dossier": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "dossier_journal": Row(needs(P.DOSSIER_SEE)),
    "dossier_journal_export": Row(needs(P.DOSSIER_SEE)),
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
    "accounts:change_password": Row(SIGNED_IN, BOTH),
    "accounts:link_sent": Row(PUBLIC),
    "accounts:follow_link": Row(PUBLIC, READ, (("token", "jeton-inconnu"),)),
    "accounts:end_session": Row(SIGNED_IN, ACT),
    "records:jobs": Row(SIGNED_IN),
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
    "members:member": Row(needs(P.MEMBER_SEE)),
    "members:approve": Row(needs(P.MEMBER_APPROVE), ACT),
    "members:refuse": Row(needs(P.MEMBER_APPROVE), ACT),
    "projects:start": Row(SIGNED_IN, BOTH),
    "projects:accept_invitation": Row(SIGNED_IN, BOTH, (("token", "jeton-inconnu"),)),
    "projects:invite": Row(needs(P.HOLDER_INVITE), BOTH),
    "projects:opinions": Row(needs(P.DOSSIER_SEE)),
    "projects:letter": Row(needs(P.DOSSIER_SEE)),
    "projects:health_project": Row(needs(P.DOSSIER_SEE)),
    "projects:open_letter": Row(needs(P.FILING_WRITE), ACT),
    "projects:open_health_project": Row(needs(P.FILING_WRITE), ACT),
    "projects:submit": Row(needs(P.FILING_SUBMIT), ACT, (("kind", Kind.LETTER),)),
    "projects:explain_overlap": Row(needs(P.FILING_WRITE), ACT, (("kind", Kind.LETTER),)),
    "projects:withdraw": Row(needs(P.FILING_SUBMIT), BOTH, (("kind", Kind.LETTER),)),
    "projects:take_up_again": Row(needs(P.FILING_SUBMIT), ACT, (("kind", Kind.LETTER),)),
    "projects:ask_for_pieces": Row(needs(P.FILING_ASK_PIECES), BOTH, (("kind", Kind.LETTER),)),
    "projects:declare_complete": Row(needs(P.FILING_COMPLETE), ACT, (("kind", Kind.LETTER),)),
    "projects:give_opinion": Row(needs(P.OPINION_GIVE), BOTH, (("kind", Kind.LETTER),)),
    "projects:approve": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:refuse": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:validate": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:oppose": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:print_filing": Row(needs(P.DOSSIER_SEE), READ, (("kind", Kind.LETTER),)),
    "projects:version": Row(
        needs(P.DOSSIER_SEE),
        READ,
        (
            ("kind", Kind.LETTER),
            ("number", 1),
        ),
    ),
    "projects:attachments": Row(needs(P.FILING_WRITE), BOTH, (("kind", Kind.LETTER),)),
    "projects:download_attachment": Row(needs(P.DOSSIER_SEE), READ, (("kind", Kind.LETTER),)),
    "projects:remove_attachment": Row(needs(P.FILING_WRITE), ACT, (("kind", Kind.LETTER),)),
    "projects:letter_step": Row(needs(P.FILING_WRITE), BOTH, (("step", "porteur"),)),
    "projects:health_project_step": Row(needs(P.FILING_WRITE), BOTH, (("step", "diagnostic"),)),
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
    "aci:funding": Row(needs(P.DOSSIER_SEE)),
    "missions:missions": Row(needs(P.DOSSIER_SEE, P.SHARED_SEE)),
    "missions:proof": Row(needs(P.DOSSIER_SEE)),
    "missions:mission": Row(
        needs(P.DOSSIER_SEE, P.SHARED_SEE), READ, (("mission", MissionCode.ACCES_SOINS),)
    ),
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
