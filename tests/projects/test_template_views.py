"""The administrators' pages of the letters: what is in force, a new version, previews."""

import datetime as dt
from typing import Any

import pytest

from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.letter_kinds import LetterKind
from projects.models import LetterTemplate
from records import jobs
from records.models import Job
from tests.cast import Cast
from tests.projects.screens import page

BODY = "Le **{{ decision.date }}**, la {{ cpts.nom }} est approuvée."


@pytest.fixture(autouse=True)
def loaded(cast: Cast) -> None:
    actions.load_letter_templates()


def given(**changes: Any) -> dict[str, Any]:
    return {
        "effective_from": clock.today().isoformat(),
        "subject": "Approbation",
        "body": BODY,
        "after": "1",
        **changes,
    }


def count() -> int:
    return LetterTemplate.objects.filter(kind="approval").count()


def test_the_list_says_what_is_in_force_and_what_comes(cast: Cast, at: Any) -> None:
    tomorrow = clock.today() + dt.timedelta(days=1)
    visitor = at(cast.administrator)
    visitor.post("new_template", "approval", "france", **given(effective_from=tomorrow.isoformat()))
    html = page(visitor.get("templates"))
    assert "Certificat de validation tacite" in html
    assert "Grand Est" in html
    assert "Version 1" in html
    assert "Version 2" in html
    history = page(visitor.get("template_history", "approval"))
    assert "Livrée avec le portail" in history
    assert "Écrite par Alain Administrateur" in history


def test_an_empty_list_says_how_to_fill_it(cast: Cast, at: Any) -> None:
    LetterTemplate.objects.all().delete()
    visitor = at(cast.administrator)
    assert "load_letters" in page(visitor.get("templates"))
    assert "Aucune version" in page(visitor.get("template_history", "approval"))
    visitor.post("new_template", "approval", "france", **given(after="0"))
    assert count() == 1


def test_choosing_a_region_opens_the_form_with_the_text_to_start_from(cast: Cast, at: Any) -> None:
    visitor = at(cast.administrator)
    answer = visitor.client.get("/administration/courriers/approval/", {"region": "32"})
    assert answer["Location"].endswith("/approval/32/nouvelle-version/")
    html = page(visitor.client.get(answer["Location"]))
    assert "Hauts-de-France" in html
    assert "version 1 (France entière)</a>" in html
    assert "{{ decision.motif }}" in html  # in the list of variables


def test_a_preview_shows_the_letter_and_saves_nothing(cast: Cast, at: Any) -> None:
    before = count()
    visitor = at(cast.administrator)
    answer = visitor.post("new_template", "approval", "32", **given(apercu="1", after="0"))
    html = page(answer)
    assert "Rien n’est encore enregistré." in html
    assert "CPTS du Val d’Exemple est approuvée." in html
    assert "{{ cpts.nom }}" in answer.content.decode()  # what was typed is still there
    assert count() == before


def test_a_misspelt_variable_is_named_and_the_text_is_kept(cast: Cast, at: Any) -> None:
    before = count()
    wrong = BODY + " {{ cpts.nmo }}"
    for more in ({}, {"apercu": "1"}):
        html = page(
            at(cast.administrator).post(
                "new_template", "approval", "france", **given(body=wrong, **more)
            )
        )
        assert "La variable « cpts.nmo » n’existe pas" in html
        assert "{{ cpts.nmo }}" in html
    assert count() == before


def test_a_region_starts_its_own_history(cast: Cast, at: Any) -> None:
    at(cast.administrator).post("new_template", "approval", "32", **given(after="0"))
    own = LetterTemplate.objects.get(kind="approval", region="32")
    assert own.version == 1
    html = page(at(cast.administrator).get("template", own.uuid))
    assert "Approbation de la lettre d’intention (Hauts-de-France), version 1" in html
    assert "CPTS du Val d’Exemple" in html
    assert "{{ decision.date }}" in html


def test_a_version_written_meanwhile_is_not_passed_over(cast: Cast, at: Any) -> None:
    visitor = at(cast.administrator)
    visitor.post("new_template", "approval", "france", **given())
    html = page(visitor.post("new_template", "approval", "france", **given(subject="Mon objet")))
    assert "pendant que vous écriviez" in html
    assert "Mon objet" in html
    assert 'name="after" value="2"' in html  # read again: the next sending is accepted
    assert LetterTemplate.objects.filter(kind="approval", region=None).count() == 2


def test_the_pdf_preview_is_a_work_of_its_author(cast: Cast, at: Any) -> None:
    visitor = at(cast.administrator)
    url = "/administration/courriers/approval/france/apercu/"
    assert "suite=" in visitor.client.post(url, given())["Location"]
    visitor.client.post(url, given())  # a double click
    job = Job.objects.get(kind=actions.PREVIEW_JOB)
    assert visitor.get("template_preview_file", job.uuid).status_code == 404
    jobs.run(job.pk)
    answer = visitor.get("template_preview_file", job.uuid)
    assert answer.content[:4] == b"%PDF"
    assert "inline" in answer["Content-Disposition"]
    Job.objects.filter(pk=job.pk).update(requested_by=cast.ars_director)
    assert visitor.get("template_preview_file", job.uuid).status_code == 404
    assert LetterTemplate.objects.filter(kind="approval", region=None).count() == 1


def test_a_pdf_preview_of_a_text_that_does_not_resolve_says_why(cast: Cast, at: Any) -> None:
    visitor = at(cast.administrator)
    for body, words in ((BODY + "{{ x }}", "« x »"), ("", "Écrivez le texte")):
        answer = visitor.client.post(
            "/administration/courriers/approval/france/apercu/", given(body=body)
        )
        assert answer.status_code == 200
        assert words in page(answer)
    assert not Job.objects.filter(kind=actions.PREVIEW_JOB).exists()


def test_only_administrators_preview(cast: Cast) -> None:
    text = {"kind": LetterKind.APPROVAL, "region": None, "subject": "x", "body": BODY}
    with pytest.raises(NotAllowed):
        actions.want_preview(**text, by=cast.ars_director)
    with pytest.raises(Refused):
        actions.want_preview(**{**text, "body": ""}, by=cast.administrator)


@pytest.mark.parametrize(
    ("name", "args", "status"),
    [
        ("templates", [], 403),
        ("template_history", ["approval"], 403),
        ("new_template", ["approval", "france"], 403),
    ],
)
def test_nobody_else_comes(cast: Cast, at: Any, name: str, args: list[str], status: int) -> None:
    for person in (cast.ars_director, cast.holder):
        assert at(person).get(name, *args).status_code == status


@pytest.mark.parametrize(
    "path", ["inconnu/", "inconnu/france/nouvelle-version/", "approval/99/nouvelle-version/"]
)
def test_unknown_letters_and_regions_are_not_found(cast: Cast, at: Any, path: str) -> None:
    client = at(cast.administrator).client
    assert client.get(f"/administration/courriers/{path}").status_code == 404


def test_the_pages_keep_to_six_queries(
    cast: Cast, at: Any, django_assert_max_num_queries: Any
) -> None:
    visitor = at(cast.administrator)
    template = LetterTemplate.objects.filter(kind="approval").first()
    for name, *args in (
        ("templates",),
        ("template_history", "approval"),
        ("template", template.uuid),
        ("new_template", "approval", "32"),
    ):
        with django_assert_max_num_queries(6):
            assert visitor.get(name, *args).status_code == 200
