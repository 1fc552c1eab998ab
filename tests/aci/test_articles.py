"""Article by article: accords on exact words, remarks, other wordings, what changed, the freeze."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aci import actions
from aci.clauses.texts import blocks_of
from aci.contract_inputs import contract_inputs
from aci.contract_texts import current_text
from aci.models import BlockAcceptance, Contract, ContractAcceptance, ContractText, Remark
from aci.parties import Party
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records.models import Job, JournalEntry
from territories.actions import ChosenCommune, choose_communes
from tests.aci.conftest import CORE, TODAY
from tests.cast import Cast
from tests.proofs import prove_in
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents")
WORDING = "Les parties se réunissent **deux** fois par année de contrat."


def text_of(contract: Contract) -> ContractText:
    return current_text(Contract.objects.get(pk=contract.pk))


def accept_one(contract: Contract, key: str, party: Party, by: Any) -> Contract:
    sha256 = text_of(contract).hashes[key]
    return actions.accept_article(contract, party=party, key=key, sha256=sha256, by=by)


def rewrite(contract: Contract, cast: Cast, body: str = WORDING, key: str = "suivi") -> Contract:
    found = Contract.objects.get(pk=contract.pk)
    return actions.change_article(
        found, key=key, body=body, version=found.terms_version, by=cast.cpam_officer
    )


# --- Accords -----------------------------------------------------------------------------------


def test_a_draft_has_its_text(negotiated: Contract) -> None:
    text = text_of(negotiated)
    assert text.number == 1
    assert set(text.marks) == {block.key for block in blocks_of(negotiated)}
    assert {mark["since"] for mark in text.marks.values()} == {1}
    assert text.content["blocks"] == contract_inputs(negotiated, "draft")["blocks"]


def test_the_last_article_makes_the_accord_of_the_party(negotiated: Contract, cast: Cast) -> None:
    keys = list(text_of(negotiated).marks)
    for key in keys[:-1]:
        accept_one(negotiated, key, Party.CPTS, cast.president)
    assert not ContractAcceptance.objects.exists()
    accept_one(negotiated, keys[-1], Party.CPTS, cast.coordinator)
    accord = ContractAcceptance.objects.get()
    assert (accord.party, accord.version, accord.by) == ("cpts", 1, cast.coordinator)
    assert negotiated.parties_to_accept == [Party.CPAM, Party.ARS]
    assert JournalEntry.objects.filter(verb="accept_block").count() == len(keys)


def test_accepting_all_accepts_each_block(accepted: Contract) -> None:
    hashes = text_of(accepted).hashes
    for party in Party:
        rows = BlockAcceptance.objects.filter(contract=accepted, party=party)
        assert dict(rows.values_list("key", "sha256")) == hashes


def test_another_wording_asks_only_for_that_article(accepted: Contract, cast: Cast) -> None:
    contract = rewrite(accepted, cast)
    assert contract.terms_version == 2
    assert contract.parties_to_accept == list(Party)
    text = text_of(contract)
    changed = [key for key, mark in text.marks.items() if mark["since"] == text.number]
    assert changed == ["suivi"]
    accept_one(contract, "suivi", Party.ARS, cast.ars_reviewer)
    assert contract.parties_to_accept == [Party.CPTS, Party.CPAM]
    with pytest.raises(Refused, match="Les trois parties doivent accepter"):
        actions.freeze(contract, by=cast.cpam_officer)
    for party, person in ((Party.CPTS, cast.president), (Party.CPAM, cast.cpam_director)):
        accept_one(contract, "suivi", party, person)
    frozen = actions.freeze(contract, by=cast.cpam_officer)
    inputs = frozen.documents.get(kind="frozen").inputs
    assert WORDING in [block["body"] for block in inputs["blocks"]]


def test_a_change_of_terms_marks_the_articles_that_print_it(accepted: Contract, cast: Cast) -> None:
    contract = actions.change_terms(
        accepted,
        missions={**CORE, next(iter(CORE)): TODAY + dt.timedelta(days=20)},
        unscheduled_care_since=TODAY,
        planned_signature_on=TODAY,
        version=1,
        by=cast.cpam_officer,
    )
    text = text_of(contract)
    changed = {key for key, mark in text.marks.items() if mark["since"] == text.number}
    assert changed == {"missions", "montants", "versement"}


def test_who_signs_may_change_without_a_new_accord(accepted: Contract, cast: Cast) -> None:
    cast.president.last_name = "Nouvelle"
    cast.president.save()
    frozen = actions.freeze(accepted, by=cast.cpam_officer)
    inputs = frozen.documents.get(kind="frozen").inputs
    assert inputs["parties"]["cpts"]["signatory"].endswith("Nouvelle")


def test_words_that_moved_are_not_frozen_before_an_accord(accepted: Contract, cast: Cast) -> None:
    cast.rives.seat = "3 quai des Rives, 62400 Béthune"
    cast.rives.save()
    contract = Contract.objects.get(pk=accepted.pk)
    with pytest.raises(Refused, match="ce que les parties ont accepté : « Parties »"):
        actions.freeze(contract, by=cast.cpam_officer)
    contract = actions.refresh_text(contract, by=cast.cpam_officer)
    assert contract.parties_to_accept == list(Party)
    with pytest.raises(Refused, match="à jour"):
        actions.refresh_text(contract, by=cast.cpam_officer)
    assert Contract.objects.get(pk=contract.pk).terms_version == 2


def test_another_territory_writes_the_text_again(accepted: Contract, cast: Cast) -> None:
    choose_communes(cast.rives, [ChosenCommune("62119")], by=cast.holder)
    contract = Contract.objects.get(pk=accepted.pk)
    contract = actions.accept(contract, party=Party.CPTS, version=1, by=cast.president)
    text = ContractText.objects.newest_of(contract)
    assert text.number == 2
    changed = {key for key, mark in text.marks.items() if mark["since"] == 2}
    assert {"territoire", "communes"} <= changed
    assert "suivi" not in changed


def test_sent_back_every_article_is_accepted_again(to_sign: Contract, cast: Cast) -> None:
    contract = actions.send_back(to_sign, party=Party.ARS, reason="Non.", by=cast.ars_director)
    assert not BlockAcceptance.objects.exists()
    for key in text_of(contract).marks:
        accept_one(contract, key, Party.ARS, cast.ars_director)
    assert contract.parties_to_accept == [Party.CPTS, Party.CPAM]


@pytest.mark.parametrize("part", ["holder", "committee_member", "office", "stranger"])
def test_nobody_accepts_an_article_for_a_party_of_others(
    negotiated: Contract, cast: Cast, part: str
) -> None:
    with pytest.raises(NotAllowed):
        accept_one(negotiated, "objet", Party.CPTS, getattr(cast, part))
    assert not BlockAcceptance.objects.exists()


def test_what_an_accord_refuses(negotiated: Contract, cast: Cast) -> None:
    def accept(key: str = "objet", sha256: str = "") -> None:
        known = text_of(negotiated).hashes
        actions.accept_article(
            negotiated,
            party=Party.CPTS,
            key=key,
            sha256=sha256 or known[key],
            by=cast.president,
        )

    with pytest.raises(StaleVersion, match="a changé pendant que vous le lisiez"):
        accept(sha256="0" * 64)
    with pytest.raises(Refused, match="ne figure pas dans le contrat"):
        accept(key="rien", sha256="0" * 64)
    accept()
    with pytest.raises(Refused, match="CPTS Rives a déjà accepté cet article"):
        accept()
    assert BlockAcceptance.objects.count() == 1
    accord = BlockAcceptance.objects.get()
    accord.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        accord.save(force_insert=True)


# --- Another wording ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "body", "words"),
    [
        ("suivi", "Voir {{ rien }}.", "« rien » n’existe pas"),
        ("missions", "Plus de tableau.", "{{ tableau.missions }} ne figure pas"),
        ("suivi", "", "un titre et un texte"),
        ("rien", "Un article de plus.", "ne figure pas dans le contrat"),
    ],
)
def test_a_wording_that_could_not_be_printed_is_refused(
    negotiated: Contract, cast: Cast, key: str, body: str, words: str
) -> None:
    with pytest.raises(Refused) as refused:
        rewrite(negotiated, cast, body, key)
    assert words in refused.value.reason
    assert Contract.objects.get(pk=negotiated.pk).terms_version == 1


def test_the_same_words_are_no_change(negotiated: Contract, cast: Cast) -> None:
    body = next(block.body for block in blocks_of(negotiated) if block.key == "suivi")
    with pytest.raises(Refused, match="n’a pas changé"):
        rewrite(negotiated, cast, body)
    assert ContractText.objects.count() == 1


def test_who_writes_and_until_when(negotiated: Contract, accepted: Contract, cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        actions.change_article(accepted, key="suivi", body="Non.", version=1, by=cast.president)
    with pytest.raises(StaleVersion):
        actions.change_article(accepted, key="suivi", body="Non.", version=9, by=cast.cpam_officer)
    frozen = actions.freeze(accepted, by=cast.cpam_officer)
    with pytest.raises(Refused, match="l’état est « à signer »"):
        rewrite(frozen, cast)


# --- Remarks -----------------------------------------------------------------------------------


def test_a_remark_is_answered_then_closed(negotiated: Contract, cast: Cast) -> None:
    row = actions.remark(
        negotiated, party=Party.CPTS, key="suivi", text="Deux fois ?", by=cast.coordinator
    )
    assert row.state == "open"
    with pytest.raises(Refused, match="Seule la partie qui a fait la remarque"):
        actions.close_remark(row, party=Party.CPAM, by=cast.cpam_officer)
    row = actions.answer_remark(row, party=Party.CPAM, text="Oui.", by=cast.cpam_officer)
    assert row.state == "answered"
    row = actions.answer_remark(row, party=Party.CPTS, text="Écrivez-le.", by=cast.president)
    assert row.state == "open"
    row = actions.close_remark(row, party=Party.CPTS, by=cast.coordinator)
    assert (row.state, row.closed_at is not None) == ("closed", True)
    with pytest.raises(Refused):
        actions.answer_remark(row, party=Party.CPAM, text="Encore.", by=cast.cpam_officer)
    assert [m.text for m in row.messages.all()] == ["Deux fois ?", "Oui.", "Écrivez-le."]
    told = {job.payload["to"] for job in Job.objects.filter(kind="email")}
    assert cast.ars_reviewer.email in told


def test_what_a_remark_refuses(accepted: Contract, cast: Cast) -> None:
    def say(text: str = "Non.", key: str = "suivi", by: Any = cast.president) -> None:
        actions.remark(accepted, party=Party.CPTS, key=key, text=text, by=by)

    with pytest.raises(NotAllowed):
        say(by=cast.cpam_officer)
    with pytest.raises(Refused, match="Écrivez votre remarque"):
        say(text="  ")
    with pytest.raises(Refused, match="ne figure pas"):
        say(key="rien")
    actions.freeze(accepted, by=cast.cpam_officer)
    with pytest.raises(Refused, match="pendant la négociation"):
        say()
    assert not Remark.objects.exists()


def test_a_closed_remark_has_its_day(negotiated: Contract, cast: Cast) -> None:
    row = actions.remark(negotiated, party=Party.CPTS, key="suivi", text="Non.", by=cast.president)
    with pytest.raises(IntegrityError), transaction.atomic():
        Remark.objects.filter(pk=row.pk).update(state="closed")


# --- Pages -------------------------------------------------------------------------------------


def url(cast: Cast, rest: str = "") -> str:
    return f"/dossiers/{cast.rives.reference}/contrat/articles/{rest}"


@pytest.mark.parametrize("part", ["president", "cpam_officer", "committee_member"])
def test_the_pages_keep_their_budget(
    accepted: Contract, cast: Cast, sign_in: Any, part: str
) -> None:
    actions.remark(accepted, party=Party.CPTS, key="suivi", text="Non.", by=cast.president)
    rewrite(accepted, cast)
    client: Client = sign_in(getattr(cast, part))
    for rest in ("", "bloc/suivi/"):
        with QueryCount() as count:
            assert client.get(url(cast, rest)).status_code == 200
        assert count.number <= 6


def test_what_changed_since_ones_last_visit_is_marked(
    negotiated: Contract, cast: Cast, sign_in: Any
) -> None:
    client: Client = sign_in(cast.president)
    mark = "Modifié depuis votre dernière visite"
    assert mark not in client.get(url(cast)).content.decode()
    rewrite(negotiated, cast)
    for _ in range(2):  # the marks stay while one reads on
        page = client.get(url(cast)).content.decode()
        assert page.count(mark) == 2
    rewrite(negotiated, cast, "Autre chose.", "objet")
    page = client.get(url(cast)).content.decode()
    assert '<a href="#bloc-objet">' in page
    assert '<a href="#bloc-suivi">' not in page
    words = client.get(url(cast, "bloc/suivi/")).content.decode()
    assert "<del>" in words
    assert "deux" in words


def test_the_acts_through_the_pages(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = prove_in(sign_in(cast.president), cast.president)
    sha256 = text_of(negotiated).hashes["suivi"]
    body = {"party": "cpts", "key": "suivi", "sha256": sha256}
    answer = client.post(url(cast, "accepter/"), body, follow=True)
    assert "L’article est accepté pour la CPTS" in answer.content.decode()
    answer = client.post(
        url(cast, "bloc/suivi/remarque/"), {"party": "cpts", "text": "<b>Deux</b> ?"}, follow=True
    )
    assert "&lt;b&gt;Deux" in answer.content.decode()
    client = sign_in(cast.cpam_officer)
    page = client.get(url(cast)).content.decode()
    assert "1\u00a0remarque en cours" in page
    page = client.get(url(cast, "bloc/suivi/reecrire/")).content.decode()
    assert "Réécrire «&nbsp;Suivi et dialogue de gestion&nbsp;»" in page
    answer = client.post(
        url(cast, "bloc/suivi/reecrire/"), {"version": 1, "body": "Voir {{ rien }}."}
    )
    assert "«\u00a0rien\u00a0» n’existe pas" in answer.content.decode()
    assert "Voir {{ rien }}." in answer.content.decode()
    answer = client.post(url(cast, "bloc/suivi/reecrire/"), {"version": 1, "body": WORDING})
    assert answer.status_code == 302


def test_remarks_stay_between_the_parties(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    actions.remark(negotiated, party=Party.CPTS, key="suivi", text="Secret.", by=cast.president)
    page = sign_in(cast.committee_member).get(url(cast, "bloc/suivi/")).content.decode()
    assert "Secret." not in page
    assert sign_in(cast.stranger).get(url(cast)).status_code == 403
    assert sign_in(cast.monts_coordinator).get(url(cast)).status_code == 404


def test_a_contract_registered_without_its_text_is_read_too(
    negotiated: Contract, cast: Cast, sign_in: Any
) -> None:
    ContractText.objects.all().delete()
    Contract.objects.update(template=None)
    page = sign_in(cast.president).get(url(cast)).content.decode()
    assert "Article 14 – Signatures" in page
    accept_one(negotiated, "objet", Party.CPTS, cast.president)
    assert ContractText.objects.count() == 1
