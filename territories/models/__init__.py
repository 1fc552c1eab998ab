"""Where people live and work: reference geography, the CPTS, its communes, who works where."""

from territories.models.assignments import Assignment
from territories.models.communities import (
    Baton,
    BatonPeriod,
    Concern,
    Cpts,
    Stage,
    StagePeriod,
    Territory,
    TerritoryCommune,
)
from territories.models.contacts import LocalContact
from territories.models.exchanges import Message, MessageFile, ReadMark, Thread, Topic
from territories.models.feeds import CalendarFeed
from territories.models.places import (
    Commune,
    CommuneHistory,
    CpamDistrict,
    Departement,
    Epci,
    Population,
    ReferenceFile,
    Region,
)
from territories.models.shapes import Adjacency, CommuneShape, Rendition
from territories.models.successions import Succession

__all__ = [
    "Adjacency",
    "Assignment",
    "Baton",
    "BatonPeriod",
    "CalendarFeed",
    "Commune",
    "CommuneHistory",
    "CommuneShape",
    "Concern",
    "CpamDistrict",
    "Cpts",
    "Departement",
    "Epci",
    "LocalContact",
    "Message",
    "MessageFile",
    "Population",
    "ReadMark",
    "ReferenceFile",
    "Region",
    "Rendition",
    "Stage",
    "StagePeriod",
    "Succession",
    "Territory",
    "TerritoryCommune",
    "Thread",
    "Topic",
]
