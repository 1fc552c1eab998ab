"""The annexes of indicators: which ones a text has, which ones pay."""

from typing import Any

from aci.indicator_rules import AnnexLine, read_line
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, IndicatorAnnex
from foundation.refusal import Refused


def annexes_of(text: Contract) -> dict[int, list[dict[str, Any]]]:
    """Contract year → the lines of its annex, as JSON; an amendment has those it leaves alone."""
    return {row.year: row.lines for row in IndicatorAnnex.objects.making(text)}


def annexes_before(amendment: Amendment) -> dict[int, list[dict[str, Any]]]:
    """Those that the amendment found."""
    rows = IndicatorAnnex.objects.making(amendment)
    return {row.year: row.lines for row in rows if row.contract_id != amendment.pk}


def annex_lines(text: Contract, year: int) -> list[AnnexLine]:
    """The annex of one year."""
    return [read_line(plain) for plain in annexes_of(text).get(year, [])]


def plain_annexes(annexes: dict[int, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """As a document says them, year after year; an empty annex says nothing."""
    return [{"year": year, "lines": lines} for year, lines in sorted(annexes.items()) if lines]


def missions_of(text: Contract) -> list[MissionCode]:
    """The missions whose indicators an annex may name."""
    if isinstance(text, Amendment):
        return [item.mission for item in text.terms.missions]
    return [mission.mission for mission in text.missions.all()]


def signed_lines(contract: Contract, annex: IndicatorAnnex) -> list[AnnexLine]:
    """The indicators that pay for its year; refused while the annex binds nobody."""
    if not contract.is_signed:
        raise Refused(
            f"L’annexe des indicateurs de l’année {annex.year} n’est pas signée : elle ne paie "
            "encore rien."
        )
    return annex.as_lines
