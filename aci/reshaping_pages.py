"""What the pages of a merger or a split show, and what this person may do there now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from accounts.access import Permission
from aci.models import Reshaping, ReshapingVoice
from aci.models.reshaping import Seat
from aci.reshaping_checks import READY
from aci.reshaping_seats import seat_of
from aci.reshaping_workflow import RESHAPING_WORKFLOW, ReshapingState
from territories.models import Commune, Cpts
from territories.scopes import may_on


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A party, and what it said."""

    seat: Seat
    voice: ReshapingVoice | None


@dataclass(frozen=True, slots=True)
class SideRow:
    """A CPTS before or after, with its numbers."""

    name: str
    url: str
    communes: int
    population: int
    size: int | None
    amount: Decimal | None
    vintage: int | None = None
    pieces: int = 0
    position: int = 0
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReshapingPage:
    """One merger or split."""

    reshaping: Reshaping
    seats: tuple[SeatRow, ...]
    before: tuple[SideRow, ...]
    after: tuple[SideRow, ...]
    own: Seat | None
    may: frozenset[str]

    @property
    def may_prepare(self) -> bool:
        return "change" in self.may

    @property
    def may_propose(self) -> bool:
        return "propose" in self.may and self.is_shared_out

    @property
    def may_drop(self) -> bool:
        return "drop" in self.may

    @property
    def may_speak(self) -> bool:
        """Its turn, while nobody has said it for the same party."""
        if self.own is None or self.reshaping.state != ReshapingState.PROPOSED:
            return False
        return all(row.voice is None for row in self.seats if row.seat == self.own)

    @property
    def is_shared_out(self) -> bool:
        return all(row.communes for row in self.after)

    @property
    def left(self) -> list[str]:
        """The communes left to nobody, on purpose."""
        return list(self.reshaping.figures.get("left", []))

    @property
    def total_before(self) -> Decimal | None:
        return _total(self.before)

    @property
    def total_after(self) -> Decimal | None:
        return _total(self.after)

    @property
    def in_pieces(self) -> list[SideRow]:
        """Warned about, never refused: an island is allowed."""
        return [row for row in self.after if row.pieces > 1]


def reshaping_page(reshaping: Reshaping, user: Any) -> ReshapingPage:
    """No query: everything came with `with_parts` and `with_voices`."""
    said = {(voice.party, voice.body): voice for voice in reshaping.said}
    return ReshapingPage(
        reshaping=reshaping,
        seats=tuple(
            SeatRow(seat, said.get((seat.party.value, seat.body))) for seat in reshaping.seats
        ),
        before=tuple(
            _row(figures, part.known.get_absolute_url())
            for part, figures in zip(reshaping.concerned, reshaping.figures["before"], strict=True)
        ),
        after=tuple(
            _row(figures, part.cpts.get_absolute_url() if part.cpts else "")
            for part, figures in zip(reshaping.successors, reshaping.figures["after"], strict=True)
        ),
        own=seat_of(reshaping, user),
        may=_may(reshaping, user),
    )


def _may(reshaping: Reshaping, user: Any) -> frozenset[str]:
    mays = [may_on(user, part.known) for part in reshaping.concerned]
    return frozenset(
        item.name
        for item in RESHAPING_WORKFLOW.available(
            reshaping, may=lambda permission: any(may(permission) for may in mays)
        )
    )


def _row(figures: dict[str, Any], url: str) -> SideRow:
    return SideRow(
        name=figures["name"],
        url=url,
        communes=figures["communes"],
        population=figures["population"],
        size=figures["size"],
        amount=Decimal(figures["amount"]) if figures["amount"] else None,
        vintage=figures.get("vintage"),
        pieces=figures.get("pieces", 0),
        position=figures.get("position", 0),
        names=tuple(figures.get("names", ())),
    )


def _total(rows: tuple[SideRow, ...]) -> Decimal | None:
    amounts = [row.amount for row in rows if row.amount is not None]
    return sum(amounts, Decimal(0)) if amounts else None


def candidates_for(cpts: Cpts) -> list[Cpts]:
    """Who may merge with it: the CPTS that touch it first, then those of its département."""
    return list(
        Cpts.objects.standing()
        .near(cpts)
        .filter(stage__in=READY)
        .select_related("departement", "cpam_district")
    )


def commune_names(codes: Any) -> dict[str, str]:
    """Code → « Béthune (62) », by name."""
    rows = Commune.objects.filter(pk__in=list(codes)).order_by("search_name", "pk")
    return {row.pk: f"{row.name} ({row.departement_id})" for row in rows}


def may_start(user: Any, cpts: Cpts) -> bool:
    """Whether this person may prepare or ask for one, on this CPTS, at its stage."""
    may = may_on(user, cpts)
    speaks = may(Permission.RESHAPING_DRAFT) or may(Permission.FILING_SUBMIT)
    return speaks and cpts.stage in READY
