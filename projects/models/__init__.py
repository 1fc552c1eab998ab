"""What is stored of letters and projects, and what the database itself refuses."""

from projects.models.comments import CommentDraft, CompletenessCheck, FieldComment
from projects.models.filings import Filing, HealthProject, LetterOfIntent
from projects.models.letters import (
    FilingDocument,
    LetterBatch,
    LetterBatchItem,
    LetterTemplate,
)
from projects.models.opinion_grids import OpinionGrid
from projects.models.opinions import Opinion, OpinionDraft, OpinionFile, OpinionRequest
from projects.models.pieces import Attachment, Invitation, Submission, Suspension
from projects.models.procedures import Procedure
from projects.models.reminders import DueReminder
from projects.models.sessions import (
    AgendaItem,
    CommitteeSession,
    ConflictOfInterest,
    SessionDocument,
    SessionMember,
    Vote,
)
from projects.workflow import Ground, Kind

__all__ = [
    "AgendaItem",
    "Attachment",
    "CommentDraft",
    "CommitteeSession",
    "CompletenessCheck",
    "ConflictOfInterest",
    "DueReminder",
    "FieldComment",
    "Filing",
    "FilingDocument",
    "Ground",
    "HealthProject",
    "Invitation",
    "Kind",
    "LetterBatch",
    "LetterBatchItem",
    "LetterOfIntent",
    "LetterTemplate",
    "Opinion",
    "OpinionDraft",
    "OpinionFile",
    "OpinionGrid",
    "OpinionRequest",
    "Procedure",
    "SessionDocument",
    "SessionMember",
    "Submission",
    "Suspension",
    "Vote",
]
