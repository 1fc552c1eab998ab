"""The missions of a contract follow its signed annex; without annex, the national catalogue."""

import datetime as dt
import re
from collections.abc import Iterator
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from aci import actions as contracts
from aci.indicator_rules import AnnexLine, read_line
from aci.mission_codes import MissionCode
from aci.models import Amendment, Contract, ContractMission, IndicatorAnnex
from aci.standing import standing_of
from foundation import clock
from foundation.refusal import Refused
from missions import actions
from missions.desk import reported_cards
from missions.models import Indicator, IndicatorValue
from missions.pages import contract_missions
from tests.aci.conftest import TODAY
from tests.cast import Cast
from tests.missions.conftest import proof
from tests.missions.test_views import room, url, value_data
from tests.queries import QueryCount

ALD = "ald-sans-medecin-traitant"
IN_NOVEMBER = dt.date(2024, 11, 15)


def line(code: str, label: str, **changes: Any) -> AnnexLine:
    usual = {
        "code": code,
        "mission": "ACCES_SOINS",
        "label": label,
        "unit": "patients",
        "direction": "lower",
        "method": "tiers",
        "euros": "0",
        "target": None,
        "baseline": None,
        "tiers": [
            {"worst": "90", "best": "61", "euros": "4000"},
            {"worst": "60", "best": None, "euros": "12000"},
        ],
    }
    return read_line(usual | changes)


def own_line(**changes: Any) -> AnnexLine:
    """An indicator that no catalogue knows."""
    usual = {"unit": "créneaux", "direction": "higher", "method": "all_or_nothing", "tiers": []}
    return line(
        "creneaux-du-soir", "Créneaux du soir", euros="7500", target="40", **usual, **changes
    )


def annexed(contract: Contract, *lines: AnnexLine, year: int = 1) -> None:
    IndicatorAnnex.objects.create(
        contract=contract, year=year, lines=[one.as_plain() for one in lines], at=clock.now()
    )


@pytest.fixture
def signed(care: ContractMission) -> Iterator[ContractMission]:
    """Year 1 has an annex: harder tiers for a national indicator, and one of its own."""
    annexed(care.contract, line(ALD, "Patients en ALD, cible locale"), own_line())
    with clock.at(IN_NOVEMBER):
        yield care


def words(answer: Any) -> str:
    """What is read, spaces of any kind made plain."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def enter(mission: ContractMission, cast: Cast, value: str, year: int = 1) -> IndicatorValue:
    return actions.enter_value(
        mission,
        Indicator.objects.get(code=ALD),
        year=year,
        value=Decimal(value),
        measured_on=clock.today(),
        proof=proof(),
        by=cast.coordinator,
    )


def test_the_page_shows_the_targets_and_euros_that_were_signed(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    enter(signed, cast, "80")
    page = words(sign_in(cast.coordinator).get(url(cast)))
    assert "Patients en ALD, cible locale" in page
    assert "De 90 à 61 patients : 4 000,00 €" in page
    assert "palier 90 à 61, 4 000,00 €" in page  # the catalogue would pay 6 000
    assert "6 000,00 €" not in page
    assert "Vaut au plus 12 000,00 €" in page
    assert "Créneaux du soir" in page
    assert "Part des patients sans médecin traitant" not in page  # not in the annex
    assert f"annexe signée de {signed.contract.reference}" in page
    assert "Catalogue national" not in page
    page = words(sign_in(cast.coordinator).get(room(cast)))
    assert "À saisir avant le 30 juin 2025 : une valeur et sa preuve" not in page  # not started
    assert "Créneaux du soir" in page


def test_an_indicator_of_the_contract_alone_is_reported_like_the_others(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    client = sign_in(cast.coordinator)
    data = value_data(indicator="creneaux-du-soir", value="42", measured_on="2024-11-02")
    assert client.post(url(cast, "enter_value"), data).status_code == 302
    row = Indicator.objects.get(contract=signed.contract)
    assert (row.code, row.values.get().value) == ("creneaux-du-soir", 42)
    data = value_data(indicator="creneaux-du-soir", value="39", measured_on="2024-11-03")
    assert client.post(url(cast, "enter_value"), data).status_code == 302
    assert Indicator.objects.filter(contract=signed.contract).count() == 1
    page = words(client.get(url(cast)))
    assert "39 créneaux" in page
    assert "Valeur 39, cible 40 : non atteinte." in page
    assert not Indicator.objects.in_force_on(TODAY).filter(code="creneaux-du-soir").exists()


def test_what_the_annex_does_not_name_is_not_reported(signed: ContractMission, cast: Cast) -> None:
    other = Indicator.objects.get(code="patients-sans-medecin-traitant")
    with pytest.raises(Refused, match="L’annexe signée de l’année 1 ne compte pas"):
        actions.enter_value(
            signed,
            other,
            year=1,
            value=Decimal(5),
            measured_on=clock.today(),
            proof=proof(),
            by=cast.coordinator,
        )


def test_each_year_has_its_own_annex(signed: ContractMission, cast: Cast) -> None:
    """Year 2 has none: the catalogue serves; a measure of year 1 is still judged by year 1."""
    actions.start(signed, on=TODAY, by=cast.coordinator)
    enter(signed, cast, "80")
    with clock.at(dt.date(2025, 8, 1)):
        page = contract_missions(cast.rives, cast.coordinator)
    assert page is not None
    assert page.annex == ""
    card = next(card for card in page.cards if card.mission is MissionCode.ACCES_SOINS)
    late, now = card.gaps
    assert [item.code for item in late.indicators] == ["creneaux-du-soir"]
    assert len(now.indicators) == 4  # of the catalogue
    ald = next(item for item in card.indicators if item.code == ALD)
    assert "4\u00a0000,00" in ald.standing()


def test_a_mission_that_the_annex_does_not_name_keeps_the_catalogue(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    page = words(sign_in(cast.coordinator).get(url(cast, mission=MissionCode.PREVENTION)))
    assert "ne nomme aucun indicateur de cette mission : le catalogue national sert" in page
    assert "Pas encore de valeur" in page


def test_without_annex_the_page_says_that_the_catalogue_serves(
    care: ContractMission, cast: Cast, sign_in: Any
) -> None:
    for address in (room(cast), url(cast)):
        page = words(sign_in(cast.coordinator).get(address))
        assert "pas d’annexe d’indicateurs pour l’année 1 : le catalogue national sert" in page


def test_the_last_amendment_in_force_that_year_comes_first(
    signed: ContractMission, cast: Cast
) -> None:
    contract = signed.contract
    amendment = contracts.draft_amendment(
        contract, effective_on=dt.date(2025, 1, 1), reason="Cibles revues.", by=cast.cpam_officer
    )
    annexed(amendment, line(ALD, "Cible de l’avenant"))
    assert standing_of(contract).annexes[1].reference == contract.reference  # not signed yet
    Amendment.objects.filter(pk=amendment.pk).update(state="in_force", signed_on=clock.today())
    annex = standing_of(contract).annexes[1]
    assert (annex.reference, annex.lines[0].label) == (amendment.reference, "Cible de l’avenant")
    Amendment.objects.filter(pk=amendment.pk).update(effective_on=dt.date(2025, 7, 1))
    assert standing_of(contract).annexes[1].reference == contract.reference  # from year 2 on


def test_a_mission_on_hold_says_since_when_why_and_what_it_means(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    hold: Any = {
        "starts_on": dt.date(2024, 11, 1),
        "reason": "Départ du pilote.",
        "by": cast.ars_reviewer,
    }
    contracts.suspend(signed.contract, mission=MissionCode.ACCES_SOINS, **hold)
    page = words(sign_in(cast.coordinator).get(url(cast)))
    assert "Mission suspendue depuis le 1er novembre 2024" in page
    assert "Départ du pilote." in page
    assert "Une suspension ne change aucun montant" in page
    assert "En suspens" in words(sign_in(cast.coordinator).get(room(cast)))
    assert "Départ du pilote." not in words(sign_in(cast.nurse).get(url(cast)))
    other = words(sign_in(cast.coordinator).get(url(cast, mission=MissionCode.PREVENTION)))
    assert "Mission suspendue" not in other
    contracts.suspend(signed.contract, mission=None, **hold)
    other = words(sign_in(cast.coordinator).get(url(cast, mission=MissionCode.PREVENTION)))
    assert "Contrat suspendu" in other
    with clock.at(dt.date(2024, 10, 31)):  # not yet
        assert "suspendu" not in words(sign_in(cast.coordinator).get(url(cast)))


def test_pages_and_desk_keep_their_budget(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    enter(signed, cast, "80")
    client = sign_in(cast.coordinator)
    for address in (room(cast), url(cast), url(cast, mission=MissionCode.PREVENTION)):
        with QueryCount() as count:
            assert client.get(address).status_code == 200
        assert count.number <= 6, address
    with QueryCount() as count:
        cards = reported_cards(cast.coordinator)
    assert count.number == 3
    codes = {item.code for _, card in cards for item in card.indicators}
    assert "creneaux-du-soir" in codes


def test_the_review_of_a_year_scores_by_the_annex_and_fills_the_form_of_the_officer(
    signed: ContractMission, cast: Cast, sign_in: Any
) -> None:
    """80 patients: 4 000 by the annex, where the catalogue would pay 6 000."""
    enter(signed, cast, "80")
    review = reverse("missions:review", args=[cast.rives.reference, 1])
    with clock.at(dt.date(2025, 8, 1)):
        assert review in sign_in(cast.president).get(room(cast)).content.decode()
        page = words(sign_in(cast.president).get(review))
        assert "Arrêter les parts variables" not in page
        client = sign_in(cast.cpam_officer)
        with QueryCount() as count:
            answer = client.get(review)
        assert count.number <= 6
        page = words(answer)
        assert "Valeur 80 : palier 90 à 61, 4 000,00 €." in page
        assert "4 000,00 € pour une enveloppe de" in page
        assert "Pas de valeur" in page
        assert "Un indicateur sans valeur ne compte pas." in page
        assert "L’annexe ne nomme aucun indicateur de cette mission." in page
        form = client.get(answer.context["page"].settle_url(signed.contract)).context["form"]
        assert form.initial["retained_ACCES_SOINS"] == 4000
        assert form.initial["retained_PREVENTION"] > 0  # not named: everything, as before
        settle = reverse("aci:settle_year", args=[cast.rives.reference, 1])
        for amount in ("abc", "-1", "NaN", "1e9999999", "99999999"):
            form = client.get(settle, {"retained_ACCES_SOINS": amount}).context["form"]
            assert form.initial["retained_ACCES_SOINS"] > 4000
    assert sign_in(cast.nurse).get(review).status_code == 403
