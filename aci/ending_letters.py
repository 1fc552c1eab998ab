"""What a letter about a termination says, frozen on the day of the act."""

from typing import Any

from aci.contract_funding import settings_of
from aci.deadlines import contract_end
from aci.models import Contract, Termination, TerminationAct
from aci.parties import Party
from foundation import clock
from foundation.dates import format_date
from foundation.numbers import NBSP
from foundation.written_text import Value
from projects.letter_inputs import ORIGIN
from projects.letter_kinds import LetterKind, variables
from projects.models import LetterTemplate
from records.models import JournalEntry

# What the sides are called in a letter, in the order in which they sign.
SIDES = {
    Termination.Origin.INSTITUTIONS: (Party.ARS, Party.CPAM),
    Termination.Origin.CPTS: (Party.CPTS,),
}


def letter_inputs(
    contract: Contract,
    termination: Termination,
    kind: LetterKind,
    template: LetterTemplate,
    entry: JournalEntry,
    *,
    reference: str,
    amounts: str = "",
) -> dict[str, Any]:
    """Everything the document prints: it is made later, and perhaps again, from this alone."""
    acted = entry.at.astimezone(clock.PARIS).date()
    is_notice = kind == LetterKind.TERMINATION_NOTICE
    writers = (
        SIDES[Termination.Origin(termination.origin)]
        if is_notice
        else SIDES[Termination.Origin.INSTITUTIONS]
    )
    readers = [party for party in Party if (party == Party.CPTS) is not (Party.CPTS in writers)]
    values = _values(contract, termination, readers, amounts)
    values |= {"reference": reference, "date": format_date(acted)}
    return {
        "kind": kind.value,
        "reference": reference,
        "dossier": contract.cpts.reference,
        "dated": acted.isoformat(),
        "senders": [party.named(contract.cpts) for party in writers],
        "recipient": _recipient(contract, readers),
        "signatories": _signatories(contract, termination, "notice" if is_notice else "decision"),
        "subject": template.subject,
        "body": template.body,
        "template": {
            "scope": template.scope_label,
            "version": template.version,
            "effective_from": template.effective_from.isoformat(),
        },
        "values": {name: values[name] for name in variables(kind)},
        "origin": ORIGIN.format(
            number=entry.number, dossier=contract.cpts.reference, at=format_date(acted)
        ),
    }


def named_side(contract: Contract, parties: list[Party] | tuple[Party, ...]) -> str:
    """« l’ARS Hauts-de-France et la CPAM de l’Artois »."""
    return " et ".join(
        f"{'l’' if party is Party.ARS else 'la '}{party.named(contract.cpts)}" for party in parties
    )


def _recipient(contract: Contract, readers: list[Party]) -> list[str]:
    if readers == [Party.CPTS]:
        return ["À la présidence de la CPTS", contract.cpts.name]
    return ["À la direction", *(party.named(contract.cpts) for party in reversed(readers))]


def _signatories(contract: Contract, termination: Termination, act: str) -> list[dict[str, str]]:
    """Whoever gave the accord, in their quality of the day."""
    acts: list[TerminationAct] = [one for one in termination.standing if one.act == act]
    return [
        {
            "for": Party(one.party).named(contract.cpts),
            "quality": one.role,
            "name": one.name,
        }
        for one in sorted(acts, key=lambda one: one.party)
    ]


def _values(
    contract: Contract, termination: Termination, readers: list[Party], amounts: str
) -> dict[str, Value]:
    cpts = contract.cpts
    origin = SIDES[Termination.Origin(termination.origin)]
    return {
        "cpts.nom": cpts.name,
        "cpts.reference": cpts.reference,
        "ars.nom": cpts.region.ars_name,
        "cpam.nom": str(cpts.cpam_district),
        "contrat.reference": contract.reference,
        "contrat.signe_le": format_date(contract.signature_day),
        "contrat.dernier_jour": format_date(
            contract_end(contract.signature_day, settings_of(contract))
        ),
        "resiliation.auteurs": named_side(contract, origin),
        "resiliation.notifiee_le": _day(termination.notified_on),
        "resiliation.motif": termination.reason,
        "resiliation.entendue": named_side(contract, readers),
        "resiliation.observations": _observed(termination),
        "resiliation.fin": _day(termination.ended_on),
        "resiliation.recuperation": amounts,
        "decision.date": _day(termination.decided_on),
        "decision.motif": termination.decision_reason,
        "delai.observations": _day(termination.observations_until),
        "delai.fin_au_plus_tot": _day(termination.earliest_end),
    }


def _observed(termination: Termination) -> str:
    days = [format_date(one.at.astimezone(clock.PARIS).date()) for one in termination.observations]
    if not days:
        return "Aucune observation n’a été présentée dans le délai."
    return f"Des observations ont été présentées{NBSP}: {', '.join(dict.fromkeys(days))}."


def _day(day: Any) -> str:
    return format_date(day) if day else ""
