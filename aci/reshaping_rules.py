"""Pure: which communes a merger or a split shares out, and whether the sharing holds together."""

from collections.abc import Collection, Mapping

from foundation.refusal import Refusal
from territories.shares import WHOLE

NOBODY = 0  # a commune left to no CPTS, on purpose


def union_of(territories: Collection[Mapping[str, int]]) -> dict[str, int]:
    """The communes of several territories: the shares of one add up, never beyond the whole."""
    found: dict[str, int] = {}
    for shares in territories:
        for code, share in shares.items():
            found[code] = min(WHOLE, found.get(code, 0) + share)
    return dict(sorted(found.items()))


def sharing_refusal(
    held: Collection[str],
    sharing: Mapping[str, int],
    successors: Mapping[int, str],
    names: Mapping[str, str],
) -> Refusal | None:
    """Each commune held before goes to one successor, or to nobody; each successor has some."""
    forgotten = sorted(names.get(code, code) for code in held if code not in sharing)
    if forgotten:
        return Refusal(f"Dites à quelle CPTS va chaque commune : il manque {_listed(forgotten)}.")
    others = sorted(names.get(code, code) for code in sharing if code not in held)
    if others:
        return Refusal(
            f"Une commune hors du territoire ne se partage pas : {_listed(others)}. "
            "Reprenez la répartition."
        )
    if any(where != NOBODY and where not in successors for where in sharing.values()):
        return Refusal("Une commune est donnée à une CPTS qui n’est pas de cette opération.")
    for position, name in successors.items():
        if position not in sharing.values():
            return Refusal(f"Donnez au moins une commune à {name}.")
    return None


def count_refusal(kind: str, before: int, after: int) -> Refusal | None:
    """Two or more become one; or one becomes two or more."""
    if kind == "merger" and (before < 2 or after != 1):
        return Refusal("Une fusion réunit au moins deux CPTS en une seule.")
    if kind == "split" and (before != 1 or after < 2):
        return Refusal("Une scission partage une CPTS en au moins deux.")
    return None


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    others = len(names) - 5
    return f"{shown} et {others} autre{'s' if others > 1 else ''}" if others > 0 else shown
