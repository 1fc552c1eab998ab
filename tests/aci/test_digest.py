"""A daily digest asks for terms and signatures only while they are still waited for."""

import datetime as dt

import pytest

from accounts.actions import choose_paces
from accounts.notifications import Event
from aci import actions
from aci.models import Contract
from foundation import clock
from projects.models import HealthProject
from records import notices
from records.models import Job
from tests.aci.conftest import CORE
from tests.cast import Cast


@pytest.mark.parametrize("replaced", [False, True])
def test_terms_are_asked_for_until_others_replace_them(
    cast: Cast, project: HealthProject, replaced: bool
) -> None:
    choose_paces(paces={event.value: "daily" for event in Event}, by=cast.president)
    contract = actions.draft(project, missions=CORE, by=cast.cpam_officer)
    if replaced:
        Contract.objects.filter(pk=contract.pk).update(terms_version=contract.terms_version + 1)
    with clock.at(clock.now() + dt.timedelta(days=1)):
        notices.send_digests()
    emails = Job.objects.filter(kind="email", payload__to=cast.president.email)
    asked = "termes du contrat ACI à accepter" in "".join(job.payload["body"] for job in emails)
    assert asked is not replaced
