"""Base of the portal's forms: DSFR look, hints and errors tied to their field, refusals shown."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.forms.widgets import (
    CheckboxInput,
    CheckboxSelectMultiple,
    DateInput,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from foundation.refusal import Refused

# How `components/field.html` draws a widget; the first class that fits wins.
_KINDS: tuple[tuple[type[forms.Widget], str], ...] = (
    (CheckboxSelectMultiple, "checkboxes"),  # in Django a kind of RadioSelect: it comes first
    (RadioSelect, "radio"),
    (CheckboxInput, "checkbox"),
    (FileInput, "file"),
    (Select, "select"),
    (Textarea, "input"),
)
_CLASSES = {"input": "fr-input", "select": "fr-select", "file": "fr-upload"}


class LongSelect(forms.Select):
    """A select of many choices written in one go: a template per option costs 50 times more."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        chosen = "" if value is None else str(value)
        options = format_html_join(
            "\n",
            '<option value="{}"{}>{}</option>',
            (
                (key, mark_safe(" selected") if str(key) == chosen else "", label)
                for key, label in self.choices
            ),
        )
        built = flatatt({"name": name, **self.build_attrs(self.attrs, attrs)})
        return format_html("<select{}>{}</select>", built, options)


class PortalField(forms.BoundField):
    """A field on the page: what `components/field.html` needs to know to draw it.

    django-dsfr's own form base writes help texts unescaped and forgets the hint once there is an
    error; Django 5.2 ties both to the field by itself, so only the DSFR classes are added here.
    """

    @property
    def template_name(self) -> str:
        return getattr(self.field, "template_name", None) or "components/field.html"

    @property
    def kind(self) -> str:
        """« input », « select », « radio », « checkboxes », « checkbox » or « file »."""
        return next((kind for cls, kind in _KINDS if isinstance(self.field.widget, cls)), "input")

    @property
    def focus_id(self) -> str:
        """Where the error summary sends: the field, or its first choice."""
        return self.id_for_label or f"{self.auto_id}_0"

    def build_widget_attrs(
        self, attrs: dict[str, Any], widget: forms.Widget | None = None
    ) -> dict[str, Any]:
        built = super().build_widget_attrs(attrs, widget)
        dsfr = _CLASSES.get(self.kind)
        own = self.field.widget.attrs.get("class", "")
        if dsfr and dsfr not in own.split():
            built["class"] = f"{dsfr} {own}".strip()
        return built


class PortalForm(forms.Form):
    """DSFR form. Put it first among the bases: `class F(PortalForm, forms.ModelForm)`."""

    bound_field_class = PortalField
    template_name = "components/fields.html"
    template_name_label = "django/forms/label.html"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        for field in self.fields.values():
            if type(field.widget) is DateInput:
                # The browser's own calendar; it speaks ISO whatever the language of the page.
                field.widget.input_type = "date"
                field.widget.format = "%Y-%m-%d"

    def refresh_labels(self) -> None:
        """Call after changing a field of a form that was already drawn."""
        vars(self)["_bound_fields_cache"].clear()

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
