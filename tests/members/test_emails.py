"""Each e-mail of a membership, as it is read: plain words, the link, nothing of anybody else."""

import datetime as dt

from accounts.models import User
from foundation import clock
from members import actions
from tests.cast import Cast
from tests.members.applications import applicant, organisation
from tests.members.mailbox import mails_to


def last(address: str) -> dict[str, str]:
    return mails_to(address)[-1]


def test_every_email_is_readable_and_carries_its_link(cast: Cast) -> None:
    cast.rives.contact_email = "contact@rives.example.org"
    cast.rives.save()
    address = "camille.durand@example.org"
    with clock.at(dt.date(2026, 1, 1)):
        found = applicant(cast.rives)
    applied = last(address)
    assert applied["subject"] == "Votre demande d’adhésion à la CPTS Rives"
    assert "/rejoindre/suivi/" in applied["body"]
    with clock.at(dt.date(2026, 1, 2)):
        actions.send_link(found, by=User.objects.portal())
    assert "/rejoindre/suivi/" in last(address)["body"]
    actions.approve(found, by=cast.president)
    welcome = last(address)
    assert "Bienvenue" in welcome["subject"]
    assert "contact@rives.example.org" in welcome["body"]
    actions.leave(found, by=User.objects.portal(), by_link=True)
    left = last(address)
    assert f"/rejoindre/{cast.rives.slug}/" in left["body"]
    again = applicant(cast.rives)
    actions.refuse(again, reason="L’association & son bureau : « non ».", by=cast.president)
    # Plain text: nothing is escaped.
    assert "L’association & son bureau : « non »." in last(address)["body"]


def test_the_bureau_is_told_without_a_name(cast: Cast) -> None:
    actions.apply(cast.rives, organisation(), by=User.objects.portal())
    notice = last(cast.president.email)
    assert "CPTS Rives" in notice["subject"]
    assert f"/dossiers/{cast.rives.reference}/adherents/" in notice["body"]
    assert "hospitalier" not in notice["body"]
