"""Who contracts: the association, an account confirmed by two people, who signs for each party."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from aci import actions
from aci.contract_inputs import party_inputs
from aci.models import BankAccount, Contract, ContractSignatory
from aci.parties import Party
from aci.pdf import contract_html
from foundation import clock
from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from records.models import Job, JournalEntry
from territories.actions import assign
from territories.identity import Identity, identity_of
from territories.models import Cpts
from tests.aci.conftest import EXAMPLE_BIC, EXAMPLE_IBAN, OTHER_IBAN, TODAY, sign_for
from tests.cast import Cast, make_user
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents", "day")
IBAN, OTHER = EXAMPLE_IBAN, OTHER_IBAN
KNOWN = Identity(
    legal_form="association de la loi de 1901",
    rna="W621000000",
    siret="73282932000074",
    finess="620000018",
    seat="1 quai des Rives, 62400 Béthune",
)


def write(cast: Cast, identity: Identity = KNOWN, by: Any = None, seen: str = "") -> Cpts:
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    return actions.change_identity(
        cpts, identity, seen=seen or identity_of(cpts).mark, by=by or cast.coordinator
    )


def propose(cast: Cast, by: Any = None, iban: str = IBAN, bic: str = EXAMPLE_BIC) -> BankAccount:
    return actions.propose_bank_account(
        cast.rives, holder="CPTS Rives", iban=iban, bic=bic, by=by or cast.president
    )


# --- The association ---------------------------------------------------------------------------


def test_the_identity_is_written_and_journaled(cast: Cast) -> None:
    cpts = write(cast)
    assert identity_of(cpts) == KNOWN
    entry = JournalEntry.objects.get(verb="set_identity")
    assert entry.data["after"]["rna"] == "W621000000"


def test_a_contract_under_negotiation_follows(accepted: Contract, cast: Cast) -> None:
    write(cast)
    contract = Contract.objects.get(pk=accepted.pk)
    assert contract.terms_version == 2
    assert contract.parties_to_accept == list(Party)
    text = contract.texts.first()
    assert text is not None
    assert [key for key, mark in text.marks.items() if mark["since"] == 2] == ["parties"]
    inputs = {**text.content, "kind": "draft", "version": 2, "made_on": "2024-07-01"}
    html = contract_html(inputs)
    assert "RNA&nbsp;W621000000, SIREN&nbsp;732829320, SIRET&nbsp;73282932000074" in html


def test_what_the_identity_refuses(to_sign: Contract, cast: Cast) -> None:
    with pytest.raises(Refused, match="Un contrat est à signer avec cette identité"):
        write(cast)
    actions.send_back(to_sign, party=Party.ARS, reason="Non.", by=cast.ars_director)
    with pytest.raises(NotAllowed):
        write(cast, by=cast.ars_reviewer)
    with pytest.raises(StaleVersion, match="modifié cette identité"):
        write(cast, seen="0" * 64)
    write(cast)
    with pytest.raises(Refused, match="Rien n’a changé"):
        write(cast)


# --- The account -------------------------------------------------------------------------------


def test_an_account_needs_two_people_and_is_told_to_the_president(
    negotiated: Contract, cast: Cast
) -> None:
    account = propose(cast)
    with pytest.raises(Refused, match="se confirme à deux"):
        actions.confirm_bank_account(account, by=cast.president)
    assert not BankAccount.objects.in_use().exists()
    actions.confirm_bank_account(account, by=cast.cpam_officer)
    assert BankAccount.objects.in_use().get() == account
    told = [
        job.payload
        for job in Job.objects.filter(kind="email")
        if job.payload["to"] == cast.president.email and "compte bancaire" in job.payload["subject"]
    ]
    assert len(told) == 2
    assert all("FR76 •••• •••• 0189" in payload["body"] for payload in told)
    assert all("3000" not in payload["body"] for payload in told)
    bank = party_inputs(Contract.objects.get(pk=negotiated.pk))["cpts"]["bank"]
    assert bank == {"holder": "CPTS Rives", "iban": "FR76 •••• •••• 0189"}
    entry = JournalEntry.objects.get(verb="confirm_bank_account")
    assert "30006000" not in f"{entry.sentence}{entry.data}"


def test_the_former_account_is_replaced(cast: Cast) -> None:
    first = actions.confirm_bank_account(propose(cast), by=cast.cpam_officer)
    second = actions.confirm_bank_account(
        propose(cast, by=cast.cpam_officer, iban=OTHER), by=cast.office
    )
    first.refresh_from_db()
    assert (first.state, second.state) == ("replaced", "in_use")


def test_what_an_account_refuses(cast: Cast) -> None:
    with pytest.raises(Refused, match="IBAN n’est pas valide"):
        propose(cast, iban="FR76 3000 6000 0112 3456 7890 188")
    with pytest.raises(Refused, match="BIC n’est pas valide"):
        propose(cast, bic="EXEM")
    with pytest.raises(NotAllowed):
        propose(cast, by=cast.coordinator)
    account = propose(cast)
    with pytest.raises(Refused, match="attend déjà d’être confirmé"):
        propose(cast, iban=OTHER)
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.refuse_bank_account(account, reason=" ", by=cast.cpam_officer)
    actions.refuse_bank_account(account, reason="Mauvais titulaire.", by=cast.president)
    with pytest.raises(Refused, match="l’état est « refusé »"):
        actions.confirm_bank_account(account, by=cast.cpam_officer)
    account = actions.confirm_bank_account(propose(cast), by=cast.cpam_officer)
    with pytest.raises(Refused, match="déjà celui de la CPTS"):
        propose(cast)


def test_an_account_does_not_change_under_the_pen(to_sign: Contract, cast: Cast) -> None:
    account = propose(cast)
    with pytest.raises(Refused, match="Un contrat est à signer"):
        actions.confirm_bank_account(account, by=cast.cpam_officer)


def test_the_database_wants_two_people_too(cast: Cast) -> None:
    account = propose(cast)
    rows = BankAccount.objects.filter(pk=account.pk)
    for change in (
        {"state": "in_use", "decided_by": cast.president, "decided_at": clock.now()},
        {"state": "in_use"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change)


# --- Who signs ---------------------------------------------------------------------------------


@pytest.fixture
def delegate(cast: Cast) -> Any:
    person = make_user("Dora Déléguée")
    assign(person, "ars_director", region=cast.geography.hauts_de_france)
    return person


def test_a_delegate_signs_by_a_dated_act(
    negotiated: Contract, cast: Cast, delegate: Any, do_jobs: Any
) -> None:
    actions.name_signatory(
        negotiated,
        party=Party.ARS,
        user=delegate,
        quality="directrice adjointe",
        delegation="arrêté 12 portant délégation de signature de la direction générale",
        delegation_on=dt.date(2024, 3, 3),
        by=cast.cpam_officer,
    )
    contract = Contract.objects.get(pk=negotiated.pk)
    ars = party_inputs(contract)["ars"]
    act = "arrêté 12 portant délégation de signature de la direction générale"
    words = f"directrice adjointe, par délégation ({act} du 3\u00a0mars\u00a02024)"
    assert (ars["signatory"], ars["quality"]) == ("Dora Déléguée", words)
    for party, person in (
        (Party.CPTS, cast.president),
        (Party.CPAM, cast.cpam_director),
        (Party.ARS, cast.ars_director),
    ):
        contract = actions.accept(contract, party=party, version=1, by=person)
    actions.freeze(contract, by=cast.cpam_officer)
    do_jobs()
    with pytest.raises(Refused, match="désigne Dora Déléguée pour signer pour l’ARS"):
        sign_for(contract, Party.ARS, cast.ars_director)
    sign_for(contract, Party.CPTS, cast.president)
    assert not Contract.objects.to_sign_by(delegate).exists()  # the CPAM signs before
    sign_for(contract, Party.CPAM, cast.cpam_director)
    assert not Contract.objects.to_sign_by(cast.ars_director).exists()
    assert Contract.objects.to_sign_by(delegate).exists()
    signed = sign_for(contract, Party.ARS, delegate)
    assert signed.signatures.get(party=Party.ARS).role == words


def test_what_a_signatory_refuses(negotiated: Contract, cast: Cast, delegate: Any) -> None:
    def name(user: Any = delegate, by: Any = cast.cpam_officer, **given: Any) -> None:
        actions.name_signatory(negotiated, party=Party.ARS, user=user, by=by, **given)

    with pytest.raises(NotAllowed):
        name(by=cast.ars_director)
    with pytest.raises(Refused, match="ne peut pas signer pour l’ARS"):
        name(user=cast.ars_reviewer)
    with pytest.raises(Refused, match="Une délégation a un acte, une date"):
        name(delegation="arrêté 12", quality="adjointe")
    with pytest.raises(Refused, match="jour à venir"):
        later = TODAY + dt.timedelta(days=1)
        name(delegation="arrêté 12", quality="adjointe", delegation_on=later)
    assert not ContractSignatory.objects.exists()
    name()
    with pytest.raises(IntegrityError), transaction.atomic():
        ContractSignatory.objects.update(delegation="arrêté 12")


# --- The pages ---------------------------------------------------------------------------------


def url(cast: Cast, rest: str = "") -> str:
    return f"/dossiers/{cast.rives.reference}/contrat/parties/{rest}"


def test_the_account_is_masked_for_those_who_do_not_need_it(
    negotiated: Contract, cast: Cast, sign_in: Any
) -> None:
    actions.confirm_bank_account(propose(cast), by=cast.cpam_officer)
    propose(cast, by=cast.cpam_officer, iban=OTHER)
    whole, masked = "FR76 3000 6000", "FR76 •••• •••• 0189"
    for part, sees in (("president", True), ("cpam_officer", True), ("coordinator", False)):
        page = sign_in(getattr(cast, part)).get(url(cast)).content.decode()
        assert (whole in page) is sees, part
        assert (masked in page) is not sees, part
    client: Client = sign_in(cast.president)
    with QueryCount() as count:
        client.get(url(cast))
    assert count.number <= 6


def test_the_forms_keep_what_was_typed(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    client: Client = sign_in(cast.president)
    seen = identity_of(cast.rives).mark
    body = {"seen": seen, "rna": "621", "siret": "123", "finess": "620000019", "seat": "Ici"}
    page = client.post(url(cast, "identite/"), body).content.decode()
    for words in ("numéro RNA s’écrit W", "SIRET n’est pas valide", "FINESS n’est pas valide"):
        assert words in page
    assert 'value="Ici"' in page
    page = client.post(
        url(cast, "compte/"), {"holder": "X", "iban": "FR00", "bic": "EX"}
    ).content.decode()
    assert "IBAN n’est pas valide" in page
    assert "BIC n’est pas valide" in page
    answer = client.post(
        url(cast, "identite/"),
        {
            "seen": seen,
            "seat": "Ici",
            "rna": "w621 000 000",
            "siret": KNOWN.siret,
            "finess": KNOWN.finess,
        },
        follow=True,
    )
    assert "W621000000" in answer.content.decode()


def test_two_people_through_the_pages(negotiated: Contract, cast: Cast, sign_in: Any) -> None:
    account = {"holder": "CPTS Rives", "iban": IBAN, "bic": "exem frpp xxx"}
    sign_in(cast.president).post(url(cast, "compte/"), account)
    proposed = BankAccount.objects.get()
    client: Client = sign_in(cast.cpam_officer)
    page = client.get(url(cast)).content.decode()
    assert "Confirmer ce compte" in page
    assert "BIC\u00a0EXEMFRPPXXX" in page
    answer = client.post(url(cast, f"compte/{proposed.uuid}/confirmer/"), follow=True)
    assert "Le compte est confirmé" in answer.content.decode()
    page = client.get(url(cast, "signataires/ars/")).content.decode()
    assert "Denis Directeur" in page
    assert client.get(url(cast, "signataires/rien/")).status_code == 404
    director = cast.ars_director
    answer = client.post(url(cast, "signataires/ars/"), {"user": str(director.uuid)}, follow=True)
    assert "Le signataire est désigné pour l’ARS" in answer.content.decode()
