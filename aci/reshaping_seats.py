"""For which party a person speaks in a merger or a split."""

from typing import Any

from aci.models import Reshaping
from aci.models.reshaping import Seat, body_of
from territories.scopes import may_on


def seat_of(reshaping: Reshaping, user: Any) -> Seat | None:
    """The first seat that this person may speak for; without a query."""
    for seat in reshaping.seats:
        for part in reshaping.concerned:
            cpts = part.known
            if body_of(seat.party, cpts) != seat.body:
                continue
            if may_on(user, cpts)(seat.party.sign_permission):
                return seat
    return None
