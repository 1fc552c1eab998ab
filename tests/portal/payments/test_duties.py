"""« À faire »: an order waits for the director, never for the person who prepared it."""

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.access import Role
from accounts.models import User
from aci.payments import actions
from cpts_portal.story.people import prove
from territories.actions import assign
from tests.aci.payments.conftest import Prepare
from tests.cast import Cast
from tests.portal.conftest import Read
from tests.queries import QueryCount


def test_an_order_waits_for_the_director_until_it_is_decided(
    prepare: Prepare, cast: Cast, read: Read, sign_in: Callable[[User], Client]
) -> None:
    order = prepare()
    client = sign_in(cast.cpam_director)
    with QueryCount() as count:
        client.get(reverse("dashboard"))
    assert count.number <= 6
    assert "Approuver un ordre de paiement CPTS Rives" in read(cast.cpam_director, "dashboard")
    for other in (cast.cpam_officer, cast.ars_director, cast.president):
        assert "Approuver un ordre" not in read(other, "dashboard")
    actions.approve_order(order, proof=prove(cast.cpam_director), by=cast.cpam_director)
    assert "Approuver un ordre" not in read(cast.cpam_director, "dashboard")


def test_an_officer_who_is_also_director_does_not_wait_for_themselves(
    prepare: Prepare, cast: Cast, read: Read
) -> None:
    assign(cast.cpam_officer, Role.CPAM_DIRECTOR, cpam_district=cast.geography.artois)
    prepare()
    assert "Approuver un ordre" not in read(cast.cpam_officer, "dashboard")
