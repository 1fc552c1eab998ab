"""The closed list of variables of a contract, and what each prints, from its stored content."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from aci.funding_sheet import read_sheet
from aci.indicator_rules import most_of, read_line
from aci.mission_codes import MISSIONS
from foundation.dates import format_date
from foundation.numbers import format_number
from foundation.written_text import Value

# Laid out by the portal: each stands alone in its paragraph, once in the contract.
PIECES = {
    "tableau.parties": "Les trois parties, leur identité et leurs signataires",
    "tableau.missions": "Les missions, leur démarrage et leurs délais",
    "tableau.montants": "Les montants de la première année et de la première année pleine",
    "tableau.echeancier": "L’échéancier de la première année",
    "tableau.signatures": "La place des trois signatures",
    "tableau.indicateurs": "Les indicateurs de chaque année, avec leurs valeurs",
    "tableau.communes": "La liste des communes, avec leur population",
}
KNOWN = {
    "reference": "Référence du contrat",
    "cpts.nom": "Nom de la CPTS",
    "cpam.nom": "Nom de la CPAM, sans article",
    "ars.nom": "Nom de l’ARS, sans article",
    "visa.projet": "Visa du projet de santé validé",
    "visa.contrat": "Visa du contrat renouvelé (vide s’il n’y en a pas)",
    "territoire.communes": "Nombre de communes, par exemple « 32 communes »",
    "territoire.population": "Population, par exemple « 46 648 habitants »",
    "territoire.millesime": "Millésime des populations",
    "territoire.choix": "Motif du choix du millésime (vide s’il n’y en a pas)",
    "territoire.taille": "Taille de la CPTS, de 1 à 4",
    "territoire.completion": "Mention d’une liste complétée (vide sinon)",
    "signature.prevue": "Date de signature prévue",
    "signature.ordre": "Ordre dans lequel les parties signent",
    "soins.non_programmes": "Phrase sur l’organisation des soins non programmés",
    "duree.annees": "Durée du contrat en années",
    "reglages": "Liste des choix qui complètent les textes",
    **PIECES,
}
_TEMPLATES = {
    "tableau.parties": "aci/blocks/parties.html",
    "tableau.missions": "aci/blocks/missions.html",
    "tableau.montants": "aci/blocks/amounts.html",
    "tableau.echeancier": "aci/blocks/schedule.html",
    "tableau.signatures": "aci/blocks/seals.html",
    "tableau.indicateurs": "aci/blocks/indicators.html",
    "tableau.communes": "aci/blocks/communes.html",
}
_DATES = {"made_on", "planned_signature_on", "unscheduled_care_since", "signed_on", "ends_on"}
_DATES |= {"starts_on", "start_by", "deployed_by", "decided_on", "effective_on"}

Content = Mapping[str, Any]


def values_of(content: Content, *, heading: str = "h3") -> dict[str, Value]:
    """Every variable resolved; `heading` is the level of the titles inside a table's piece."""
    return {**text_values(content), **_pieces(content, heading)}


def values_in_amendment(content: Content) -> dict[str, Value]:
    """For an article that an amendment rewrites: its tables stay where the contract prints them."""
    tables: dict[str, Value] = {name: f"[{label}]" for name, label in PIECES.items()}
    reference = content["amendment"]["contract"]
    return {**text_values({**content, "reference": reference, "previous": None}), **tables}


def text_values(content: Content) -> dict[str, Value]:
    """The variables that a sentence may hold."""
    territory = content["territory"]
    return {
        "reference": content["reference"],
        "cpts.nom": content["parties"]["cpts"]["name"],
        "cpam.nom": content["parties"]["cpam"]["name"],
        "ars.nom": content["parties"]["ars"]["name"],
        "visa.projet": _project_visa(content),
        "visa.contrat": _previous_visa(content),
        "territoire.communes": _counted(len(territory["communes"]), "commune"),
        "territoire.population": _counted(territory["population"], "habitant"),
        "territoire.millesime": str(territory["vintage"]),
        "territoire.choix": territory["vintage_reason"],
        "territoire.taille": str(territory["size"]),
        "territoire.completion": _COMPLETED if territory["is_completed"] else "",
        "signature.prevue": _day(content["planned_signature_on"]),
        "signature.ordre": ", ".join(content["signing_order"]),
        "soins.non_programmes": _unscheduled_care(content),
        "duree.annees": str(content["contract_years"]),
        "reglages": list(content["settings"]),
    }


def dated(value: Any, key: str = "") -> Any:
    """The content with real dates where it holds ISO texts, for the filters of the templates."""
    if isinstance(value, Mapping):
        return {name: dated(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [dated(item) for item in value]
    if key in _DATES and value:
        return dt.date.fromisoformat(value)
    return value


def layout_context(content: Content) -> dict[str, Any]:
    """What the pieces and the cover read."""
    sheets = [read_sheet(plain) for plain in content["years"]]
    communes = content["territory"]["communes"]
    return {
        **dated(content),
        "sheets": sheets,
        "first_year": sheets[0],
        "whole_year": sheets[-1],
        "to_confirm": any(sheet.to_confirm for sheet in sheets),
        "annexes": [shown_annex(annex) for annex in content["annexes"]],
        "completed": [commune for commune in communes if commune["is_completed"]],
    }


def shown_annex(plain: Mapping[str, Any]) -> dict[str, Any]:
    """The indicators of one year, mission by mission, with what each mission pays at best."""
    lines = [read_line(line) for line in plain["lines"]]
    missions = [code for code in MISSIONS if any(line.mission is code for line in lines)]
    return {
        "year": plain["year"],
        "missions": [
            {
                "label": code.label,
                "lines": [line for line in lines if line.mission is code],
                "most": most_of(lines, code),
            }
            for code in missions
        ],
    }


def _pieces(content: Content, heading: str) -> dict[str, SafeString]:
    context = {**layout_context(content), "heading": heading}
    return {name: render_to_string(template, context) for name, template in _TEMPLATES.items()}


_COMPLETED = (
    "La liste des communes a été complétée pour la démonstration : les communes concernées sont "
    "marquées en annexe."
)


def _project_visa(content: Content) -> str:
    project = content["project"]
    if not project.get("decided_on"):
        return ""
    validated = "réputé validé" if project["is_tacit"] else "validé"
    name = content["parties"]["cpts"]["name"]
    day = _day(project["decided_on"])
    return f"Vu le projet de santé présenté par {name}, {validated} le {day} ;"


def _previous_visa(content: Content) -> str:
    previous = content["previous"]
    if not previous:
        return ""
    return (
        f"Vu le contrat {previous['reference']}, signé le {_day(previous['signed_on'])} et conclu "
        f"jusqu’au {_day(previous['ends_on'])}, que le présent contrat renouvelle ;"
    )


def _unscheduled_care(content: Content) -> str:
    since = content["unscheduled_care_since"]
    if since:
        return f"L’organisation des soins non programmés est effective à compter du {_day(since)}."
    return (
        "L’organisation des soins non programmés n’est pas encore effective : la part fixe qui la "
        "rémunère n’est pas versée."
    )


def _counted(count: int, noun: str) -> str:
    return f"{format_number(count)}\u00a0{noun}{'s' if count > 1 else ''}"


def _day(day: str | None) -> str:
    return format_date(dt.date.fromisoformat(day)) if day else ""
