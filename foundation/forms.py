"""Base of the portal's forms: DSFR look, error summary, refusals shown among the errors."""

from collections.abc import Callable
from typing import Any

from django import forms
from dsfr.forms import DsfrBaseForm

from foundation.refusal import Refused


class PortalForm(DsfrBaseForm):  # type: ignore[misc]  # django-dsfr ships no types
    """DSFR form. Put it first among the bases: parents that set labels must run before it.

    django-dsfr fills BoundField's cache while it initialises, so labels changed afterwards would be
    ignored; `refresh_labels` empties that cache.
    """

    def refresh_labels(self) -> None:
        """Call after changing a field once the form is built."""
        self._bound_fields_cache.clear()

    def run(self, action: Callable[[], Any]) -> bool:
        """Run an action with the cleaned input; a refusal joins the form's errors.

        Returns True when the action was done. Nothing typed is lost: the bound form is shown again.
        """
        try:
            action()
        except Refused as refused:
            self.add_error(None, forms.ValidationError(refused.reason, code="refused"))
            return False
        return True
