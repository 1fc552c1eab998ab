"""Which other ARS and CPAM read a dossier, brought up to date when communes change hands."""

from collections import defaultdict

from territories.models import Concern, Stage, TerritoryCommune

Place = tuple[int, str | None, str | None]  # CPTS, région, CPAM: one of the last two


def refresh_concerns() -> int:
    """Recompute the concerned authorities of every CPTS; returns how many dossiers changed.

    The authorities in charge of the dossier never change here. Three or four queries.
    """
    wanted = _wanted()
    rows = Concern.objects.values_list("cpts_id", "region_id", "cpam_district_id", "pk")
    stored: dict[Place, int] = {(cpts, region, fund): pk for cpts, region, fund, pk in rows}
    gone, new = stored.keys() - wanted, wanted - stored.keys()
    Concern.objects.filter(pk__in=[stored[place] for place in gone]).delete()
    Concern.objects.bulk_create(
        Concern(cpts_id=cpts, region_id=region, cpam_district_id=fund)
        for cpts, region, fund in sorted(new, key=str)
    )
    return len({place[0] for place in gone | new})


def funds_elsewhere() -> dict[str, list[str]]:
    """For each CPTS, by name, the other CPAM on whose ground some of its communes lie."""
    rows = (
        Concern.objects.exclude(cpam_district=None)
        .exclude(cpts__stage__in=(Stage.TERMINATED, Stage.ABANDONED, Stage.REPLACED))
        .order_by("cpts__name", "cpam_district__name")
        .values_list("cpts__name", "cpts__cpam_district__name", "cpam_district__name")
    )
    found: dict[str, list[str]] = defaultdict(list)
    for name, in_charge, other in rows:
        found[f"{name} ({in_charge})"].append(other)
    return dict(found)


def _wanted() -> set[Place]:
    """From the communes of the territories in use."""
    rows = (
        TerritoryCommune.objects.filter(territory__replaced_on=None)
        .values_list(
            *("territory__cpts_id", "territory__cpts__region_id"),
            *("territory__cpts__cpam_district_id", "commune__departement__region_id"),
            "commune__cpam_district_id",
        )
        .order_by()
        .distinct()
    )
    wanted: set[Place] = set()
    for cpts, region_in_charge, fund_in_charge, region, fund in rows:
        if region != region_in_charge:
            wanted.add((cpts, region, None))
        if fund and fund != fund_in_charge:
            wanted.add((cpts, None, fund))
    return wanted
