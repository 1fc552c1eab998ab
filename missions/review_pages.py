"""What the signed annex makes of the measures of a finished year: the dialogue de gestion."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlencode

from django.urls import reverse

from aci.indicator_rules import AnnexLine
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractYear
from aci.payments.revisions import variable_ceilings
from aci.signed_terms import SignedAnnex
from aci.standing import standing_of
from missions.cards import amount_text
from missions.models import IndicatorValue
from missions.scoring import IndicatorScore, mission_score, score


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """An indicator of the annex, its last measure of the year, what it pays."""

    line: AnnexLine
    measured: str
    score: IndicatorScore | None


@dataclass(frozen=True, slots=True)
class ReviewedMission:
    """The indicators of a mission, within its variable envelope."""

    mission: MissionCode
    envelope: Decimal
    lines: tuple[ReviewedLine, ...]
    reached: Decimal | None  # none when the annex names no indicator of it
    proposed: Decimal | None

    @property
    def is_capped(self) -> bool:
        return self.reached != self.proposed

    @property
    def lacks_a_measure(self) -> bool:
        return any(line.score is None for line in self.lines)


@dataclass(frozen=True, slots=True)
class YearReview:
    """One contract year, mission by mission."""

    year: ContractYear
    annex: SignedAnnex | None
    missions: tuple[ReviewedMission, ...]

    def settle_url(self, contract: Contract) -> str:
        """The form of the officer, with these amounts written in it."""
        amounts = {
            f"retained_{row.mission.value}": str(row.proposed)
            for row in self.missions
            if row.proposed is not None
        }
        path = reverse("aci:settle_year", args=[contract.cpts.reference, self.year.number])
        return f"{path}?{urlencode({'contrat': contract.number, **amounts})}"


def year_review(contract: Contract, revisions: list[ContractYear]) -> YearReview:
    """Of a year, its newest revision first. Two queries: the annexes, the measures of the year."""
    year, *former = revisions
    annex = standing_of(contract).annexes.get(year.number)
    values = IndicatorValue.objects.of_contract(contract).filter(year=year.number)
    latest = dict(values.values_list("indicator__code", "value"))  # the oldest first: the last one
    return YearReview(
        year,
        annex,
        tuple(
            _mission(code, envelope, annex.of(code) if annex else (), latest)
            for code, envelope in variable_ceilings(year, former).items()
        ),
    )


def _mission(
    code: MissionCode, envelope: Decimal, lines: tuple[AnnexLine, ...], latest: dict[str, Decimal]
) -> ReviewedMission:
    rows = tuple(_line(line, latest.get(line.code)) for line in lines)
    if not rows:
        return ReviewedMission(code, envelope, (), None, None)
    found = mission_score(
        [(row.line.rule, row.score.measured) for row in rows if row.score], envelope=envelope
    )
    return ReviewedMission(code, envelope, rows, found.reached, found.euros)


def _line(line: AnnexLine, value: Decimal | None) -> ReviewedLine:
    if value is None:
        return ReviewedLine(line, "", None)
    plain = value.normalize()
    return ReviewedLine(line, amount_text(value, line.unit), score(line.rule, plain))
