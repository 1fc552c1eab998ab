"""What every page shows: the operator, the demonstration notice, the menu of this person."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from cpts_portal.navigation import menu_of


def portal(request: HttpRequest) -> dict[str, Any]:
    """No query here: it runs on every page."""
    return {
        "portal_operator": settings.PORTAL_OPERATOR,
        "is_demonstration": settings.DEMONSTRATION,
        "menu": menu_of(request),
    }
