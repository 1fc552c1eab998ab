"""The demonstration as it is loaded: real figures, a signed PDF, something to do for each role."""

import html
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from accounts import demonstration
from accounts.models import User
from aci.models import (
    Amendment,
    BankAccount,
    Contract,
    ContractDocument,
    ContractHold,
    PaymentOrder,
)
from aci.parties import Party
from records.models import JournalEntry
from territories.actions import population_by_vintage
from territories.models import Cpts, Stage, Thread
from tests.portal.crawl import Crawl
from tests.queries import QueryCount

# Loaded once, by one worker; each test then runs in a savepoint of that transaction.
pytestmark = [pytest.mark.xdist_group("demonstration"), pytest.mark.django_db]

REAL = {
    # Each: number of communes, vintage, population and taille where they are known, stage.
    "vexin-normand": (39, 2017, 32_048, 1, Stage.EXPIRED),
    "bugey-sud": (43, 2017, 39_965, 1, Stage.EXPIRED),
    "bethunois": (32, 2020, None, 3, Stage.CONTRACTED),
    "collines-artois": (20, 2020, None, 3, Stage.CONTRACTED),
    "val-de-lys-romane": (32, 2021, None, 2, Stage.CONTRACTED),
    "est-sedanais": (49, 2016, None, None, Stage.LETTER),
    "vouzinois": (95, 2016, None, None, Stage.LETTER),
    "epernay": (112, 2016, None, None, Stage.LETTER),
    "sauer-niederbronn": (37, 2016, None, None, Stage.LETTER),
    "thur-doller": (46, 2016, None, None, Stage.LETTER),
    "saint-dizier": (60, 2016, None, None, Stage.VALIDATED),
    "messin": (46, 2016, None, None, Stage.VALIDATED),
}


@pytest.fixture(scope="module")
def loaded(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The commands of the README, in one transaction that is rolled back afterwards."""
    before, settings.MEDIA_ROOT = settings.MEDIA_ROOT, str(tmp_path_factory.mktemp("media"))
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_territories", verbosity=0)
        out = StringIO()
        call_command("seed_demo", stdout=out)
        yield settings.MEDIA_ROOT
        transaction.set_rollback(True)
    settings.MEDIA_ROOT = before


@pytest.fixture(autouse=True)
def media_of_the_demonstration(
    request: pytest.FixtureRequest, own_media_root: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Back to the folder where the demonstration wrote its files."""
    if "loaded" in request.fixturenames:
        media_root = request.getfixturevalue("loaded")
        monkeypatch.setattr(settings, "MEDIA_ROOT", media_root)


def cpts(slug: str) -> Cpts:
    return Cpts.objects.select_related("territory").get(slug=slug)


@pytest.mark.parametrize("slug", sorted(REAL))
def test_the_real_cpts_stand_at_the_stage_of_their_document(loaded: str, slug: str) -> None:
    communes, vintage, population, size, stage = REAL[slug]
    one = cpts(slug)
    territory = one.territory
    assert territory is not None
    assert territory.communes.count() == communes
    assert territory.vintage == vintage
    assert one.stage == stage
    assert one.stage_as_of is not None
    assert one.stage_source
    assert one.is_public
    if population:
        assert territory.population == population
    if size:
        assert territory.size == size


def test_bugey_sud_would_change_size_with_the_newest_vintage(loaded: str, client: Client) -> None:
    one = cpts("bugey-sud")
    assert population_by_vintage(one.territory)[2023] == 40_556
    reviewer = one.filings.first().edited_by
    page = sign_in_as(client, reviewer.email, one, "territoire")
    assert "la taille serait 2 au lieu de 1" in _words_of(page)


def simulation(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200
    return _words_of(answer.content.decode())


def test_adding_lillers_to_bethunois_overlaps_val_de_lys_romane(
    loaded: str, client: Client
) -> None:
    here = client.get("/simulateur/?depuis=bethunois")["Location"]
    assert "Aucune autre CPTS ne couvre ces communes." in simulation(client, here)
    with_lillers = simulation(client, f"{here}&ajouter=62516")
    assert "1 commune est déjà couverte" in with_lillers
    assert "Lillers CPTS Val de Lys Romane" in with_lillers
    assert "10 193 habitants seraient comptés deux fois." in with_lillers


@pytest.mark.parametrize(("vintage", "people"), [(2017, "32 048"), (2023, "33 079")])
def test_vexin_normand_counts_as_its_contract_then_as_today(
    loaded: str, client: Client, vintage: int, people: str
) -> None:
    here = client.get("/simulateur/?depuis=vexin-normand")["Location"]
    said = simulation(client, f"{here}&millesime={vintage}")
    assert f"{people} habitants, millésime {vintage}" in said


def _words_of(page: str) -> str:
    """What is read: no tags, spaces of any kind made plain."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def sign_in_as(client: Client, email: str, one: Cpts, tab: str) -> str:
    client.force_login(User.objects.get(email=email), backend="territories.backends.SeatedBackend")
    answer = client.get(f"/dossiers/{one.reference}/{tab}/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_signed_contracts_have_their_files_with_three_signatures(loaded: str) -> None:
    signed = Contract.objects.exclude(signed_on=None)
    assert signed.count() == 6
    for contract in signed:
        files = {item.kind: item.file for item in contract.documents.exclude(file=None)}
        frozen = files[ContractDocument.Kind.FROZEN].read()
        final = files[ContractDocument.Kind.FINAL].read()
        assert contract.signatures.filter(voided_at=None).count() == 3
        assert final.startswith(frozen)
        assert final.count(b"/ETSI.CAdES.detached") == 3


def test_accounts_are_examples_confirmed_by_two_people(loaded: str) -> None:
    """A contract of the demonstration names the account that every bank prints as an example."""
    accounts = BankAccount.objects.in_use()
    assert accounts.count() == 7
    assert set(accounts.values_list("iban", "bic")) == {
        ("FR1420041010050500013M02606", "EXEMFRPPXXX")
    }
    assert all("compte d’exemple" in account.holder for account in accounts)
    real = Cpts.objects.filter(slug__in=REAL)
    assert not real.exclude(siret="", finess="", rna="").exists()
    orders = PaymentOrder.objects.filter(state__in=["approved", "sent", "paid"])
    assert orders.exists()
    assert not orders.filter(account=None).exists()


def test_contracts_in_force_have_their_annexes_signed(loaded: str) -> None:
    for contract in Contract.objects.filter(state__in=["in_force", "to_sign"]):
        assert [annex.year for annex in contract.annexes.order_by("year")] == [1, 2, 3, 4, 5]
        labels = [line.label for annex in contract.annexes.all() for line in annex.as_lines]
        assert all(label.endswith("(valeurs d’exemple)") for label in labels)
        assert {row.party for row in contract.signatories.all()} == {"cpts", "cpam", "ars"}


def test_a_contract_is_amended_and_a_mission_on_hold(loaded: str) -> None:
    """On an invented CPTS only."""
    signed, opened = Amendment.objects.order_by("number")
    assert (signed.state, opened.state) == ("in_force", "negotiation")
    assert signed.taken_up_at is not None
    assert signed.territory_in_use.communes.count() == 64
    assert opened.parties_to_accept == [Party.CPAM, Party.ARS]
    hold = ContractHold.objects.get(lifted_on=None)
    assert {signed.cpts.slug, opened.cpts.slug, hold.contract.cpts.slug} == {"sud-artois-exemple"}


def test_the_journal_tells_each_life_in_order(loaded: str) -> None:
    """Journal entries of a dossier never go back in time."""
    for one in Cpts.objects.all():
        instants = list(
            JournalEntry.objects.filter(dossier=one.reference)
            .order_by("number")
            .values_list("at", flat=True)
        )
        assert instants == sorted(instants), one.slug


def test_parties_write_to_each_other_and_authorities_among_themselves(loaded: str) -> None:
    threads = {thread.cpts.slug: thread for thread in Thread.objects.select_related("cpts")}
    assert {slug: thread.is_internal for slug, thread in threads.items()} == {
        "bethunois": False,
        "campagnes-artois-exemple": True,
    }
    assert all(thread.message_count > 1 for thread in threads.values())


def test_loading_again_changes_nothing(loaded: str) -> None:
    counted = (Cpts.objects.count(), JournalEntry.objects.count(), Contract.objects.count())
    out = StringIO()
    call_command("seed_demo", stdout=out)
    assert "déjà chargée" in out.getvalue()
    assert counted == (
        Cpts.objects.count(),
        JournalEntry.objects.count(),
        Contract.objects.count(),
    )


@pytest.mark.parametrize("person", demonstration.people(), ids=lambda person: person.part)
def test_every_page_one_can_reach_answers_within_its_budget(
    loaded: str, client: Client, person: demonstration.Person
) -> None:
    """Follow every link from the desk: no error, six queries at the most (quality.md).

    A page that keeps what is long to make (a map) is counted once it is kept.
    """
    client.post(
        "/connexion/",
        {"username": person.email, "password": settings.DEMONSTRATION_PASSWORD},
        follow=True,
    )
    assert client.session.get("_auth_user_id"), f"{person.email} cannot sign in"
    crawl = Crawl(client)
    costly = {}
    for path in crawl.paths("/tableau-de-bord/"):
        with QueryCount() as first:
            answer = crawl.visit(path)
        assert answer.status_code == 200 or crawl.leads_on(answer), path
        if first.number > 6:
            with QueryCount() as kept:
                client.get(path)
            if kept.number > 6:
                costly[path] = kept.number
    assert len(crawl.visited) > 3
    assert costly == {}
