"""The national set as it is loaded: the same rows as the real acts leave, within the budgets."""

import datetime as dt
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import Q, Sum
from django.test import Client

from accounts.access import Role
from accounts.models import User
from aci import actions as aci
from aci.models import Contract, ContractYear
from cpts_portal.national.partition import Area, partition
from cpts_portal.national.people import gather_cast
from cpts_portal.national.places import held_by_the_demonstration
from foundation import clock
from projects.actions import validate_due_projects
from records.models import JournalEntry
from records.verification import verify
from territories.actions import assign
from territories.models import (
    Assignment,
    Cpts,
    Stage,
    StagePeriod,
    Territory,
    TerritoryCommune,
)
from territories.people import PORTAL_DOSSIER
from tests.portal.national_replay import differences, replay, told
from tests.queries import QueryCount

# Loaded once, by one worker; each test then runs in a savepoint of that transaction.
pytestmark = [pytest.mark.xdist_group("national"), pytest.mark.django_db]

NATIONAL = Q(slug__startswith="national-")


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """What the command said, in one transaction that is rolled back afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_territories", verbosity=0)
        out = StringIO()
        call_command("seed_national", stdout=out)
        # Each test checks the references still pending: here once for all.
        connection.check_constraints()
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def light_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    """The replayed contracts need files, not ten pages each."""
    monkeypatch.setattr("aci.pdf.contract_pdf", lambda inputs, report: b"%PDF-frozen")
    monkeypatch.setattr(
        "aci.actions.sealing.with_seal", lambda content, seal, is_first: content + b"-sealed"
    )


def test_it_says_what_it_loaded(loaded: str) -> None:
    said = "".join(loaded.split())
    assert f"840CPTSfictives,{TerritoryCommune.objects.count()}communes" in said
    assert "ACI en vigueur : 698" in loaded or "ACI en vigueur" in loaded


def test_there_are_840_of_them_at_every_stage(loaded: str) -> None:
    found = Cpts.objects.filter(NATIONAL)
    assert found.count() == 840
    at = {stage: found.filter(stage=stage).count() for stage in Stage}
    assert 600 <= at[Stage.CONTRACTED] <= 740
    assert at[Stage.EXPIRED] > 0
    assert min(at[Stage.LETTER], at[Stage.PROJECT], at[Stage.PROJECT_FILED]) >= 20
    assert at[Stage.VALIDATED] >= 30
    sizes = {row["territory__size"] for row in found.values("territory__size")}
    assert sizes == {1, 2, 3, 4}


def test_the_population_of_a_territory_is_the_sum_of_its_communes(loaded: str) -> None:
    rows = Territory.objects.annotate(people=Sum("communes__population"))
    assert [row.pk for row in rows if row.people != row.population] == []
    assert all(row.population > 0 and row.size for row in rows)
    counts = TerritoryCommune.objects.values("territory")
    assert sum(row.commune_count for row in rows) == TerritoryCommune.objects.count()
    assert counts.distinct().count() == 840


def test_no_figure_is_counted_from_a_vintage_that_is_not_in_force(loaded: str) -> None:
    for territory in Territory.objects.select_related("cpts"):
        day = territory.frozen_at or territory.cpts.created_at
        in_force = min(max(day.astimezone(clock.PARIS).year - 3, 2016), 2023)
        assert territory.vintage == in_force or territory.vintage_reason, territory.pk


def test_the_demonstration_and_its_communes_are_left_alone(loaded: str) -> None:
    held = held_by_the_demonstration()
    assert not TerritoryCommune.objects.filter(commune__in=held).exists()


def test_coverage_grows_year_by_year(loaded: str) -> None:
    public = []
    for year in range(2019, 2026):
        day = dt.date(year, 12, 31)
        there = Q(starts_on__lte=day) & (Q(ends_on=None) | Q(ends_on__gt=day))
        public.append(StagePeriod.objects.filter(there, is_public=True).count())
    assert public == sorted(public)
    assert public[0] < 100
    assert public[1] < 200
    assert public[4] > 600


def test_the_present_period_is_what_the_cpts_shows(loaded: str) -> None:
    present = StagePeriod.objects.filter(ends_on=None).select_related("cpts")
    assert present.count() == 840
    for period in present:
        assert (period.stage, period.is_public) == (period.cpts.stage, period.cpts.is_public)


def test_contracts_of_today_have_the_years_that_have_opened(loaded: str) -> None:
    in_force = Contract.objects.filter(state="in_force")
    assert in_force.count() == Cpts.objects.filter(stage=Stage.CONTRACTED).count()
    assert ContractYear.objects.count() > 3_000
    assert not ContractYear.objects.filter(start__gt=clock.today()).exists()
    assert not Contract.objects.exclude(signed_on=None).filter(years=None).exists()
    renewed = Contract.objects.filter(number=2, state="in_force")
    assert renewed.exists()
    assert all(one.previous.state == "expired" for one in renewed.select_related("previous"))


def test_the_nightly_tasks_find_nothing_left_to_do(loaded: str) -> None:
    assert aci.open_contract_years() == 0
    assert aci.expire_contracts() == 0
    assert validate_due_projects() == 0


def test_every_journal_is_an_unbroken_chain_that_never_goes_back(loaded: str) -> None:
    verdict = verify()
    assert verdict.broken is None
    chains = set(JournalEntry.objects.values_list("dossier", flat=True))
    assert chains == {PORTAL_DOSSIER, *Cpts.objects.values_list("reference", flat=True)}
    assert verdict.dossiers == len(chains) == 841
    assert verdict.entries == JournalEntry.objects.count() > 10_000
    last: dict[str, dt.datetime] = {}
    for entry in JournalEntry.objects.order_by("dossier", "number"):
        assert entry.at >= last.get(entry.dossier, entry.at)
        last[entry.dossier] = entry.at


def test_loading_again_changes_nothing(loaded: str) -> None:
    counted = (Cpts.objects.count(), JournalEntry.objects.count(), User.objects.count())
    out = StringIO()
    call_command("seed_national", stdout=out)
    assert out.getvalue() == "Jeu national déjà chargé.\n"
    assert counted == (Cpts.objects.count(), JournalEntry.objects.count(), User.objects.count())


# --- The same rows as the acts leave -----------------------------------------------------------


def _example(**wanted: Any) -> Cpts:
    found = Cpts.objects.filter(NATIONAL, **wanted).order_by("reference")
    first = found.first()
    assert first is not None
    return first


def _alone(**wanted: Any) -> tuple[Cpts, Area]:
    """A dossier that overlaps no other: nobody has to give a reason for it."""
    areas = partition().areas
    twice = {part.place.code for area in areas for part in area.borrowed}
    for one in Cpts.objects.filter(NATIONAL, **wanted).order_by("reference"):
        area = areas[int(one.reference[-4:]) - 1]
        if twice.isdisjoint(part.place.code for part in area.all_parts):
            return one, area
    raise AssertionError(f"No such dossier without overlap: {wanted}")


@pytest.mark.parametrize(
    "wanted",
    [
        {"stage": Stage.LETTER, "baton": "ars", "is_public": False},
        {"stage": Stage.LETTER, "baton": "committee"},
        {"stage": Stage.LETTER, "baton": "ars", "is_public": True},
        {"stage": Stage.PROJECT},
        {"stage": Stage.PROJECT_FILED, "baton": "committee"},
        {"stage": Stage.PROJECT_FILED, "baton": "ars"},
        {"stage": Stage.CONTRACTED, "region": "44"},  # two opinions on each filing
        {"stage": Stage.CONTRACTED, "region": "27"},  # none
        {"stage": Stage.VALIDATED, "contracts": None},
        {"stage": Stage.VALIDATED, "baton": "three_parties"},
        {"stage": Stage.VALIDATED, "baton": "cpam", "contracts__number": 1},
        {"stage": Stage.CONTRACTED, "contracts__signed_on__year": 2023},
        {"stage": Stage.CONTRACTED, "territory__communes__share__lt": 10_000},
        {"stage": Stage.CONTRACTED, "contracts__number": 2, "contracts__state": "in_force"},
        {"stage": Stage.EXPIRED, "baton": "cpam"},
        {"stage": Stage.EXPIRED, "baton": "three_parties"},
    ],
    ids=lambda wanted: "-".join(str(value) for value in wanted.values()),
)
def test_a_dossier_has_the_rows_that_the_real_acts_would_have_left(
    loaded: str, light_documents: None, wanted: dict[str, Any]
) -> None:
    one, area = _alone(**wanted)
    first = told(one)
    StagePeriod.objects.filter(cpts=one).update(is_public=False)  # its communes are free again
    again = replay(area, gather_cast(), one.territory.vintage, clock.today())
    assert differences(first, told(again)) == []


# --- Pages -------------------------------------------------------------------------------------


def test_a_desk_of_many_dossiers_keeps_to_its_queries(loaded: str, client: Client) -> None:
    reviewer = (
        User.objects.filter(assignments__role=Role.ARS_REVIEWER, assignments__region="11")
        .order_by("pk")
        .first()
    )
    client.force_login(reviewer, backend="territories.backends.SeatedBackend")
    with QueryCount() as count:
        answer = client.get("/dossiers/")
    assert answer.status_code == 200
    assert "jeu national fictif" in answer.content.decode()
    assert count.number <= 4


@pytest.mark.parametrize("page", [1, 20, 40])
def test_the_whole_country_is_read_page_by_page(loaded: str, client: Client, page: int) -> None:
    officer = User.objects.create_user("inspection@example.org", first_name="I", last_name="N")
    assign(officer, Role.ARS_REVIEWER)  # for all of France
    client.force_login(officer, backend="territories.backends.SeatedBackend")
    with QueryCount() as count:
        answer = client.get(f"/dossiers/?page={page}")
    assert answer.status_code == 200
    assert "jeu national fictif" in answer.content.decode()
    assert count.number <= (4 if page < 34 else 6)  # beyond the last page, the last one is given


@pytest.mark.parametrize("stage", [Stage.LETTER, Stage.PROJECT_FILED, Stage.CONTRACTED])
def test_the_pages_of_a_dossier_open(loaded: str, client: Client, stage: Stage) -> None:
    one = _example(stage=stage, baton__in=["ars", "committee", "coordinator"])
    director = Assignment.objects.get(role=Role.ARS_DIRECTOR, region=one.region_id).user
    client.force_login(director, backend="territories.backends.SeatedBackend")
    tabs = ["", "journal/", "territoire/", "lettre/", "avis/"]
    if one.contracts.exists():
        tabs += ["projet/", "contrat/"]
    for tab in tabs:
        with QueryCount() as count:
            answer = client.get(f"/dossiers/{one.reference}/{tab}")
        assert answer.status_code == 200, tab
        assert count.number <= 6, tab
    assert client.get(f"/cpts/{one.slug}/").status_code == 200


@pytest.mark.django_db
def test_without_communes_it_says_which_command_comes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "territories.querysets.CommuneQuerySet.whole", lambda self: self.filter(pk="none")
    )
    with pytest.raises(CommandError, match="load_territories"):
        call_command("seed_national")
