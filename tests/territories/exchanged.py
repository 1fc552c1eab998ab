"""Threads of CPTS Rives, written by the product's own actions."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from territories.exchanges import actions
from territories.models import Thread
from tests.cast import Cast

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


def pdf(name: str = "annexe.pdf") -> Any:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def shared(cast: Cast, *, by: User | None = None, **given: Any) -> Thread:
    return actions.open_thread(
        cast.rives,
        **{"subject": "Calendrier des indicateurs", "text": "Bonjour à tous.", **given},
        by=by or cast.coordinator,
    )


def internal(cast: Cast, *, by: User | None = None, **given: Any) -> Thread:
    return actions.open_thread(
        cast.rives,
        **{"subject": "Vigilance", "text": "À regarder ensemble.", **given},
        is_internal=True,
        by=by or cast.ars_reviewer,
    )
