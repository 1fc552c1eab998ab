"""`simulate_funding`: its JSON, its table, and one French sentence for each mistake."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.core.management.base import CommandError

from aci.management.commands.simulate_funding import Command

# No test here has the `db` mark: pytest-django would refuse the first query.
SIX = ("ACCES_SOINS", "PARCOURS", "PREVENTION", "CRISE", "QUALITE", "ACCOMPAGNEMENT")
SIGNED = "2023-07-01"


def missions(*codes: str, start: str = SIGNED) -> list[str]:
    return [word for code in codes for word in ("--mission", f"{code}={start}")]


def achieved(fraction: str, *codes: str) -> list[str]:
    return [word for code in codes for word in ("--achieved", f"{code}={fraction}")]


def simulated(population: int, *words: str, signed_on: str = SIGNED) -> dict:
    out = StringIO()
    asked = ["--population", str(population), "--signed-on", signed_on, *words]
    call_command("simulate_funding", *asked, "--format", "json", stdout=out)
    return json.loads(out.getvalue())


# --- The figures of the funding rules ---------------------------------------------------------

POPULATIONS = (32_048, 50_000, 120_000, 200_000)


@pytest.mark.parametrize(
    ("words", "totals"),
    [
        (
            [*missions(*SIX[:3], *SIX[4:]), "--grid", "ACI_2019"],
            (220_000, 287_500, 370_000, 450_000),
        ),
        ([*missions(*SIX), "--crisis"], (287_500, 380_000, 487_500, 580_000)),
        (missions(*SIX), (250_000, 327_500, 420_000, 505_000)),
        ([*missions(*SIX), "--contract-year", "2"], (237_500, 310_000, 397_500, 480_000)),
    ],
)
def test_the_totals_of_the_parts(words, totals):
    for size, (population, total) in enumerate(zip(POPULATIONS, totals, strict=True), start=1):
        year = simulated(population, *words)
        assert (year["size"], year["total_due"]) == (size, f"{total}.00")


def test_the_floor_that_the_agencies_print():
    socle = ("ACCES_SOINS", "PARCOURS", "PREVENTION")
    words = [*missions(*socle, start="2020-01-01"), *achieved("0", *socle), "--without-snp"]
    assert simulated(50_000, *words, signed_on="2020-01-01")["total_due"] == "137500.00"


@pytest.mark.parametrize(("fraction", "total"), [("1", "195000.00"), ("0", "145000.00")])
def test_vexin_normand(fraction, total):
    socle = ("ACCES_SOINS", "PARCOURS", "PREVENTION")
    words = [*missions(*socle, start="2021-10-19"), *achieved(fraction, *socle)]
    year = simulated(32_048, *words, signed_on="2021-10-19")
    assert (year["grid"], year["size"], year["total_due"]) == ("ACI_2019", 1, total)


@pytest.mark.parametrize(("crisis", "total"), [([], "397500.00"), (["--crisis"], "465000.00")])
def test_a_fifth_year(crisis, total):
    year = simulated(100_000, *missions(*SIX), "--contract-year", "5", *crisis)
    assert year["total_due"] == total
    assert year["contract_year"] == {"number": 5, "start": "2027-07-01", "end": "2028-06-30"}


def test_a_first_year_in_whole():
    year = simulated(
        20_000,
        *missions("ACCES_SOINS", start="2024-01-15"),
        *missions("PREVENTION", start="2024-06-01"),
        *achieved("0", "ACCES_SOINS", "PREVENTION"),
        signed_on="2023-10-15",
    )
    assert list(year) == ["grid", "size", "contract_year", "lines", "total_due", "schedule"]
    assert year["contract_year"] == {"number": 1, "start": "2023-10-15", "end": "2024-10-14"}
    assert list(year["lines"][0]) == [
        "code",
        "part",
        "ceiling",
        "due",
        "advance",
        "balance",
        "rule",
    ]
    assert [tuple(line.values())[:6] for line in year["lines"]] == [
        ("FONCTIONNEMENT", "fixed", "50000.00", "50000.00", "50000.00", "0.00"),
        ("ACCES_SOINS", "fixed", "60000.00", "44918.03", "33688.52", "11229.51"),
        ("ACCES_SOINS", "variable", "20000.00", "0.00", "0.00", "0.00"),
        ("PREVENTION", "fixed", "10000.00", "3715.85", "2786.89", "928.96"),
        ("PREVENTION", "variable", "10000.00", "0.00", "0.00", "0.00"),
    ]
    assert [(payment["date"], payment["amount"]) for payment in year["schedule"]] == [
        ("2023-10-15", "50000.00"),
        ("2024-01-15", "33688.52"),
        ("2024-06-01", "2786.89"),
        ("2024-10-15", "11229.51"),
        ("2024-10-15", "928.96"),
    ]


def test_a_contract_that_ends():
    words = ["--end-on", "2025-04-01"]
    year = simulated(50_000, *words, signed_on="2024-07-01")
    assert year["lines"][0]["balance"] == "-14958.90"
    assert year["schedule"][-1]["date"] == "2025-04-01"
    assert year["total_due"] == "45041.10"


def test_with_an_end_the_review_is_accepted_and_has_no_effect():
    words = [*missions(*SIX), "--end-on", "2024-01-01"]
    assert simulated(50_000, *words) == simulated(
        50_000, *words, *achieved("0.5", "PARCOURS"), "--crisis"
    )


@pytest.mark.parametrize(
    ("signed_on", "number", "grid"),
    [
        ("2019-08-25", "1", "ACI_2019"),
        ("2022-03-31", "1", "ACI_2019"),
        ("2022-03-31", "2", "AVENANT_2"),
        ("2022-04-01", "1", "AVENANT_2"),
        ("2019-07-01", "2", "ACI_2019"),  # the year computed begins after the grid's date
    ],
)
def test_the_grid_in_force_on_the_first_day_of_the_year(signed_on, number, grid):
    year = simulated(50_000, "--contract-year", number, signed_on=signed_on)
    assert year["grid"] == grid


def test_a_named_grid_may_be_tried_on_any_date():
    assert simulated(50_000, "--grid", "AVENANT_2", signed_on="2018-01-01")["size"] == 2


def test_the_table_is_for_people():
    out = StringIO()
    words = ["--population", "50000", "--signed-on", "2024-07-01", "--format", "table"]
    call_command("simulate_funding", *words, *missions("CRISE", start="2024-07-01"), stdout=out)
    table = out.getvalue().replace("\u00a0", " ")
    assert "(barème à confirmer)" in table
    assert "Taille 2, année de contrat 1, du 1er juillet 2024 au 30 juin 2025" in table
    assert "Année entière, de 60 000,00 €. Versé en totalité le 1er juillet 2024." in table
    assert "Total dû : 95 000,00 €" in table
    assert "avance de 75 %" in table
    assert "26 250,00 €" in table


# --- Mistakes ---------------------------------------------------------------------------------

USUAL = {"--population": "50000", "--signed-on": SIGNED}
CRISE_2021 = {"--signed-on": "2021-07-01", "--mission": "CRISE=2021-08-01"}

MISTAKES = [
    ({"--mission": "PLOMBERIE=2024-01-01"}, "Mission inconnue"),
    ({"--mission": "FONCTIONNEMENT=2024-01-01"}, "Mission inconnue"),
    ({"--mission": "acces_soins=2024-01-01"}, "Mission inconnue"),
    ({"--mission": "PARCOURS"}, "s’écrit CODE=DATE"),
    ({"--mission": "PARCOURS="}, "AAAA-MM-JJ"),
    ({"--mission": "PARCOURS=2024-02-30"}, "n’existe pas"),
    ({"--mission": "PARCOURS=2023-06-30"}, "avant la signature"),
    ({"--mission": ("PARCOURS=2024-01-01", "PARCOURS=2024-01-01")}, "citée deux fois"),
    ({"--grid": "AVENANT_9"}, "AVENANT_9 est inconnu"),
    ({"--grid": "../secret"}, "Barème inconnu"),
    ({"--grid": ""}, "Barème inconnu"),
    ({"--population": None}, "--population est obligatoire"),
    ({"--population": "0"}, "population"),
    ({"--population": "-5"}, "population"),
    ({"--population": "abc"}, "reçu «\u00a0abc\u00a0»"),
    ({"--population": "50000.5"}, "population"),
    ({"--population": "1e5"}, "population"),
    ({"--population": "50_000"}, "population"),
    ({"--population": "٥٠"}, "population"),
    ({"--population": "9" * 5000}, "population"),
    ({"--population": "a\nb\x1b[31m"}, "reçu «\u00a0a?b?[31m\u00a0»"),
    ({"--signed-on": None}, "--signed-on est obligatoire"),
    ({"--signed-on": "2023-02-29"}, "n’existe pas"),
    ({"--signed-on": "0000-01-01"}, "n’existe pas"),
    ({"--signed-on": "20240101"}, "AAAA-MM-JJ"),
    ({"--signed-on": "2024-W01-1"}, "AAAA-MM-JJ"),
    ({"--signed-on": "01/07/2024"}, "AAAA-MM-JJ"),
    ({"--signed-on": "9999-01-01"}, "trop lointaine"),
    ({"--signed-on": "2019-08-24"}, "Aucun barème n’est en vigueur le 24\u00a0août\u00a02019"),
    ({"--contract-year": "0"}, "de 1 à 5"),
    ({"--contract-year": "6"}, "de 1 à 5"),
    ({"--contract-year": "-1"}, "année de contrat"),
    ({"--contract-year": "un"}, "année de contrat"),
    ({"--end-on": "2023-07-01"}, "fin du contrat"),
    ({"--end-on": "2024-07-01"}, "fin du contrat"),
    ({"--end-on": "2022-01-01"}, "fin du contrat"),
    ({"--end-on": "2024-13-01"}, "n’existe pas"),
    ({"--end-on": "bientôt"}, "AAAA-MM-JJ"),
    ({"--mission": "PARCOURS=2024-01-01", "--achieved": "PARCOURS=1.01"}, "de 0 à 1"),
    ({"--mission": "PARCOURS=2024-01-01", "--achieved": "PARCOURS=-0.1"}, "de 0 à 1"),
    ({"--mission": "PARCOURS=2024-01-01", "--achieved": "PARCOURS=0,5"}, "de 0 à 1"),
    ({"--mission": "PARCOURS=2024-01-01", "--achieved": "PARCOURS=nan"}, "de 0 à 1"),
    ({"--mission": "PARCOURS=2024-01-01", "--achieved": "PARCOURS"}, "CODE=FRACTION"),
    ({"--achieved": "PARCOURS=1"}, "ne fait pas partie du contrat"),
    ({"--achieved": "PLOMBERIE=1"}, "Mission inconnue"),
    ({"--mission": "CRISE=2024-01-01", "--achieved": "CRISE=1"}, "pas de part variable"),
    ({"--crisis": ""}, "qu’avec la mission"),
    (CRISE_2021, "ACI_2019 ne prévoit pas la mission"),
    ({**CRISE_2021, "--contract-year": "2", "--grid": "ACI_2019"}, "ne prévoit pas la mission"),
    ({"--format": "xml"}, "json ou table"),
    ({"--couleur": "bleu"}, "Option inconnue\u00a0: «\u00a0--couleur"),
    ({"--popu": "5"}, "Option inconnue\u00a0: «\u00a0--popu"),
    ({"--verbosity": "9"}, "«\u00a0-v/--verbosity\u00a0» n’a pas reçu la valeur"),
]


def typed(options: dict) -> list[str]:
    """The words of a command line; an option may repeat, `None` leaves a usual one out."""
    words: list[str] = []
    for option, value in {**USUAL, **options}.items():
        for one in value if isinstance(value, tuple) else (value,):
            if one is not None:
                words += [option] if option == "--crisis" else [f"{option}={one}"]
    return words


@pytest.mark.parametrize(("options", "reason"), MISTAKES)
def test_a_mistake_at_the_terminal_is_one_sentence_and_status_2(options, reason, capsys):
    with pytest.raises(SystemExit) as left:
        Command().run_from_argv(["manage.py", "simulate_funding", *typed(options)])
    shown = capsys.readouterr()
    assert left.value.code == 2
    assert shown.out == ""
    assert reason in shown.err
    assert shown.err.count("\n") == 1
    assert shown.err[0].isupper()
    assert shown.err.endswith(".\n")


@pytest.mark.parametrize(("options", "reason"), MISTAKES)
def test_a_mistake_in_a_call_is_a_command_error_with_the_same_sentence(options, reason):
    out = StringIO()
    with pytest.raises(CommandError) as refused:
        call_command("simulate_funding", *typed(options), stdout=out)
    assert refused.value.returncode == 2
    assert reason in str(refused.value)
    assert out.getvalue() == ""


def test_what_argparse_says_otherwise_is_said_in_french_too():
    parser = Command().create_parser("manage.py", "simulate_funding")
    with pytest.raises(CommandError, match="l’option --help en donne l’emploi"):
        parser.error("something else")


# --- The real thing ---------------------------------------------------------------------------


def run(*words: str) -> subprocess.CompletedProcess[str]:
    """`python manage.py simulate_funding …` with a database that nobody can reach."""
    root = Path(django_settings.BASE_DIR)
    return subprocess.run(
        [sys.executable, "manage.py", "simulate_funding", *words],
        cwd=root,
        env={**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nowhere"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


def test_the_command_needs_no_database():
    done = run("--population", "50000", "--signed-on", "2024-07-01", "--end-on", "2025-04-01")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["schedule"][-1]["amount"] == "-14958.90"


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--population", "abc", "--signed-on", "2024-07-01"),
        ("--population", "50000", "--signed-on", "2024-07-01", "--grid", "X", "--traceback"),
        ("--population", "50000", "--signed-on"),
        ("--population", "50000", "--signed-on", "2024-07-01", "--crisis"),
    ],
    ids=["nothing", "population", "grid", "no value", "crisis"],
)
def test_a_mistake_in_the_real_process(words):
    done = run(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.endswith(".\n")
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr
    assert "usage" not in done.stderr
