#!/bin/sh
# Prepares this machine and the locked environment; does nothing when all is in place.
#   scripts/bootstrap.sh run     what `make run` needs
#   scripts/bootstrap.sh check   and the tools of `make check`
#   scripts/bootstrap.sh test    and the programs of `make test` (PostgreSQL, Chromium)
set -eu
cd "$(dirname "$0")/.."
purpose=${1:-run}
# Debian's package scripts live in sbin, which a user's PATH often lacks.
PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin"
mkdir -p var/log

say() { printf '%s\n' "$*"; }

# A child in the background, so that a signal to this script also ends it.
child=
stop() {
    if [ -n "$child" ]; then kill "$child" 2>/dev/null || true; fi
    exit 130
}
trap stop INT TERM HUP
stoppable() {
    "$@" &
    child=$!
    if wait "$child"; then code=0; else code=$?; fi
    child=
    return "$code"
}

pdf_packages="libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core"
all_packages="python3-venv $pdf_packages"
if [ "$purpose" = test ]; then all_packages="$all_packages postgresql chromium libatomic1 poppler-utils softhsm2"; fi

# Installs Debian packages where we may; otherwise says the exact line to type, once for all.
apt_install() {
    line="apt-get install -y --no-install-recommends $*"
    if ! command -v apt-get >/dev/null; then
        say "Il manque l’équivalent des paquets Debian suivants, à installer avec les outils de ce système : $*"
        return 1
    fi
    if [ "$(id -u)" -eq 0 ]; then
        as_root="env"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        as_root="sudo -n env"
    else
        say "Il manque des paquets Debian ($*) ; installez tout le nécessaire puis recommencez :" \
            "sudo apt-get update && sudo apt-get install -y --no-install-recommends $all_packages"
        return 1
    fi
    say "Installation par apt : $*"
    apt="$as_root DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=120"
    # The lists may be absent or stale: refresh them only when the first try fails.
    # shellcheck disable=SC2086  # $apt and its words are split on purpose
    $apt install -y --no-install-recommends "$@" >var/log/apt.log 2>&1 </dev/null ||
        { $apt update && $apt install -y --no-install-recommends "$@"; } >>var/log/apt.log 2>&1 </dev/null ||
        {
            say "apt n’a pas pu installer ces paquets (détail : var/log/apt.log) ; à essayer à la main : $line"
            return 1
        }
}

recent_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
builds_environments() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Sets $python to a Python ≥ 3.11 able to build an environment.
choose_python() {
    system=
    for candidate in ${PYTHON:-} python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        recent_enough "$candidate" || continue
        if builds_environments "$candidate"; then
            python=$candidate
            return 0
        fi
        if [ "$(command -v "$candidate")" = /usr/bin/python3 ]; then system=/usr/bin/python3; fi
    done
    if [ -z "$system" ]; then
        say "Python 3.11 ou plus récent est nécessaire, avec ses modules venv et ensurepip ; ici : $(python3 --version 2>/dev/null || echo aucun)"
        return 1
    fi
    apt_install python3-venv || return 1
    python=$system
}

build_environment() {
    if [ -x .venv/bin/python ] && recent_enough .venv/bin/python &&
        .venv/bin/python -c 'import pip' 2>/dev/null; then
        return 0
    fi
    choose_python || return 1
    say "Création de l’environnement Python (.venv)…"
    rm -rf .venv
    stoppable "$python" -m venv .venv
}

# The copy of the lock kept in the environment tells whether it is up to date.
install_lock() {
    if cmp -s "$1" ".venv/$1"; then return 0; fi
    say "Installation des bibliothèques verrouillées ($1) : une à deux minutes la première fois…"
    # The lock is complete: no dependency is looked for, each file must have its known hash.
    stoppable .venv/bin/python -m pip install -qq --disable-pip-version-check \
        --no-deps --require-hashes --requirement "$1" || {
        say "Les bibliothèques Python n’ont pas pu être installées : vérifiez l’accès à l’index de paquets."
        return 1
    }
    cp "$1" ".venv/$1"
}

weasyprint_libraries_load() {
    case "$(uname)" in
    Linux)
        .venv/bin/python - 2>/dev/null <<'PY'
import ctypes
for name in ("gobject-2.0", "pango-1.0", "pangoft2-1.0", "harfbuzz", "harfbuzz-subset", "fontconfig"):
    ctypes.CDLL(f"lib{name}.so.{1 if name == 'fontconfig' else 0}")
PY
        ;;
    *) .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1 ;;
    esac
}
a_font_is_there() {
    [ "$(uname)" != Linux ] || find /usr/share/fonts /usr/local/share/fonts \
        -name 'DejaVuSans.ttf' 2>/dev/null | grep -q .
}
prepare_pdf() {
    if weasyprint_libraries_load && a_font_is_there; then return 0; fi
    # shellcheck disable=SC2086  # a list of packages, split on purpose
    apt_install $pdf_packages || return 1
    if weasyprint_libraries_load && a_font_is_there; then return 0; fi
    say "Les bibliothèques de WeasyPrint (Pango, HarfBuzz) ou la police DejaVu restent introuvables."
    return 1
}

has_postgresql() {
    command -v initdb >/dev/null || find /usr/lib/postgresql -name initdb 2>/dev/null | grep -q .
}
# The second reader of the seals of a contract.
has_pdfsig() { command -v pdfsig >/dev/null; }
has_softhsm() { command -v softhsm2-util >/dev/null; }
has_chromium() { command -v chromium >/dev/null; }
# The program that drives Chromium comes in a Python wheel, but needs one library of the system.
browser_driver_starts() { .venv/bin/python -m playwright --version >/dev/null 2>&1; }

build_environment
if [ "$purpose" = run ]; then
    install_lock requirements.txt
else
    install_lock requirements-dev.txt
    # The development lock holds the other one whole (tests/conventions/test_repository.py).
    cp requirements.txt .venv/requirements.txt
fi
prepare_pdf
if [ "$purpose" = test ]; then
    # What stays missing is counted and said at the end by scripts/run_tests.py.
    has_postgresql || apt_install postgresql || true
    has_chromium || apt_install chromium || true
    has_pdfsig || apt_install poppler-utils || true
    has_softhsm || apt_install softhsm2 || true
    browser_driver_starts || apt_install libatomic1 || true
fi
