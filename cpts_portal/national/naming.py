"""Pure: names that nobody takes for those of real CPTS, addresses and references of their own."""

from dataclasses import dataclass

from cpts_portal.national.partition import Area
from foundation.search import search_key

# Every address and every reference of the set bears it; those of real dossiers never do.
SLUG_PREFIX = "national-"
REFERENCE_MARK = "NAT"
SOURCE = "Jeu national fictif, fabriqué à partir des communes"


@dataclass(frozen=True, slots=True)
class Identity:
    """How one territory is called on screens, in addresses and on the telephone."""

    name: str
    slug: str
    reference: str


def identity_of(area: Area) -> Identity:
    """« CPTS Toulouse secteur sud (jeu national fictif) », `national-31555-toulouse-…`."""
    main = area.main
    place = main.place
    called = f"{place.name} {main.part}" if main.part else f"{place.name} et environs"
    words = search_key(f"{place.code} {place.name} {main.part}").replace(" ", "-")
    return Identity(
        name=f"CPTS {called} (jeu national fictif)",
        slug=f"{SLUG_PREFIX}{words}"[:80],
        reference=f"{place.departement}-{REFERENCE_MARK}{area.rank:04d}",
    )
