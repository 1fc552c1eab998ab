"""An amendment changes the parties, the indicators of its years, and the words of articles."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from aci import actions, pdf
from aci.annexes import annex_lines
from aci.difference import Section, difference
from aci.indicator_rules import AnnexLine, Direction, Indicator, Method, Tier
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, ContractSignatory, IndicatorAnnex
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused
from territories.identity import Identity, identity_of
from territories.models import Cpts
from tests.aci.conftest import DoJobs, Signatories
from tests.aci.test_amendments import NEXT_YEAR, SOON, amend, conclude, with_noeux
from tests.aci.test_documents import text_of
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.usefixtures("light_documents")
IBAN = "FR76 3000 6000 0112 3456 7890 189"
CLAUSE = "Les parties se réunissent au moins deux fois par année de contrat."


def url(amendment: Amendment, name: str, *more: str) -> str:
    return reverse(name, args=[amendment.cpts.reference, amendment.reference, *more])


def ald(*, best: str = "9000") -> AnnexLine:
    """219 à 101, 100 à 51, 50 et moins: the worked example 6 of the domain notes."""
    tiers = ((219, 101, "3000"), (100, 51, "6000"), (50, None, best))
    return AnnexLine(
        "ald",
        MissionCode.ACCES_SOINS,
        "patients",
        Indicator(
            "Patients en ALD sans médecin traitant",
            Direction.LOWER,
            Method.TIERS,
            tiers=tuple(
                Tier(Decimal(worst), Decimal(end) if end else None, Decimal(euros))
                for worst, end, euros in tiers
            ),
        ),
    )


@pytest.fixture
def amendment(in_force: Contract, cast: Cast) -> Amendment:
    return amend(in_force, cast.cpam_officer)


def inputs_of(amendment: Amendment) -> dict[str, Any]:
    found = Amendment.objects.get(pk=amendment.pk)
    document = found.documents.filter(version=found.terms_version).order_by("pk").last()
    assert document is not None
    return dict(document.inputs)


def changes(amendment: Amendment, section: Section) -> list[str]:
    inputs = inputs_of(amendment)
    return [
        " | ".join((row.label, row.before_words, row.after_words)).replace("\u00a0", " ")
        for row in difference(inputs["before"], inputs).of(section)
    ]


# --- Parties -----------------------------------------------------------------------------------


def test_those_named_for_the_contract_are_carried_over(in_force: Contract, cast: Cast) -> None:
    ContractSignatory.objects.create(
        contract=in_force,
        party=Party.ARS,
        user=cast.ars_director,
        quality="directeur adjoint",
        delegation="arrêté 2024-12",
        delegation_on=dt.date(2024, 3, 3),
    )
    gone = ContractSignatory.objects.create(
        contract=in_force, party=Party.CPAM, user=cast.cpam_officer
    )
    amendment = amend(in_force, cast.cpam_officer)
    named = ContractSignatory.objects.get(contract=amendment)  # who may no longer sign is not
    assert (named.user, named.quality) == (cast.ars_director, "directeur adjoint")
    assert named.delegation == "arrêté 2024-12"
    assert inputs_of(amendment)["parties"]["ars"]["quality"].startswith("directeur adjoint, par")
    assert ContractSignatory.objects.filter(contract=in_force, pk=gone.pk).exists()


def test_the_officer_names_another_signatory_for_the_amendment_alone(
    amendment: Amendment, in_force: Contract, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.cpam_officer)
    address = url(amendment, "aci:amendment_parties")
    with QueryCount() as count:
        page = client.get(address).content.decode()
    assert count.number <= 6
    form = url(amendment, "aci:amendment_signatory", "cpts")
    assert form in page
    body = {
        "user": str(cast.president.uuid),
        "quality": "vice-présidente",
        "delegation": "délibération 4",
        "delegation_on": "2024-06-01",
    }
    assert client.post(form, body)["Location"] == address
    assert ContractSignatory.objects.get().contract_id == amendment.pk
    assert not in_force.signatories.exists()


def test_another_identity_makes_another_version(
    amendment: Amendment, cast: Cast, sign_in: Any
) -> None:
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    for party, person in ((Party.CPTS, cast.president), (Party.ARS, cast.ars_director)):
        actions.accept(amendment, party=party, version=1, by=person)
    other = Identity("", "", "", "", "12 rue du Port, 62400 Béthune")
    actions.change_identity(cpts, other, seen=identity_of(cpts).mark, by=cast.president)
    row = Amendment.objects.get(pk=amendment.pk)
    assert row.terms_version == 2
    assert row.parties_to_accept == list(Party)
    assert changes(row, Section.PARTIES)[0].endswith("12 rue du Port, 62400 Béthune")


def test_the_whole_account_is_never_told(amendment: Amendment, cast: Cast, sign_in: Any) -> None:
    account = actions.propose_bank_account(
        cast.rives, holder="CPTS Rives", iban=IBAN, bic="EXEMFRPPXXX", by=cast.president
    )
    actions.confirm_bank_account(account, by=cast.cpam_officer)
    (row,) = changes(amendment, Section.PARTIES)
    assert row.endswith("CPTS Rives, IBAN FR76 •••• •••• 0189")
    whole = {"parties": {"cpts": {"bank": {"holder": "H", "iban": IBAN}}}}  # were it ever stored
    told = difference({}, whole).rows[0].after_words
    assert told == "H, IBAN FR76 •••• •••• 0189"
    reference = cast.rives.reference
    page = sign_in(cast.coordinator).get(f"/dossiers/{reference}/contrat/differences/")
    assert "0112" not in page.content.decode()
    assert "•••• 0189" in page.content.decode()


# --- Indicators --------------------------------------------------------------------------------


def test_the_officer_writes_the_indicators_of_an_open_year(
    amendment: Amendment, in_force: Contract, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.cpam_officer)
    address = url(amendment, "missions:amendment_annex")
    with QueryCount() as count:
        client.get(address)
    assert count.number <= 6
    line = url(amendment, "missions:amendment_annex_line")
    body = {
        "version": 1,
        "mission": "ACCES_SOINS",
        "label": "Patients en ALD sans médecin traitant",
        "unit": "patients",
        "direction": "lower",
        "method": "tiers",
        "tiers": "219 à 101 : 3 000\n100 à 51 : 6 000\n50 : 9 000",
    }
    refused = client.post(f"{line}?annee=1", {**body, "mission": "QUALITE"}).content.decode()
    assert "Sélectionnez" in refused or "choix" in refused.lower()
    page = client.post(f"{line}?annee=2", body, follow=True).content.decode().replace("\xa0", " ")
    assert "100 à 51 : 6 000,00 €" in page
    assert IndicatorAnnex.objects.get().contract_id == amendment.pk
    page = client.get(amendment.get_absolute_url()).content.decode().replace("\xa0", " ")
    assert "Année de contrat 2" in page
    assert "Patients en ALD sans médecin traitant" in page
    assert not in_force.annexes.exists()


def test_indicators_pay_from_the_effect_on_and_closed_years_do_not_change(
    in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    IndicatorAnnex.objects.create(contract=in_force, year=2, lines=[ald().as_plain()])
    amendment = amend(in_force, cast.cpam_officer, on=NEXT_YEAR)
    assert amendment.open_years == [2, 3, 4, 5]

    def write(year: int, version: int) -> Contract:
        return actions.set_annex(
            amendment, year=year, lines=[ald(best="9500")], version=version, by=cast.cpam_officer
        )

    with pytest.raises(Refused, match="année de contrat 1 est close"):
        write(1, 1)
    write(2, 1)
    name = "Accès aux soins : Patients en ALD sans médecin traitant"
    assert changes(amendment, Section.INDICATORS) == [
        f"{name}, palier 50 et moins | 9 000,00 € | 9 500,00 €"
    ]
    with pytest.raises(Refused, match="Rien n’a changé"):
        write(2, 2)
    with pytest.raises(Refused, match="indicateurs de l’année de contrat 2"):
        actions.change_amendment_purpose(
            amendment,
            effective_on=dt.date(2026, 7, 1),
            reason="Tard.",
            version=2,
            by=cast.cpam_officer,
        )
    conclude(Amendment.objects.get(pk=amendment.pk), cast, signatories, do_jobs)
    assert annex_lines(in_force, 2)[0].rule.most == Decimal(9000)  # not its day yet
    with clock.at(NEXT_YEAR):
        actions.open_contract_years()
    assert annex_lines(in_force, 2)[0].rule.most == Decimal(9500)
    second = amend(in_force, cast.cpam_officer, on=dt.date(2025, 10, 1))
    assert changes(second, Section.INDICATORS) == []


# --- Clauses -----------------------------------------------------------------------------------


def test_an_article_is_rewritten_and_reads_word_by_word(
    amendment: Amendment, in_force: Contract, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.cpam_officer)
    address = url(amendment, "aci:amended_articles")
    with QueryCount() as count:
        page = client.get(address).content.decode()
    assert count.number <= 6
    form = url(amendment, "aci:change_amended_article", "suivi")
    assert form in page
    old = client.get(form).context["form"].initial["body"]
    new = old.replace("au moins une fois par", "au moins deux fois par")
    wrong = client.post(form, {"version": 1, "body": f"{new} {{{{ cpts.non }}}}"}).content.decode()
    assert "n’existe pas pour le contrat" in wrong
    assert "au moins deux fois" in wrong
    same = client.post(form, {"version": 1, "body": old}).content.decode()
    assert "n’a pas changé" in same
    assert Amendment.objects.get(pk=amendment.pk).terms_version == 1
    page = client.post(form, {"version": 1, "body": new}, follow=True).content.decode()
    marked = (
        '<del><span class="fr-sr-only">retiré\u00a0: </span>une</del>'
        '<ins><span class="fr-sr-only">ajouté\u00a0: </span>deux</ins>'
    )
    assert marked in page.replace("&nbsp;", "\u00a0")
    shown = client.get(amendment.get_absolute_url()).content.decode().replace("&nbsp;", "\u00a0")
    assert marked in shown
    assert "Article 10 – Suivi et dialogue de gestion (modifié)" in shown
    stale = client.post(form, {"version": 1, "body": CLAUSE}).content.decode()
    assert "ont changé" in stale
    assert CLAUSE in stale
    # The contract still says what was signed.
    assert "une fois par" in client.get(f"{in_force.get_absolute_url()}articles/").content.decode()


def test_the_document_says_the_new_article_and_the_new_indicators(
    amendment: Amendment, cast: Cast
) -> None:
    row = actions.change_amended_article(
        amendment, key="suivi", body=CLAUSE, version=1, by=cast.cpam_officer
    )
    actions.set_annex(row, year=1, lines=[ald()], version=2, by=cast.cpam_officer)
    words = text_of(pdf.contract_html(inputs_of(amendment))).replace("\xa0", " ")
    assert f"à « Article 10 – Suivi et dialogue de gestion » : {CLAUSE}" in words
    assert "100 à 51 : 6 000,00 €" in words
    assert "[retiré]" in words
    assert "Les annexes suivantes remplacent celles du contrat" in words


def test_what_moved_after_the_accords_is_not_frozen(
    amendment: Amendment, cast: Cast, signatories: Signatories
) -> None:
    row: Contract = with_noeux(amendment, cast.cpam_officer)
    for party, person in signatories.items():
        row = actions.accept(row, party=party, version=2, by=person)
    Cpts.objects.filter(pk=cast.rives.pk).update(seat="Ailleurs")
    with pytest.raises(Refused, match="ne dit plus ce que les parties ont accepté : « Parties »"):
        actions.freeze(row, by=cast.cpam_officer)


def test_a_third_text_starts_from_the_second(
    amendment: Amendment, in_force: Contract, cast: Cast, signatories: Signatories, do_jobs: DoJobs
) -> None:
    actions.change_amended_article(
        amendment, key="suivi", body=CLAUSE, version=1, by=cast.cpam_officer
    )
    with clock.at(SOON):
        conclude(Amendment.objects.get(pk=amendment.pk), cast, signatories, do_jobs)
        second = amend(in_force, cast.cpam_officer)
    assert changes(second, Section.CLAUSES) == []
    assert CLAUSE in {block["body"] for block in inputs_of(second)["blocks"]}
