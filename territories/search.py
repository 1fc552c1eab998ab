"""Finds communes as people name them, and says which CPTS covers each."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q

from foundation import clock
from territories.coverage import places_held
from territories.models import Commune, CommuneHistory
from territories.search_words import read_words
from territories.shares import WHOLE, format_share

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
    _add_former_names(answers, text)
    return FoundCommunes(answers, has_more=len(communes) > limit)


def former_commune(code: str, vanished: Commune | None) -> tuple[str, Commune] | None:
    """A former name and the commune of today; `None` for a code that never was."""
    if vanished is not None and vanished.successor is not None:
        return vanished.name, vanished.successor
    former = CommuneHistory.objects.filter(old_code=code).select_related("current").first()
    return (former.old_name or "L’ancienne commune", former.current) if former else None


def _add_cpts(answers: list[FoundCommune]) -> None:
    """The CPTS of each commune with their share; those of its arrondissements for a city."""
    by_code = {answer.commune.pk: answer for answer in answers}
    for place in places_held(by_code, clock.today()):
        for coverer in place.coverers:
            share = "" if coverer.share == WHOLE else f" ({format_share(coverer.share)})"
            _note(by_code.get(place.code), f"{coverer.name}{share}")
            _note(by_code.get(place.parent or ""), coverer.name)


def _note(answer: FoundCommune | None, words: str) -> None:
    if answer is not None and words not in answer.cpts:
        answer.cpts.append(words)


def _add_former_names(answers: list[FoundCommune], text: str) -> None:
    """« Lambres » was found although the commune is now named otherwise: say so."""
    words = read_words(text)
    if words.code and not words.key:
        unlike = {answer.commune.pk: answer for answer in answers}
        old, gone = Q(old_code=words.code), Q(insee_code=words.code)
    else:
        keys = {words.key, words.located[0] if words.located else words.key}
        unlike = {
            answer.commune.pk: answer
            for answer in answers
            if not any(f" {key}" in f" {answer.commune.search_name}" for key in keys)
        }
        begun = Q(*(("search_name__startswith", key) for key in keys if key), _connector=Q.OR)
        old, gone = begun, begun
    if not unlike or words.key.isdigit():
        return
    history = CommuneHistory.objects.filter(old, current__in=unlike)
    vanished = Commune.objects.filter(gone, successor__in=unlike).order_by()
    former = history.values_list("current", "old_name")
    for pk, name in former.union(vanished.values_list("successor", "name")):
        unlike[pk].former_name = name
