"""What the administrators see of the letters: by kind and région, what is in force, what comes."""

from collections.abc import Iterable
from dataclasses import dataclass

from foundation import clock
from projects.letter_kinds import LetterKind, variables
from projects.models import LetterTemplate

FRANCE = "france"  # in addresses, the scope of the national default


@dataclass(frozen=True, slots=True)
class Scope:
    """One letter in one région, or in all: its versions, newest first."""

    kind: LetterKind
    versions: list[LetterTemplate]

    @property
    def newest(self) -> LetterTemplate:
        return self.versions[0]

    @property
    def label(self) -> str:
        return self.newest.scope_label

    @property
    def slug(self) -> str:
        return self.newest.region_id or FRANCE

    @property
    def in_force(self) -> LetterTemplate | None:
        """As `LetterTemplateQuerySet.in_force` finds it within this scope."""
        begun = [item for item in self.versions if item.effective_from <= clock.today()]
        return max(begun, key=lambda item: (item.effective_from, item.version), default=None)

    @property
    def coming(self) -> list[LetterTemplate]:
        """What will replace it, the nearest first."""
        later = [item for item in self.versions if item.effective_from > clock.today()]
        return sorted(later, key=lambda item: (item.effective_from, item.version))


def scopes(templates: Iterable[LetterTemplate]) -> list[Scope]:
    """In the order of the kinds, France first, then the régions by name."""
    found: dict[tuple[str, str | None], Scope] = {}
    for item in templates:
        key = (item.kind, item.region_id)
        found.setdefault(key, Scope(LetterKind(item.kind), [])).versions.append(item)
    kinds = list(LetterKind)
    return sorted(
        found.values(),
        key=lambda scope: (
            kinds.index(scope.kind),
            scope.newest.region is not None,
            scope.label,
        ),
    )


def variable_lines(kind: LetterKind) -> list[tuple[str, str]]:
    """« {{ cpts.nom }} », and what it prints."""
    return [(f"{{{{ {name} }}}}", label) for name, label in variables(kind).items()]
