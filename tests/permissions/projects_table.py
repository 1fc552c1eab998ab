"""The part of the table about letters, projects, opinions, sessions and decision letters."""

from accounts.access import Permission as P
from projects.workflow import Kind
from tests.permissions.row import ACT, BOTH, EXAMINED, READ, SIGNED_IN, Row, needs

_LETTER = (("kind", Kind.LETTER),)
_TEMPLATE = (("kind", "receipt"), ("scope", "france"))
_FIRST_ITEM = (("number", 1),)
_PACK = (("kind", "pack"),)
_BATCHES = needs(P.DOSSIER_LIST)
_ADMINISTERS = needs(P.PORTAL_ADMINISTER)
# An opinion that is not communicated yet: the authorities that instruct, and the body itself.
_CONFIDENTIAL = needs(P.OPINION_READ, P.OPINION_GIVE)
# What passes between the holders and the authorities: no committee has this on a dossier.
_PARTIES = needs(P.SHARED_SEE)


def _of_session(
    *allowed: P, methods: tuple[str, ...] = BOTH, fixed: tuple[tuple[str, object], ...] = ()
) -> Row:
    """An act on a session, by those who hold it or sit in it."""
    return Row(needs(*allowed), methods, fixed, thing="session", of_session=True)


PROJECTS: dict[str, Row] = {
    # Writing and handing over
    "projects:start": Row(SIGNED_IN, BOTH),
    "projects:accept_invitation": Row(SIGNED_IN, BOTH, (("token", "jeton-inconnu"),)),
    "projects:invite": Row(needs(P.HOLDER_INVITE), BOTH),
    "projects:letter": Row(needs(P.DOSSIER_SEE)),
    "projects:health_project": Row(needs(P.DOSSIER_SEE)),
    "projects:open_letter": Row(needs(P.FILING_WRITE), ACT),
    "projects:open_health_project": Row(needs(P.FILING_WRITE), ACT),
    "projects:submit": Row(needs(P.FILING_SUBMIT), ACT, _LETTER),
    "projects:explain_overlap": Row(needs(P.FILING_WRITE), ACT, _LETTER),
    "projects:withdraw": Row(needs(P.FILING_SUBMIT), BOTH, _LETTER),
    "projects:take_up_again": Row(needs(P.FILING_SUBMIT), ACT, _LETTER),
    "projects:print_filing": Row(needs(P.DOSSIER_SEE), READ, _LETTER),
    "projects:version": Row(needs(P.DOSSIER_SEE), READ, (*_LETTER, ("number", 1))),
    "projects:versions": Row(needs(P.DOSSIER_SEE), READ, _LETTER, stage=EXAMINED),
    "projects:compare": Row(
        needs(P.DOSSIER_SEE),
        READ,
        (*_LETTER, ("before", (1, 1)), ("after", (1, 2))),
        stage=EXAMINED,
    ),
    "projects:attachments": Row(needs(P.FILING_WRITE), BOTH, _LETTER),
    "projects:download_attachment": Row(needs(P.DOSSIER_SEE), READ, _LETTER),
    "projects:remove_attachment": Row(needs(P.FILING_WRITE), ACT, _LETTER),
    "projects:letter_step": Row(needs(P.FILING_WRITE), BOTH, (("step", "porteur"),)),
    "projects:health_project_step": Row(needs(P.FILING_WRITE), BOTH, (("step", "diagnostic"),)),
    # Examining
    "projects:ask_for_pieces": Row(needs(P.FILING_ASK_PIECES), BOTH, _LETTER, stage=EXAMINED),
    "projects:declare_complete": Row(needs(P.FILING_COMPLETE), ACT, _LETTER),
    "projects:completeness": Row(needs(P.COMPLETENESS_CHECK), BOTH, _LETTER, stage=EXAMINED),
    "projects:comment": Row(needs(P.DOSSIER_SEE), READ, _LETTER, EXAMINED, "comment"),
    "projects:answer_comment": Row(needs(P.FILING_WRITE), ACT, _LETTER, EXAMINED, "comment"),
    "projects:close_comment": Row(needs(P.FILING_ASK_PIECES), ACT, _LETTER, EXAMINED, "comment"),
    "projects:reopen_comment": Row(needs(P.FILING_ASK_PIECES), ACT, _LETTER, EXAMINED, "comment"),
    "projects:approve": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:refuse": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:validate": Row(needs(P.FILING_DECIDE), BOTH),
    "projects:oppose": Row(needs(P.FILING_DECIDE), BOTH),
    # Opinions
    "projects:opinions": Row(needs(P.DOSSIER_SEE), stage=EXAMINED),
    "projects:opinion_list": Row(needs(P.OPINION_READ)),
    "projects:opinion_list_export": Row(needs(P.OPINION_READ)),
    "projects:opinion_table": Row(needs(P.OPINION_READ), READ, _LETTER, stage=EXAMINED),
    "projects:give_opinion": Row(needs(P.OPINION_GIVE), BOTH, _LETTER, stage=EXAMINED),
    "projects:invite_body": Row(needs(P.OPINION_INVITE), BOTH, _LETTER, stage=EXAMINED),
    "projects:withdraw_request": Row(needs(P.OPINION_INVITE), BOTH, _LETTER, EXAMINED, "request"),
    "projects:release_opinions": Row(needs(P.OPINION_RELEASE), ACT, _LETTER, stage=EXAMINED),
    "projects:download_opinion_file": Row(
        needs(P.DOSSIER_SEE),
        stage=EXAMINED,
        thing="opinion_file",
        within=_CONFIDENTIAL,
        is_hidden=True,
    ),
    "projects:remove_opinion_file": Row(
        needs(P.OPINION_GIVE), ACT, stage=EXAMINED, thing="prepared_file"
    ),
    # Letters of the ARS
    "projects:document": Row(
        needs(P.DOSSIER_SEE), stage=EXAMINED, thing="receipt", within=_PARTIES, is_hidden=True
    ),
    "projects:document_file": Row(
        needs(P.DOSSIER_SEE), stage=EXAMINED, thing="receipt", within=_PARTIES, is_hidden=True
    ),
    "projects:document_again": Row(
        needs(P.DOSSIER_SEE), ACT, stage=EXAMINED, thing="receipt", within=_PARTIES, is_hidden=True
    ),
    "projects:gather_letters": Row(needs(P.FILING_DECIDE, P.FILING_COMPLETE), BOTH),
    "projects:letter_batch": Row(_BATCHES, thing="batch"),
    "projects:letter_batch_printable": Row(_BATCHES, thing="batch"),
    "projects:letter_batch_archive": Row(_BATCHES, thing="batch"),
    "projects:letter_batch_again": Row(_BATCHES, ACT, thing="batch"),
    # Data of the administrators
    "projects:procedures": Row(_ADMINISTERS),
    "projects:procedure": Row(_ADMINISTERS, thing="procedure"),
    "projects:new_procedure_version": Row(_ADMINISTERS, BOTH, thing="procedure"),
    "projects:templates": Row(_ADMINISTERS),
    "projects:template": Row(_ADMINISTERS, thing="template"),
    "projects:template_history": Row(_ADMINISTERS, READ, (("kind", "receipt"),)),
    "projects:new_template": Row(_ADMINISTERS, BOTH, _TEMPLATE),
    "projects:template_preview": Row(_ADMINISTERS, ACT, _TEMPLATE),
    "projects:template_preview_file": Row(_ADMINISTERS, thing="preview"),
    # Sessions: prepared and held by the ARS of their area, read by the members and the CPAM
    "projects:sessions": Row(needs(P.SESSION_SEE)),
    "projects:create_session": Row(needs(P.SESSION_MANAGE), BOTH),
    "projects:session": _of_session(P.SESSION_SEE, methods=READ),
    "projects:edit_session": _of_session(P.SESSION_MANAGE),
    "projects:add_item": _of_session(P.SESSION_MANAGE),
    "projects:choose_members": _of_session(P.SESSION_MANAGE),
    "projects:change_item": _of_session(P.SESSION_MANAGE, fixed=_FIRST_ITEM),
    "projects:remove_item": _of_session(P.SESSION_MANAGE, methods=ACT, fixed=_FIRST_ITEM),
    "projects:declare_conflict": Row(
        needs(P.SESSION_SEE),
        BOTH,
        _FIRST_ITEM,
        thing="session",
        within=needs(P.OPINION_GIVE, P.SESSION_MANAGE),
        of_session=True,
    ),
    "projects:vote": _of_session(P.OPINION_GIVE, fixed=_FIRST_ITEM),
    "projects:convene_session": _of_session(P.SESSION_MANAGE, methods=ACT),
    "projects:take_attendance": _of_session(P.SESSION_MANAGE),
    "projects:open_session": _of_session(P.SESSION_MANAGE, methods=ACT),
    "projects:close_session": _of_session(P.SESSION_MANAGE),
    "projects:decide_letters": _of_session(P.FILING_DECIDE),
    # Minutes that are not approved are for those who write them
    "projects:minutes": Row(
        needs(P.SESSION_SEE),
        BOTH,
        thing="session",
        within=needs(P.SESSION_MANAGE),
        is_hidden=True,
        of_session=True,
    ),
    "projects:approve_minutes": _of_session(P.SESSION_MANAGE, methods=ACT),
    "projects:want_session_document": _of_session(P.SESSION_MANAGE, methods=ACT, fixed=_PACK),
    "projects:session_file": Row(
        needs(P.SESSION_SEE),
        READ,
        _PACK,
        thing="session",
        within=needs(P.OPINION_GIVE, P.SESSION_MANAGE),
        is_hidden=True,
        of_session=True,
    ),
}

# The same addresses for objects with other readers: what it is → route, who may.
MORE_PROJECTS: dict[str, tuple[str, Row]] = {
    "file of an opinion of another body": (
        "projects:download_opinion_file",
        Row(
            needs(P.DOSSIER_SEE),
            stage=EXAMINED,
            thing="foreign_file",
            within=needs(P.OPINION_READ),
            is_hidden=True,
        ),
    ),
    "file of another body, to remove": (
        "projects:remove_opinion_file",
        Row(
            needs(P.OPINION_GIVE),
            ACT,
            stage=EXAMINED,
            thing="foreign_file",
            within=needs(P.OPINION_READ),
            is_hidden=True,
        ),
    ),
    "file of an opinion being prepared": (
        "projects:download_opinion_file",
        Row(
            needs(P.DOSSIER_SEE),
            stage=EXAMINED,
            thing="prepared_file",
            within=needs(P.OPINION_GIVE),
            is_hidden=True,
        ),
    ),
    "letter of a decision": (
        "projects:document",
        Row(needs(P.DOSSIER_SEE), thing="decision"),
    ),
    "file of the letter of a decision": (
        "projects:document_file",
        Row(needs(P.DOSSIER_SEE), thing="decision"),
    ),
    "minutes of a session, as PDF, before their approval": (
        "projects:session_file",
        Row(
            needs(P.SESSION_SEE),
            READ,
            (("kind", "minutes"),),
            thing="session",
            within=needs(P.SESSION_MANAGE),
            is_hidden=True,
            of_session=True,
        ),
    ),
}
