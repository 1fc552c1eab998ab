"""The newest municipal figure of each commune, kept beside its name for searches and lists."""

from django.db.models import Max, OuterRef, Subquery

from territories.models import Commune, Population


def newest_vintage() -> int | None:
    """The newest vintage that holds figures."""
    newest: int | None = Population.objects.aggregate(newest=Max("vintage"))["newest"]
    return newest


def show_newest(vintage: int) -> int:
    """Show the figures of this vintage where there are some; the others keep what they show."""
    figure = Population.objects.filter(commune=OuterRef("pk"), vintage=vintage)
    known = Population.objects.filter(vintage=vintage).values("commune")
    return Commune.objects.filter(pk__in=known).update(
        population=Subquery(figure.values("municipal")[:1]), population_vintage=vintage
    )
