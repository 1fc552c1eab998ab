"""The worked examples of the funding rules, proven on the screens that people read and fill."""

import datetime as dt
import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aci import actions as contracts
from aci.mission_codes import MISSIONS, MissionCode
from aci.models import Contract, PaymentLine, PaymentOrder
from aci.parties import Party
from aci.payments import revisions, year_revisions
from foundation import clock
from projects import actions as projects
from records import jobs
from records.models import Job
from territories.actions import ChosenCommune, choose_communes
from tests.aci.conftest import sign_for
from tests.cast import Cast, Geography, make_cast
from tests.projects import filings

SignIn = Callable[[Any], Client]
SMALL, MIDDLE = ["62617"], ["62119", "62178"]
LARGE = [*MIDDLE, *SMALL, "62765", "62108"]
SOCLE = (MissionCode.ACCES_SOINS, MissionCode.PARCOURS, MissionCode.PREVENTION)
WITHOUT_CRISIS = tuple(code for code in MISSIONS if code is not MissionCode.CRISE)
Starts = Mapping[MissionCode, dt.date | None]


@pytest.fixture(autouse=True)
def day() -> Iterator[None]:
    """Each example has its own days."""
    yield


def signed(
    geography: Geography, size: int, missions: Starts, *, on: dt.date
) -> tuple[Cast, Contract]:
    """A contract of that size, all its life told on the day of its signature."""
    with clock.at(on):
        cast = make_cast(geography)
        choose_communes(
            cast.rives, [ChosenCommune(code) for code in communes_of(size)], by=cast.holder
        )
        project = projects.validate(filings.examined_project(cast), by=cast.ars_director)
        contract = contracts.draft(
            project,
            missions=missions,
            unscheduled_care_since=on,
            planned_signature_on=on,
            by=cast.cpam_officer,
        )
        people = {
            Party.CPTS: cast.president,
            Party.CPAM: cast.cpam_director,
            Party.ARS: cast.ars_director,
        }
        for party, person in people.items():
            contracts.accept(contract, party=party, version=1, by=person)
        contracts.freeze(contract, by=cast.cpam_officer)
        for job in Job.objects.filter(kind="contract_frozen_pdf", state=Job.State.WANTED):
            jobs.run(job.pk)
        for party, person in people.items():
            contract = sign_for(contract, party, person)
    assert contract.territory is not None
    assert contract.territory.size == size
    return cast, contract


def communes_of(size: int) -> list[str]:
    if size == 3:
        return LARGE
    return SMALL if size == 1 else MIDDLE


def words_of(answer: Any) -> str:
    assert answer.status_code == 200
    text = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return re.sub(r"\s+", " ", unescape(text).replace("\u00a0", " "))


def funding(client: Client, contract: Contract, year: int) -> str:
    url = reverse("aci:funding", args=[contract.cpts.reference])
    return words_of(client.get(url, {"annee": year}))


def settle(client: Client, contract: Contract, year: int, share: str, **more: str) -> None:
    """What the officer types in the form of the review."""
    computed = year_revisions.last_revision(contract, year)
    assert computed is not None
    amounts = {
        f"retained_{code.value}": str(most * Decimal(share)).replace(".", ",")
        for code, most in revisions.variable_ceilings(computed).items()
    }
    form = {"cle": str(uuid.uuid4()), "revision": computed.revision, "reason": "Dialogue"}
    url = reverse("aci:settle_year", args=[contract.cpts.reference, year])
    assert client.post(url, {**form, **amounts, **more}).status_code == 302


def order_all(client: Client, contract: Contract) -> PaymentOrder:
    """The officer opens the form and sends it as it is proposed."""
    url = reverse("aci:prepare_order", args=[contract.cpts.reference])
    proposed = client.get(url).context["form"].initial["lines"]
    assert client.post(url, {"cle": str(uuid.uuid4()), "lines": proposed}).status_code == 302
    return PaymentOrder.objects.latest("pk")


@pytest.mark.usefixtures("light_documents")
class TestOnTheScreens:
    """Amounts as a person reads them, to the cent."""

    def test_example_1(self, geography: Geography, sign_in: SignIn) -> None:
        on = dt.date(2020, 9, 1)
        cast, contract = signed(geography, 2, dict.fromkeys(WITHOUT_CRISIS), on=on)
        with clock.at(on):
            page = funding(sign_in(cast.president), contract, 1)
        for amount in ("60 000", "97 500", "70 000", "25 000", "20 000", "15 000"):
            assert f"{amount},00 €" in page
        assert "Échéancier 287 500,00 €" in page
        assert "barème à confirmer" in page.lower()

    def test_example_2(self, geography: Geography, sign_in: SignIn) -> None:
        on = dt.date(2021, 10, 19)
        cast, contract = signed(geography, 1, dict.fromkeys(SOCLE), on=on)
        client = sign_in(cast.cpam_officer)
        with clock.at(on):
            assert "Échéancier 195 000,00 €" in funding(client, contract, 1)
        with clock.at(dt.date(2022, 12, 1)):
            settle(client, contract, 1, "0")
            page = funding(client, contract, 1)
        assert "Échéancier 145 000,00 €" in page
        assert "parts variables arrêtées" in page

    def test_example_3(self, geography: Geography, sign_in: SignIn) -> None:
        on = dt.date(2022, 7, 1)
        cast, contract = signed(geography, 3, dict.fromkeys(MISSIONS), on=on)
        with clock.at(dt.date(2026, 7, 1)):
            contracts.open_contract_years()
            client = sign_in(cast.cpam_officer)
            page = funding(client, contract, 5)
        assert "Échéancier 397 500,00 €" in page
        assert "Fonctionnement 75 000,00 €" in page
        with clock.at(dt.date(2027, 9, 1)):
            client = sign_in(cast.cpam_officer)
            settle(client, contract, 5, "1", crisis_recognised="on")
            page = funding(client, contract, 5)
        assert "Échéancier 465 000,00 €" in page
        assert "67 500,00 €" in page

    def test_example_4(self, geography: Geography, sign_in: SignIn) -> None:
        on = dt.date(2023, 10, 15)
        starts = {
            MissionCode.ACCES_SOINS: dt.date(2024, 1, 15),
            MissionCode.PREVENTION: dt.date(2024, 6, 1),
        }
        cast, contract = signed(geography, 1, starts, on=on)
        with clock.at(on):
            client = sign_in(cast.cpam_officer)
            page = funding(client, contract, 1)
            assert order_all(client, contract).total == Decimal("50000.00")
        for amount in ("44 918,03", "33 688,52", "11 229,51", "3 715,85", "2 786,89", "928,96"):
            assert f"{amount} €" in page
        assert "274 jours sur 366, de 60 000,00 €" in page
        with clock.at(starts[MissionCode.ACCES_SOINS]):
            assert order_all(sign_in(cast.cpam_officer), contract).total == Decimal("33688.52")
        with clock.at(starts[MissionCode.PREVENTION]):
            assert order_all(sign_in(cast.cpam_officer), contract).total == Decimal("2786.89")

    def test_the_termination_example(self, geography: Geography, sign_in: SignIn) -> None:
        on, ended = dt.date(2024, 7, 1), dt.date(2025, 4, 1)
        late = {MissionCode.QUALITE: dt.date(2026, 1, 1)}  # nothing but fonctionnement that year
        cast, contract = signed(geography, 2, late, on=on)
        with clock.at(on):
            assert order_all(sign_in(cast.cpam_officer), contract).total == Decimal("60000.00")
        year = year_revisions.last_revision(contract, 1)
        assert year is not None
        with clock.at(ended):
            year_revisions.revise_year(year, ended_on=ended)
            client = sign_in(cast.cpam_officer)
            page = funding(client, contract, 1)
            assert "trop-perçu à récupérer" in page
            assert "−14 958,90 €" in page
            order = order_all(client, contract)
            assert order.is_recovery
            assert order.total == Decimal("-14958.90")
            assert "14 958,90 € à récupérer" in words_of(client.get(order.get_absolute_url()))
        assert PaymentLine.objects.filter(contract=contract).count() == 2
