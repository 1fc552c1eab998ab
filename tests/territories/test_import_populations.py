"""A new vintage: added whole, refused whole, and never counted into what was kept."""

import gzip
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from territories.models import Commune, CommuneHistory, Population, Territory
from territories.shares import WHOLE
from territories.vintages import size_changes, unknown_sizes
from tests.queries import QueryCount
from tests.territories.real_places import codes_of, load_places, make_territory, write_csv

pytestmark = pytest.mark.django_db

LAMBRES, CULOZ, BEON, OUESSANT, AJACCIO = "62486", "01138", "01039", "29155", "2A004"
PARIS, PARIS_13, SAINT_DENIS = "75056", "75113", "97411"
PLACES = (LAMBRES, CULOZ, OUESSANT, AJACCIO, PARIS, PARIS_13, SAINT_DENIS)

FILE_2024 = """insee_code,population_municipale,population_totale
62486,1075,1100
01138,3500,3600
29155,850,870
2A004,76000,77000
75056,2100000,2110000
75113,180000,181000
97411,155000,156000
"""


@pytest.fixture
def places(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    load_places(folder, PLACES)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """`bring("…csv…")` runs the import on a file of this text."""

    def _bring(text: str, name: str = "pop.csv", vintage: int = 2024, **options: Any) -> None:
        path = write_csv(tmp_path / name, text)
        call_command("import_populations", path, vintage=vintage, **options)

    return _bring


def figures(vintage: int) -> dict[str, tuple[int, int | None]]:
    rows = Population.objects.filter(vintage=vintage)
    return {row.commune_id: (row.municipal, row.total) for row in rows}


@pytest.mark.usefixtures("places")
class TestNewVintage:
    def test_it_is_added_and_shown_beside_the_names(self, bring: Any) -> None:
        before = figures(2023)
        bring(FILE_2024)
        assert figures(2024)[CULOZ] == (3500, 3600)
        assert figures(2023) == before
        lambres = Commune.objects.get(pk=LAMBRES)
        assert (lambres.population, lambres.population_vintage) == (1075, 2024)

    def test_paris_and_its_arrondissements_corsica_and_overseas_are_known(self, bring: Any) -> None:
        bring(FILE_2024)
        assert set(figures(2024)) == set(PLACES)

    def test_an_older_vintage_leaves_the_newest_shown(self, bring: Any) -> None:
        bring(FILE_2024, vintage=2015)
        assert figures(2015)[OUESSANT] == (850, 870)
        assert Commune.objects.get(pk=OUESSANT).population_vintage == 2023

    def test_twice_changes_nothing_and_says_so(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(FILE_2024)
        assert "7 populations du millésime 2024 ajoutées" in capsys.readouterr().out
        keys = set(Population.objects.values_list("pk", flat=True))
        bring(FILE_2024)
        assert "Rien à modifier" in capsys.readouterr().out
        assert set(Population.objects.values_list("pk", flat=True)) == keys

    def test_a_corrected_figure_is_counted(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(FILE_2024)
        bring(FILE_2024.replace("62486,1075", "62486,1076"))
        assert "1 population du millésime 2024 corrigée" in capsys.readouterr().out

    def test_a_dry_run_says_what_would_change_and_writes_nothing(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(FILE_2024, dry_run=True)
        assert "Essai" in (printed := capsys.readouterr().out)
        assert "7 populations du millésime 2024 ajoutées" in printed
        assert not figures(2024)
        assert Commune.objects.get(pk=LAMBRES).population_vintage == 2023

    def test_silent_when_asked(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        bring(FILE_2024, verbosity=0)
        assert capsys.readouterr() == ("", "")

    def test_the_columns_of_insee_in_any_order_compressed_without_totals(
        self, bring: Any, tmp_path: Path
    ) -> None:
        lines = ["COM;PMUN;DEPCOM"]
        rows = [line.split(",") for line in FILE_2024.splitlines()[1:]]
        lines += [f"nom;{row[1]};{row[0]}" for row in rows]
        bring("\ufeff" + "\n".join(lines), name="insee.csv.gz")
        assert figures(2024)[AJACCIO] == (76000, None)


@pytest.mark.usefixtures("places")
class TestOldCodes:
    def test_the_figures_of_merged_communes_are_added_up(self, bring: Any) -> None:
        assert CommuneHistory.objects.filter(old_code=BEON, current=CULOZ).exists()
        bring(FILE_2024.replace("01138,3500,3600\n", "01138,3000,3050\n01039,500,550\n"))
        assert figures(2024)[CULOZ] == (3500, 3600)

    def test_a_total_missing_for_one_part_is_missing_for_the_whole(self, bring: Any) -> None:
        bring(FILE_2024.replace("01138,3500,3600\n", "01138,3000,3050\n01039,500,\n"))
        assert figures(2024)[CULOZ] == (3500, None)

    def test_a_code_shared_between_several_communes_is_refused_by_name(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        for heir in (LAMBRES, CULOZ):
            CommuneHistory.objects.create(old_code="99001", current_id=heir, kind="ancien")
        with pytest.raises(CommandError, match="1 ligne rejetée"):
            bring(FILE_2024 + "99001,12,13\n")
        error = capsys.readouterr().err
        assert "pop.csv, ligne 9 : le code « 99001 » a disparu, partagé entre" in error
        assert "Culoz-Béon (01138), Lambres-lez-Aire (62486)" in error


@pytest.mark.usefixtures("places")
class TestRefused:
    @pytest.mark.parametrize(
        ("good", "bad", "reason"),
        [
            ("62486,1075", "62999,1075", "commune inconnue : « 62999 »"),
            ("01138,3500", "62486,3500", "« 62486 » figure deux fois"),
            ("62486,1075", "62486,-1", "population municipale illisible"),
            ("62486,1075", "62486,", "population municipale illisible"),
            ("62486,1075", "62486,²", "population municipale illisible"),
            ("62486,1075", "62486,99999999", "population municipale invraisemblable"),
            ("62486,1075,1100", "62486,1075,N/A", "population totale illisible"),
            ("62486,1075,1100", "62486,1075", "2 colonne(s) au lieu de 3"),
        ],
    )
    def test_a_bad_line_is_named_and_nothing_is_written(
        self, bring: Any, capsys: pytest.CaptureFixture[str], good: str, bad: str, reason: str
    ) -> None:
        with pytest.raises(CommandError, match="1 ligne rejetée : rien n’a été modifié"):
            bring(FILE_2024.replace(good, bad, 1))
        assert reason in capsys.readouterr().err
        assert not figures(2024)

    @pytest.mark.parametrize("vintage", [1999, 2005, 2100])
    def test_an_implausible_year(self, bring: Any, vintage: int) -> None:
        with pytest.raises(CommandError, match="n’est pas plausible"):
            bring(FILE_2024, vintage=vintage)

    def test_a_foreign_file(self, bring: Any) -> None:
        with pytest.raises(CommandError, match="pas de colonne pour le code de la commune"):
            bring("nom,prix\nBaguette,1\n")

    def test_a_file_cut_at_the_end_of_a_line(self, bring: Any) -> None:
        short = "".join(FILE_2024.splitlines(keepends=True)[:-2])
        with pytest.raises(CommandError, match=r"2 communes? sur|fichier tronqué"):
            bring(short)
        with pytest.raises(CommandError, match="qui en avaient"):
            bring(short, vintage=2023)
        assert not figures(2024)

    def test_a_partial_file_is_taken_when_it_is_meant_so(self, bring: Any) -> None:
        bring("insee_code,population_municipale\n62486,1071\n", vintage=2023, partial=True)
        assert figures(2023)[LAMBRES] == (1071, None)
        assert set(figures(2023)) == set(PLACES)

    def test_unreadable_files(self, tmp_path: Path) -> None:
        cut = tmp_path / "cut.csv.gz"
        cut.write_bytes(gzip.compress(FILE_2024.encode())[:-20])
        latin = tmp_path / "latin.csv"
        latin.write_bytes("insee_code,population_municipale,é\n".encode("latin-1"))
        for path, reason in [
            (cut, "tronqué ou abîmé"),
            (latin, "UTF-8"),
            (tmp_path / "absent.csv", "introuvable"),
            (tmp_path, "ne peut pas être lu"),
            (write_csv(tmp_path / "empty.csv", ""), "pas de colonne"),
            (write_csv(tmp_path / "h.csv", FILE_2024.splitlines()[0]), "aucune ligne"),
        ]:
            with pytest.raises(CommandError, match=reason):
                call_command("import_populations", path, vintage=2024)

    def test_the_report_holds_every_rejected_line(
        self, bring: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        report = tmp_path / "rejets.csv"
        wrong = "".join(f"63{number:03},1,1\n" for number in range(60))
        with pytest.raises(CommandError, match="60 lignes rejetées"):
            bring(FILE_2024 + wrong, report=report)
        assert "et 10 autres" in capsys.readouterr().err
        assert len(report.read_text(encoding="utf-8").splitlines()) == 61


class TestSizes:
    @pytest.fixture
    def bugey(self, tmp_path: Path) -> Territory:
        load_places(tmp_path, codes_of("bugey-sud"))
        cpts = make_territory("CPTS Bugey Sud", codes_of("bugey-sud"), vintage=2017, size=1)
        territory: Territory = cpts.territory
        return territory

    def test_bugey_sud_flips_at_40_000_with_the_vintage(self, bugey: Territory) -> None:
        assert bugey.population == 39965
        assert size_changes(2016) == []
        (change,) = size_changes(2018)
        assert (change.kept_size, change.kept_vintage, change.size) == (1, 2017, 2)
        assert change.population == 40058
        assert "taille\u00a01 conservée (39\u00a0965" in change.sentence

    def test_one_query_each_whatever_their_number(self, bugey: Territory) -> None:
        with QueryCount() as count:
            size_changes(2018)
            unknown_sizes(2018)
        assert count.number == 2

    def test_the_import_lists_them_and_changes_none(
        self, bugey: Territory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        rows = Population.objects.filter(vintage=2023).values_list("commune_id", "municipal")
        text = "insee_code,population_municipale\n" + "".join(f"{c},{n}\n" for c, n in rows)
        path = write_csv(tmp_path / "pop.csv", text)
        call_command("import_populations", path, vintage=2024)
        printed = capsys.readouterr().out
        assert "CPTS Bugey Sud : taille\u00a01 conservée" in printed
        assert "taille\u00a02 avec 2024 (40\u00a0556" in printed
        kept = Territory.objects.get(pk=bugey.pk)
        assert (kept.population, kept.size, kept.vintage) == (39965, 1, 2017)

    def test_a_missing_figure_is_said_and_not_taken_as_nought(self, bugey: Territory) -> None:
        Population.objects.filter(commune="01138", vintage=2018).delete()
        assert size_changes(2018) == []
        (unknown,) = unknown_sizes(2018)
        assert unknown.sentence == "CPTS Bugey Sud : 1\u00a0commune sans population"

    def test_a_shared_commune_counts_for_its_part(self, bugey: Territory) -> None:
        bugey.communes.filter(commune="01138").update(share=WHOLE // 10)
        assert size_changes(2018) == []

    def test_a_merged_commune_is_counted_with_the_one_of_today(self, bugey: Territory) -> None:
        Commune.objects.filter(pk="01006").update(successor="01138")
        Population.objects.filter(commune="01006", vintage=2018).delete()
        assert unknown_sizes(2018) == []

    def test_a_replaced_territory_and_an_abandoned_project_count_no_more(
        self, bugey: Territory
    ) -> None:
        bugey.cpts.stage = "abandoned"
        bugey.cpts.save()
        assert size_changes(2018) == []
        bugey.cpts.stage = "emergence"
        bugey.cpts.save()
        assert len(size_changes(2018)) == 1
        bugey.replaced_on = bugey.valid_from
        bugey.save()
        assert size_changes(2018) == []
