"""How a committee counts: quorum, right to vote, majority. Pure: no database.

The portal's reading of the practice, to be confirmed [A]: abstentions and absent members are not
counted, « avec réserves » is on the favourable side, a tie is settled by the vote of the chair.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import TextChoices

from foundation.refusal import Refusal


class Choice(TextChoices):
    """What a member may answer on one file."""

    FOR = "for", "Favorable"
    WITH_RESERVATIONS = "with_reservations", "Favorable avec réserves"
    AGAINST = "against", "Défavorable"
    ABSTENTION = "abstention", "Abstention"


class TieRule(TextChoices):
    """What settles a tie."""

    CHAIR = "chair", "la voix de la présidence compte double"
    NO_OPINION = "no_opinion", "le comité ne donne pas d’avis"


class Presence(TextChoices):
    """Where a convened member was."""

    UNKNOWN = "unknown", "Non pointé"
    PRESENT = "present", "Présent"
    EXCUSED = "excused", "Excusé"
    REPRESENTED = "represented", "Représenté"


# The values of an opinion's recommendation (a test compares them).
FAVOURABLE, WITH_RESERVATIONS = "favourable", "with_reservations"
UNFAVOURABLE, NO_OPINION = "unfavourable", "no_opinion"


@dataclass(frozen=True, slots=True)
class Result:
    """What the committee thinks, and whether the chair's vote settled it."""

    recommendation: str
    by_chair: bool = False


def result(counts: Mapping[str, int], *, tie: str, chair: str | None = None) -> Result:
    """The opinion that these votes make. `chair` is the vote of the chair, where it is known."""
    plain, reserved = counts.get(Choice.FOR, 0), counts.get(Choice.WITH_RESERVATIONS, 0)
    against = counts.get(Choice.AGAINST, 0)
    settles = tie == TieRule.CHAIR and chair in {
        Choice.FOR,
        Choice.WITH_RESERVATIONS,
        Choice.AGAINST,
    }
    if plain + reserved == against:
        if against == 0 or not settles:
            return Result(NO_OPINION)
        if chair == Choice.AGAINST:
            return Result(UNFAVOURABLE, by_chair=True)
        return Result(_favourable(plain, reserved, chair).recommendation, by_chair=True)
    if plain + reserved < against:
        return Result(UNFAVOURABLE)
    return _favourable(plain, reserved, chair if settles else None)


def _favourable(plain: int, reserved: int, chair: str | None) -> Result:
    """With or without reserves; a tie without the chair keeps the reserves, which lose nothing."""
    if plain != reserved:
        return Result(FAVOURABLE if plain > reserved else WITH_RESERVATIONS)
    if chair == Choice.FOR:
        return Result(FAVOURABLE, by_chair=True)
    return Result(WITH_RESERVATIONS, by_chair=chair == Choice.WITH_RESERVATIONS)


@dataclass(frozen=True, slots=True)
class Quorum:
    """How many members are needed, and how many count today."""

    needed: int
    counted: int

    @property
    def is_reached(self) -> bool:
        return self.counted >= self.needed


def quorum(presences: Mapping[str, int], *, percent: int, counts_represented: bool) -> Quorum:
    """The share of the convened members, rounded up; at least one person."""
    convened = sum(presences.values())
    counted = presences.get(Presence.PRESENT, 0)
    if counts_represented:
        counted += presences.get(Presence.REPRESENTED, 0)
    return Quorum(needed=max(1, -(-convened * percent // 100)), counted=counted)


def refusal_to_vote(
    *, is_open: bool, presence: str, in_conflict: bool, has_voted: bool
) -> Refusal | None:
    """Why this member, who is told so, cannot vote on this file; `None` when the way is free."""
    if not is_open:
        return Refusal("Le vote est fermé : la séance n’est pas ouverte.")
    if presence != Presence.PRESENT:
        return Refusal("Seuls les membres présents votent.")
    if in_conflict:
        return Refusal(
            "Un conflit d’intérêts est déclaré pour vous sur ce dossier : "
            "vous ne votez pas sur ce point."
        )
    if has_voted:
        return Refusal("Vous avez déjà voté sur ce point : un vote ne change plus.")
    return None


def in_words(counts: Mapping[str, int]) -> str:
    """« 4 favorables, 1 abstention »; « aucun vote exprimé » when nobody voted."""
    words = {
        Choice.FOR: ("favorable", "favorables"),
        Choice.WITH_RESERVATIONS: ("favorable avec réserves", "favorables avec réserves"),
        Choice.AGAINST: ("défavorable", "défavorables"),
        Choice.ABSTENTION: ("abstention", "abstentions"),
    }
    parts = [
        f"{counts[choice]} {many if counts[choice] > 1 else one}"
        for choice, (one, many) in words.items()
        if counts.get(choice)
    ]
    return ", ".join(parts) or "aucun vote exprimé"
