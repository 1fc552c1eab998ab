"""The territory after a frozen one: proposed by an amendment, adopted when it takes effect."""

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from foundation import clock
from territories.actions import (
    ChosenCommune,
    figures_of,
    fill_territory,
    locked_territory,
    note_concerns,
    refuse_counted_twice,
)
from territories.models import Cpts, Territory
from territories.shares import counted


@transaction.atomic
def propose_territory(
    before: Territory,
    chosen: Iterable[ChosenCommune],
    *,
    vintage: int,
    vintage_reason: str | None = None,
    proposal: Territory | None = None,
) -> Territory:
    """A version that follows a frozen one, never in use until it is adopted (an amendment).

    Given the proposal that it replaces, its communes are rewritten.
    """
    by_code = {item.insee_code: item for item in chosen}
    refuse_counted_twice(by_code.keys())
    municipal = figures_of(by_code.keys(), vintage)
    figures = {code: counted(municipal[code], item.share) for code, item in by_code.items()}
    if proposal is None:
        today = max(clock.today(), before.valid_from)
        proposal = Territory.objects.create(
            cpts_id=before.cpts_id,
            valid_from=today,
            replaced_on=today,  # lasts no day: no map, list or figure counts it
            vintage=vintage,
            vintage_reason=before.vintage_reason,
            source=before.source,
            overlap_reason=before.overlap_reason,
            explained_overlaps=before.explained_overlaps,
        )
    fill_territory(proposal, by_code, figures, vintage, vintage_reason, "")
    return proposal


@transaction.atomic
def adopt_territory(cpts: Cpts, proposal: Territory, *, since: dt.date) -> Territory:
    """The proposed version takes the place of the one in use, from that day on, for ever frozen."""
    before = locked_territory(cpts)
    now = clock.real_now()
    before.replaced_on = max(since, before.valid_from)
    before.changed_at = now
    before.save(update_fields=["replaced_on", "changed_at"])
    proposal.valid_from, proposal.replaced_on = before.replaced_on, None
    proposal.frozen_at, proposal.changed_at = clock.now(), now
    proposal.save(update_fields=["valid_from", "replaced_on", "frozen_at", "changed_at"])
    note_concerns(cpts, proposal.communes.values_list("commune_id", flat=True))
    cpts.territory = proposal
    cpts.save(update_fields=["territory"])
    return proposal
