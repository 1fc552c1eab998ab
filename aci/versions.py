"""The versions of the contracts of a dossier, and what changes from one to another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from aci.difference import Difference, difference
from aci.models import Amendment, Contract, ContractDocument
from aci.workflow import ContractState
from foundation import clock
from foundation.dates import format_date


@dataclass(frozen=True, slots=True)
class Version:
    """One version of the terms of a text, by the last document that said it."""

    text: Contract
    document: ContractDocument

    @property
    def key(self) -> str:
        """« ACI-62-7K3M9Q-1.2 », in the address."""
        return f"{self.text.reference}.{self.document.version}"

    @property
    def label(self) -> str:
        named = f"Contrat {self.text.reference}"
        if isinstance(self.text, Amendment):
            named = f"{self.text.title} au contrat {self.text.amended.reference}"
        signed = self.text.is_signed and self.document.kind == ContractDocument.Kind.FROZEN
        abandoned = self.text.state == ContractState.ABANDONED
        said = " (signée)" if signed else " (abandonnée)" if abandoned else ""
        day = format_date(self.document.wanted_at.astimezone(clock.PARIS).date())
        return f"{named}, version {self.document.version} du {day}{said}"


@dataclass(frozen=True, slots=True)
class Compared:
    """Two versions and their difference; nothing to compare below two versions."""

    versions: tuple[Version, ...]
    before: Version | None
    after: Version | None
    difference: Difference | None

    @property
    def is_same(self) -> bool:
        return self.before == self.after


def versions_of(texts: Iterable[Contract], documents: Iterable[ContractDocument]) -> list[Version]:
    """Every version once, the oldest first: frozen rather than draft, the last draft otherwise."""
    by_pk = {text.pk: text for text in texts}
    found: dict[tuple[int, int], ContractDocument] = {}
    for document in documents:  # the oldest first
        key = (document.contract_id, document.version)
        known = found.get(key)
        if known is None or known.kind != ContractDocument.Kind.FROZEN:
            found[key] = document
    versions = [Version(by_pk[pk], document) for (pk, _), document in found.items() if pk in by_pk]
    return sorted(versions, key=lambda version: (version.document.wanted_at, version.document.pk))


def compare(versions: list[Version], asked_before: str, asked_after: str) -> Compared:
    """The versions asked for, else the last two. An unknown name asks for nothing."""
    if len(versions) < 2:
        return Compared(tuple(versions), None, None, None)
    by_key = {version.key: version for version in versions}
    after = by_key.get(asked_after, versions[-1])
    earlier = [version for version in versions if version != after]
    before = by_key.get(asked_before) or _default_before(earlier, after)
    if before == after:
        return Compared(tuple(versions), before, after, None)
    return Compared(tuple(versions), before, after, _difference(before, after))


def _default_before(earlier: list[Version], after: Version) -> Version:
    """What an amendment was cloned from; else the version just before."""
    cloned = after.document.inputs.get("before") or {}
    key = f"{cloned.get('reference')}.{cloned.get('version')}"
    return next((version for version in earlier if version.key == key), earlier[-1])


def _difference(before: Version, after: Version) -> Difference:
    """An amendment knows the same years by the terms that it replaces: they are compared."""
    one, other = before.document.inputs, after.document.inputs
    return difference(_as_seen_by(other, before) or one, _as_seen_by(one, after) or other)


def _as_seen_by(inputs: dict[str, Any], version: Version) -> dict[str, Any] | None:
    known: dict[str, Any] = inputs.get("before") or {}
    same = f"{known.get('reference')}.{known.get('version')}" == version.key
    return known if same else None
