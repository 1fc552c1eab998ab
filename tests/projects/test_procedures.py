"""A procedure is dated data: a new version is a new row, what runs keeps its own."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from foundation import clock
from foundation.refusal import Refused
from foundation.workflow import NotAllowed
from projects import actions
from projects.models import Procedure
from records.models import JournalEntry
from tests.cast import Cast
from tests.projects import filings
from tests.projects.screens import page, url
from tests.queries import QueryCount

DAY = dt.date(2026, 3, 2)
REGIONAL = {"level": "regional", "label": "Avis du comité"}
LOCAL = {"level": "local", "label": "Avis local"}


def given(**more: Any) -> dict[str, Any]:
    return {
        "effective_from": DAY,
        "title": "Hauts-de-France : deux avis",
        "decision_form": "joint_letter",
        "letter_opinions": [LOCAL, REGIONAL],
        "project_opinions": [],
        "tacit_months": 2,
        "completeness_days": 10,
        "pieces_days": 20,
        "opinion_days": 30,
        "reminder_days": [20, 7],
        "certainty": "practice",
        "source": "Décision de l’ARS du 1er mars 2026",
    } | more


def form_of(**more: str) -> dict[str, str]:
    return {
        "region": "32",
        "effective_from": "2026-03-02",
        "title": "Hauts-de-France : deux avis",
        "decision_form": "joint_letter",
        "letter_level_1": "local",
        "letter_label_1": "Avis local",
        "letter_level_2": "regional",
        "letter_label_2": "Avis du comité",
        "tacit_months": "2",
        "completeness_days": "10",
        "pieces_days": "20",
        "opinion_days": "30",
        "reminder_days": "7, 20",
        "certainty": "practice",
        "source": "Décision de l’ARS",
    } | more


@pytest.fixture(autouse=True)
def day() -> Any:
    with clock.at(DAY):
        yield


@pytest.fixture
def loaded(cast: Cast) -> None:
    actions.load_procedures()


def opened(cast: Cast, **more: Any) -> Procedure:
    region = cast.geography.hauts_de_france
    return actions.open_procedure_version(region, **given(**more), by=cast.administrator)


@pytest.mark.usefixtures("loaded")
def test_a_running_filing_keeps_its_procedure_the_next_takes_the_new_one(cast: Cast) -> None:
    letter = filings.drafted_letter(cast)
    before = letter.procedure
    version = opened(cast)
    letter.refresh_from_db()
    assert letter.procedure == before != version
    again = actions.take_up_again(actions.withdraw(letter, by=cast.holder), by=cast.holder)
    assert again.procedure == version
    assert [level for level, _ in version.opinions("letter")] == ["local", "regional"]
    entry = JournalEntry.objects.get(dossier="portail", verb="open_procedure_version")
    assert entry.sentence.endswith("Hauts-de-France")
    assert entry.data["says"]["Fournir les pièces"] == "20 jours"


@pytest.mark.usefixtures("loaded")
def test_a_version_to_come_waits_for_its_day(cast: Cast) -> None:
    version = opened(cast, effective_from=dt.date(2026, 9, 1))
    assert filings.drafted_letter(cast).procedure != version
    assert Procedure.objects.in_force("32", dt.date(2026, 9, 1)) == version


@pytest.mark.parametrize(
    "more, words",
    [
        ({"effective_from": DAY - dt.timedelta(days=1)}, "le passé ne change pas"),
        ({"completeness_days": 0}, "au moins un jour"),
        ({"tacit_months": 0}, "au moins un jour, ou un mois"),
        ({"reminder_days": [0]}, "au moins un jour avant"),
        ({"letter_opinions": [{"level": "moon", "label": "x"}]}, "comité local ou"),
        ({"letter_opinions": [LOCAL, LOCAL]}, "un seul avis"),
        ({"project_opinions": [REGIONAL, LOCAL]}, "avant l’avis régional"),
        ({"letter_opinions": [{"level": "local", "label": " "}]}, "le nom de chaque avis"),
    ],
)
def test_what_is_wrong_is_refused(cast: Cast, more: dict[str, Any], words: str) -> None:
    with pytest.raises(Refused, match=words):
        opened(cast, **more)
    assert not Procedure.objects.exists()
    assert not JournalEntry.objects.filter(dossier="portail").exists()


def test_one_a_day(cast: Cast) -> None:
    opened(cast)
    with pytest.raises(Refused, match="commence déjà le"):
        opened(cast)
    actions.open_procedure_version(None, **given(), by=cast.administrator)
    with pytest.raises(Refused, match="France entière"):
        actions.open_procedure_version(None, **given(), by=cast.administrator)


def test_the_database_refuses_a_delay_of_nothing(cast: Cast) -> None:
    version = opened(cast)
    for name in ("completeness_days", "pieces_days", "opinion_days", "tacit_months"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Procedure.objects.filter(pk=version.pk).update(**{name: 0})


@pytest.mark.parametrize("part", ["ars_director", "holder", "national_reader"])
def test_is_for_administrators(cast: Cast, at: Any, part: str) -> None:
    actions.load_procedures()
    by = getattr(cast, part)
    with pytest.raises(NotAllowed):
        actions.open_procedure_version(None, **given(), by=by)
    visitor = at(by)
    assert visitor.client.get(url("procedures")).status_code == 403
    assert visitor.get("procedure", "national-2019").status_code == 403
    assert visitor.post("new_procedure_version", "national-2019", **form_of()).status_code == 403
    assert not Procedure.objects.visible_to(by).exists()


@pytest.mark.usefixtures("loaded")
class TestPages:
    def test_list_and_detail(self, cast: Cast, at: Any) -> None:
        filings.drafted_letter(cast)
        visitor = at(cast.administrator)
        with QueryCount() as count:
            text = page(visitor.client.get(url("procedures")))
        assert count.number <= 4
        assert "Grand Est : avis local puis avis régional" in text
        assert "En vigueur" in text
        detail = page(visitor.get("procedure", "grand-est-2019"))
        assert "Avis d’opportunité du comité de pilotage local (comité local), puis" in detail
        assert "15 jours et 5 jours" in detail
        assert visitor.get("procedure", "nothing").status_code == 404

    def test_preview_then_creation(self, cast: Cast, at: Any) -> None:
        visitor = at(cast.administrator)
        form = page(visitor.get("new_procedure_version", "national-2019"))
        assert "Créer cette version" not in form
        preview = page(
            visitor.post("new_procedure_version", "national-2019", **form_of(), then="preview")
        )
        assert "Avant : Courrier de l’ARS" in preview
        assert "<strong>Courrier commun de l’ARS et de la CPAM</strong>" in preview
        assert "<strong>20 jours et 7 jours</strong>" in preview
        assert "Créer cette version" in preview
        assert not Procedure.objects.filter(region="32").exists()
        done = visitor.post("new_procedure_version", "national-2019", **form_of())
        assert "La nouvelle version est créée" in page(done)
        version = Procedure.objects.get(region="32")
        assert version.reminder_days == [20, 7]
        assert version.letter_opinions == [LOCAL, REGIONAL]

    @pytest.mark.parametrize(
        "more, words",
        [
            ({"effective_from": "2026-03-01"}, "le passé ne change pas"),
            ({"reminder_days": "bientôt"}, "séparés par des virgules"),
            ({"pieces_days": "0"}, "supérieure ou égale à 1"),
            ({"letter_level_1": "moon"}, "valide"),
        ],
    )
    @pytest.mark.parametrize("then", ["preview", ""])
    def test_an_error_loses_nothing_typed(
        self, cast: Cast, at: Any, more: dict[str, str], words: str, then: str
    ) -> None:
        visitor = at(cast.administrator)
        answer = visitor.post(
            "new_procedure_version", "national-2019", **form_of(**more), then=then
        )
        text = page(answer)
        assert words in text
        assert "Décision de l’ARS" in text
        assert not Procedure.objects.filter(region="32").exists()
