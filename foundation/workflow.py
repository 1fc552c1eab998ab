"""States and transitions as one table that can be read aloud. Pure: no database, no framework."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from foundation.refusal import Refusal, Refused


class StateLike(Protocol):
    """A `TextChoices` member: a stored value and a French label."""

    @property
    def value(self) -> str: ...
    @property
    def label(self) -> Any: ...


class HasState(Protocol):
    """Anything whose life follows a workflow."""

    state: str


Guard = Callable[[Any], Refusal | None]
May = Callable[[str], bool]


Telling = TypeVar("Telling", bound=Callable[..., Any])


def in_words(sentence: str) -> Callable[[Telling], Telling]:
    """Say in French what a guard asks for: docs/workflows.md prints it beside the transition."""

    def tell(guard: Telling) -> Telling:
        guard.words = sentence  # type: ignore[attr-defined]  # read by the document of the tables
        return guard

    return tell


class NotAllowed(Exception):
    """The person's roles do not grant this transition (answered 403, never a refusal)."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One act: its English name, where it may start, where it leads, who may do it.

    `permission` is the grant the person needs on that very file; `label` is the French button.
    `guard` returns a `Refusal` when the act is not possible yet.
    """

    name: str
    sources: frozenset[str]
    target: str
    permission: str
    label: str
    guard: Guard | None = None

    def __init__(  # a set literal reads better in the table than frozenset({...})
        self,
        name: str,
        sources: Iterable[str],
        target: str,
        permission: str,
        label: str,
        guard: Guard | None = None,
    ) -> None:
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "sources", frozenset(str(source) for source in sources))
        object.__setattr__(self, "target", str(target))
        object.__setattr__(self, "permission", str(permission))
        object.__setattr__(self, "label", label)
        object.__setattr__(self, "guard", guard)


@dataclass(frozen=True)
class Workflow:
    """The whole table of one kind of file. `title` is French, for docs/workflows.md."""

    title: str
    states: type[Any]
    transitions: tuple[Transition, ...]
    by_name: dict[str, Transition] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        names = {transition.name: transition for transition in self.transitions}
        if len(names) != len(self.transitions):
            raise ValueError(f"{self.title}: two transitions bear the same name")
        object.__setattr__(self, "by_name", names)

    def label_of(self, state: str) -> str:
        """The French word of a stored state."""
        return str(self.states(state).label)

    def apply(self, name: str, subject: HasState, *, may: May) -> Transition:
        """Check permission, state and guard, then move `subject.state` (not saved here).

        Raises `NotAllowed` when the person lacks the grant, `Refused` with the reason otherwise.
        """
        transition = self.by_name[name]
        if not may(transition.permission):
            raise NotAllowed(name)
        refusal = self.refusal(transition, subject)
        if refusal:
            raise Refused(refusal)
        subject.state = transition.target
        return transition

    def refusal(self, transition: Transition, subject: HasState) -> Refusal | None:
        """Why this transition is not possible from here; `None` when it is."""
        if str(subject.state) not in transition.sources:
            return Refusal(
                f"« {transition.label} » n’est pas possible : "
                f"l’état est « {self.label_of(subject.state)} »."
            )
        return transition.guard(subject) if transition.guard else None

    def available(self, subject: HasState, *, may: May) -> list[Transition]:
        """What this person could do from here, guards apart: the buttons of a page."""
        return [
            transition
            for transition in self.transitions
            if str(subject.state) in transition.sources and may(transition.permission)
        ]
