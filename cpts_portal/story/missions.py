"""What happens under a contract of the demonstration: missions start, indicators are measured."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from functools import cache, partial

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from aci.deadlines import ContractYear, contract_years
from aci.models import Contract, ContractMission
from cpts_portal.story.events import Event
from foundation import clock, pdf
from foundation.dates import add_months
from missions import actions
from missions.models import Indicator

DEPLOYED_AFTER_MONTHS = 12
MEASURED_BEFORE_END = dt.timedelta(days=20)
# Share of the target that the first year reaches, and what each year adds.
FIRST_YEAR, EACH_YEAR = Decimal("0.70"), Decimal("0.15")


def events(contract: Contract, coordinator: User) -> Iterator[Event]:
    """Missions start on their day and deploy within the year; each finished year is measured.

    The last finished year is still being reported: only its first mission has its measures.
    """
    finished = [
        year for year in contract_years(contract.signature_day) if year.last_day < clock.today()
    ]
    missions = list(contract.missions.order_by("starts_on"))
    for rank, mission in enumerate(missions):
        start = mission.start_day
        deployed = add_months(start, DEPLOYED_AFTER_MONTHS)
        yield start, partial(actions.start, mission, on=start, by=coordinator)
        yield deployed, partial(actions.deploy, mission, on=deployed, by=coordinator)
        for year in finished[:-1] if rank else finished:
            if start < year.last_day - 2 * MEASURED_BEFORE_END:
                day = year.last_day - MEASURED_BEFORE_END
                yield day, partial(_measure, mission, year, day, coordinator)


def _measure(mission: ContractMission, year: ContractYear, day: dt.date, coordinator: User) -> None:
    for indicator in Indicator.objects.in_force_on(day).of_mission(mission.mission):
        actions.enter_value(
            mission,
            indicator,
            year=year.number,
            value=_plausible(indicator, year.number),
            measured_on=day,
            proof=SimpleUploadedFile("preuve.pdf", _proof(), "application/pdf"),
            by=coordinator,
            comment="Valeur inventée pour la démonstration.",
        )


def _plausible(indicator: Indicator, year: int) -> Decimal:
    """A measure that gets closer to the target as years go by."""
    target = indicator.target or Decimal(60)
    share = FIRST_YEAR + EACH_YEAR * (year - 1)
    value = target * share if indicator.direction == "higher" else target * (2 - share)
    return max(value, Decimal(0)).quantize(Decimal(1))


@cache
def _proof() -> bytes:
    """One page that says it proves nothing."""
    page = (
        "<html lang='fr'><head><title>Preuve inventée</title>"
        "<meta name='dcterms.created' content='2026-01-01'></head><body>"
        "<h1>Preuve inventée</h1><p>Cette page tient lieu de preuve dans la démonstration. "
        "Elle ne contient aucune donnée réelle.</p></body></html>"
    )
    return pdf.render(page, stylesheet="", identifier="demonstration-proof")
