"""A CPTS takes others in: its territory grows on the day, by an amendment of its contract."""

from collections.abc import Sequence

from aci.actions.held import held
from aci.actions.taken_up import take_up
from aci.models import Amendment, Reshaping, ReshapingPart
from aci.reshaping_checks import amendment_that_absorbs, running_contract
from territories.actions import ChosenCommune
from territories.models import Cpts, TerritoryCommune
from territories.reshaping import carry_roles, extend_territory


def absorb(part: ReshapingPart, row: Reshaping, predecessors: Sequence[Cpts]) -> Cpts:
    """The same CPTS, on more communes; what it signed changes by what it signs, never here."""
    cpts = part.known
    contract = running_contract(cpts)
    if contract is None:
        communes = communes_for(part, [*predecessors, cpts])
        extend_territory(cpts, communes, since=row.effective_on)
    else:
        shares = dict(part.communes.values_list("commune", "share"))
        amendment = held(amendment_that_absorbs(contract, row.effective_on, shares))
        if isinstance(amendment, Amendment) and not amendment.has_taken_effect:
            take_up(amendment)
    for one in predecessors:
        carry_roles(one, cpts)
    return Cpts.objects.get(pk=cpts.pk)


def communes_for(part: ReshapingPart, predecessors: Sequence[Cpts]) -> dict[str, ChosenCommune]:
    """As they were known before: a commune that no document names stays « complétée »."""
    known = {
        one.commune_id: one
        for one in TerritoryCommune.objects.filter(
            territory__in=[cpts.territory_id for cpts in predecessors]
        )
    }
    return {
        one.commune_id: ChosenCommune(
            one.commune_id,
            certainty=known[one.commune_id].certainty,
            share=one.share,
            part=known[one.commune_id].part,
        )
        for one in part.communes.all()
    }
