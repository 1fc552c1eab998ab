"""Finds communes as people name them, and says which CPTS covers each."""

from __future__ import annotations

from dataclasses import dataclass, field

from foundation.search import search_key
from territories.models import Commune, CommuneHistory, TerritoryCommune

LONGEST = 100


@dataclass
class FoundCommune:
    """One answer: the commune, its public CPTS, and the former name it was found by."""

    commune: Commune
    cpts: list[str] = field(default_factory=list)
    former_name: str = ""


@dataclass
class FoundCommunes:
    """The best answers, and whether others were left out."""

    answers: list[FoundCommune]
    has_more: bool = False
    was_asked: bool = True

    @property
    def only_one(self) -> Commune | None:
        """The commune, when there is no doubt."""
        return self.answers[0].commune if len(self.answers) == 1 else None


def find_communes(text: str, *, limit: int) -> FoundCommunes:
    """At most three queries: communes, their CPTS, and former names when one was used."""
    text = text[:LONGEST].replace("\0", "").strip()
    if not text:
        return FoundCommunes([], was_asked=False)
    communes = list(Commune.objects.search(text).select_related("departement")[: limit + 1])
    answers = [FoundCommune(commune) for commune in communes[:limit]]
    _add_cpts(answers)
    _add_former_names(answers, search_key(text))
    return FoundCommunes(answers, has_more=len(communes) > limit)


def _add_cpts(answers: list[FoundCommune]) -> None:
    by_code = {answer.commune.pk: answer for answer in answers}
    memberships = TerritoryCommune.objects.in_public_cpts().filter(commune__in=by_code)
    for code, name in memberships.values_list("commune", "territory__cpts__name"):
        by_code[code].cpts.append(name)


def _add_former_names(answers: list[FoundCommune], key: str) -> None:
    """« Lambres » was found although the commune is now named otherwise: say so."""
    unlike = {
        answer.commune.pk: answer
        for answer in answers
        if key and f" {key}" not in f" {answer.commune.search_name}"
    }
    if not unlike or key.replace(" ", "").isdigit():
        return
    former = CommuneHistory.objects.filter(current__in=unlike, search_name__startswith=key)
    for code, name in former.values_list("current", "old_name"):
        unlike[code].former_name = name
