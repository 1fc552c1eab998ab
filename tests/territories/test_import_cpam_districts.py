"""Which commune belongs to which CPAM: confirmed by a file, without touching who is in charge."""

from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from territories.models import Commune, Concern, CpamDistrict, Cpts
from tests.territories.real_places import codes_of, load_places, make_territory, write_csv

pytestmark = pytest.mark.django_db

LAMBRES, CULOZ, BEON, AJACCIO, SAINT_DENIS = "62486", "01138", "01039", "2A004", "97411"
PARIS, PARIS_13 = "75056", "75113"
SAINT_DIZIER = "saint-dizier"
PLACES = (LAMBRES, CULOZ, AJACCIO, SAINT_DENIS, PARIS, PARIS_13)
HEADING = "insee_code,cpam_code,cpam_name\n"


@pytest.fixture
def places(tmp_path: Path) -> None:
    folder = tmp_path / "reference"
    folder.mkdir()
    load_places(folder, PLACES)


@pytest.fixture
def bring(tmp_path: Path) -> Any:
    def _bring(text: str, **options: Any) -> None:
        path = write_csv(tmp_path / "cpam.csv", text)
        call_command("import_cpam_districts", path, **options)

    return _bring


def fund_of(code: str) -> str | None:
    return Commune.objects.get(pk=code).cpam_district_id


@pytest.mark.usefixtures("places")
class TestFunds:
    def test_a_commune_changes_fund_and_the_fund_is_confirmed(self, bring: Any) -> None:
        assert fund_of(LAMBRES) == "621"
        bring(HEADING + f"{LAMBRES},622,CPAM de la Côte d'Opale\n")
        assert fund_of(LAMBRES) == "622"
        fund = CpamDistrict.objects.get(pk="622")
        assert (fund.name, fund.is_confirmed) == ("CPAM de la Côte d’Opale", True)
        assert not CpamDistrict.objects.get(pk="621").is_confirmed

    def test_a_new_fund_lies_where_its_communes_do(self, bring: Any) -> None:
        bring(HEADING + f"{AJACCIO},2A9,CPAM d’Ajaccio\n")
        assert CpamDistrict.objects.get(pk="2A9").region_id == "94"

    def test_a_new_fund_may_say_its_region(self, bring: Any) -> None:
        bring(f"cpam_name;REG;code_cpam;COM\nCPAM X;32;999;{CULOZ}\n")
        assert CpamDistrict.objects.get(pk="999").region_id == "32"

    def test_arrondissements_follow_their_city_unless_named(self, bring: Any) -> None:
        bring(HEADING + f"{PARIS},752,CPAM de Paris intra-muros\n")
        assert fund_of(PARIS_13) == "752"
        bring(HEADING + f"{PARIS_13},753,CPAM du 13e\n")
        assert (fund_of(PARIS), fund_of(PARIS_13)) == ("752", "753")

    def test_an_old_code_gives_its_fund_to_the_commune_of_today(self, bring: Any) -> None:
        bring(HEADING + f"{BEON},012,CPAM du Bugey\n")
        assert fund_of(CULOZ) == "012"

    def test_twice_changes_nothing_and_says_so(
        self, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        text = HEADING + f"{LAMBRES},622,CPAM de la Côte d’Opale\n"
        bring(text)
        assert "1 commune change de CPAM" in capsys.readouterr().out
        bring(text)
        assert "Rien à modifier" in capsys.readouterr().out

    def test_a_dry_run_writes_nothing(self, bring: Any, capsys: pytest.CaptureFixture[str]) -> None:
        bring(HEADING + f"{LAMBRES},629,CPAM nouvelle\n", dry_run=True)
        assert "1 CPAM créée" in capsys.readouterr().out
        assert fund_of(LAMBRES) == "621"
        assert not CpamDistrict.objects.filter(pk="629").exists()

    @pytest.mark.parametrize(
        ("lines", "reason"),
        [
            (f"{LAMBRES},622,CPAM A\n{LAMBRES},622,CPAM A\n", "figure deux fois"),
            (f"{LAMBRES},622,CPAM A\n{CULOZ},622,CPAM B\n", "porte deux noms"),
            (f"{BEON},011,CPAM A\n{CULOZ},622,CPAM B\n", "reçoit deux CPAM"),
            ("99999,622,CPAM A\n", "commune inconnue"),
            (f"{LAMBRES},,CPAM A\n", "code de CPAM illisible"),
            (f"{LAMBRES},62262262262,CPAM A\n", "code de CPAM illisible"),
            (f"{LAMBRES},622,\n", "nom de CPAM illisible"),
            (f"{LAMBRES},622\n", "2 colonne(s) au lieu de 3"),
        ],
    )
    def test_a_bad_line_is_named_and_nothing_is_written(
        self, bring: Any, capsys: pytest.CaptureFixture[str], lines: str, reason: str
    ) -> None:
        with pytest.raises(CommandError, match="rien n’a été modifié"):
            bring(HEADING + f"{AJACCIO},2A9,CPAM d’Ajaccio\n" + lines)
        assert reason in capsys.readouterr().err
        assert not CpamDistrict.objects.filter(pk="2A9").exists()

    @pytest.mark.parametrize("region", ["00", "Corse"])
    def test_an_unknown_region(
        self, bring: Any, capsys: pytest.CaptureFixture[str], region: str
    ) -> None:
        with pytest.raises(CommandError):
            bring(f"insee_code,cpam_code,cpam_name,region\n{LAMBRES},622,CPAM A,{region}\n")
        assert "région inconnue" in capsys.readouterr().err

    def test_a_foreign_or_empty_file(self, bring: Any) -> None:
        with pytest.raises(CommandError, match="pas de colonne"):
            bring("a,b\n1,2\n")
        with pytest.raises(CommandError, match="aucune ligne"):
            bring(HEADING)


class TestDossiers:
    @pytest.fixture
    def saint_dizier(self, tmp_path: Path) -> Cpts:
        load_places(tmp_path, codes_of(SAINT_DIZIER))
        cpts = make_territory("CPTS Saint-Dizier", codes_of(SAINT_DIZIER), vintage=2023, size=2)
        Cpts.objects.filter(pk=cpts.pk).update(cpam_district="521", departement="52")
        return Cpts.objects.get(pk=cpts.pk)

    def test_a_cpts_across_two_departements_keeps_its_fund_and_is_listed(
        self, saint_dizier: Cpts, bring: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        departements = set(
            Commune.objects.filter(memberships__territory=saint_dizier.territory).values_list(
                "departement", flat=True
            )
        )
        assert departements == {"51", "52"}
        assert len(codes_of(SAINT_DIZIER)) == 60
        bring(HEADING + "52448,521,CPAM de la Haute-Marne\n")
        printed = capsys.readouterr().out
        assert "CPTS Saint-Dizier (CPAM de la Haute-Marne) : CPAM de la Marne" in printed
        saint_dizier.refresh_from_db()
        assert saint_dizier.cpam_district_id == "521"
        assert set(Concern.objects.values_list("cpts__name", "cpam_district")) == {
            ("CPTS Saint-Dizier", "511")
        }

    def test_a_fund_that_lost_its_communes_reads_the_dossier_no_more(
        self, saint_dizier: Cpts, bring: Any
    ) -> None:
        bring(HEADING + "52448,521,CPAM de la Haute-Marne\n")
        codes = [code for code in codes_of(SAINT_DIZIER) if code.startswith("51")]
        bring(HEADING + "".join(f"{code},521,CPAM de la Haute-Marne\n" for code in codes))
        assert not Concern.objects.exists()
