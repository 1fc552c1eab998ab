"""A slip as a table for the accountants of the fund: its columns and its rows."""

from typing import Any

from aci.models import PaymentOrderItem
from foundation.spreadsheet import Cell

HEADER = [
    "Bordereau",
    "Transmis le",
    "Ordre",
    "Nature",
    "CPTS",
    "Référence du dossier",
    "SIRET",
    "Titulaire du compte",
    "IBAN",
    "BIC",
    "Contrat",
    "Année de contrat",
    "Mission",
    "Intitulé",
    "Échéance",
    "Montant",
    "Total de l’ordre",
    "Financeur",
    "Barème",
    "Préparé par",
    "Préparé le",
    "Approuvé par",
    "Approuvé le",
    "Versé le",
]


def row_of(item: PaymentOrderItem) -> list[Cell]:
    """One line of an order of the slip."""
    order: Any = item.order
    line, cpts, slip = item.line, order.contract.cpts, order.slip
    account = order.account  # none on what is recovered from a CPTS that gave no account
    return [
        slip.reference,
        slip.sent_at,
        order.reference,
        "Récupération" if order.is_recovery else "Paiement",
        cpts.name,
        cpts.reference,
        cpts.siret,
        account.holder if account else "",
        account.iban if account else "",
        account.bic if account else "",
        order.contract.reference,
        line.number,
        line.get_code_display() if line.code else "Hors barème",
        line.label,
        line.due_on,
        item.amount,
        order.total,
        order.get_funder_display(),
        line.year.inputs["grid_used"]["label"] if line.year else "",
        order.prepared_by.get_full_name(),
        order.prepared_at,
        order.decided_by.get_full_name(),
        order.decided_at,
        order.paid_on,
    ]
