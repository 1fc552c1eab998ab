"""`simulate_funding`: prints the funding of one contract year. Pure rules, no database."""

import json
import re
import sys
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from aci.grid_files import read_grids
from aci.simulation import SimulationInput, as_plain, simulate
from aci.simulation_texts import (
    as_table,
    read_achieved,
    read_contract_year,
    read_date,
    read_grid_code,
    read_mission_starts,
    read_population,
    shown,
)
from foundation.refusal import Refused

BAD_INPUT = 2  # the exit status that argparse gives, too


class FrenchParser(CommandParser):
    """argparse speaks English and prints its usage: here a mistake is one French sentence."""

    def error(self, message: str) -> NoReturn:
        reason = _in_french(message)
        if self.called_from_command_line:
            raise Refused(reason)
        raise CommandError(reason, returncode=BAD_INPUT)


def _in_french(message: str) -> str:
    unknown = re.match(r"unrecognized arguments: (\S+)", message)
    if unknown:
        return f"Option inconnue : {shown(unknown[1])}."
    option = re.match(r"argument (\S+):", message)
    if option:
        return f"L’option {shown(option[1])} n’a pas reçu la valeur qu’elle attend."
    return "La commande n’est pas comprise, l’option --help en donne l’emploi."


class Command(BaseCommand):
    help = "Calcule le financement d’une année de contrat ACI, sans base de données."
    requires_system_checks: list[str] = []
    at_terminal = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, allow_abbrev=False, **kwargs)
        # Django offers no way to name the class of its parser, and its own adds the options.
        parser.__class__ = FrenchParser
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        """Everything is read as text: the rules check it, and say what is wrong in French."""
        add = parser.add_argument
        add("--population", metavar="N", help="population municipale du territoire")
        add("--signed-on", metavar="DATE", help="date de signature, AAAA-MM-JJ")
        add("--mission", metavar="CODE=DATE", action="append", default=[], help="démarrage")
        add("--contract-year", metavar="K", default="1", help="de 1 à 5, 1 par défaut")
        add("--achieved", metavar="CODE=FRACTION", action="append", default=[], help="de 0 à 1")
        add("--crisis", action="store_true", help="une crise est reconnue par l’ARS")
        add("--without-snp", action="store_true", help="soins non programmés non organisés")
        add("--grid", metavar="CODE", help="barème, à défaut celui en vigueur")
        add("--end-on", metavar="DATE", help="fin du contrat dans l’année, AAAA-MM-JJ")
        add("--format", metavar="json|table", default="json", help="json par défaut")

    def handle(self, *args: Any, **options: Any) -> None:
        form = options["format"]
        if form not in ("json", "table"):
            raise Refused("L’option --format vaut json ou table.")
        funding = simulate(_read(options), grids=read_grids())
        if form == "table":
            self.stdout.write(as_table(funding))
        else:
            self.stdout.write(json.dumps(as_plain(funding), ensure_ascii=False, indent=2))

    def execute(self, *args: Any, **options: Any) -> str | None:
        """For `call_command`, a refusal is the usual CommandError."""
        try:
            return super().execute(*args, **options)
        except Refused as refusal:
            if self.at_terminal:
                raise
            raise CommandError(refusal.reason, returncode=BAD_INPUT) from refusal

    def run_from_argv(self, argv: list[str]) -> None:
        """For the terminal, a refusal is its sentence alone, without Django's prefix."""
        self.at_terminal = True
        try:
            super().run_from_argv(argv)
        except Refused as refusal:
            self.stderr.write(refusal.reason)
            sys.exit(BAD_INPUT)


def _read(options: dict[str, Any]) -> SimulationInput:
    def required(name: str) -> str:
        value = options[name]
        if value is None:
            raise Refused(f"L’option --{name.replace('_', '-')} est obligatoire.")
        return str(value)

    grid, ended_on = options["grid"], options["end_on"]
    return SimulationInput(
        population=read_population(required("population")),
        signed_on=read_date("--signed-on", required("signed_on")),
        mission_starts=read_mission_starts(options["mission"]),
        contract_year=read_contract_year(required("contract_year")),
        achieved=read_achieved(options["achieved"]),
        crisis_recognised=options["crisis"],
        without_unscheduled_care=options["without_snp"],
        grid=None if grid is None else read_grid_code(grid),
        ended_on=None if ended_on is None else read_date("--end-on", str(ended_on)),
    )
