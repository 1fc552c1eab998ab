"""Shares, lists, files and several at once in the draft of a dossier; simulations brought in."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from foundation.refusal import Refused
from records.models import JournalEntry
from territories import editing
from territories.actions import move
from territories.models import Adjacency, Baton, Commune, Cpts, Departement, Stage
from tests.cast import Cast
from tests.queries import QueryCount
from tests.territories.test_editing import codes, last_entry
from tests.territories.test_views import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(cast: Cast) -> Cpts:
    """Rives, in the hands of its holders."""
    move(cast.rives, stage=Stage.PROJECT, baton=Baton.HOLDER)
    return cast.rives


def url(cpts: Cpts, name: str, *more: str) -> str:
    return reverse(f"territories:{name}", args=[cpts.reference, *more])


def plain(response: Any) -> str:
    return " ".join(text_of(response).replace("\xa0", " ").split())


def row(cpts: Cpts, code: str) -> Any:
    return cpts.territory.communes.get(commune=code)


class TestShares:
    def test_a_part_counts_its_people_and_bears_its_name(self, draft: Cpts, cast: Cast) -> None:
        assert editing.share_commune(
            draft, "62119", share=6250, part=" quartiers nord ", by=cast.holder
        )
        assert row(draft, "62119").population == 15765
        assert row(draft, "62119").share_label.replace("\xa0", " ") == "62,5 % (quartiers nord)"
        assert draft.territory.population == 15765 + 21424
        sentence = last_entry(draft).sentence.replace("\xa0", " ")
        assert sentence.startswith("Part de Béthune : 62,5 % (quartiers nord) : 2 communes")

    def test_the_same_part_again_changes_nothing(self, draft: Cpts, cast: Cast) -> None:
        entries = JournalEntry.objects.count()
        assert not editing.share_commune(draft, "62119", share=10_000, part="", by=cast.holder)
        assert JournalEntry.objects.count() == entries

    def test_other_acts_keep_the_part(self, draft: Cpts, cast: Cast) -> None:
        editing.share_commune(draft, "62119", share=6250, part="nord", by=cast.holder)
        editing.add_communes(draft, ["62617"], by=cast.coordinator)
        editing.remove_commune(draft, "62178", by=cast.coordinator)
        editing.choose_vintage(draft, 2022, reason="Signé en 2025.", by=cast.holder)
        assert (row(draft, "62119").share, row(draft, "62119").part) == (6250, "nord")

    def test_a_commune_that_is_gone_is_refused(self, draft: Cpts, cast: Cast) -> None:
        with pytest.raises(Refused, match="n’est plus dans le territoire"):
            editing.share_commune(draft, "62617", share=6250, part="", by=cast.holder)

    def test_the_screen_writes_it(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        client = sign_in(cast.holder)
        page = client.get(url(draft, "edit_territory"), {"partager": "62119"})
        assert "Part de Béthune" in plain(page)
        client.post(
            url(draft, "share_commune", "62119"), {"part": "62,5 %", "part_name": "quartiers nord"}
        )
        assert row(draft, "62119").share == 6250

    @pytest.mark.parametrize("part", ["120", "0", "beaucoup", "-5", "1e9999999", "62,555"])
    def test_a_part_that_is_none_comes_back_with_its_text(
        self, draft: Cpts, cast: Cast, sign_in: Any, part: str
    ) -> None:
        response = sign_in(cast.holder).post(
            url(draft, "share_commune", "62119"), {"part": part, "part_name": ""}
        )
        html = plain(response)
        assert "La part d’une commune" in html
        assert f'value="{part}"' in html
        assert row(draft, "62119").share == 10_000


class TestLists:
    def test_a_list_with_parts(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        text = "Nœux-les-Mines 40 %\n62119 62,5 %"
        sign_in(cast.holder).post(url(draft, "paste_communes"), {"communes": text})
        assert row(draft, "62617").share == 4000
        assert row(draft, "62119").share == 6250  # it was there: its part was written

    def test_a_list_without_part_leaves_those_there(self, draft: Cpts, cast: Cast) -> None:
        editing.share_commune(draft, "62119", share=6250, part="", by=cast.holder)
        editing.add_communes(draft, ["62119", "62617"], by=cast.holder)
        assert row(draft, "62119").share == 6250

    @pytest.mark.parametrize(
        ("content", "added"),
        [
            ("Code INSEE;Commune;Part\n62617;Nœux;40 %\n62516;Lillers;\n", {"62617", "62516"}),
            ("Nœux-les-Mines\n", {"62617"}),
        ],
    )
    def test_a_file_is_added(
        self, draft: Cpts, cast: Cast, sign_in: Any, content: str, added: set[str]
    ) -> None:
        file = SimpleUploadedFile("communes.csv", content.encode("cp1252"))
        sign_in(cast.holder).post(url(draft, "import_communes"), {"file": file})
        assert codes(draft) == {"62119", "62178"} | added

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"62617;a\n62516", "Ligne 2 : 1 colonne au lieu de 2"),
            (b"\x89PNG\r\n\x1a\n\0", "n’est pas un tableau CSV"),
            (b"", "Ce fichier est vide"),
            (b"62617\nAtlantide\n", "« Atlantide » (ligne 2)"),
            (b"62617\n62617\n", "Nœux-les-Mines est donnée 2 fois (lignes 1 et 2)"),
            (b"nom;part\nLillers;130\n", "Ligne 2 : la part d’une commune va de"),
        ],
    )
    def test_a_file_not_understood_changes_nothing(
        self, draft: Cpts, cast: Cast, sign_in: Any, content: bytes, said: str
    ) -> None:
        file = SimpleUploadedFile("communes.csv", content)
        response = sign_in(cast.holder).post(url(draft, "import_communes"), {"file": file})
        assert said in plain(response)
        assert codes(draft) == {"62119", "62178"}

    def test_a_shared_name_is_chosen_among_departements(
        self, draft: Cpts, cast: Cast, sign_in: Any
    ) -> None:
        for code, place in (("67701", "67"), ("59701", "59")):
            Commune.objects.create(
                insee_code=code,
                name="Saint-Martin",
                search_name="saint martin",
                departement=Departement.objects.get(pk=place),
            ).populations.create(vintage=2023, municipal=500)
        client, text = sign_in(cast.holder), "Lillers\nSaint-Martin"
        asked = plain(client.post(url(draft, "paste_communes"), {"communes": text}))
        assert "Ligne 2, « Saint-Martin » : quelle commune ?" in asked
        assert "Saint-Martin (59), 59701" in asked
        assert codes(draft) == {"62119", "62178"}
        client.post(url(draft, "paste_communes"), {"communes": text, "choix_1": "59701"})
        assert codes(draft) == {"62119", "62178", "62516", "59701"}


class TestSeveral:
    def test_the_ticked_ones_are_removed(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        editing.add_communes(draft, ["62617", "62516"], by=cast.holder)
        sign_in(cast.holder).post(url(draft, "remove_communes"), {"commune": ["62617", "62119"]})
        assert codes(draft) == {"62178", "62516"}
        assert "Retrait de 2" in last_entry(draft).sentence

    def test_never_all_of_them(self, draft: Cpts, cast: Cast) -> None:
        with pytest.raises(Refused, match="au moins une commune"):
            editing.remove_communes(draft, ["62119", "62178"], by=cast.holder)
        assert codes(draft) == {"62119", "62178"}

    def test_none_ticked_removes_none(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        client = sign_in(cast.holder)
        assert "Cochez les communes" in plain(
            client.post(url(draft, "remove_communes"), {"commune": ["x"]}, follow=True)
        )
        assert codes(draft) == {"62119", "62178"}


class TestSimulationsBroughtIn:
    def test_the_communes_are_replaced_and_what_is_known_is_kept(
        self, draft: Cpts, cast: Cast
    ) -> None:
        editing.share_commune(draft, "62119", share=6250, part="nord", by=cast.holder)
        editing.use_draft(draft, {"62119": 5000, "62617": 10_000}, by=cast.holder)
        assert codes(draft) == {"62119", "62617"}
        assert (row(draft, "62119").share, row(draft, "62119").part) == (5000, "nord")
        entry = last_entry(draft)
        assert entry.sentence.startswith("Territoire repris d’une simulation")
        assert entry.data["removed"] == ["62178"]

    def test_an_unknown_commune_changes_nothing(self, draft: Cpts, cast: Cast) -> None:
        with pytest.raises(Refused, match="62999"):
            editing.use_draft(draft, {"62999": 10_000}, by=cast.holder)
        assert codes(draft) == {"62119", "62178"}


class TestSurroundings:
    def test_who_covers_and_who_touches(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        for pair in (("62119", "62516"), ("62119", "62178")):
            Adjacency.objects.create(commune_id=pair[0], neighbour_id=pair[1])
            Adjacency.objects.create(commune_id=pair[1], neighbour_id=pair[0])
        near = plain(sign_in(cast.holder).get(url(draft, "surroundings")))
        assert "Aucune autre CPTS ne couvre ces communes." in near
        assert "CPTS voisines" in near
        assert "CPTS Monts" in near
        editing.add_communes(draft, ["62516"], by=cast.holder)
        taken = plain(sign_in(cast.ars_reviewer).get(url(draft, "surroundings")))
        assert "1 commune est déjà couverte" in taken
        assert "10 193 habitants seraient comptés deux fois." in taken

    def test_only_those_who_open_the_dossier(self, draft: Cpts, cast: Cast, sign_in: Any) -> None:
        outsiders = {"nurse", "monts_coordinator", "other_region_reviewer", "stranger"}
        for part in outsiders | {"administrator", "other_district_officer"}:
            response = sign_in(cast.people()[part]).get(url(draft, "surroundings"))
            assert response.status_code in {403, 404}, part

    @pytest.mark.parametrize("name", ["surroundings", "edit_territory"])
    def test_six_queries_at_the_most(
        self, draft: Cpts, cast: Cast, sign_in: Any, name: str
    ) -> None:
        client = sign_in(cast.holder)
        for data in ({}, {"q": "béthune"}, {"partager": "62119"}):
            with QueryCount() as count:
                client.get(url(draft, name), data)
            assert count.number <= 6
