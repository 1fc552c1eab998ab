"""Acts of the holders on their draft territory: add, share, remove, choose the vintage, explain.

Each change is saved at once and counted again; two people who edit together do not undo each other,
since the communes are read again under the lock of the territory.
"""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Any

from django.db import transaction

from accounts.models import User
from foundation import clock
from foundation.numbers import NBSP, format_number
from foundation.refusal import Refusal, Refused
from records import journal
from territories.actions import (
    ChosenCommune,
    choose_communes,
    default_vintage,
    locked_territory,
)
from territories.models import Baton, Commune, Cpts, Territory
from territories.overlap import named, overlaps_with, pairs_of
from territories.scopes import quality_on
from territories.shares import WHOLE, format_share


def territory_of(cpts: Cpts) -> Territory:
    """The territory in use: every CPTS is founded with one."""
    if cpts.territory is None:
        raise Refused("Ce dossier n’a pas de territoire.")
    return cpts.territory


def refusal_to_edit(cpts: Cpts) -> Refusal | None:
    """Why the territory cannot be changed now; `None` when the holders may change it."""
    if territory_of(cpts).is_frozen:
        return Refusal("Le territoire est figé par le contrat : seul un avenant peut le modifier.")
    if cpts.baton not in {Baton.HOLDER, Baton.COORDINATOR}:
        return Refusal(
            "Le dossier est entre d’autres mains : le territoire se modifie quand c’est votre tour."
        )
    if cpts.is_territory_shut:
        return Refusal(
            "Le territoire ne se modifie pas : seul ce que l’ARS ou la CPAM demande est rouvert."
        )
    return None


def shut_territory(cpts: Cpts, *, shut: bool) -> None:
    """A correction that is not about the territory shuts it; the next sending opens it again."""
    if cpts.is_territory_shut != shut:
        cpts.is_territory_shut = shut
        cpts.save(update_fields=["is_territory_shut"])


@transaction.atomic
def add_communes(
    cpts: Cpts,
    codes: Iterable[str] | Mapping[str, int],
    *,
    by: User,
    with_share: AbstractSet[str] = frozenset(),
) -> int:
    """Add communes that are not there yet, with their share; returns how many were new or changed.

    What is there keeps its share, but for those whose share was written (`with_share`).
    """
    shares = codes if isinstance(codes, Mapping) else dict.fromkeys(codes, WHOLE)
    chosen = _locked_choice(cpts)
    new = [code for code in shares if code not in chosen]
    changed = [code for code in with_share & chosen.keys() if chosen[code].share != shares[code]]
    if not (new or changed):
        return 0
    chosen |= {code: ChosenCommune(code, share=shares[code]) for code in new}
    chosen |= {code: replace(chosen[code], share=shares[code]) for code in changed}
    territory = choose_communes(cpts, chosen.values(), by=by)
    what = _added(len(new)) if new else f"Part changée pour {_communes(len(changed))}"
    _record(cpts, territory, "add_communes", what, by, codes=[*new, *sorted(changed)])
    return len(new) + len(changed)


@transaction.atomic
def share_commune(cpts: Cpts, code: str, *, share: int, part: str, by: User) -> bool:
    """Count a part of a commune, which may have a name; False when it was so already."""
    chosen = _locked_choice(cpts)
    if code not in chosen:
        raise Refused("Cette commune n’est plus dans le territoire.")
    before, part = chosen[code], part.strip()
    if (before.share, before.part) == (share, part):
        return False
    chosen[code] = replace(before, share=share, part=part)
    territory = choose_communes(cpts, chosen.values(), by=by)
    name = Commune.objects.values_list("name", flat=True).get(pk=code)
    named = f" ({part})" if part else ""
    what = f"Part de {name} : {format_share(share)}{named}"
    _record(cpts, territory, "share_commune", what, by, codes=[code], share=share)
    return True


@transaction.atomic
def use_draft(cpts: Cpts, shares: Mapping[str, int], *, by: User) -> Territory:
    """Replace the communes by those of a simulation; the vintage of the dossier stays.

    What is known of a commune that stays (certainty, name of its part) is kept.
    """
    before = _locked_choice(cpts)
    chosen = [
        replace(before[code], share=share) if code in before else ChosenCommune(code, share=share)
        for code, share in shares.items()
    ]
    territory = choose_communes(cpts, chosen, by=by)
    _record(
        cpts,
        territory,
        "use_draft",
        "Territoire repris d’une simulation",
        by,
        codes=sorted(shares),
        removed=sorted(before.keys() - shares.keys()),
    )
    return territory


@transaction.atomic
def explain_overlap(cpts: Cpts, *, reason: str, by: User) -> Territory:
    """Say why the communes that other CPTS cover are kept. It holds for these overlaps only."""
    _locked_choice(cpts)
    territory = territory_of(cpts)
    reason = reason.strip()
    overlaps = overlaps_with(territory.shares, clock.today(), besides=cpts.pk)
    if not overlaps:
        raise Refused("Aucune commune du territoire n’est déjà couverte : aucun motif à donner.")
    if not reason:
        raise Refused("Donnez le motif de ce chevauchement.")
    territory.overlap_reason = reason
    territory.explained_overlaps = pairs_of(overlaps)
    territory.save(update_fields=["overlap_reason", "explained_overlaps"])
    journal.record(
        "explain_overlap",
        territory,
        by=by,
        dossier=cpts.reference,
        sentence=f"Motif donné pour des communes déjà couvertes : {named(overlaps)}",
        reason=reason,
        role=quality_on(by, cpts),
        overlaps=territory.explained_overlaps,
    )
    return territory


def add_epci(cpts: Cpts, siren: str, *, by: User) -> int:
    """Add every commune of an intercommunal body."""
    codes = list(Commune.objects.whole().filter(epci=siren).values_list("pk", flat=True))
    if not codes:
        raise Refused("Cette intercommunalité n’est pas connue du portail.")
    return add_communes(cpts, codes, by=by)


@transaction.atomic
def remove_commune(cpts: Cpts, code: str, *, by: User) -> bool:
    """Take one commune out; False when it was not there any more."""
    chosen = _locked_choice(cpts)
    if code not in chosen:
        return False
    if len(chosen) == 1:
        raise Refused("Un territoire garde au moins une commune : ajoutez-en une autre d’abord.")
    del chosen[code]
    territory = choose_communes(cpts, chosen.values(), by=by)
    name = Commune.objects.values_list("name", flat=True).get(pk=code)
    _record(cpts, territory, "remove_commune", f"Retrait de {name}", by, codes=[code])
    return True


@transaction.atomic
def remove_communes(cpts: Cpts, codes: Iterable[str], *, by: User) -> int:
    """Take several out at once, never all of them; returns how many were there."""
    chosen = _locked_choice(cpts)
    gone = [code for code in dict.fromkeys(codes) if code in chosen]
    if not gone:
        return 0
    if len(gone) == len(chosen):
        raise Refused("Un territoire garde au moins une commune\u00a0: décochez-en une.")
    for code in gone:
        del chosen[code]
    territory = choose_communes(cpts, chosen.values(), by=by)
    what = f"Retrait de {_communes(len(gone))}"
    _record(cpts, territory, "remove_communes", what, by, codes=gone)
    return len(gone)


@transaction.atomic
def choose_vintage(cpts: Cpts, vintage: int, *, reason: str, by: User) -> Territory:
    """Count the same communes in another vintage. Another one than the day's needs a reason."""
    chosen = _locked_choice(cpts)
    if vintage != default_vintage(clock.today()) and not reason.strip():
        raise Refused("Ce millésime n’est pas celui en vigueur : donnez le motif de ce choix.")
    territory = choose_communes(
        cpts, chosen.values(), by=by, vintage=vintage, vintage_reason=reason.strip()
    )
    _record(
        cpts,
        territory,
        "choose_vintage",
        f"Choix du millésime {vintage}",
        by,
        reason=reason.strip(),
    )
    return territory


def _locked_choice(cpts: Cpts) -> dict[str, ChosenCommune]:
    """The communes of the draft, under its lock; refuses when it may not be changed."""
    territory = locked_territory(cpts)
    cpts.refresh_from_db(fields=["baton", "stage", "is_territory_shut"])
    cpts.territory = territory
    refusal = refusal_to_edit(cpts)
    if refusal:
        raise Refused(refusal)
    rows = territory.communes.values_list("commune_id", "certainty", "share", "part")
    return {row[0]: ChosenCommune(*row) for row in rows}


def _record(
    cpts: Cpts,
    territory: Territory,
    verb: str,
    what: str,
    by: User,
    *,
    reason: str = "",
    codes: list[str] | None = None,
    **more: Any,
) -> None:
    people = f"{format_number(territory.population)}{NBSP}habitants"
    journal.record(
        verb,
        territory,
        by=by,
        dossier=cpts.reference,
        sentence=f"{what} : {_communes(territory.commune_count)}, {people}",
        reason=reason,
        role=quality_on(by, cpts),
        vintage=territory.vintage,
        size=territory.size,
        communes=codes or [],
        **more,
    )


def _added(count: int) -> str:
    return f"{_communes(count)} {'ajoutée' if count < 2 else 'ajoutées'}"


def _communes(count: int) -> str:
    return f"{format_number(count)}{NBSP}{'commune' if count < 2 else 'communes'}"
