"""The missions on the public page of a CPTS: of the contract, else of the valid project."""

import datetime as dt

import pytest
from django.test import Client

from aci.models import Contract
from foundation import clock
from territories.actions import move
from territories.models import Stage
from tests.cast import Cast
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db


def test_before_a_valid_project_nothing_is_promised(client: Client, cast: Cast) -> None:
    html = text_of(client.get(cast.rives.get_absolute_url()))
    assert "Les missions seront connues" in html


def test_a_valid_project_names_them(client: Client, negotiated: Contract) -> None:
    move(negotiated.cpts, stage=Stage.VALIDATED)
    html = text_of(client.get(negotiated.cpts.get_absolute_url()))
    assert "Accès aux soins" in html
    assert "Missions du projet de santé validé" in html


def test_a_contract_says_since_when(client: Client, in_force: Contract) -> None:
    html = text_of(client.get(in_force.cpts.get_absolute_url()))
    assert "Accès aux soins, à partir du 1er octobre 2024" in " ".join(html.split())
    with clock.at(dt.date(2025, 1, 1)):
        html = text_of(client.get(in_force.cpts.get_absolute_url()))
    assert "Accès aux soins, depuis le 1er octobre 2024" in " ".join(html.split())
    assert "Missions du contrat (ACI) en vigueur" in html
