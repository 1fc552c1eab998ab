"""An amendment: a text that the parties of a contract negotiate and sign, to change its terms."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.urls import reverse

from aci.deadlines import MissionDeadlines, contract_years, mission_deadlines
from aci.funding_settings import FundingSettings
from aci.grid_files import read_mission_rules
from aci.mission_codes import MISSIONS, MissionCode
from aci.models.contract import Contract, ContractMission, Words
from aci.querysets import AmendmentsOnly
from foundation.dates import format_date
from foundation.refusal import Refusal, Refused
from territories.models import Territory


@dataclass(frozen=True, slots=True)
class TermMission:
    """A mission of the terms: when it starts, and since when the CPTS is bound to it."""

    mission: MissionCode
    starts_on: dt.date
    committed_on: dt.date | None
    signed_on: dt.date

    @property
    def label(self) -> str:
        return self.mission.label

    @property
    def deadlines(self) -> MissionDeadlines:
        """Counted from the signature, or from the day an amendment brought the mission."""
        day = self.committed_on or self.signed_on
        return mission_deadlines(self.mission, day, read_mission_rules())

    @property
    def starts_late(self) -> bool:
        """An alert, as in a contract."""
        start_by = self.deadlines.start_by
        return start_by is not None and self.starts_on > start_by


@dataclass(frozen=True, slots=True)
class Terms:
    """What an amendment may change, besides the territory."""

    missions: tuple[TermMission, ...]
    unscheduled_care_since: dt.date | None

    @property
    def starts(self) -> dict[MissionCode, dt.date]:
        return {item.mission: item.starts_on for item in self.missions}

    def as_plain(self) -> dict[str, Any]:
        return {
            "missions": [
                {
                    "code": item.mission.value,
                    "starts_on": item.starts_on.isoformat(),
                    "committed_on": _iso(item.committed_on),
                }
                for item in self.missions
            ],
            "unscheduled_care_since": _iso(self.unscheduled_care_since),
        }

    @classmethod
    def of_contract(cls, missions: Iterable[ContractMission], contract: Contract) -> Terms:
        """The terms in force of a signed contract."""
        return cls(
            tuple(
                TermMission(row.mission, row.start_day, row.committed_on, contract.signature_day)
                for row in missions
                if row.left_on is None
            ),
            contract.unscheduled_care_since,
        )

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any], *, signed_on: dt.date) -> Terms:
        by_code = {row["code"]: row for row in plain["missions"]}
        return cls(
            tuple(
                TermMission(
                    code,
                    dt.date.fromisoformat(by_code[code]["starts_on"]),
                    _day(by_code[code]["committed_on"]),
                    signed_on,
                )
                for code in MISSIONS
                if code.value in by_code
            ),
            _day(plain["unscheduled_care_since"]),
        )


class Amendment(Contract):
    """A change of a contract in force, signed by the three parties, effective from a day on."""

    objects: ClassVar[AmendmentsOnly] = AmendmentsOnly()

    class Meta:
        proxy = True
        verbose_name = "avenant au contrat"
        verbose_name_plural = "avenants au contrat"
        ordering = ["amends", "number"]

    def get_absolute_url(self) -> str:
        return reverse("aci:amendment", args=[self.cpts.reference, self.reference])

    def url_of(self, act: str) -> str:
        return reverse(f"aci:amendment_{act}", args=[self.cpts.reference, self.reference])

    def signatory_url(self, party: str) -> str:
        return reverse("aci:amendment_signatory", args=[self.cpts.reference, self.reference, party])

    @property
    def title(self) -> str:
        """« Avenant n° 1 »."""
        return f"Avenant n°\u00a0{self.number}"

    @property
    def words(self) -> Words:
        return Words("avenant", "l’avenant", "L’avenant", "de l’avenant", "à l’avenant")

    @property
    def amended(self) -> Contract:
        """The contract it amends; every amendment has one."""
        if self.amends is None:
            raise LookupError(f"{self} amends nothing.")
        return self.amends

    @property
    def effect(self) -> dt.date:
        if self.effective_on is None:
            raise LookupError(f"{self} has no date of effect.")
        return self.effective_on

    @property
    def signature_day(self) -> dt.date:
        """Years and deadlines are those of the contract, whatever the day of the amendment."""
        return self.amended.signature_day

    @property
    def territory_before(self) -> Territory:
        if self.former_territory is None:
            raise LookupError(f"{self} replaces no territory.")
        return self.former_territory

    @property
    def changes_territory(self) -> bool:
        return self.territory_id != self.former_territory_id

    @property
    def terms(self) -> Terms:
        """As they will be, or are, once it takes effect."""
        return Terms.from_plain(self.amended_terms or {}, signed_on=self.signature_day)

    @property
    def terms_before(self) -> Terms:
        return Terms.from_plain(self.former_terms or {}, signed_on=self.signature_day)

    @property
    def has_taken_effect(self) -> bool:
        return self.taken_up_at is not None

    @property
    def open_years(self) -> list[int]:
        """The contract years not over when it takes effect: those whose indicators may change."""
        settings = FundingSettings.from_texts(self.funding_settings)
        years = contract_years(self.signature_day, settings)
        return [year.number for year in years if year.next_anniversary > self.effect]

    def first_start_refusal(self, day: dt.date) -> Refusal | None:
        """Signed late, an amendment may have lost the year in which it was to take effect."""
        return self.effect_refusal(self.effect, day)

    def previous_refusal(self, day: dt.date) -> Refusal | None:
        """It amends a contract in force, and nothing but the version it was cloned from."""
        if self.amended.state != "in_force":
            return Refusal(
                f"Le contrat {self.amended.reference} n’est plus en vigueur : il ne s’amende plus."
            )
        return None

    def effect_refusal(self, effect: dt.date, day: dt.date) -> Refusal | None:
        """Why it could not take effect that day, were it signed on the other one."""
        return effect_refusal(self.amended, effect, signed_on=day)

    def refuse_effect(self, effect: dt.date, day: dt.date) -> None:
        refusal = self.effect_refusal(effect, day)
        if refusal:
            raise Refused(refusal)


def effect_refusal(contract: Contract, effect: dt.date, *, signed_on: dt.date) -> Refusal | None:
    """An amendment takes effect in a contract year that is not over, before the contract ends."""
    years = contract_years(
        contract.signature_day, FundingSettings.from_texts(contract.funding_settings)
    )
    last = contract.ends_on or years[-1].last_day
    if effect > last:
        return Refusal(
            f"L’avenant ne peut pas prendre effet le {format_date(effect)} : le contrat s’achève "
            f"le {format_date(last)}."
        )
    present = next((year for year in years if year.contains(signed_on)), None)
    start = present.start if present else contract.signature_day
    if effect < start:
        return Refusal(
            f"L’avenant ne peut pas prendre effet le {format_date(effect)} : cette date tombe dans "
            f"une année de contrat close. Choisissez une date à partir du {format_date(start)}."
        )
    return None


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
