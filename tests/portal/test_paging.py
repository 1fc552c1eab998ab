"""A page and its total in one query, whatever the address asks for."""

import pytest
from django.db.models import Value

from accounts.models import User
from foundation.paging import page_of
from tests.cast import make_user
from tests.queries import QueryCount


@pytest.fixture
def people(db: None) -> None:
    for number in range(60):
        make_user(f"Personne {number:02}")


def ordered() -> object:
    return User.objects.order_by("last_name", "pk")


@pytest.mark.parametrize(
    ("asked", "number", "first"),
    [
        (None, 1, "00"),
        ("1", 1, "00"),
        ("2", 2, "25"),
        ("3", 3, "50"),
        ("0", 1, "00"),
        ("-4", 1, "00"),
        ("1e9999999", 1, "00"),
        ("²", 1, "00"),
        ("9" * 400, 1, "00"),
    ],
)
def test_a_page_is_one_query(people: None, asked: str | None, number: int, first: str) -> None:
    with QueryCount() as count:
        page = page_of(ordered(), asked)
        rows = list(page)
        total = page.paginator.count
    assert count.number == 1
    assert (page.number, rows[0].last_name, total) == (number, first, 60)


def test_beyond_the_end_the_last_page_is_given(people: None) -> None:
    page = page_of(ordered(), "400")
    assert (page.number, len(page), page.has_next()) == (3, 10, False)


def test_an_empty_list_is_one_page(db: None) -> None:
    page = page_of(ordered(), "7")
    assert (list(page), page.number, page.paginator.count, page.paginator.num_pages) == (
        [],
        1,
        0,
        1,
    )


def test_what_rows_show_is_added_to_the_rows_of_the_page(people: None) -> None:
    shown = User.objects.annotate(extra=Value("vu"))
    page = page_of(ordered(), "2", shown=shown)
    assert [row.extra for row in page] == ["vu"] * 25
