"""What a start does to the data: the same commands, in the same order, as one does by hand."""

import os
import sys
import time

import django
from django.conf import settings
from django.core.management import CommandError, call_command

COMMANDS = ("compress_static", "migrate", "load_territories")
WITH_DEMONSTRATION = ("seed_demo",)  # it loads grids and indicators itself
WITHOUT_DEMONSTRATION = ("load_grids", "load_indicators", "load_letters")
LABELS = {
    "compress_static": "Feuilles de style et scripts",
    "migrate": "Base de données",
    "load_territories": "Communes, EPCI et populations",
    "seed_demo": "Démonstration",
    "load_grids": "Barèmes de financement",
    "load_indicators": "Indicateurs des missions",
    "load_letters": "Modèles de courrier",
}


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cpts_portal.settings.dev")
    django.setup()
    rest = WITH_DEMONSTRATION if settings.DEMONSTRATION else WITHOUT_DEMONSTRATION
    for command in COMMANDS + rest:
        print(f"  {LABELS[command]}…", end="", flush=True)
        started = time.monotonic()
        try:
            call_command(command, verbosity=0)
        except CommandError as refusal:
            print(f"\nmanage.py {command} : {refusal}", file=sys.stderr)
            return 1
        print(f" {time.monotonic() - started:.1f} s".replace(".", ","), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
