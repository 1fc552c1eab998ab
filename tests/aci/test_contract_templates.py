"""The clauses as dated data: what is refused, what a contract keeps, how an administrator edits."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from aci import actions
from aci.clauses.blocks import Block, in_order
from aci.clauses.files import read_templates
from aci.clauses.rendering import rendered_blocks
from aci.clauses.sample import sample_content
from aci.clauses.texts import blocks_of, check_template
from aci.models import Contract, ContractTemplate
from aci.template_forms import ContractTemplateForm
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from records.models import JournalEntry
from tests.aci.conftest import TODAY
from tests.cast import Cast
from tests.proofs import prove_in
from tests.queries import QueryCount

BLOCKS = read_templates()[0].blocks


def changed(name: str, **fields: str) -> tuple[Block, ...]:
    return tuple(replace(block, **fields) if block.key == name else block for block in BLOCKS)


def refusal_of(blocks: tuple[Block, ...]) -> str:
    with pytest.raises(Refused) as refused:
        check_template(blocks)
    return refused.value.reason


# --- The text ----------------------------------------------------------------------------------


def test_the_committed_clauses_print_every_article() -> None:
    check_template(BLOCKS)
    blocks = rendered_blocks(sample_content(BLOCKS))
    headings = [block.heading for block in blocks]
    assert headings[:3] == ["Visas", "Parties", "Article 1 – Objet"]
    assert headings[-3:] == [
        "Article 14 – Signatures",
        "Annexe 1 – Indicateurs et valeurs",
        "Annexe 2 – Communes du territoire",
    ]
    assert all("{{" not in block.html for block in blocks)
    assert "décrit à l’article 2" in blocks[2].html
    assert "275\u00a0000,00\u00a0€" in next(b.html for b in blocks if b.key == "montants")


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (
            changed("objet", body="Voir {{ territoire.comunes }}."),
            "« Objet » : La variable « territoire.comunes » n’existe pas pour le contrat. "
            "Vouliez-vous écrire {{ territoire.communes }} ?",
        ),
        (changed("objet", body="Voir l’article {{ article.rien }}."), "« article.rien »"),
        (changed("objet", body="Une {{ accolade"), "accolade est seule"),
        (changed("objet", body="Du **gras"), "n’est pas fermé"),
        (changed("objet", title=""), "un titre et un texte"),
        (changed("objet", key="Objet !"), "minuscules"),
        (changed("objet", key="missions"), "même nom « missions »"),
        (changed("objet", title="Objet {{ cpts.nom }}"), "un titre ne contient pas de variable"),
        (changed("missions", body="Rien."), "{{ tableau.missions }} ne figure pas"),
        (changed("objet", body="{{ tableau.missions }}"), "figure plusieurs fois"),
        (changed("missions", body="Soit {{ tableau.missions }}."), "écrivez-le seul"),
        ((), "au moins un article"),
    ],
)
def test_clauses_that_could_not_be_printed_are_refused(
    blocks: tuple[Block, ...], words: str
) -> None:
    assert words in refusal_of(blocks)


def test_articles_are_numbered_after_the_preamble_whatever_the_order() -> None:
    shuffled = in_order(reversed(BLOCKS))
    assert [block.form for block in shuffled][:2] == ["preamble", "preamble"]
    assert shuffled[-1].form == "annex"


def test_a_typed_value_is_never_markup() -> None:
    content = sample_content(BLOCKS)
    content["parties"] = {**content["parties"], "cpam": {"name": "<b>CPAM</b>", "signatory": ""}}
    html = "".join(block.html for block in rendered_blocks(content))
    assert "<b>CPAM" not in html
    assert "&lt;b&gt;CPAM" in html


# --- The versions ------------------------------------------------------------------------------


def test_a_contract_keeps_the_version_it_began_with(negotiated: Contract, cast: Cast) -> None:
    first = negotiated.template
    assert first is not None
    assert first.code == "national-2019"
    added = actions.add_template(
        changed("objet", body="Un autre objet."),
        effective_from=TODAY,
        after=first.version,
        by=cast.administrator,
    )
    assert actions.templates.template_for(TODAY) == added
    contract = Contract.objects.get(pk=negotiated.pk)
    assert "Un autre objet." not in [block.body for block in blocks_of(contract)]
    contract.template = added
    assert "Un autre objet." in [block.body for block in blocks_of(contract)]
    entry = JournalEntry.objects.get(verb="add_template")
    assert entry.data["version"] == 2


def test_a_version_to_come_does_not_serve_yet(negotiated: Contract, cast: Cast) -> None:
    later = TODAY + dt.timedelta(days=30)
    added = actions.add_template(BLOCKS, effective_from=later, after=1, by=cast.administrator)
    assert actions.templates.template_for(TODAY) == negotiated.template
    assert actions.templates.template_for(later) == added


def test_who_may_not_and_what_may_not(negotiated: Contract, cast: Cast) -> None:
    def add(by: Any = cast.administrator, day: dt.date = TODAY, after: int = 1) -> None:
        actions.add_template(BLOCKS, effective_from=day, after=after, by=by)

    with pytest.raises(NotAllowed):
        add(by=cast.cpam_officer)
    with pytest.raises(Refused, match="date d’effet est passée"):
        add(day=TODAY - dt.timedelta(days=1))
    with pytest.raises(Refused, match="a enregistré la version 1 pendant que vous écriviez"):
        add(after=0)
    assert ContractTemplate.objects.count() == 1
    with pytest.raises(TypeError):
        ContractTemplate.objects.get().save()


# --- The pages ---------------------------------------------------------------------------------


def posted(**fields: str) -> dict[str, str]:
    """What the form sends, with a few fields changed."""
    form = ContractTemplateForm(blocks=BLOCKS, initial={"after": 1})
    sent = {name: form[name].value() for name in form.fields}
    sent["effective_from"] = TODAY.isoformat()
    return {name: "" if value is None else str(value) for name, value in sent.items()} | fields


NEW = "/administration/contrat-type/nouvelle-version/"


def test_the_preview_saves_nothing(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = sign_in(cast.administrator)
    index = [block.key for block in BLOCKS].index("objet")
    answer = client.post(NEW, posted(**{f"body_{index}": "Le {{ cpts.nom }}.", "apercu": "1"}))
    assert "<p>Le CPTS du Val d’Exemple.</p>" in answer.content.decode()
    assert ContractTemplate.objects.count() == 1


def test_an_unknown_variable_comes_back_with_the_text(
    negotiated: Contract, cast: Cast, sign_in: Any
) -> None:
    client: Client = prove_in(sign_in(cast.administrator), cast.administrator)
    answer = client.post(NEW, posted(body_2="Le {{ cpts.non }}."))
    page = answer.content.decode().replace("\xa0", " ")
    assert "La variable « cpts.non » n’existe pas" in page
    assert "Le {{ cpts.non }}." in page
    assert ContractTemplate.objects.count() == 1


def test_blocks_are_added_moved_and_removed(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = prove_in(sign_in(cast.administrator), cast.administrator)
    keys = [block.key for block in BLOCKS]
    gone, new = keys.index("revision"), len(BLOCKS)
    fields = {
        f"title_{gone}": "",
        f"body_{gone}": "",
        f"title_{new}": "Confidentialité",
        f"body_{new}": "Rien ne sort.",
        f"rank_{new}": "25",
    }
    answer = client.post(NEW, posted(**fields))
    assert answer.status_code == 302
    blocks = ContractTemplate.objects.get(version=2).as_blocks
    assert [block.key for block in blocks][:4] == ["visas", "parties", "confidentialite", "objet"]
    assert "revision" not in [block.key for block in blocks]


def test_the_pages_keep_their_budget(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = sign_in(cast.administrator)
    template = ContractTemplate.objects.get()
    for path in ("", f"{template.uuid}/", "nouvelle-version/"):
        with QueryCount() as count:
            assert client.get(f"/administration/contrat-type/{path}").status_code == 200
        assert count.number <= 4
