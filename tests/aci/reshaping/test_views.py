"""The pages of a merger and of a split: who sees what, what is posted, what is refused in words."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from aci import actions
from aci.models import Contract, Reshaping
from foundation import clock
from territories.models import Cpts
from tests.aci.reshaping.conftest import EFFECT, PREPARED, REASON
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("light_documents")]


@pytest.fixture(autouse=True)
def prepared_on(in_force: Contract, monts_ready: Cast) -> Any:
    with clock.at(PREPARED):
        yield


def merger_data(cast: Cast, **changes: Any) -> dict[str, Any]:
    return {
        "others": [cast.monts.slug],
        "mode": "new",
        "name": "CPTS Artois",
        "departement": "62",
        "cpam_district": "621",
        "effective_on": EFFECT.isoformat(),
        "reason": REASON,
        **changes,
    }


def test_the_ars_prepares_a_merger_from_the_dossier(
    in_force: Contract, monts_ready: Cast, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.ars_reviewer)
    dossier = client.get(reverse("dossier", args=[cast.rives.reference])).content.decode()
    address = reverse("aci:draft_merger", args=[cast.rives.reference])
    assert address in dossier
    assert "CPTS Monts" in client.get(address).content.decode()
    answer = client.post(address, merger_data(cast), follow=True)
    page = answer.content.decode()
    reshaping = Reshaping.objects.get()
    assert answer.redirect_chain[0][0] == reshaping.get_absolute_url()
    assert "Fusion de la CPTS Rives et de la CPTS Monts" in page
    assert "Soumettre aux parties" in page


def test_bad_input_is_said_and_nothing_typed_is_lost(
    in_force: Contract, monts_ready: Cast, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.ars_reviewer)
    address = reverse("aci:draft_merger", args=[cast.rives.reference])
    page = client.post(address, merger_data(cast, others=[])).content.decode()
    assert "Choisissez au moins une autre CPTS." in page
    data = merger_data(cast, effective_on="2025-07-01")
    page = client.post(address, data).content.decode()
    assert "jour anniversaire du contrat de CPTS Rives" in page
    assert "CPTS Artois" in page
    assert REASON.split("’")[0] in page
    assert not Reshaping.objects.exists()


def test_the_page_offers_each_its_act_within_its_budget(
    proposed: Reshaping, cast: Cast, sign_in: Any
) -> None:
    offered = f"Donner l’accord de la {cast.rives.name}"
    assert offered in sign_in(cast.president).get(proposed.get_absolute_url()).content.decode()
    client = sign_in(cast.coordinator)
    with QueryCount() as queries:
        page = client.get(proposed.get_absolute_url()).content.decode()
    assert queries.number <= 6
    assert "Donner l’accord" not in page
    assert "accord attendu" in page
    with QueryCount() as queries:
        listed = client.get(reverse("aci:reshapings")).content.decode()
    assert queries.number <= 4
    assert proposed.title in listed
    outside = sign_in(cast.other_region_reviewer).get(proposed.get_absolute_url())
    assert outside.status_code == 404


def test_parties_agree_and_the_last_one_is_told(
    proposed: Reshaping, cast: Cast, monts_president: Any, sign_in: Any
) -> None:
    address = reverse("aci:agree_reshaping", args=[proposed.uuid])
    for person in (cast.president, monts_president, cast.cpam_director):
        sign_in(person).post(address)
    answer = sign_in(cast.ars_director).post(address, follow=True)
    assert "L’opération se fera à sa date." in answer.content.decode()
    assert Reshaping.objects.get().state == "agreed"


def test_a_refusal_is_shown_with_its_reason(proposed: Reshaping, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.cpam_director)
    address = reverse("aci:refuse_reshaping", args=[proposed.uuid])
    assert "Dites pourquoi" in client.post(address, {"reason": ""}).content.decode()
    page = client.post(address, {"reason": "Trop tôt."}, follow=True).content.decode()
    assert "L’opération ne se fera pas" in page
    assert "Trop tôt." in page


def test_the_ars_changes_then_gives_up(merger: Reshaping, cast: Cast, sign_in: Any) -> None:
    client = sign_in(cast.ars_reviewer)
    change = reverse("aci:change_reshaping", args=[merger.uuid])
    client.post(change, {"effective_on": "2025-05-01", "reason": "Autre."})
    assert Reshaping.objects.get().effective_on == dt.date(2025, 5, 1)
    drop = reverse("aci:drop_reshaping", args=[merger.uuid])
    client.post(drop, {"reason": "À revoir."})
    assert Reshaping.objects.get().state == "dropped"
    assert client.get(change).status_code != 200


def test_once_done_both_dossiers_and_the_contract_tell_it(
    agreed: Reshaping, cast: Cast, sign_in: Any
) -> None:
    with clock.at(EFFECT):
        actions.apply_reshapings()
        client = sign_in(cast.coordinator)
        page = client.get(agreed.get_absolute_url()).content.decode()
        new = Cpts.objects.get(name="CPTS Artois")
        assert new.get_absolute_url() in page
        assert "Ce qui s’est passé" in page
        ended = client.get(reverse("aci:termination", args=[cast.rives.reference]))
        assert "avec la fusion ou la scission" in ended.content.decode()
        assert "À récupérer" in ended.content.decode()
        for one in (cast.rives, new):
            assert client.get(one.get_dossier_url()).status_code == 200
        for name in ("letter", "health_project"):
            address = reverse(f"projects:{name}", args=[new.reference])
            assert client.get(address).status_code == 200
