#!/bin/sh
# Creates .venv with all packages: `sh deploy/set_up.sh PYTHON [asked]`, called by `make`.
# `asked` means that the caller chose PYTHON: a .venv of another version is recreated instead of used.
# If the set-up is impossible, prints the reason in one sentence before it installs anything.
set -eu
cd "$(dirname "$0")/.."
python=$1 asked=${2:-}
venv=.venv/bin/python
NEEDED="Python 3.11, 3.12, 3.13 or 3.14 is needed"

stop() {
    echo "$*" >&2
    exit 1
}

version_of() {
    "$1" -c 'import sys; sys.stdout.write("%d.%d.%d" % sys.version_info[:3])' 2>/dev/null
}

# pip prints the path of the checkout, which is UTF-8 in every locale.
export PYTHONUTF8=1

# Suggests a suitable Python of this machine. A shim of pyenv may exist and not run.
another() {
    for candidate in python3.13 python3.12 python3.11 python3.14; do
        case $(version_of "$candidate" || true) in
            "${candidate#python}".*) echo ", as in: make PYTHON=$candidate" && return ;;
        esac
    done
}

check_python() {
    version=$(version_of "$python") || stop "$NEEDED, and $python does not run here$(another)"
    case $version in
        3.1[1-4].*) ;;
        2.* | 3.[0-9].* | 3.10.*) stop "$NEEDED, and $python is $version: too old$(another)" ;;
        *) stop "$NEEDED, and $python is $version: the libraries are not built for it yet$(another)" ;;
    esac
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        stop "$python ($version) lacks venv or ensurepip, which make .venv: on Debian and Ubuntu, apt install python3-venv (or python${version%.*}-venv)"
    "$python" -c 'import sqlite3, ssl' 2>/dev/null ||
        stop "$python ($version) was built without sqlite3 or ssl: take another Python$(another)"
}

# Prints the version of .venv; nothing if .venv is missing or incomplete.
made_with() {
    made=$(version_of $venv) && [ -d ".venv/lib/python${made%.*}/site-packages" ] && echo "$made"
}

is_current() {
    [ -e .venv/done ] && [ ! requirements.lock -nt .venv/done ] && [ ! pyproject.toml -nt .venv/done ]
}

# Checks that .venv was created in this folder. It contains absolute paths: after a move or copy its commands fail, or start another checkout.
is_here() {
    $venv -I -c 'import importlib.util, os, sys
found = importlib.util.find_spec("junheng")
sys.exit(not (found and os.path.samefile(os.path.dirname(os.path.dirname(found.origin)), os.curdir)))' 2>/dev/null
}

has=$(made_with || true)
if [ -n "$asked" ]; then
    check_python
    if [ -n "$has" ] && [ "$has" != "$version" ]; then
        echo ".venv runs Python $has, and $version is asked for: it is made anew."
        has=
    fi
fi
# After an interrupted set-up, the package is not in .venv yet.
if [ -n "$has" ] && [ -e .venv/done ] && ! is_here; then
    echo ".venv was made in another folder, and its commands do not start here: it is made anew."
    has=
fi
if [ -n "$has" ] && is_current; then
    exit 0
fi
# An interrupted set-up may leave a .venv without pip.
if [ -n "$has" ] && ! $venv -m pip --version >/dev/null 2>&1; then
    has=
fi
if [ -z "$has" ]; then
    check_python
fi

echo "Setting up .venv: about a minute and 1.1 GB the first time."
rm -f .venv/done
if [ -z "$has" ]; then
    "$python" -m venv --clear .venv
fi
# Installs with pip, not uv: Python includes pip, and pip uses the mirror that an office configured for it.
# The lock is also a constraint: without it, pip tries the newest version for an extra of a locked package, and fails because it has no hash.
# Every package needs its hash; the package itself is built with the locked build tools.
$venv -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
$venv -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
# Compiles now, because a service may not write beside the code and would compile again at every start.
$venv -m compileall -q junheng expectations tasks flows app
touch .venv/done
