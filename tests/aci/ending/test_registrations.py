"""A contract signed outside the portal: registered with its scan, confirmed by somebody else."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from aci import actions
from aci.mission_codes import MissionCode
from aci.models import Contract, ContractRegistration
from aci.parties import Party
from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from territories.models import Baton, Cpts, Stage
from tests.cast import Cast
from tests.projects import filings
from tests.queries import QueryCount

SignIn = Callable[[Any], Client]
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
SIGNED = dt.date(2021, 10, 19)
NAMES = {Party.CPTS: "Jeanne Martin", Party.CPAM: "Paul Durand", Party.ARS: "Anne Petit"}


def scan(content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile("contrat signé.pdf", content, "application/pdf")


def register(cast: Cast, **changed: Any) -> ContractRegistration:
    values: dict[str, Any] = {
        "signed_on": SIGNED,
        "missions": {MissionCode.ACCES_SOINS: None, MissionCode.PARCOURS: dt.date(2022, 1, 1)},
        "unscheduled_care_since": SIGNED,
        "territory": Cpts.objects.get(pk=cast.rives.pk).territory,
        "signatories": NAMES,
        "scan": scan(),
        "by": cast.cpam_officer,
    }
    return actions.register_contract(cast.rives, **{**values, **changed})


def test_a_paper_contract_counts_once_a_second_person_confirms(cast: Cast) -> None:
    registration = register(cast)
    assert not Contract.objects.exists()
    contract = actions.confirm_registration(registration, by=cast.ars_reviewer)
    contract.refresh_from_db()
    assert (contract.state, contract.signed_on) == ("in_force", SIGNED)
    assert contract.ends_on == dt.date(2026, 10, 18)
    assert contract.territory is not None
    assert contract.territory.is_frozen
    numbers = contract.years.order_by("number").values_list("number", "grid__code")
    assert list(numbers) == [(1, "ACI_2019"), (2, "AVENANT_2"), (3, "AVENANT_2")]
    starts = {one.mission: one.starts_on for one in contract.missions.all()}
    assert starts == {
        MissionCode.ACCES_SOINS: SIGNED,
        MissionCode.PARCOURS: dt.date(2022, 1, 1),
    }
    cpts = Cpts.objects.get(pk=cast.rives.pk)
    assert (cpts.stage, cpts.baton) == (Stage.CONTRACTED, Baton.COORDINATOR)
    assert cpts.contract_end == dt.date(2026, 10, 18)


def test_a_contract_already_over_is_registered_as_history(cast: Cast) -> None:
    with clock.at(dt.date(2027, 3, 1)):
        contract = actions.confirm_registration(register(cast), by=cast.cpam_director)
    contract.refresh_from_db()
    assert contract.state == "expired"
    assert contract.years.count() == 5
    assert Cpts.objects.get(pk=cast.rives.pk).stage == Stage.EXPIRED


def test_nobody_confirms_what_they_registered(cast: Cast) -> None:
    registration = register(cast)
    with pytest.raises(Refused, match="seconde personne"):
        actions.confirm_registration(registration, by=cast.cpam_officer)
    with pytest.raises(NotAllowed):
        actions.confirm_registration(registration, by=cast.president)
    with pytest.raises(NotAllowed):
        register(cast, by=cast.coordinator)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signed_on": dt.date(2024, 7, 2)}, "dans l’avenir"),
        ({"missions": {}}, "au moins une mission"),
        ({"missions": {MissionCode.PARCOURS: dt.date(2021, 10, 18)}}, "avant la signature"),
        ({"signatories": {**NAMES, Party.ARS: " "}}, "trois parties"),
        ({"scan": scan(b"pas un document")}, "type permis"),
        ({"signed_on": dt.date(2018, 1, 1)}, "en vigueur"),
    ],
)
def test_a_paper_that_cannot_be_is_refused(cast: Cast, changed: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused) as refused:
        register(cast, **changed)
    assert words in refused.value.reason.replace("\u00a0", " ")
    assert not ContractRegistration.objects.exists()


def test_one_paper_at_a_time_and_none_beside_a_contract(cast: Cast) -> None:
    registration = register(cast)
    with pytest.raises(Refused, match="attend déjà"):
        register(cast)
    actions.confirm_registration(registration, by=cast.ars_reviewer)
    with pytest.raises(Refused, match="ne s’enregistre pas à côté"):
        register(cast)
    with pytest.raises(Refused, match="déjà confirmé"):
        actions.confirm_registration(registration, by=cast.cpam_director)


def test_nothing_is_registered_while_a_filing_is_examined(cast: Cast, sign_in: SignIn) -> None:
    filings.submitted_letter(cast)
    with pytest.raises(Refused, match="en cours d’instruction"):
        register(cast)
    path = reverse("aci:register_contract", args=[cast.rives.reference])
    page = sign_in(cast.cpam_officer).get(path, follow=True).content.decode()
    assert "en cours d’instruction" in page


def test_what_does_not_match_is_dismissed_with_a_reason_then_registered_again(cast: Cast) -> None:
    registration = register(cast)
    with pytest.raises(Refused, match="Dites pourquoi"):
        actions.dismiss_registration(registration, reason=" ", by=cast.ars_reviewer)
    actions.dismiss_registration(registration, reason="La date est fausse.", by=cast.ars_reviewer)
    assert register(cast).is_pending


def test_the_pages_from_the_paper_to_the_contract(cast: Cast, sign_in: SignIn) -> None:
    def url(name: str) -> str:
        return reverse(f"aci:{name}", args=[cast.rives.reference])

    officer = sign_in(cast.cpam_officer)
    assert url("registration") in officer.get(url("contract")).content.decode()
    told = {
        "version": "0",
        "planned_signature_on": SIGNED.isoformat(),
        "missions": ["ACCES_SOINS"],
        "territory": str(Cpts.objects.get(pk=cast.rives.pk).territory_id),
        "signatory_cpts": "Jeanne Martin",
        "signatory_cpam": "Paul Durand",
        "signatory_ars": "Anne Petit",
    }
    page = officer.post(url("register_contract"), told).content.decode()
    assert "Joignez le contrat numérisé" in page
    assert "Jeanne Martin" in page
    officer.post(url("register_contract"), {**told, "scan": scan()})
    page = officer.get(url("registration")).content.decode()
    assert "À confirmer" in page
    assert url("confirm_registration") not in page
    second = sign_in(cast.cpam_director)
    assert "Confirmer un contrat signé" in second.get(reverse("dashboard")).content.decode()
    answer = second.get(url("registration_scan"))
    assert answer["Content-Disposition"].startswith("attachment")
    second.post(url("confirm_registration"))
    president = sign_in(cast.president)
    with QueryCount() as queries:
        page = president.get(url("contract")).content.decode()
    assert queries.number <= 6
    assert "Signé hors du portail" in page
    assert "Jeanne Martin" in page
    assert "Pas encore demandée" not in page
    assert url("articles") not in page
    assert president.get(url("articles")).status_code == 404  # the scan says what was agreed
    with QueryCount() as queries:
        page = second.get(url("registration")).content.decode()
    assert queries.number <= 6
    assert "Anne Petit" in page
