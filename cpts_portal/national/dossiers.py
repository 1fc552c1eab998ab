"""One dossier of the national set: what is known of it before and while its rows are written."""

import datetime as dt
from dataclasses import dataclass, field

from accounts.access import Role
from accounts.models import User
from aci.models import Contract
from aci.parties import Party
from cpts_portal.national.calendar import Calendar, ContractDays, Milestone, calendar_of
from cpts_portal.national.naming import Identity, identity_of
from cpts_portal.national.partition import Area, partition
from cpts_portal.national.turns import Delays, Standing, standing
from cpts_portal.story.dossier import Holders
from cpts_portal.story.people import ACCOUNT_BODIES, Authorities
from foundation import clock
from projects.models import Filing, HealthProject, LetterOfIntent, Opinion, OpinionGrid, Procedure
from projects.workflow import Kind, Level
from territories.models import Cpts, Territory

NINE = dt.time(9)


@dataclass(frozen=True, slots=True)
class Steps:
    """The milestones of one filing."""

    filed: Milestone
    complete: Milestone
    opinion: Milestone
    decided: Milestone


STEPS = {
    Kind.LETTER: Steps(
        Milestone.LETTER_FILED,
        Milestone.LETTER_COMPLETE,
        Milestone.LETTER_OPINION,
        Milestone.LETTER_DECIDED,
    ),
    Kind.PROJECT: Steps(
        Milestone.PROJECT_FILED,
        Milestone.PROJECT_COMPLETE,
        Milestone.PROJECT_OPINION,
        Milestone.PROJECT_DECIDED,
    ),
}


@dataclass
class Dossier:
    """A territory with its calendar; people and rows join it as they are made."""

    area: Area
    identity: Identity
    calendar: Calendar
    procedure: Procedure
    standing: Standing
    authorities: Authorities
    holders: Holders
    grid: OpinionGrid
    cpts: Cpts = field(init=False)
    territory: Territory = field(init=False)
    letter: LetterOfIntent = field(init=False)
    project: HealthProject | None = None
    contracts: list[tuple[ContractDays, Contract]] = field(default_factory=list)
    opinions: list[Opinion] = field(default_factory=list)

    @property
    def founded(self) -> dt.date:
        return self.calendar.days[Milestone.FOUNDED]

    @property
    def first_signature(self) -> dt.date | None:
        return self.calendar.contracts[0].signed if self.calendar.contracts else None

    def moment(self, milestone: Milestone) -> dt.datetime | None:
        """Nine in the morning of its day; nothing when it has not come."""
        day = self.calendar.days.get(milestone)
        return at_nine(day) if day else None

    @property
    def delays(self) -> Delays:
        return delays_of(self.procedure)

    @property
    def filings(self) -> list[Filing]:
        """The letter, then the project if there is one."""
        return [self.letter, self.project] if self.project else [self.letter]

    @property
    def speakers(self) -> dict[Party, tuple[User, Role]]:
        """Who accepts the terms for each party, and in which role."""
        return {
            Party.CPTS: (self.holders.coordinator, Role.COORDINATOR),
            Party.CPAM: (self.authorities.cpam_officer, Role.CPAM_OFFICER),
            Party.ARS: (self.authorities.reviewer, Role.ARS_REVIEWER),
        }

    def committee(self, level: Level) -> tuple[str, User]:
        """The body of a level, and who speaks for it."""
        if level == Level.LOCAL:
            return "Comité de pilotage local", self.authorities.local_committee
        return "Comité régional", self.authorities.regional_committee

    def bodies(self, level: Level) -> list[str]:
        """Every body that the procedure has asked, as `projects.bodies` tells them."""
        speaks, _ = self.committee(level)
        accounts = ACCOUNT_BODIES.get(self.cpts.region_id, []) if level == Level.REGIONAL else []
        return [speaks, *accounts]

    def levels(self, kind: Kind) -> list[Level]:
        return [level for level, _ in self.procedure.opinions(kind)]


def at_nine(day: dt.date) -> dt.datetime:
    """When everything happens in a replayed story, as `clock.at` has it."""
    return dt.datetime.combine(day, NINE, clock.PARIS)


def delays_of(procedure: Procedure) -> Delays:
    """What the pure calendar needs to know of a procedure."""
    return Delays(
        letter_levels=tuple(level for level, _ in procedure.opinions(Kind.LETTER)),
        project_levels=tuple(level for level, _ in procedure.opinions(Kind.PROJECT)),
        tacit_months=procedure.tacit_months,
        completeness_days=procedure.completeness_days,
        opinion_days=procedure.opinion_days,
    )


def planned(today: dt.date) -> list[tuple[Area, Identity, Calendar]]:
    """The 840 territories with their names and their days."""
    return [(area, identity_of(area), calendar_of(area.rank, today)) for area in partition().areas]


def dossier_of(
    area: Area,
    identity: Identity,
    calendar: Calendar,
    procedure: Procedure,
    authorities: Authorities,
    holders: Holders,
    grid: OpinionGrid,
) -> Dossier:
    """Everything that is known before a row is written."""
    return Dossier(
        area=area,
        identity=identity,
        calendar=calendar,
        procedure=procedure,
        standing=standing(calendar, delays_of(procedure), clock.today()),
        authorities=authorities,
        holders=holders,
        grid=grid,
    )
