"""Where people live and work: reference geography, the CPTS, its communes, who works where."""

from territories.models.assignments import Assignment
from territories.models.communities import Baton, Concern, Cpts, Stage, Territory, TerritoryCommune
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

__all__ = [
    "Assignment",
    "Baton",
    "Commune",
    "CommuneHistory",
    "Concern",
    "CpamDistrict",
    "Cpts",
    "Departement",
    "Epci",
    "Population",
    "ReferenceFile",
    "Region",
    "Stage",
    "Territory",
    "TerritoryCommune",
]
