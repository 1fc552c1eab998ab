"""The checklist of a sending: seen by the portal, ticked by the ARS and by the CPAM."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation.refusal import Refused, StaleVersion
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import CompletenessCheck, Filing
from records.models import JournalEntry
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page
from tests.projects.test_corrections import picture
from tests.queries import QueryCount


@pytest.fixture
def letter(cast: Cast) -> Filing:
    letter = filings.drafted_letter(cast)
    actions.add_attachment(letter, picture(), kind="map", by=cast.holder)
    return actions.submit(filings.filled(letter, cast.holder), by=cast.holder)


def points(letter: Filing) -> dict[str, bool]:
    return {point.key: point.is_found for point in letter.submissions.get().points}


def tick(letter: Filing, by: Any, **more: Any) -> int:
    ticks = {"attachment.support": (True, "Reçue par courrier"), "territory": (True, "")}
    return actions.check_completeness(letter, ticks, **{"sending": 1, "by": by} | more)


def test_what_the_portal_sees(letter: Filing) -> None:
    seen = points(letter)
    assert seen["section.porteur"] and seen["territory"] and seen["attachment.map"]
    assert not seen["attachment.support"]
    assert "attachment.other" not in seen


def test_each_authority_ticks_its_own_with_who_and_when(cast: Cast, letter: Filing) -> None:
    assert tick(letter, cast.ars_reviewer) == 2
    assert tick(letter, cast.cpam_officer) == 2
    check = CompletenessCheck.objects.get(party="ars", key="attachment.support")
    assert (check.is_met, check.note, check.by) == (True, "Reçue par courrier", cast.ars_reviewer)
    assert check.by_role == "Instruction ARS"
    entry = JournalEntry.objects.filter(verb="check_completeness").first()
    assert entry and "2 points sur" in entry.sentence.replace("\u00a0", " ")


def test_what_did_not_move_keeps_its_author(cast: Cast, letter: Filing) -> None:
    tick(letter, cast.ars_reviewer)
    ticks = {"attachment.support": (True, "Reçue par courrier"), "territory": (False, "À revoir")}
    assert actions.check_completeness(letter, ticks, sending=1, by=cast.ars_delegation) == 1
    authors = {check.key: check.by for check in CompletenessCheck.objects.select_related("by")}
    assert authors == {"attachment.support": cast.ars_reviewer, "territory": cast.ars_delegation}
    assert tick(letter, cast.ars_reviewer, sending=1) == 1
    assert JournalEntry.objects.filter(verb="check_completeness").count() == 3


def test_refusals(cast: Cast, letter: Filing) -> None:
    with pytest.raises(Refused, match="inconnu"):
        actions.check_completeness(letter, {"x": (True, "")}, sending=1, by=cast.ars_reviewer)
    with pytest.raises(StaleVersion):
        tick(letter, cast.ars_reviewer, sending=2)
    for part in ("holder", "ars_director", "committee_member", "other_region_reviewer"):
        with pytest.raises(NotAllowed):
            tick(letter, getattr(cast, part))
    actions.declare_complete(letter, by=cast.ars_reviewer)
    with pytest.raises(Refused, match="se vérifie sur un dossier transmis"):
        tick(letter, cast.ars_reviewer)
    assert not CompletenessCheck.objects.exists()


def test_the_database_keeps_one_tick_a_party(cast: Cast, letter: Filing) -> None:
    given = {"submission": letter.submissions.get(), "party": "ars", "key": "territory"}
    CompletenessCheck.objects.create(**given, is_met=True, by=cast.ars_reviewer)
    with pytest.raises(IntegrityError), transaction.atomic():
        CompletenessCheck.objects.create(**given, is_met=False, by=cast.ars_reviewer)


def test_the_page_before_declaring_complete(cast: Cast, at: Any, letter: Filing) -> None:
    tick(letter, cast.cpam_officer)
    visitor = at(cast.ars_reviewer)
    with QueryCount() as count:
        read = page(visitor.get("letter", cast.rives))
    assert count.number <= 6
    assert "Vérifier point par point" in read and "<li>Lettre de soutien</li>" in read
    with QueryCount() as count:
        text = page(visitor.get("completeness", cast.rives, "letter"))
    assert count.number <= 6
    assert "CPAM : coché par Rachel Référente" in text
    assert "Reçue par courrier" in text
    assert "Déclarer la lettre complète" in text
    given = {"sending": "1", "met.territory": "on", "note.attachment.support": "Manque"}
    answer = visitor.post("completeness", cast.rives, "letter", **given)
    assert "La vérification est enregistrée" in page(answer)
    own = CompletenessCheck.objects.filter(party="ars")
    assert own.get(key="territory").is_met
    assert not own.get(key="attachment.support").is_met
    officer = page(at(cast.cpam_officer).get("completeness", cast.rives, "letter"))
    assert "Déclarer la lettre complète" not in officer


def test_once_closed_it_is_read_without_a_field(cast: Cast, at: Any, letter: Filing) -> None:
    tick(letter, cast.cpam_officer)
    actions.declare_complete(letter, by=cast.ars_reviewer)
    text = page(at(cast.ars_reviewer).get("completeness", cast.rives, "letter"))
    assert "La vérification est close" in text
    assert "CPAM : coché par Rachel Référente" in text
    assert "Ni coché ni décoché." in text
    assert 'name="met.' not in text and 'name="note.' not in text


@pytest.mark.usefixtures("letter")
def test_is_for_the_reviewers(cast: Cast, at: Any) -> None:
    for part, status in [("holder", 403), ("ars_director", 403), ("other_district_officer", 404)]:
        answer = at(getattr(cast, part)).get("completeness", cast.rives, "letter")
        assert answer.status_code == status, part
    assert not CompletenessCheck.objects.visible_to(cast.holder).exists()
