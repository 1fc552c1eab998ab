"""docs/workflows.md says what the tables say: `make docs` rewrites it."""

from pathlib import Path

from django.core.management import call_command

from cpts_portal.workflow_document import workflow_document, workflows

DOCUMENT = Path(__file__).resolve().parent.parent.parent / "docs" / "workflows.md"


def test_the_document_is_up_to_date() -> None:
    assert DOCUMENT.read_text(encoding="utf-8") == workflow_document(), "make docs"


def test_the_command_prints_it(capsys: object) -> None:
    call_command("print_workflows")
    assert capsys.readouterr().out == workflow_document()  # type: ignore[attr-defined]


def test_every_table_is_printed() -> None:
    titles = [workflow.title for workflow in workflows()]
    assert {"Lettre d’intention", "Projet de santé", "Contrat ACI"} <= set(titles)
    assert len(set(titles)) == len(titles)


def test_every_guard_says_in_french_what_it_asks_for() -> None:
    silent = [
        f"{workflow.title}: {transition.name}"
        for workflow in workflows()
        for transition in workflow.transitions
        if transition.guard and not getattr(transition.guard, "words", "")
    ]
    assert silent == []
