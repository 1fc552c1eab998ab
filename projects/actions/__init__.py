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
from projects.actions.procedures import (
    drafted_version,
    load_procedures,
    open_procedure_version,
)
from projects.actions.reminders import remind, remind_of_due_dates
from projects.actions.review import ask_for_pieces, declare_complete, submit
from projects.actions.templates import add_template, load_letter_templates
from projects.actions.writing import (
    add_attachment,
    open_health_project,
    remove_attachment,
    save_step,
    write_answers,
)

__all__ = [
    "accept_invitation",
    "add_attachment",
    "add_template",
    "answer_comment",
    "approve",
    "ask_for_pieces",
    "check_completeness",
    "close_comment",
    "declare_complete",
    "drafted_version",
    "give_opinion",
    "invite",
    "invite_body",
    "keep_drafts",
    "load_letter_templates",
    "load_opinion_grids",
    "load_procedures",
    "open_health_project",
    "open_letter",
    "open_procedure_version",
    "oppose",
    "party_of",
    "refuse",
    "release_opinions",
    "remind",
    "remind_of_due_dates",
    "remind_opinions",
    "remove_attachment",
    "remove_opinion_file",
    "reopen_comment",
    "save_opinion_draft",
    "save_step",
    "start_letter",
    "submit",
    "take_up_again",
    "validate",
    "validate_due_projects",
    "validate_tacitly",
    "want_batch_again",
    "want_document_again",
    "want_letters",
    "withdraw",
    "withdraw_request",
    "write_answers",
]
