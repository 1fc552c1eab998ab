"""What the parties left on the contracts of a dossier, accords, signatures, files: one query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import BigIntegerField, CharField, UUIDField, Value
from django.db.models.functions import Cast

from aci.models import Contract, ContractAcceptance, ContractDocument, Signature

DOCUMENT, ACCEPTANCE, SIGNATURE = "document", "acceptance", "signature"


@dataclass(frozen=True, slots=True)
class Trace:
    """One accord, one signature or one stored file.

    A signature with a file is one by hand, and the file is its scan.
    """

    what: str
    contract: int
    about: str  # a party, or the kind of a document
    version: int
    at: dt.datetime
    name: str
    role: str
    sha256: str
    identifier: UUID | None
    size: int | None


@dataclass(frozen=True, slots=True)
class Trail:
    """The traces of every contract of the dossier."""

    traces: tuple[Trace, ...]

    def acceptance(self, contract: Contract, party: str) -> Trace | None:
        """The accord of a party on the terms as they stand."""
        return self._last(ACCEPTANCE, contract, party, contract.terms_version)

    def signature(self, contract: Contract, party: str) -> Trace | None:
        return self._last(SIGNATURE, contract, party, contract.terms_version)

    def document(self, contract: Contract, kind: str) -> Trace | None:
        """The stored file of the terms as they stand."""
        return self._last(DOCUMENT, contract, kind, contract.terms_version)

    def _last(self, what: str, contract: Contract, about: str, version: int) -> Trace | None:
        wanted = (what, contract.pk, about, version)
        found = [
            trace
            for trace in self.traces
            if (trace.what, trace.contract, trace.about, trace.version) == wanted
        ]
        return max(found, key=lambda trace: trace.at, default=None)


def read_trail(contracts: Iterable[Contract]) -> Trail:
    """Accords and signatures that still hold, and stored files."""
    ids = [contract.pk for contract in contracts]
    # Each row is a `Trace`: same columns, same order, same types in the three branches.
    documents = ContractDocument.objects.filter(contract__in=ids, file__isnull=False).values_list(
        _text(DOCUMENT),
        "contract_id",
        "kind",
        "version",
        "made_at",
        _text(""),
        _text(""),
        "sha256",
        "file__uuid",
        "file__size",
    )
    acceptances = ContractAcceptance.objects.filter(contract__in=ids).values_list(
        _text(ACCEPTANCE),
        "contract_id",
        "party",
        "version",
        "at",
        "name",
        _text(""),
        _text(""),
        _NO_FILE,
        _NO_SIZE,
    )
    signatures = Signature.objects.filter(contract__in=ids, voided_at=None).values_list(
        _text(SIGNATURE),
        "contract_id",
        "party",
        "document__version",
        "at",
        "name",
        "role",
        "sha256",
        "scan__scan__uuid",
        "scan__scan__size",
    )
    # SQLite refuses ordered parts in a union: each default order is dropped.
    parts = [rows.order_by() for rows in (documents, acceptances, signatures)]
    return Trail(tuple(Trace(*row) for row in parts[0].union(*parts[1:], all=True)))


_NO_FILE = Cast(Value(None), UUIDField())
_NO_SIZE = Cast(Value(None), BigIntegerField())


def _text(value: str) -> Value:
    return Value(value, output_field=CharField())
