"""What is typed in the simulator, and addresses that are none: said in one sentence."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from territories.drafts.draft import Draft, read_draft
from territories.models import Commune, CommuneHistory
from tests.aci.simulations import SIMULATOR, draft, draft_at, plain
from tests.cast import Geography

pytestmark = pytest.mark.django_db


class TestLists:
    def test_a_pasted_list(self, client: Client, geography: Geography) -> None:
        data = {"t": draft("62119"), "communes": "Lillers 62,5 %\nNœux-les-Mines"}
        found = draft_at(client.post("/simulateur/coller/", data))
        assert found.shares == {"62119": 10_000, "62516": 6250, "62617": 10_000}

    def test_a_file(self, client: Client, geography: Geography) -> None:
        file = SimpleUploadedFile("a.csv", b"insee;part\n62516;62,5 %\n62617;\n")
        data = {"t": draft("62119"), "file": file}
        found = draft_at(client.post("/simulateur/importer/", data))
        assert found.shares == {"62119": 10_000, "62516": 6250, "62617": 10_000}

    def test_its_own_export_comes_back(self, client: Client, geography: Geography) -> None:
        text = "62:119*6250178~2023"
        exported = client.get("/simulateur/communes.csv", {"t": text}).content
        file = SimpleUploadedFile("a.csv", exported)
        found = draft_at(client.post("/simulateur/importer/", {"t": "", "file": file}))
        assert found.shares == read_draft(text).shares

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("62119\n99999", "Commune inconnue : « 99999 » (ligne 2)."),
            ("62119\nBéthune", "Béthune est donnée 2 fois (lignes 1 et 2)"),
            ("Béthune 120 %", "Ligne 1 : la part d’une commune va de 0,01 % à 100 %"),
            ("Béthune 70 %\nBéthune 40 %", "Les parts de Béthune (lignes 1 et 2) dépassent"),
            ("", "Collez au moins un nom ou un code INSEE."),
        ],
    )
    def test_what_is_wrong_is_said_and_the_text_stays(
        self, client: Client, geography: Geography, text: str, said: str
    ) -> None:
        answer = client.post("/simulateur/coller/", {"t": draft("62178"), "communes": text})
        assert answer.status_code == 422
        assert said in plain(answer)
        assert text in answer.content.decode()
        assert "Bruay-la-Buissière" in plain(answer)

    def test_a_shared_name_is_a_choice(self, client: Client, geography: Geography) -> None:
        for code, place in (("67701", "67"), ("59701", "59")):
            Commune.objects.create(
                insee_code=code,
                name="Saint-Martin",
                search_name="saint martin",
                departement_id=place,
            )
        data = {"t": draft("62119"), "communes": "\nSt-Martin 40 %"}
        asked = client.post("/simulateur/coller/", data)
        assert asked.status_code == 422
        assert "Ligne 2, « St-Martin » : quelle commune ?" in plain(asked)
        assert "Saint-Martin (67), 67701" in plain(asked)
        chosen = client.post("/simulateur/coller/", {**data, "choix_0": "67701"})
        assert draft_at(chosen).shares == {"62119": 10_000, "67701": 4000}

    def test_a_foreign_file(self, client: Client, geography: Geography) -> None:
        file = SimpleUploadedFile("a.csv", b"%PDF-1.7 rien")
        answer = client.post("/simulateur/importer/", {"t": "", "file": file})
        assert answer.status_code == 422
        assert "n’est pas un tableau CSV" in plain(answer)

    def test_more_than_a_thousand_communes(self, client: Client, geography: Geography) -> None:
        full = Draft({f"01{number:03d}": 10_000 for number in range(1000)})
        answer = client.post("/simulateur/coller/", {"t": full.text, "communes": "62119"})
        assert answer.status_code == 422
        assert "au plus 1 000 communes" in plain(answer)
        assert client.get(SIMULATOR, {"t": full.text, "ajouter": "62119"}).status_code == 422


class TestBadAddresses:
    @pytest.mark.parametrize("text", ["zzz", "62:11", "62:119119", "62:119~1999", "<script>"])
    def test_garbage_is_said_in_one_sentence(
        self, client: Client, geography: Geography, text: str
    ) -> None:
        answer = client.get(SIMULATOR, {"t": text})
        assert answer.status_code == 422
        assert "À corriger" in plain(answer)
        for file in ("communes.csv", "communes.geojson"):
            assert client.get(f"/simulateur/{file}", {"t": text}).status_code == 302

    def test_an_unknown_code_counts_nothing(self, client: Client, geography: Geography) -> None:
        html = plain(client.get(SIMULATOR, {"t": draft("62119", "62999")}))
        assert "Commune inconnue : 62999." in html
        assert "25 224 habitants" in html  # in the list, but no total
        assert "sous la taille" not in html
        assert "Continuer sans" in html

    def test_a_vanished_code_leads_to_today_and_says_so(
        self, client: Client, geography: Geography
    ) -> None:
        CommuneHistory.objects.create(old_code="62998", current_id="62119", kind="ancien")
        answer = client.get(SIMULATOR, {"t": draft("62998", "62178")}, follow=True)
        assert "La commune 62998 n’existe plus : Béthune (62119) la remplace." in plain(answer)
        assert read_draft(answer.wsgi_request.GET["t"]).shares.keys() == {"62119", "62178"}

    def test_a_commune_merged_since_leads_to_its_successor(
        self, client: Client, geography: Geography
    ) -> None:
        Commune.objects.filter(pk="62617").update(successor="62119")
        assert draft_at(client.get(SIMULATOR, {"t": draft("62617")})).shares == {"62119": 10_000}

    def test_a_split_commune_is_a_choice(self, client: Client, geography: Geography) -> None:
        for code in ("62119", "62178"):
            CommuneHistory.objects.create(old_code="62998", current_id=code, kind="ancien")
        html = plain(client.get(SIMULATOR, {"t": draft("62998")}))
        assert "62998 (partagée entre 62119 et 62178, choisissez)" in html

    def test_a_city_and_its_arrondissement(self, client: Client, geography: Geography) -> None:
        Commune.objects.filter(pk="59350").update(kind="COM")
        Commune.objects.create(
            insee_code="59999",
            name="Lille 1er",
            search_name="lille 1er",
            kind="ARM",
            parent_id="59350",
            departement=geography.nord,
        )
        html = plain(client.get(SIMULATOR, {"t": draft("59350", "59999")}))
        assert "Lille 1er fait partie de Lille : choisissez l’une ou l’autre." in html

    @pytest.mark.parametrize(
        "change", [{"ajouter": "x"}, {"epci": "9"}, {"commune": "62119", "part": "101"}]
    )
    def test_a_change_that_is_not_possible(
        self, client: Client, geography: Geography, change: dict[str, str]
    ) -> None:
        answer = client.get(SIMULATOR, {"t": draft("62119"), "partager": "62119", **change})
        assert answer.status_code == 422
        assert "25 224" in plain(answer)
