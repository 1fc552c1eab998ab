"""One CPTS takes the place of others: dated territories, coverage before and after, both pages."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.access import Role
from foundation import clock
from foundation.refusal import Refused
from territories.actions import ChosenCommune, choose_communes, move
from territories.areas import Area, AreaKind
from territories.coverage import every_place, figures
from territories.models import Assignment, Cpts, Stage, Succession
from territories.reshaping import (
    NewCpts,
    carry_roles,
    found_successor,
    held_cpts,
    replace_cpts,
    replacement_refusal,
)
from territories.successions import told_of
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db

PAS_DE_CALAIS = Area(AreaKind.DEPARTEMENT, "62", "Pas-de-Calais")
MERGED = dt.date(2026, 10, 1)
TODAY = dt.date(2026, 10, 5)


@pytest.fixture(autouse=True)
def before() -> Any:
    with clock.at(dt.date(2026, 3, 2)):
        yield


def merge(cast: Cast, *, since: dt.date = MERGED) -> Cpts:
    """Rives and Monts become CPTS Artois, told a few days late."""
    codes = ("62119", "62178", "62516")
    with clock.at(TODAY):
        held = held_cpts([cast.monts.pk, cast.rives.pk])
        new = NewCpts(
            "CPTS Artois",
            cast.geography.pas_de_calais,
            cast.geography.artois,
            {code: ChosenCommune(code) for code in codes},
        )
        successor = found_successor(new, since=since)
        for cpts in held.values():
            replace_cpts(cpts, [successor], kind=Succession.Kind.MERGER, since=since)
    return successor


def held_by(day: dt.date) -> dict[str, set[str]]:
    return {
        place.code: {coverer.name for coverer in place.coverers}
        for place in every_place(PAS_DE_CALAIS, day)
        if place.coverers
    }


def test_each_day_shows_the_cpts_of_that_day_once(cast: Cast) -> None:
    eve = MERGED - dt.timedelta(days=1)
    before = figures(PAS_DE_CALAIS, eve).covered
    merge(cast)
    assert held_by(eve) == {
        "62119": {"CPTS Rives"},
        "62178": {"CPTS Rives"},
        "62516": {"CPTS Monts"},
    }
    assert held_by(MERGED) == {code: {"CPTS Artois"} for code in ("62119", "62178", "62516")}
    assert figures(PAS_DE_CALAIS, eve).covered == before
    assert figures(PAS_DE_CALAIS, MERGED).covered == before
    assert not figures(PAS_DE_CALAIS, MERGED).overlap.communes


def test_the_successor_counts_the_whole_and_the_former_keep_their_rows(cast: Cast) -> None:
    successor = merge(cast)
    assert successor.territory is not None
    assert (successor.territory.population, successor.territory.size) == (56_841, 2)
    assert successor.territory.valid_from == MERGED
    rives = Cpts.objects.get(pk=cast.rives.pk)
    assert (rives.stage, rives.stage_since, rives.baton) == (Stage.REPLACED, MERGED, "nobody")
    assert rives.territory is not None
    assert rives.territory.replaced_on == MERGED
    assert rives.territory.communes.count() == 2
    assert not rives.is_open_to_members


@pytest.mark.parametrize(
    ("day", "words"),
    [(dt.date(2026, 3, 2), "a changé le"), (dt.date(2025, 1, 1), "a changé le")],
)
def test_history_is_never_rewritten(cast: Cast, day: dt.date, words: str) -> None:
    with pytest.raises(Refused, match=words):
        merge(cast, since=day)


def test_nobody_is_replaced_twice_and_its_territory_is_kept(cast: Cast) -> None:
    merge(cast)
    rives = Cpts.objects.select_related("territory").get(pk=cast.rives.pk)
    refusal = replacement_refusal(rives, TODAY)
    assert refusal is not None
    assert "déjà été remplacée" in refusal.reason
    with pytest.raises(Refused, match="ne change plus"):
        choose_communes(rives, [ChosenCommune("62119")], by=cast.holder)


def test_who_writes_goes_on_and_a_presidency_is_chosen_anew(cast: Cast) -> None:
    successor = merge(cast)
    carry_roles(cast.rives, successor)
    carry_roles(cast.rives, successor)  # a second run adds nobody
    posts = Assignment.objects.current().filter(cpts=successor).values_list("user", "role")
    assert sorted(posts) == sorted(
        [
            (cast.holder.pk, Role.HOLDER),
            (cast.president.pk, Role.HOLDER),
            (cast.office.pk, Role.OFFICE),
            (cast.coordinator.pk, Role.COORDINATOR),
        ]
    )
    still = Assignment.objects.current().filter(cpts=cast.rives, user=cast.president)
    assert still.exists()  # the former file is still theirs to read


def test_both_pages_tell_it_with_links(client: Client, cast: Cast) -> None:
    successor = merge(cast)
    with clock.at(TODAY):
        old = client.get(cast.rives.get_absolute_url()).content.decode()
        new = client.get(successor.get_absolute_url()).content.decode()
    assert "Fusionnée le 1" in old
    assert f'<a href="{cast.monts.get_absolute_url()}">CPTS Monts</a>' in old
    assert f'<a href="{successor.get_absolute_url()}">CPTS Artois</a>' in old
    assert "Issue de la fusion" in new
    for one in (cast.rives, cast.monts):
        assert f'<a href="{one.get_absolute_url()}">{one.name}</a>' in new
    with QueryCount() as queries, clock.at(TODAY):
        client.get(cast.rives.get_absolute_url())
    assert queries.number <= 6


def test_a_cpts_the_public_does_not_know_is_not_told(client: Client, cast: Cast) -> None:
    successor = merge(cast)
    move(cast.monts, public=False)
    assert "CPTS Monts" not in client.get(successor.get_absolute_url()).content.decode()


def test_nothing_is_told_of_who_has_no_succession() -> None:
    assert told_of(SimpleNamespace(pk=1), []) == []


def test_a_split_tells_what_the_cpts_became() -> None:
    whole, north, south = (SimpleNamespace(pk=pk, name=str(pk)) for pk in (1, 2, 3))
    rows = [
        SimpleNamespace(
            kind="split",
            since=MERGED,
            predecessor=whole,
            predecessor_id=1,
            successor=one,
            successor_id=one.pk,
        )
        for one in (north, south)
    ]
    after = told_of(whole, rows)[0]
    assert (after.is_past, after.linked, after.others) == (False, (north, south), ())
    before = told_of(south, rows)[0]
    assert (before.is_past, before.linked) == (True, (whole,))


def test_the_database_refuses_a_succession_twice_or_of_oneself(cast: Cast) -> None:
    row = {"kind": "merger", "since": MERGED, "predecessor": cast.rives}
    Succession.objects.create(successor=cast.monts, **row)
    for successor in (cast.monts, cast.rives):
        with pytest.raises(IntegrityError), transaction.atomic():
            Succession.objects.create(successor=successor, **row)


def test_open_data_lists_who_followed_whom(client: Client, cast: Cast) -> None:
    successor = merge(cast)
    with clock.at(TODAY):
        rows = client.get("/donnees/cpts-successions.csv").content.decode().splitlines()
    assert rows[1:] == [
        f"{one.slug},{one.name},merger,{MERGED},{successor.slug},CPTS Artois"
        for one in (cast.monts, cast.rives)
    ]
