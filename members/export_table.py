"""The list of members as a table for a spreadsheet: its columns and its rows.

RPPS numbers stay in the portal (quality.md).
"""

from foundation.spreadsheet import Cell
from members.models import Member

# More people at once than this needs a second proof of who asks.
MOST_PEOPLE = 500
COLUMNS = [
    "Nom",
    "Profession ou nature",
    "Collège",
    "Situation",
    "Structure",
    "Adresse électronique",
    "Demande reçue le",
    "Décidée le",
]


def row_of(member: Member) -> list[Cell]:
    return [
        member.name,
        member.quality,
        member.get_college_display(),
        member.get_state_display(),
        member.structure_name,
        member.email,
        member.applied_at,
        member.decided_at,
    ]
