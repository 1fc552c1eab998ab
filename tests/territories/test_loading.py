"""The reference geography: checked whole, written all or nothing, loaded once."""

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from territories import loading
from territories.loading import RejectedReference, load
from territories.models import (
    Commune,
    CommuneHistory,
    CpamDistrict,
    Departement,
    Epci,
    Population,
    ReferenceFile,
    Region,
)
from territories.reference_files import FOLDER, Reference
from tests.territories.reference import rows_of, table, write_reference

MODELS = (Region, Departement, Epci, CpamDistrict, Commune, CommuneHistory, Population)


def everything() -> dict[str, list[tuple[object, ...]]]:
    """All that was loaded; rows without a lasting key are compared by content."""
    return {
        model.__name__: sorted(
            (
                model.objects.values_list(
                    *[field.attname for field in model._meta.concrete_fields if field.name != "id"]
                )
            ),
            key=str,
        )
        for model in MODELS
    }


@pytest.mark.django_db
class TestLoading:
    def test_the_sample_is_loaded(self, tmp_path: Path) -> None:
        loaded = load(write_reference(tmp_path))

        assert loaded.counts["communes"] == 4
        bethune = Commune.objects.get(pk="62119")
        assert (bethune.search_name, bethune.epci_id) == ("bethune", "200072460")
        assert (bethune.population, bethune.population_vintage) == (25224, 2023)
        assert Population.objects.get(commune=bethune, vintage=2022).municipal == 25342

    def test_a_load_holds_up_no_other_database(self, tmp_path: Path) -> None:
        """A bare ANALYZE would keep the catalogs that the databases of a cluster share."""
        load(write_reference(tmp_path))

        if connection.vendor != "postgresql":
            return
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
                "WHERE l.pid = pg_backend_pid() AND l.mode = 'ShareUpdateExclusiveLock'"
            )
            held = {name for (name,) in cursor}
        assert "territories_commune" in held
        assert not {name for name in held if name.startswith("pg_")}

    def test_an_absent_figure_stays_absent(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))

        ablainzevelle = Commune.objects.get(pk="62001")
        assert ablainzevelle.population is None
        assert not ablainzevelle.populations.exists()
        assert Population.objects.get(commune="62108").total is None

    def test_names_bear_the_typographic_apostrophe(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        assert Commune.objects.get(pk="62001").name == "L’Ablainzevelle"

    def test_overseas_collectivities_are_left_out(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        assert not Region.objects.filter(pk="975").exists()
        assert not Commune.objects.filter(pk="97502").exists()
        assert list(CommuneHistory.objects.values_list("old_code", flat=True)) == ["62999"]

    def test_one_fund_per_departement_unless_the_epci_says_otherwise(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        funds = dict(Commune.objects.values_list("pk", "cpam_district"))
        assert funds == {"2A004": "2A1", "62001": "621", "62119": "621", "62108": "622"}

    def test_loading_again_changes_nothing_and_writes_nothing(self, tmp_path: Path) -> None:
        reference = write_reference(tmp_path)
        load(reference)
        before = everything()
        keys = set(Population.objects.values_list("pk", flat=True))

        assert load(reference).counts == {}
        assert everything() == before
        assert set(Population.objects.values_list("pk", flat=True)) == keys

    def test_a_changed_file_updates_what_it_says(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        renamed = table("communes").replace("Béthune,", "Béthune-en-Artois,")
        load(write_reference(tmp_path, communes=renamed))
        assert Commune.objects.get(pk="62119").name == "Béthune-en-Artois"
        assert Population.objects.count() == 4

    def test_a_confirmed_fund_keeps_what_it_was_given(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        CpamDistrict.objects.filter(pk="621").update(is_confirmed=True, name="CPAM d’Artois")
        load(write_reference(tmp_path, epci=table("epci").replace("Deux Baies", "Trois Baies")))
        assert CpamDistrict.objects.get(pk="621").name == "CPAM d’Artois"

    def test_what_an_import_brought_since_stays(self, tmp_path: Path) -> None:
        load(write_reference(tmp_path))
        bethune = Commune.objects.get(pk="62119")
        Commune.objects.filter(pk="62001").update(successor=bethune)
        CpamDistrict.objects.filter(pk="622").update(is_confirmed=True)
        Commune.objects.filter(pk="62119").update(cpam_district="622")
        CommuneHistory.objects.create(old_code="62001", current=bethune, kind="fusion")
        Population.objects.create(commune=bethune, vintage=2024, municipal=25000)

        load(write_reference(tmp_path, regions=table("regions").replace("Corse", "La Corse")))

        bethune.refresh_from_db()
        assert (bethune.cpam_district_id, bethune.population) == ("622", 25000)
        assert bethune.population_vintage == 2024
        assert Commune.objects.get(pk="62001").successor_id == "62119"
        assert CommuneHistory.objects.filter(old_code="62001").exists()

    @pytest.mark.parametrize(
        ("file", "good", "bad", "reason"),
        [
            ("communes", "62108,Berck,COM,,62", "62108,Berck,COM,,99", "département inconnu"),
            ("communes", "62108,Berck", "62119,Berck", "figure deux fois"),
            ("communes", "62108,Berck", "62108,", "le nom est vide"),
            ("communes", "Berck,COM", "Berck,XXX", "nature inconnue"),
            ("communes", "200069029", "999999999", "intercommunalité inconnue"),
            ("communes", "62108,Berck", ",Berck", "est vide"),
            ("populations", "62108,2023,12951", "62108,2023,-1", "population illisible"),
            ("populations", "62108,2023,12951", "62108,2023,beaucoup", "population illisible"),
            ("populations", "25224,25500", "25224,1e9", "population totale illisible"),
            ("populations", "62108,2023", "62108,1789", "millésime"),
            ("populations", "62108,2023", "99999,2023", "commune inconnue"),
            ("populations", "62119,2022", "62119,2023", "figure deux fois"),
            ("commune_points", "62119,2.6406", "99999,2.6406", "commune inconnue"),
            ("commune_points", "62119,2.6406", "62119,264.06", "pas en degrés"),
            ("commune_points", "2.6115,50.5071", "2.6115,nord", "pas en degrés"),
            ("commune_points", "2.6115,50.5071", "2.6115,nan", "pas en degrés"),
            ("commune_points", "62108,1.5799", "62119,1.5799", "figure deux fois"),
            ("departements", "62,Pas-de-Calais,32", "62,Pas-de-Calais,00", "regions.csv"),
        ],
    )
    def test_a_bad_line_is_named_and_nothing_is_written(
        self, tmp_path: Path, file: str, good: str, bad: str, reason: str
    ) -> None:
        load(write_reference(tmp_path))
        before = everything()
        spoilt = write_reference(tmp_path, **{file: table(file).replace(good, bad, 1)})

        with pytest.raises(RejectedReference) as refusal:
            load(spoilt)

        assert reason in " ".join(map(str, refusal.value.rejected))
        assert "ligne" in str(refusal.value.rejected[0])
        assert everything() == before

    def test_every_bad_line_is_reported(self, tmp_path: Path) -> None:
        spoilt = table("populations").replace("12951", "x").replace("25342", "y")
        with pytest.raises(RejectedReference) as refusal:
            load(write_reference(tmp_path, populations=spoilt))
        assert len(refusal.value.rejected) == 2

    def test_a_load_that_breaks_half_way_leaves_yesterday_whole(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        load(write_reference(tmp_path))
        before = everything()

        def broken(reference: Reference) -> int:
            Population.objects.all().delete()
            raise OSError("disk full")

        monkeypatch.setattr(loading, "_load_populations", broken)
        changed = write_reference(tmp_path, regions=table("regions").replace("Corse", "Corsica"))
        with pytest.raises(OSError, match="disk full"):
            load(changed)

        assert everything() == before
        assert Region.objects.get(pk="94").name == "Corse"

    def test_the_command_says_what_it_did_then_that_all_is_up_to_date(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_reference(tmp_path)
        call_command("load_territories", folder=tmp_path)
        assert "4 communes" in capsys.readouterr().out.replace("\xa0", " ")
        call_command("load_territories", folder=tmp_path)
        assert "déjà à jour" in capsys.readouterr().out
        assert ReferenceFile.objects.count() == 10  # the nine files, and the outlines

    def test_the_command_names_the_rejected_lines(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        write_reference(tmp_path, populations=table("populations").replace("12951", "x"))
        with pytest.raises(CommandError, match="rien n’a été modifié"):
            call_command("load_territories", folder=tmp_path)
        assert "populations.csv.gz, ligne 5" in capsys.readouterr().err


@cache
def committed() -> Reference:
    reference = Reference()
    assert reference.check() == []
    return reference


class TestCommittedFiles:
    """The files of the repository, read without a database."""

    @pytest.fixture
    def reference(self) -> Reference:
        return committed()

    def test_they_hold_the_whole_of_france(self, reference: Reference) -> None:
        kinds = Counter(row["kind"] for row in reference.rows("communes.csv.gz"))
        assert kinds == {"COM": 34875, "ARM": 45}
        assert len(reference.codes["departements.csv"]) == 101
        assert len(reference.codes["regions.csv"]) == 18

    def test_each_departement_has_a_fund_in_good_french(self, reference: Reference) -> None:
        funds = rows_of(FOLDER / "cpam_districts.csv")
        assert {row["departement"] for row in funds} == reference.codes["departements.csv"]
        names = {row["code"]: row["name"] for row in funds}
        assert names["011"] == "CPAM de l’Ain"
        assert names["621"] == "CPAM de l’Artois"
        assert not [name for name in names.values() if "'" in name]

    def test_the_agglomeration_of_bethune_is_in_artois(self, reference: Reference) -> None:
        funds = {
            row["cpam_district"]
            for row in reference.communes()
            if row["epci_siren"] == "200072460"  # the three CPTS of Artois lie in it
        }
        assert funds == {"621"}

    def test_both_funds_of_pas_de_calais_cover_it(self, reference: Reference) -> None:
        funds = Counter(
            row["cpam_district"] for row in reference.communes() if row["departement"] == "62"
        )
        assert set(funds) == {"621", "622"}
        assert sum(funds.values()) == 887

    def test_vexin_normand_counts_32_048_in_the_vintage_2017(self, reference: Reference) -> None:
        communes = {
            row["insee_code"]
            for row in reference.rows("communes.csv.gz")
            if row["epci_siren"] == "200071843"
        }
        people = sum(
            int(row["population_municipale"])
            for row in reference.rows("populations.csv.gz")
            if row["insee_code"] in communes and row["reference_year"] == "2017"
        )
        assert (len(communes), people) == (39, 32048)
