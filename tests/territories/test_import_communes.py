"""The communes of another year: new, renamed, merged, split, and none lost."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from shapely import box

from foundation.search import search_key
from territories.models import Adjacency, Commune, CommuneHistory, Population
from territories.outlines import Outline
from territories.shapes import replace_official, shapes_of
from tests.territories.real_places import load_places, make_territory, write_csv

pytestmark = pytest.mark.django_db

LAMBRES, CULOZ, BEON, OUESSANT, AJACCIO = "62486", "01138", "01039", "29155", "2A004"
PARIS, PARIS_13, SAINT_DENIS = "75056", "75113", "97411"
PLACES = (LAMBRES, CULOZ, OUESSANT, AJACCIO, PARIS, PARIS_13, SAINT_DENIS)

COG = """TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT
COM,01138,84,01,01D,012,0,CULOZ BEON,Culoz-Béon,Culoz-Béon,0104,
COMD,01039,,,,,0,BEON,Béon,Béon,,01138
COMD,01138,,,,,0,CULOZ,Culoz,Culoz,,01138
COM,29155,53,29,29D,291,1,OUESSANT,Ouessant,Ouessant,2921,
COM,2A004,94,2A,20R,2A1,1,AJACCIO,Ajaccio,Ajaccio,2A99,
COM,62486,32,62,62D,622,0,LAMBRES LEZ AIRE,Lambres-lez-Aire,Lambres-lez-Aire,6202,
COM,75056,11,75,75C,751,0,PARIS,Paris,Paris,75ZZ,
ARM,75113,11,75,75C,751,0,PARIS 13,Paris 13,Paris 13e Arrondissement,75ZZ,75056
COM,97411,04,974,974D,9741,0,SAINT DENIS,Saint-Denis,Saint-Denis,97499,
"""
MOVES = """MOD,DATE_EFF,TYPECOM_AV,COM_AV,LIBELLE_AV,TYPECOM_AP,COM_AP,LIBELLE_AP
32,2023-01-01,COM,01039,Béon,COM,01138,Culoz-Béon
32,2023-01-01,COM,01039,Béon,COMD,01039,Béon
32,2023-01-01,COM,01138,Culoz,COM,01138,Culoz-Béon
10,2026-01-01,COM,62486,Lambres,COM,62486,Lambres-lez-Aire
"""


@pytest.fixture
def places(tmp_path: Path) -> None:
    """As the portal stood before: Culoz and Béon apart, and Lambres without its new name."""
    folder = tmp_path / "reference"
    folder.mkdir()
    load_places(folder, PLACES)
    _rename(LAMBRES, "Lambres")
    _rename(CULOZ, "Culoz")
    culoz = Commune.objects.get(pk=CULOZ)
    CommuneHistory.objects.filter(old_code=BEON).delete()
    Commune.objects.create(
        insee_code=BEON,
        name="Béon",
        search_name="beon",
        departement_id="01",
        epci_id=culoz.epci_id,
        cpam_district_id="011",
        postal_codes="01350",
        population=500,
        population_vintage=2023,
    )
    Population.objects.filter(commune=CULOZ).delete()
    for vintage, culoz_people, beon_people in [(2022, 2960, 490), (2023, 2953, 500)]:
        Population.objects.create(
            commune_id=CULOZ, vintage=vintage, municipal=culoz_people, total=culoz_people + 50
        )
        Population.objects.create(
            commune_id=BEON, vintage=vintage, municipal=beon_people, total=None
        )
    Population.objects.create(commune_id=CULOZ, vintage=2021, municipal=2950)


def _rename(code: str, name: str) -> None:
    Commune.objects.filter(pk=code).update(name=name, search_name=search_key(name))


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    """`bring(communes, history)` runs the import on files of these texts."""

    def _bring(text: str, history: str = "", name: str = "communes.csv", **options: Any) -> None:
        path = write_csv(tmp_path / name, text)
        if history:
            options["history"] = write_csv(tmp_path / "mouvements.csv", history)
        call_command("import_communes", path, **options)

    return _bring


def commune(code: str) -> Commune:
    return Commune.objects.get(pk=code)


def figures(code: str) -> dict[int, tuple[int, int | None]]:
    rows = Population.objects.filter(commune=code)
    return {row.vintage: (row.municipal, row.total) for row in rows}


@pytest.mark.usefixtures("places")
class TestRenamed:
    def test_lambres_has_its_new_name_and_is_found_by_the_old_one(self, bring: Any) -> None:
        bring(COG, MOVES)
        assert commune(LAMBRES).name == "Lambres-lez-Aire"
        assert commune(LAMBRES).search_name == "lambres lez aire"
        former = CommuneHistory.objects.get(old_code=LAMBRES)
        assert (former.old_name, former.current_id) == ("Lambres", LAMBRES)

    def test_what_the_file_does_not_hold_is_kept(self, bring: Any) -> None:
        before = commune(LAMBRES)
        bring(COG, MOVES)
        after = commune(LAMBRES)
        for field in ("postal_codes", "epci_id", "cpam_district_id", "population"):
            assert getattr(after, field) == getattr(before, field)
        assert after.epci_id and after.postal_codes

    def test_a_typewriter_apostrophe_is_no_new_name(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(COG.replace(",Ouessant,2921", ",L'Île d'Ouessant,2921"), MOVES)
        assert commune(OUESSANT).name == "L’Île d’Ouessant"
        capsys.readouterr()
        bring(COG.replace(",Ouessant,2921", ",L'Île d'Ouessant,2921"), MOVES)
        assert "Rien à modifier" in capsys.readouterr().out


@pytest.mark.usefixtures("places")
class TestMerged:
    def test_beon_stays_and_points_to_culoz_beon(self, bring: Any) -> None:
        bring(COG, MOVES)
        assert commune(BEON).successor_id == CULOZ
        assert commune(CULOZ).name == "Culoz-Béon"
        assert set(
            CommuneHistory.objects.filter(current=CULOZ).values_list("old_name", flat=True)
        ) == {
            "Béon",
            "Culoz",
        }
        assert BEON not in Commune.objects.whole().values_list("pk", flat=True)

    def test_the_people_of_both_are_counted_in_each_vintage_known_for_both(
        self, bring: Any
    ) -> None:
        bring(COG, MOVES)
        assert figures(CULOZ) == {2022: (3450, None), 2023: (3453, None)}
        assert figures(BEON) == {2022: (490, None), 2023: (500, None)}
        assert commune(CULOZ).population == 3453

    def test_its_ground_and_its_neighbours_go_with_it(self, bring: Any) -> None:

        west, east = box(5.7, 45.8, 5.8, 45.9), box(5.8, 45.8, 5.9, 45.9)
        replace_official({CULOZ: Outline(west, west), BEON: Outline(east, east)}, [(BEON, CULOZ)])
        Adjacency.objects.create(commune_id=BEON, neighbour_id=AJACCIO)
        bring(COG, MOVES)
        assert shapes_of([CULOZ])[CULOZ].equals(box(5.7, 45.8, 5.9, 45.9))
        assert set(Adjacency.objects.values_list("commune", "neighbour")) == {
            (CULOZ, AJACCIO),
            (AJACCIO, CULOZ),
        }

    def test_our_own_history_does_as_well(self, bring: Any) -> None:
        bring(COG, "old_code,old_name,current_code,current_name,kind\n01039,Béon,01138,,ancien\n")
        assert commune(BEON).successor_id == CULOZ

    def test_several_mergers_in_a_row_lead_to_the_commune_of_today(self, bring: Any) -> None:
        moves = (
            "DATE_EFF,TYPECOM_AV,COM_AV,TYPECOM_AP,COM_AP\n"
            "2019-01-01,COM,01039,COM,01999\n2023-01-01,COM,01999,COM,01138\n"
        )
        bring(COG, moves)
        assert commune(BEON).successor_id == CULOZ

    def test_only_the_last_act_on_a_code_counts(self, bring: Any) -> None:
        old = "20,1973-01-01,COM,01039,Béon,COM,62486,Ailleurs\n"
        bring(COG, MOVES + old)
        assert commune(BEON).successor_id == CULOZ

    def test_those_that_vanished_before_follow(self, bring: Any) -> None:
        Commune.objects.create(
            insee_code="01998", name="Ancienne", departement_id="01", successor_id=BEON
        )
        CommuneHistory.objects.create(old_code="01997", current_id=BEON, kind="ancien")
        bring(COG, MOVES)
        assert commune("01998").successor_id == CULOZ
        assert CommuneHistory.objects.get(old_code="01997").current_id == CULOZ

    def test_one_split_goes_to_the_most_populous_and_its_figures_to_nobody(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        split = MOVES + "33,2023-01-01,COM,01039,Béon,COM,62486,Lambres-lez-Aire\n"
        before = figures(CULOZ)
        bring(COG, split)
        assert commune(BEON).successor_id == CULOZ
        assert figures(CULOZ) == before
        heirs = CommuneHistory.objects.filter(old_code=BEON).values_list("current", flat=True)
        assert set(heirs) == {CULOZ, LAMBRES}
        assert "partagée" in capsys.readouterr().out

    def test_a_territory_that_names_it_is_told_and_left_alone(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        cpts = make_territory("CPTS Bugey", [CULOZ, BEON], vintage=2023, size=1)
        bring(COG, MOVES)
        assert "CPTS Bugey : Béon" in capsys.readouterr().out
        assert cpts.territory is not None
        assert cpts.territory.communes.count() == 2

    def test_twice_changes_nothing_and_says_so(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(COG, MOVES)
        printed = capsys.readouterr().out
        assert "2 communes renommées" in printed
        assert "1 commune disparue" in printed
        assert "Béon (01039) → Culoz-Béon (01138)" in printed
        before = figures(CULOZ)
        bring(COG, MOVES)
        assert "Rien à modifier" in capsys.readouterr().out
        assert figures(CULOZ) == before

    def test_a_dry_run_writes_nothing(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        bring(COG, MOVES, dry_run=True)
        assert "1 commune disparue" in capsys.readouterr().out
        assert commune(BEON).successor_id is None
        assert commune(LAMBRES).name == "Lambres"


@pytest.mark.usefixtures("places")
class TestNew:
    NEW = "COM,62999,32,62,62D,622,0,NEUVE,Neuve,Neuve,6202,\n"

    def test_it_gets_the_usual_fund_of_its_departement(self, bring: Any) -> None:
        bring(COG + self.NEW, MOVES)
        new = commune("62999")
        assert (new.name, new.departement_id, new.cpam_district_id) == ("Neuve", "62", "621")

    def test_one_born_of_a_merger_takes_after_those_it_replaces(self, bring: Any) -> None:
        bring(
            COG + self.NEW.replace("62999", "01999").replace(",62,", ",01,"),
            MOVES.replace(
                "COM,01138,Culoz-Béon\n32,2023-01-01,COM,01039,Béon,COMD",
                "COM,01999,Neuve\n32,2023-01-01,COM,01039,Béon,COMD",
            ),
        )
        assert commune(BEON).successor_id == "01999"
        new = commune("01999")
        assert (new.cpam_district_id, new.postal_codes) == ("011", "01350")
        assert new.epci_id == commune(BEON).epci_id
        assert figures("01999") == {2022: (490, None), 2023: (500, None)}
        assert (new.population, new.population_vintage) == (500, 2023)

    def test_a_commune_that_comes_back_is_of_today_again(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        bring(COG, MOVES)
        bring(COG + "COM,01039,84,01,,,,,,Béon,,\n")
        assert commune(BEON).successor_id is None
        assert "Béon (01039) renaît" in capsys.readouterr().out


@pytest.mark.usefixtures("places")
class TestOwnFormat:
    HEADING = "insee_code,name,kind,parent_code,departement,zone,epci_siren,postal_codes\n"

    def test_it_brings_postal_codes_and_epci_too(self, bring: Any) -> None:
        rows = [
            f"{c.pk},{c.name},{c.kind},{c.parent_id or ''},{c.departement_id},metro,"
            f"{c.epci_id or ''},{'62121' if c.pk == LAMBRES else c.postal_codes}"
            for c in Commune.objects.all()
        ]
        outside = "97502,Saint-Pierre,COM,,975,com,,97500"
        bring(self.HEADING + "\n".join([*rows, outside]) + "\n", name="communes.csv.gz")
        assert commune(LAMBRES).postal_codes == "62121"
        assert not Commune.objects.filter(pk="97502").exists()


@pytest.mark.usefixtures("places")
class TestRefused:
    def test_a_commune_without_an_heir_is_named(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(CommandError, match="1 ligne rejetée : rien n’a été modifié"):
            bring(COG)
        assert "communes.csv : Béon (01039) n’y est plus" in capsys.readouterr().err
        assert commune(LAMBRES).name == "Lambres"

    @pytest.mark.parametrize(
        ("good", "bad", "reason"),
        [
            ("COM,29155,53,29", "COM,29155,53,00", "ligne 5 : département inconnu : « 00 »"),
            ("COM,29155", "COM,01138", "« 01138 » figure deux fois"),
            ("COM,29155", "XXX,29155", "nature inconnue : « XXX »"),
            ("COM,29155", "COM,291", "code de commune illisible"),
            ("Ouessant,2921", "?,2921", "nom de commune illisible"),
            ("Ouessant,2921,", "Ouessant", "10 colonne(s) au lieu de 12"),
            ("75ZZ,75056", "75ZZ,75999", "n’a pas sa commune entière"),
        ],
    )
    def test_a_bad_line_is_named_and_nothing_is_written(
        self, bring: Any, capsys: pytest.CaptureFixture[str], good: str, bad: str, reason: str
    ) -> None:
        with pytest.raises(CommandError, match="rien n’a été modifié"):
            bring(COG.replace(good, bad, 1), MOVES)
        assert reason in capsys.readouterr().err
        assert commune(BEON).successor_id is None

    def test_a_bad_history(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(CommandError, match="rien n’a été modifié"):
            bring(COG, MOVES.replace("2026-01-01", "hier"))
        assert "mouvements.csv, ligne 5 : date illisible : « hier »" in capsys.readouterr().err

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("nom,prix\nBaguette,1\n", "pas de colonne"), (COG.splitlines()[0], "aucune commune")],
    )
    def test_a_foreign_or_empty_file(self, bring: Any, text: str, reason: str) -> None:
        with pytest.raises(CommandError, match=reason):
            bring(text)
