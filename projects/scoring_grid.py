"""Pure: the criteria of a regional grid, what may be answered to them, the total they give."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from foundation.refusal import Refusal

HIGHEST = 3
SCALE = {0: "Absent", 1: "Insuffisant", 2: "Satisfaisant", 3: "Très satisfaisant"}
SCORE, TEXT = "score", "text"

# criterion → {"score": 0–3 (absent for a text), "comment": …}
Scores = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One line of a grid: scored from 0 to 3, or answered by a text."""

    key: str
    label: str
    help: str = ""
    weight: int = 1
    kind: str = SCORE

    @property
    def is_scored(self) -> bool:
        return self.kind == SCORE


@dataclass(frozen=True, slots=True)
class Total:
    """What the scored criteria add up to, out of what they could: « 14 sur 18 »."""

    points: int
    out_of: int
    scored: int

    @property
    def percent(self) -> int:
        return round(100 * self.points / self.out_of)


def total_of(criteria: Iterable[Criterion], scores: Scores) -> Total | None:
    """Weighted; a criterion without a score counts nowhere. Nothing scored: no total."""
    counted = [
        (item.weight, scores[item.key]["score"])
        for item in criteria
        if item.is_scored and _score(scores, item) is not None
    ]
    if not counted:
        return None
    return Total(
        points=sum(weight * score for weight, score in counted),
        out_of=HIGHEST * sum(weight for weight, _ in counted),
        scored=len(counted),
    )


def refuse_wrong_scores(criteria: Iterable[Criterion], scores: Scores) -> Refusal | None:
    """A criterion that the grid does not know, or a score out of the scale."""
    known = {item.key: item for item in criteria}
    for key, given in scores.items():
        if key not in known:
            return Refusal(f"Critère inconnu dans cette grille : {key}.")
        score = given.get("score")
        if score is None:
            continue
        if not known[key].is_scored or type(score) is not int or score not in SCALE:
            return Refusal(f"« {known[key].label} » se note de 0 à {HIGHEST}.")
    return None


def refuse_missing_scores(criteria: Iterable[Criterion], scores: Scores) -> Refusal | None:
    """Where the grid is to be filled whole."""
    missing = [item.label for item in criteria if item.is_scored and _score(scores, item) is None]
    if not missing:
        return None
    named = ", ".join(f"« {label} »" for label in missing[:3])
    others = "" if len(missing) <= 3 else f" et {len(missing) - 3} de plus"
    return Refusal(f"Notez chaque critère de la grille ; il manque {named}{others}.")


def _score(scores: Scores, criterion: Criterion) -> int | None:
    score: int | None = scores.get(criterion.key, {}).get("score")
    return score
