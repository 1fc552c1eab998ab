"""The contract as a document: HTML from its stored inputs, then PDF. No row is read here."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import Any

from django.template.loader import render_to_string

from aci.clauses.rendering import amended_blocks, rendered_blocks
from aci.clauses.variables import dated, layout_context, shown_annex
from aci.difference import Section, difference
from aci.funding_sheet import read_sheet
from aci.seals import appearance, fields, page_codes
from foundation import clock, pdf

# Told to the page that waits: how far, and what is being done.
Report = Callable[[int, str], None]
Inputs = Mapping[str, Any]


def contract_html(inputs: Inputs) -> str:
    """The contract, an amendment, or the draft of one, as accessible HTML."""
    if inputs.get("amendment"):
        return amendment_html(inputs)
    context = {
        **layout_context(inputs),
        "is_draft": inputs["kind"] == "draft",
        "blocks": rendered_blocks(inputs),
    }
    return render_to_string("pdf/contract.html", context)


def amendment_html(inputs: Inputs) -> str:
    """An amendment: what it changes in articles, its year, the structural difference as annex."""
    values = dated(inputs)
    sheets = [read_sheet(plain) for plain in inputs["years"]]
    found = difference(inputs["before"], inputs)
    rewritten = {row.key[0] for row in found.of(Section.CLAUSES)}
    context = {
        **values,
        "is_draft": inputs["kind"] == "draft",
        "sheets": sheets,
        "first_year": sheets[0],
        "to_confirm": any(sheet.to_confirm for sheet in sheets),
        "completed": [row for row in values["territory"]["communes"] if row["is_completed"]],
        "difference": found,
        "rewritten": amended_blocks(inputs, rewritten) if rewritten else [],
        **_amended_annexes(inputs),
        "heading": "h3",
        "changes": {section.name: rows for section, rows in found.sections},
    }
    return render_to_string("pdf/amendment.html", context)


def _amended_annexes(inputs: Inputs) -> dict[str, Any]:
    """The years whose indicators the amendment writes, or empties."""
    before, after = (
        {annex["year"]: annex for annex in version.get("annexes") or []}
        for version in (inputs["before"], inputs)
    )
    written = [annex for year, annex in sorted(after.items()) if before.get(year) != annex]
    return {
        "annexes": [shown_annex(annex) for annex in written],
        "emptied": sorted(before.keys() - after.keys()),
    }


def contract_pdf(inputs: Inputs, *, report: Report) -> bytes:
    """The contract with its own data attached, so that no one has to type it again."""
    report(10, "Rédaction des articles")
    html = contract_html(inputs)
    what = "de l’avenant" if inputs.get("amendment") else "du contrat"
    report(30, f"Mise en page {what}")
    content = pdf.render(
        html,
        stylesheet=_stylesheet(is_draft=inputs["kind"] == "draft"),
        identifier=f"{inputs['reference']}/{inputs['version']}/{inputs['kind']}",
        attachments=[
            pdf.EmbeddedFile(
                name="avenant.json" if inputs.get("amendment") else "contrat.json",
                description=f"Données {what}",
                content=_as_file(inputs),
                dated=_morning(inputs["made_on"]),
            )
        ],
    )
    if not inputs.get("verification"):
        return content
    report(80, "Préparation des signatures")
    content = page_codes.draw_page_codes(content, inputs["verification"]["url"])
    return fields.prepare(content, appearance.contract_fields())


def _stylesheet(*, is_draft: bool = False) -> str:
    """A draft bears « PROJET » across every page, in the margin's own layer: never read aloud."""
    common = render_to_string("pdf/contract.css") + render_to_string("pdf/seals.css")
    return common + render_to_string("pdf/draft.css") if is_draft else common


def _as_file(inputs: Inputs) -> bytes:
    return json.dumps(inputs, ensure_ascii=False, sort_keys=True, indent=1).encode()


def _morning(day: str) -> dt.datetime:
    return dt.datetime.combine(dt.date.fromisoformat(day), dt.time(9), clock.PARIS)
