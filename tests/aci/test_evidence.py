"""The evidence page of a signature: what was kept, and what our validator says of it today."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from aci.models import Contract, Seal
from aci.parties import Party
from tests.aci.conftest import DoJobs, Signatories, sign_for
from tests.cast import Cast

SignIn = Callable[[Any], Client]


def address(contract: Contract, party: Party, version: int = 1) -> str:
    names = [contract.cpts.reference, contract.reference, f"v{version}-{party.value}"]
    return reverse("aci:signature_evidence", args=names)


def test_each_signature_is_checked_against_the_last_file(
    in_force: Contract,
    cast: Cast,
    do_jobs: DoJobs,
    sign_in: SignIn,
    django_assert_max_num_queries: Any,
) -> None:
    do_jobs()
    client = sign_in(cast.president)
    for party in Party:
        with django_assert_max_num_queries(6):
            page = client.get(address(in_force, party), {"verifier": "oui"})
        text = page.content.decode()
        assert "Tout concorde" in text
        assert "Cachet du portail (test)" in text
        assert "Identité : compte personnel et second facteur" in text
        assert Seal.objects.get(signature__party=party).evidence_sha256 in text
    # A row changed behind the portal's back no longer agrees with what is sealed.
    changed = Seal.objects.get(signature__party=Party.CPTS)
    Seal.objects.filter(pk=changed.pk).update(evidence={**changed.evidence, "at": "hier"})
    checked = client.get(address(in_force, Party.CPTS), {"verifier": "oui"})
    assert [check.holds for check in checked.context["evidence"].checks].count(False) == 1
    assert "ne concorde pas" in checked.content.decode()


@pytest.mark.usefixtures("light_documents")
def test_before_the_seal_the_act_is_shown_and_its_seal_awaited(
    to_sign: Contract, signatories: Signatories, cast: Cast, sign_in: SignIn
) -> None:
    sign_for(to_sign, Party.CPTS, cast.president)
    client = sign_in(cast.ars_reviewer)
    text = client.get(address(to_sign, Party.CPTS), {"verifier": "oui"}).content.decode()
    assert "Le cachet n’est pas encore apposé" in text
    assert client.get(address(to_sign, Party.CPAM)).status_code == 404
    assert client.get(address(to_sign, Party.CPTS).replace("v1-", "x-")).status_code == 404
    assert sign_in(cast.committee_member).get(address(to_sign, Party.CPTS)).status_code == 403
    told = sign_in(cast.committee_member).get(to_sign.get_absolute_url()).content.decode()
    assert address(to_sign, Party.CPTS) not in told
