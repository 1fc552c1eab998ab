"""Every act on a letter of intent or a health project. All take plain arguments and `by=`.

Each is one transaction: rights and state through the workflow, row, journal, whose turn it is, and
the e-mails as work to be done. They refresh the instance they are given, and refuse with `Refused`.
"""

from projects.actions.batches import want_batch_again, want_letters
from projects.actions.comments import (
    answer_comment,
    close_comment,
    keep_drafts,
    reopen_comment,
)
from projects.actions.completeness import check_completeness, party_of
from projects.actions.decisions import (
    approve,
    oppose,
    refuse,
    take_up_again,
    validate,
    validate_due_projects,
    validate_tacitly,
    withdraw,
)
from projects.actions.holders import accept_invitation, invite, open_letter, start_letter
from projects.actions.letters import want_document_again
from projects.actions.minutes import (
    approve_minutes,
    make_session_document,
    save_minutes,
    want_session_document,
)
from projects.actions.opinion_grids import load_opinion_grids
from projects.actions.opinion_requests import (
    invite_body,
    release_opinions,
    remind_opinions,
    withdraw_request,
)
from projects.actions.opinions import (
    give_opinion,
    remove_opinion_file,
    save_opinion_draft,
)
from projects.actions.previews import PREVIEW_JOB, want_preview
from projects.actions.procedures import (
    drafted_version,
    load_procedures,
    open_procedure_version,
)
from projects.actions.reminders import remind, remind_of_due_dates
from projects.actions.review import ask_for_pieces, declare_complete, submit
from projects.actions.session_outcomes import close_session, decide_letters, want_decided_letters
from projects.actions.sessions import (
    add_item,
    change_item,
    choose_members,
    convene,
    create_session,
    declare_conflict,
    edit_session,
    open_session,
    remove_item,
    take_attendance,
    vote,
)
from projects.actions.templates import add_template, load_letter_templates
from projects.actions.writing import (
    add_attachment,
    open_health_project,
    remove_attachment,
    save_step,
    write_answers,
)

__all__ = [
    "PREVIEW_JOB",
    "accept_invitation",
    "add_attachment",
    "add_item",
    "add_template",
    "answer_comment",
    "approve",
    "approve_minutes",
    "ask_for_pieces",
    "change_item",
    "check_completeness",
    "choose_members",
    "close_comment",
    "close_session",
    "convene",
    "create_session",
    "decide_letters",
    "declare_complete",
    "declare_conflict",
    "drafted_version",
    "edit_session",
    "give_opinion",
    "invite",
    "invite_body",
    "keep_drafts",
    "load_letter_templates",
    "load_opinion_grids",
    "load_procedures",
    "make_session_document",
    "open_health_project",
    "open_letter",
    "open_procedure_version",
    "open_session",
    "oppose",
    "party_of",
    "refuse",
    "release_opinions",
    "remind",
    "remind_of_due_dates",
    "remind_opinions",
    "remove_attachment",
    "remove_item",
    "remove_opinion_file",
    "reopen_comment",
    "save_minutes",
    "save_opinion_draft",
    "save_step",
    "start_letter",
    "submit",
    "take_attendance",
    "take_up_again",
    "validate",
    "validate_due_projects",
    "validate_tacitly",
    "vote",
    "want_batch_again",
    "want_decided_letters",
    "want_document_again",
    "want_letters",
    "want_preview",
    "want_session_document",
    "withdraw",
    "withdraw_request",
    "write_answers",
]
