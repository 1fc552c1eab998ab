"""What a letter says, frozen on the day of the act: header, signatories, text, values."""

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from accounts.access import Role
from foundation import clock
from foundation.dates import format_date
from foundation.numbers import format_number
from foundation.written_text import Value
from projects.letter_kinds import JOINT, LetterKind, variables
from projects.models import Filing, LetterTemplate, Procedure
from projects.workflow import State
from records.models import JournalEntry
from territories.models import Assignment, Cpts

Requests = Iterable[tuple[str, str]]

# What the foot of a letter says of its origin, since no hand signs it.
ORIGIN = (
    "Document produit par le Portail des CPTS à partir de l’acte n°\u00a0{number} du journal du "
    "dossier {dossier}, enregistré le {at}."
)


def letter_inputs(
    filing: Filing,
    kind: LetterKind,
    template: LetterTemplate,
    entry: JournalEntry,
    *,
    reference: str,
    requests: Requests = (),
) -> dict[str, Any]:
    """Everything the document prints: it is made later, and perhaps again, from this alone."""
    cpts = filing.cpts
    acted = entry.at.astimezone(clock.PARIS)
    values = _values(filing, kind, entry, requests)
    values |= {"reference": reference, "date": format_date(acted.date())}
    return {
        "kind": kind.value,
        "reference": reference,
        "dossier": cpts.reference,
        "dated": acted.date().isoformat(),
        "senders": _senders(filing, kind),
        "recipient": _recipient(cpts, kind),
        "signatories": _signatories(filing, kind, entry),
        "subject": template.subject,
        "body": template.body,
        "template": {
            "scope": template.scope_label,
            "version": template.version,
            "effective_from": template.effective_from.isoformat(),
        },
        "values": {name: values[name] for name in variables(kind)},
        "origin": ORIGIN.format(
            number=entry.number, dossier=cpts.reference, at=format_date(acted.date())
        ),
    }


def digest(inputs: Mapping[str, Any]) -> str:
    """One spelling for one content."""
    plain = json.dumps(inputs, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()


# --- Who writes to whom ------------------------------------------------------------------------


def _is_joint(filing: Filing, kind: LetterKind) -> bool:
    form = filing.procedure.decision_form
    return kind in JOINT and form == Procedure.DecisionForm.JOINT_LETTER


def _senders(filing: Filing, kind: LetterKind) -> list[str]:
    """By name only: the portal bears no mark of the State."""
    cpts = filing.cpts
    names = [cpts.region.ars_name]
    return [*names, str(cpts.cpam_district)] if _is_joint(filing, kind) else names


def _recipient(cpts: Cpts, kind: LetterKind) -> list[str]:
    if kind == LetterKind.OPINION_INVITATION:
        return ["Mesdames et Messieurs les membres", "des comités consultés"]
    return ["Aux porteurs du projet", str(cpts)]


def _signatories(filing: Filing, kind: LetterKind, entry: JournalEntry) -> list[dict[str, str]]:
    """Whoever did the act, in their quality of the day; beside the CPAM for a joint letter."""
    if kind in {LetterKind.RECEIPT, LetterKind.TACIT}:
        return []  # the portal notes a fact: nobody decides
    cpts = filing.cpts
    signed = [_signatory(cpts.region.ars_name, entry.actor_role, entry.actor_name)]
    if _is_joint(filing, kind):
        directors = Assignment.objects.current().on(cpts).filter(role=Role.CPAM_DIRECTOR)
        seat = directors.select_related("user").order_by("pk").first()
        name = str(seat.user) if seat else ""
        signed.append(_signatory(str(cpts.cpam_district), Role.CPAM_DIRECTOR.label, name))
    return signed


def _signatory(institution: str, quality: str, name: str) -> dict[str, str]:
    return {"for": institution, "quality": quality, "name": name}


# --- What the variables print ------------------------------------------------------------------


def _values(
    filing: Filing, kind: LetterKind, entry: JournalEntry, requests: Requests
) -> dict[str, Value]:
    values = _common(filing)
    if kind == LetterKind.RECEIPT:
        values["delai.completude"] = _in_days(entry, filing.procedure.completeness_days)
    elif kind == LetterKind.PIECES:
        values |= _pieces(filing, entry, requests)
    elif kind == LetterKind.OPINION_INVITATION:
        values |= _invitation(filing, entry)
    elif kind == LetterKind.TACIT:
        values |= _tacit(filing)
    else:
        values |= _decision(filing)
    return values


def _common(filing: Filing) -> dict[str, Value]:
    cpts, territory = filing.cpts, filing.territory
    return {
        "cpts.nom": str(cpts),
        "cpts.reference": cpts.reference,
        "ars.nom": cpts.region.ars_name,
        "cpam.nom": str(cpts.cpam_district),
        "depot.nature": str(filing.get_kind_display()).lower(),
        "depot.version": str(filing.number),
        "depot.transmis_le": _day(filing.submitted_at),
        "territoire.communes": str(territory.communes.count()) if territory else "",
        "territoire.population": format_number(territory.population or 0) if territory else "",
        "territoire.taille": str(territory.size or "") if territory else "",
        "procedure.nom": filing.procedure.title,
    }


def _pieces(filing: Filing, entry: JournalEntry, requests: Requests) -> dict[str, Value]:
    is_stopped = not filing.is_letter and filing.complete_at is not None
    effect = "Le délai légal est suspendu jusqu’à votre nouvel envoi." if is_stopped else ""
    return {
        "demande.pieces": [_request_line(label, text) for label, text in requests],
        "demande.motif": entry.reason,
        "demande.effet": effect,
        "delai.pieces": _in_days(entry, filing.procedure.pieces_days),
    }


def _invitation(filing: Filing, entry: JournalEntry) -> dict[str, Value]:
    procedure = filing.procedure
    wanted = [procedure.label_of(level, filing.kind) for level in filing.missing_levels]
    return {
        "depot.complet_le": _day(filing.complete_at),
        "avis.attendus": wanted,
        "delai.avis": _in_days(entry, procedure.opinion_days),
    }


def _decision(filing: Filing) -> dict[str, Value]:
    given = [level for level in filing.required_levels if level in filing.given_levels]
    labels = [filing.procedure.label_of(level, filing.kind) for level in given]
    values: dict[str, Value] = {
        "decision.date": _day(filing.decided_at),
        "decision.motif": filing.decision_reason,
        "avis.rendus": " et ".join(label[:1].lower() + label[1:] for label in labels),
    }
    if filing.state == State.REFUSED and not filing.is_letter:
        values["decision.fondements"] = filing.ground_labels
    return values


def _request_line(label: str, text: str) -> str:
    """What is asked under its label; a question takes no colon after its mark."""
    return f"{label} {text}" if label.endswith("?") else f"{label}\u00a0: {text}"


def _tacit(filing: Filing) -> dict[str, Value]:
    stops = filing.suspensions.exclude(until=None)
    return {
        "decision.date": _day(filing.decided_at),
        "delai.debut": _day(filing.complete_at),
        "delai.mois": str(filing.procedure.tacit_months),
        "delai.suspensions": [
            f"du {format_date(stop.since)} au {format_date(stop.until)}" for stop in stops
        ],
        "delai.fin": format_date(filing.due_on) if filing.due_on else "",
    }


def _day(moment: Any) -> str:
    return format_date(moment.astimezone(clock.PARIS).date()) if moment else ""


def _in_days(entry: JournalEntry, days: int) -> str:
    return format_date(entry.at.astimezone(clock.PARIS).date() + dt.timedelta(days=days))
