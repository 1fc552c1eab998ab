"""Nothing that people type can become script: each component, given one, shows it as text."""

from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template.loader import get_template
from django.test import RequestFactory

from accounts.models import User
from foundation import clock
from foundation.forms import PortalForm
from territories.models import Cpts

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
COMPONENTS = Path(__file__).parent.parent.parent / "templates" / "components"
ALL = sorted(path.name for path in COMPONENTS.glob("*.html"))


class EvilForm(PortalForm):
    """Every text a form shows, as bad as can be."""

    text = forms.CharField(label=EVIL, help_text=EVIL, initial=EVIL)
    choice = forms.ChoiceField(label=EVIL, choices=[(EVIL, EVIL)])
    radio = forms.ChoiceField(
        label=EVIL, help_text=EVIL, choices=[(EVIL, EVIL)], widget=forms.RadioSelect
    )
    boxes = forms.MultipleChoiceField(
        label=EVIL, help_text=EVIL, choices=[(EVIL, EVIL)], widget=forms.CheckboxSelectMultiple
    )
    area = forms.CharField(label=EVIL, help_text=EVIL, widget=forms.Textarea)
    agreed = forms.BooleanField(label=EVIL, help_text=EVIL)
    file = forms.FileField(label=EVIL, help_text=EVIL)
    hidden = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        for name in [None, *self.fields]:
            self.add_error(name, EVIL)


def evil_job(state: str) -> SimpleNamespace:
    return SimpleNamespace(
        uuid=UUID(int=1),
        label=EVIL,
        step=EVIL,
        state=state,
        get_state_display=EVIL,
        progress=10,
        is_finished=state == "done",
    )


def context(form: forms.Form) -> dict[str, object]:
    """Everything any component takes, evil wherever a text comes from data."""
    entry = SimpleNamespace(
        at=clock.now(), sentence=EVIL, actor_name=EVIL, actor_role=EVIL, reason=EVIL
    )
    link = SimpleNamespace(label=EVIL, url="/", is_current=True)
    person = User(first_name=EVIL, last_name=EVIL)
    keys = (
        "title text label tone current parent_label parent_url grandparent_label grandparent_url "
        "url reason icon kind confirm submit_label cancel_label cancel_url action done_url "
        "portal_operator"
    )
    values: dict[str, object] = dict.fromkeys(keys.split(), EVIL)
    return values | {
        "form": form,
        "field": form["text"],
        "entries": [entry],
        "job": evil_job("running"),
        "page": Paginator(range(200), 25).page(2),
        "cpts": Cpts(name=EVIL, stage=EVIL),
        "menu": [link],
        "messages": [SimpleNamespace(message=EVIL, level=20)],
        "user": person,
        "size": 10,
    }


class Tags(HTMLParser):
    """What a browser would see: elements, and attributes that act."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def assert_harmless(html: str) -> None:
    tags = Tags()
    tags.feed(html)
    assert not tags.elements & {"script", "img"}
    assert tags.handlers == []


@pytest.mark.parametrize("name", ALL)
def test_a_component_given_script_shows_text(name: str, rf: RequestFactory) -> None:
    request = rf.get("/", {"q": EVIL})
    html = get_template(f"components/{name}").render(context(EvilForm({})), request)
    assert_harmless(html)


@pytest.mark.parametrize("form", [EvilForm(), EvilForm({}), EvilForm({"text": EVIL})])
@pytest.mark.parametrize("field", list(EvilForm.base_fields))
def test_every_kind_of_field_is_escaped(field: str, form: EvilForm) -> None:
    html = get_template("components/field.html").render({"field": form[field]})
    assert_harmless(html)
    assert "script" in html or form[field].is_hidden


@pytest.mark.parametrize("state", ["wanted", "running", "done", "failed"])
def test_every_state_of_a_job_is_escaped(state: str) -> None:
    html = get_template("components/job_progress.html").render({"job": evil_job(state)})
    assert_harmless(html)


class TestForm:
    class Form(PortalForm):
        name = forms.CharField(label="Nom", help_text="En entier.")
        day = forms.DateField(label="Date", required=False)
        college = forms.ChoiceField(
            label="Collège", choices=[("a", "Actifs")], widget=forms.RadioSelect
        )

    def html(self, form: forms.Form) -> str:
        return get_template("components/fields.html").render({"form": form})

    def test_hint_and_error_are_tied_to_the_field(self) -> None:
        html = self.html(self.Form({}))
        assert 'aria-describedby="id_name_helptext id_name_error"' in html
        assert 'id="id_name_helptext"' in html
        assert 'id="id_name_error"' in html
        assert 'aria-invalid="true"' in html
        assert 'aria-labelledby="id_college_legend id_college_error"' in html

    def test_the_summary_leads_to_each_field(self) -> None:
        html = self.html(self.Form({}))
        assert "2 points à corriger" in html
        assert 'href="#id_name"' in html
        assert 'href="#id_college_0"' in html
        assert 'id="id_college_0"' in html

    def test_optional_fields_are_marked_and_required_ones_are_not(self) -> None:
        html = self.html(self.Form())
        assert html.count("(facultatif)") == 1
        assert "error" not in html

    def test_a_date_is_typed_in_the_browser_s_calendar(self) -> None:
        html = self.html(self.Form(initial={"day": clock.today()}))
        assert 'type="date"' in html
        assert f'value="{clock.today().isoformat()}"' in html

    def test_the_dsfr_class_joins_the_field_s_own(self) -> None:
        form = self.Form()
        form.fields["name"].widget.attrs["class"] = "narrow"
        assert 'class="fr-input narrow"' in self.html(form)

    def test_a_form_drawn_by_django_is_the_same(self) -> None:
        assert 'class="fr-input-group"' in str(self.Form())
