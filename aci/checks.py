"""What `manage.py check --deploy` says of a portal that could sign but not seal."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def seal_is_configured(**_: Any) -> list[CheckMessage]:
    """A seal of the organisation, or the test authority of the demonstration."""
    sources = ("SEAL_PKCS12", "SEAL_PKCS11_MODULE", "SEAL_CSC_URL")
    if settings.DEMONSTRATION or any(getattr(settings, name) for name in sources):
        return []
    hint = f"Set one of {', '.join(sources)} (cpts_portal/settings/seals.py)."
    return [Error("No seal: signed contracts would wait for ever.", hint=hint, id="aci.E001")]
