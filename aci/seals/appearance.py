"""What a seal shows on the page: name, quality, date and hour, on the box left by the contract."""

from django.template.loader import render_to_string

from aci.models import Signature
from aci.parties import SIGNING_ORDER, Party
from aci.seals.fields import SealField
from foundation import clock, pdf

WIDTH_MM, HEIGHT_MM = 50, 34
STYLE = f"""
@page {{ size: {WIDTH_MM}mm {HEIGHT_MM}mm; margin: 2.5mm; }}
html {{ font: 7.5pt/1.3 "Portail"; color: #161616; }}
body, p {{ margin: 0; }}
p {{ margin-bottom: 0.8mm; }}
strong {{ font-weight: 600; font-size: 9pt; color: #1b2f5e; }}
.small {{ font-size: 6pt; color: #444; }}
"""


def field_name(party: Party) -> str:
    return f"Signature-{party.label}"


def contract_fields() -> list[SealField]:
    """One field a party; the last to sign locks the file."""
    return [
        SealField(
            name=field_name(party),
            label=f"Signature pour {party.with_article} : nom, qualité, date et cachet du portail",
            anchor=f"signature-{party.value}",
            width_mm=WIDTH_MM,
            height_mm=HEIGHT_MM,
            locks=party is SIGNING_ORDER[-1],
        )
        for party in SIGNING_ORDER
    ]


def appearance(signature: Signature, method: str) -> bytes:
    """The visible part of a seal, as a page of the size of its box."""
    values = {
        "signature": signature,
        "at": signature.at.astimezone(clock.PARIS),
        "method": method,
    }
    html = render_to_string("pdf/seal.html", values)
    return pdf.render(html, stylesheet=STYLE, identifier=f"seal/{signature.pk}")
