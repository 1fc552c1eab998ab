"""The small language of the letters: a closed list of variables, values that are never markup."""

import pytest

from foundation import written_text
from foundation.refusal import Refused
from foundation.typography import typeset
from projects import letter_text
from projects.letter_files import read_letters
from projects.letter_kinds import REQUIRED, LetterKind, sample_values, variables

NBSP = "\u00a0"
BODY = "Décision du {{ decision.date }} : {{ decision.motif }}"


def refusal_of(body: str, subject: str = "Refus") -> str:
    with pytest.raises(Refused) as refused:
        letter_text.check("refusal", subject, body)
    return refused.value.reason


def test_a_misspelt_variable_is_named_with_its_neighbour() -> None:
    reason = refusal_of(BODY + " {{ cpts.nmo }}")
    assert "« cpts.nmo »" in reason
    assert "{{ cpts.nom }}" in reason


def test_the_subject_is_checked_too() -> None:
    assert "« inconnue »" in refusal_of(BODY, "Refus {{ inconnue }}")


def test_a_variable_of_another_letter_is_unknown_here() -> None:
    assert "demande.pieces" in refusal_of(BODY + " {{ demande.pieces }}")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (BODY + " {{ cpts.nom", "accolade"),
        (BODY + " {% if x %}", "accolade"),
        (BODY + " {{}}", "(vide)"),
        (BODY + "\n\n**gras", "gras"),
        ("Décision du {{ decision.date }}", "{{ decision.motif }}"),
        ("   ", "objet et un texte"),
    ],
)
def test_what_would_not_print_is_refused(body: str, words: str) -> None:
    assert words in refusal_of(body)


@pytest.mark.parametrize("subject", ["", "Deux\nlignes", "**Gras**"])
def test_a_subject_is_one_plain_line(subject: str) -> None:
    assert "objet" in refusal_of(BODY, subject)


@pytest.mark.parametrize("kind", LetterKind)
def test_every_variable_has_an_example_and_the_required_ones_are_known(kind: LetterKind) -> None:
    assert set(sample_values(kind)) == set(variables(kind))
    assert set(REQUIRED[kind]) <= set(variables(kind))


def test_every_committed_letter_passes_the_check_of_the_administrators() -> None:
    letters = read_letters()
    assert {item.kind for item in letters if item.region is None} == set(LetterKind.values)
    for item in letters:
        letter_text.check(item.kind, item.subject, item.body)
        html = written_text.to_html(item.body, sample_values(item.kind))
        assert "{" not in html
        assert "**" not in html


def test_a_value_is_printed_and_never_read() -> None:
    values = {"a": "<b>{{ b }}</b> **x** # y", "b": "non"}
    html = written_text.to_html("**Objet** : {{ a }}", values)
    assert html == (
        f"<p><strong>Objet</strong>{NBSP}: &lt;b&gt;{{{{ b }}}}&lt;/b&gt; **x** # y</p>"
    )


def test_paragraphs_headings_lists_and_breaks() -> None:
    body = "# Titre\nUn\nDeux **trois {{ a }}**\n- x\n- {{ a }}\n\nFin"
    assert written_text.to_html(body, {"a": "A"}).split("\n") == [
        "<h2>Titre</h2>",
        "<p>Un<br>Deux <strong>trois A</strong></p>",
        "<ul><li>x</li><li>A</li></ul>",
        "<p>Fin</p>",
    ]


def test_what_has_nothing_to_say_is_left_out() -> None:
    body = "Avis : {{ vide }}.\n\n- {{ vide }}\n- {{ a }}\n\nReste {{ a }}{{ vide }}"
    html = written_text.to_html(body, {"vide": "", "a": "A"})
    assert html == "<ul><li>A</li></ul>\n<p>Reste A</p>"


def test_a_list_alone_is_a_list_and_within_a_sentence_a_sentence() -> None:
    values = {"pieces": ["Un", "Deux"]}
    assert written_text.to_html("{{ pieces }}", values) == "<ul><li>Un</li><li>Deux</li></ul>"
    assert written_text.to_html("Soit {{ pieces }}.", values) == f"<p>Soit Un{NBSP}; Deux.</p>"


def test_a_long_reason_keeps_its_paragraphs() -> None:
    html = written_text.to_html("{{ a }}", {"a": "Un.\r\n\r\nDeux\nlignes."})
    assert html == "<p>Un.</p>\n<p>Deux<br>lignes.</p>"


def test_a_variable_without_value_is_a_mistake_of_the_caller() -> None:
    with pytest.raises(KeyError):
        written_text.to_html("{{ a }}", {})


def test_typography() -> None:
    assert typeset("« l'avis » : n° 3 !") == f"«{NBSP}l’avis{NBSP}»{NBSP}: n°{NBSP}3{NBSP}!"
    assert typeset("https://exemple.fr/a;b") == "https://exemple.fr/a;b"
