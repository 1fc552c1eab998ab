"""Pilotage of the money: sums, filters, scope, exports, alerts, in few queries."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aci.models import Contract, PaymentLine
from aci.payments import actions
from cpts_portal.story.people import prove
from foundation import clock
from tests.cast import Cast
from tests.queries import QueryCount

SignIn = Callable[[Any], Client]
SIGNED = dt.date(2024, 7, 1)


def page_of(client: Client, **asked: str) -> Any:
    return client.get(reverse("steering_funding"), asked)


def test_the_envelope_says_what_is_foreseen_engaged_paid_and_left(
    contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    line = PaymentLine.objects.to_order().get(code="FONCTIONNEMENT")
    order = actions.prepare_order(contract, lines=[line.pk], by=cast.cpam_officer)
    actions.approve_order(order, proof=prove(cast.cpam_director), by=cast.cpam_director)
    (slip,) = actions.send_orders(orders=[order.pk], by=cast.cpam_officer)
    actions.note_paid(slip, paid_on=SIGNED, by=cast.cpam_officer)
    client = sign_in(cast.ars_director)
    with QueryCount() as count:
        page = page_of(client, par="mission")
    assert count.number <= 6
    total = page.context["total"]
    in_2024 = [row for row in PaymentLine.objects.all() if row.due_on.year == 2024]
    assert total.foreseen == total.engaged == sum(row.amount for row in in_2024)
    assert (total.paid, total.left) == (line.amount, total.engaged - line.amount)
    by_mission = {row.key: row.money for row in page.context["page"].object_list}
    assert by_mission["FONCTIONNEMENT"].paid == line.amount
    assert sum(money.engaged for money in by_mission.values()) == total.engaged
    assert "Barème à confirmer" in page.content.decode()


def test_every_year_of_the_contract_is_foreseen_to_the_cent(
    contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    """Five contract years, hence the money of six civil years."""
    page = page_of(sign_in(cast.cpam_director), par="annee")
    rows = page.context["page"].object_list
    assert [row.key for row in rows] == ["2024", "2025", "2026", "2027", "2028", "2029"]
    years = page_of(sign_in(cast.cpam_director), exercice="toutes").context["total"]
    assert sum(row.money.engaged for row in rows) == years.engaged
    # Taille 2: whole later years of the four core missions, objectives reached.
    assert years.engaged == contract.years.get().total_due + 4 * Decimal(275_000)


def test_a_contract_in_negotiation_is_foreseen_not_engaged(
    negotiated: Contract,
    cast: Cast,
    sign_in: SignIn,
) -> None:
    total = page_of(sign_in(cast.ars_reviewer), exercice="toutes").context["total"]
    assert total.foreseen > 0
    assert total.engaged == total.paid == 0


@pytest.mark.parametrize("part", ["other_region_reviewer", "other_district_officer"])
def test_the_money_of_other_areas_is_not_shown(
    contract: Contract, cast: Cast, sign_in: SignIn, part: str
) -> None:
    page = page_of(sign_in(getattr(cast, part)), exercice="toutes", zone="region-32")
    assert page.context["total"].foreseen == 0
    assert "n’existe pas" in page.content.decode()  # not a choice of theirs


def test_filters_of_the_address_bar(contract: Contract, cast: Cast, sign_in: SignIn) -> None:
    client = sign_in(cast.national_reader)
    whole = page_of(client, exercice="toutes").context["total"]
    part = page_of(client, exercice="toutes", mission="PARCOURS", zone="departement-62")
    assert 0 < part.context["total"].engaged < whole.engaged
    assert page_of(client, exercice="toutes", zone="cpam_district-621").context["total"] == whole
    assert page_of(client, exercice="2019").context["total"].foreseen == 0
    for bad in ({"exercice": "1e9999999"}, {"zone": "region-\0"}, {"par": "x"}, {"page": "x"}):
        assert page_of(client, **bad).status_code == 200
    assert reverse("aci:funding", args=[cast.rives.reference]) not in part.content.decode()


@pytest.mark.parametrize("kind", ["", "_xlsx"])
@pytest.mark.parametrize("table", ["enveloppes", "retards"])
def test_exports(contract: Contract, cast: Cast, sign_in: SignIn, table: str, kind: str) -> None:
    cast.rives.name = "=HYPERLINK(1)"
    cast.rives.save()
    with clock.at(dt.date(2025, 2, 1)):
        answer = sign_in(cast.ars_director).get(
            reverse(f"steering_funding_export{kind}", args=[table]), {"par": "cpts"}
        )
    content = b"".join(answer.streaming_content)
    assert answer.status_code == 200
    if not kind:
        assert "'=HYPERLINK(1)" in content.decode()
    assert (content[:2] == b"PK") == bool(kind)


def test_a_mission_not_started_by_its_deadline_is_an_alert(
    contract: Contract, cast: Cast, sign_in: SignIn
) -> None:
    client = sign_in(cast.ars_director)
    assert "Aucun retard" in page_of(client, vue="retards").content.decode()
    with clock.at(dt.date(2025, 1, 2)), QueryCount() as count:
        page = page_of(client, vue="retards")
    assert count.number <= 6
    late = page.context["page"].object_list
    assert {(one.mission.code, one.start_by, one.days) for one in late} == {
        ("ACCES_SOINS", dt.date(2025, 1, 1), 1),
        ("CRISE", dt.date(2025, 1, 1), 1),
    }
