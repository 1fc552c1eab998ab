"""The annex of indicators that counts for a year: only one that the three parties signed."""

from aci.indicator_rules import AnnexLine
from aci.models import Contract, IndicatorAnnex
from foundation.refusal import Refused


def signed_lines(contract: Contract, annex: IndicatorAnnex) -> list[AnnexLine]:
    """The indicators that pay for its year; refused while the annex binds nobody."""
    if not contract.is_signed:
        raise Refused(
            f"L’annexe des indicateurs de l’année {annex.year} n’est pas signée : elle ne paie "
            "encore rien."
        )
    return annex.as_lines
