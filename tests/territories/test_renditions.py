"""Answers made once: kept while the data stays the same, compressed, not sent twice."""

import datetime as dt
import gzip

import brotli
import pytest
from django.test import RequestFactory

from foundation import clock
from territories.actions import ChosenCommune, choose_communes, found_cpts, move
from territories.models import Rendition, Stage
from territories.renditions import answer, content_of, data_fingerprint, forget_old, rendition
from tests.cast import Cast
from tests.queries import QueryCount

pytestmark = pytest.mark.django_db

TEXT = ("<svg>" + "Béthune " * 200 + "</svg>").encode()


def kept(of: str = "un", content: bytes = TEXT) -> Rendition:
    return rendition("carte", "image/svg+xml", lambda: content, depends_on=[of])


class TestKeeping:
    def test_it_is_made_once_while_the_data_stays(self) -> None:
        made: list[int] = []

        def make() -> bytes:
            made.append(1)
            return TEXT

        for _ in range(3):
            assert content_of(rendition("carte", "image/svg+xml", make)) == TEXT
        assert len(made) == 1

    def test_what_is_kept_costs_one_query(self, cast: Cast) -> None:
        kept()
        with QueryCount() as count:
            assert content_of(kept()) == TEXT
        assert count.number == 1

    def test_it_is_made_again_when_the_data_changes(self, cast: Cast) -> None:
        kept()
        move(cast.monts, stage=Stage.VALIDATED)
        assert content_of(kept(content=b"autre")) == b"autre"

    def test_other_data_makes_it_again_in_the_same_place(self) -> None:
        kept()
        assert content_of(kept("deux", b"autre")) == b"autre"
        assert Rendition.objects.count() == 1

    def test_what_nobody_asks_for_any_more_is_forgotten(self) -> None:
        kept()
        forget_old()
        assert Rendition.objects.count() == 1
        with clock.at(clock.now() + dt.timedelta(days=31)):
            forget_old()
        assert Rendition.objects.count() == 0


class TestFingerprint:
    def test_it_follows_stages_and_public_territories_in_one_query(self, cast: Cast) -> None:
        with QueryCount() as count:
            seen = [data_fingerprint()]
        assert count.number == 1
        move(cast.monts, stage=Stage.PROJECT)
        seen.append(data_fingerprint())
        move(cast.monts, stage=Stage.VALIDATED)
        seen.append(data_fingerprint())
        choose_communes(cast.rives, [ChosenCommune("62108")], by=cast.holder)
        seen.append(data_fingerprint())
        assert len(set(seen)) == 4
        assert data_fingerprint() == seen[-1]

    def test_what_else_it_depends_on_counts(self) -> None:
        assert data_fingerprint("2024-01-01") != data_fingerprint("2025-01-01")

    def test_the_draft_of_somebody_changes_nothing(self, cast: Cast) -> None:
        draft = found_cpts(
            name="CPTS Ébauche",
            departement=cast.geography.pas_de_calais,
            cpam_district=cast.geography.artois,
            by=cast.stranger,
        )
        before = data_fingerprint()
        choose_communes(draft, [ChosenCommune("62108")], by=cast.stranger)
        assert data_fingerprint() == before


class TestAnswering:
    @pytest.mark.parametrize(
        ("accepted", "encoding", "read"),
        [
            ("gzip, deflate, br", "br", brotli.decompress),
            ("gzip", "gzip", gzip.decompress),
            ("", "", lambda body: body),
        ],
    )
    def test_it_comes_as_the_visitor_accepts(
        self, accepted: str, encoding: str, read: object
    ) -> None:
        request = RequestFactory().get("/", headers={"Accept-Encoding": accepted})
        response = answer(request, kept())
        assert response.headers.get("Content-Encoding", "") == encoding
        assert read(response.content) == TEXT
        assert response["Content-Type"] == "image/svg+xml"
        assert response["Vary"] == "Accept-Encoding"

    def test_what_the_visitor_has_is_not_sent_again(self) -> None:
        first = answer(RequestFactory().get("/"), kept())
        again = RequestFactory().get("/", headers={"If-None-Match": first["ETag"]})
        response = answer(again, kept())
        assert (response.status_code, response.content) == (304, b"")
        assert response["ETag"] == first["ETag"]
        assert answer(again, kept("deux", b"autre")).status_code == 200
