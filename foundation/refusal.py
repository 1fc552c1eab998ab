"""How a rule says no: one clear French sentence, and nothing changes."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an act is not possible now. Rules return it; `None` means the way is free."""

    reason: str


class Refused(Exception):
    """Raised by an action that will not be done; the transaction is rolled back.

    `reason` is a French sentence shown to the person as it is.
    """

    def __init__(self, reason: str | Refusal) -> None:
        self.reason = reason.reason if isinstance(reason, Refusal) else reason
        super().__init__(self.reason)


class StaleVersion(Refused):
    """Somebody saved the same object since the page was opened: both texts must be shown."""
