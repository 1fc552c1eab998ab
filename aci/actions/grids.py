"""Load the funding grids of the repository into the database, as many times as one likes."""

from django.db import transaction

from aci.grid import Grid
from aci.grid_files import read_grids
from aci.models import FundingGrid, FundingGridAmount


@transaction.atomic
def load_grids() -> int:
    """Bring the grids of `aci/grids/` up to date; what an administrator confirmed stays confirmed.

    Grids that only the database knows (loaded without a release) are left alone.
    """
    grids = read_grids()
    for grid in grids:
        _load(grid)
    return len(grids)


def load_missing_grids() -> None:
    """A portal whose grids nobody loaded takes those of the repository."""
    if not FundingGrid.objects.exists():
        load_grids()


def _load(grid: Grid) -> None:
    row, created = FundingGrid.objects.get_or_create(
        code=grid.code,
        defaults={
            "label": grid.label,
            "effective_from": grid.effective_from,
            "status": grid.status.value,
            "source": grid.source,
            "confirmed_reference": "" if grid.to_confirm else grid.source,
        },
    )
    if not created and row.status == FundingGrid.Status.CONFIRMED:
        return
    if not created:
        row.label, row.effective_from = grid.label, grid.effective_from
        row.status, row.source = grid.status.value, grid.source
        row.confirmed_reference = "" if grid.to_confirm else grid.source
        row.save()
    FundingGridAmount.objects.bulk_create(
        [
            FundingGridAmount(
                grid=row,
                size=line.size,
                mission=line.mission.value,
                part=line.part.value,
                amount=line.amount,
                certainty=line.certainty,
            )
            for line in grid.amounts.values()
        ],
        update_conflicts=True,
        unique_fields=["grid", "size", "mission", "part"],
        update_fields=["amount", "certainty"],
    )
