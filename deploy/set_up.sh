#!/bin/sh
# Makes .venv with everything in it: `sh deploy/set_up.sh PYTHON [asked]`, called by `make`.
# With `asked`, somebody has named PYTHON: a .venv of another version is made anew, and not used.
# What is in the way is said in one sentence before anything is installed.
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

# pip quotes the path of the checkout, which is UTF-8 whatever the locale is.
export PYTHONUTF8=1

# Names a Python of this machine that would do. A shim of pyenv may be there and not answer.
another() {
    for one in python3.13 python3.12 python3.11 python3.14; do
        case $(version_of "$one" || true) in
            "${one#python}".*) echo ", as in: make PYTHON=$one" && return ;;
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

# The version that .venv runs and was made for; nothing where it is not there, or not whole.
made_with() {
    made=$(version_of $venv) && [ -d ".venv/lib/python${made%.*}/site-packages" ] && echo "$made"
}

is_current() {
    [ -e .venv/done ] && [ ! requirements.lock -nt .venv/done ] && [ ! pyproject.toml -nt .venv/done ]
}

# The paths within .venv are those of the folder it was made in: moved or copied, its commands do not start, or start another checkout.
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
# Where a set-up was broken off, the package is not in .venv yet.
if [ -n "$has" ] && [ -e .venv/done ] && ! is_here; then
    echo ".venv was made in another folder, and its commands do not start here: it is made anew."
    has=
fi
if [ -n "$has" ] && is_current; then
    exit 0
fi
# A set-up that was broken off may have left a .venv without pip.
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
# pip, not uv, puts the packages in: pip is there with Python, and it follows the mirror that an office has set for it.
# The lock is also a constraint: else pip looks at the newest version for an extra of what is locked, and stops for want of its hash.
# Nothing comes in without its hash; the package itself is built with what the lock has put there.
$venv -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock -c requirements.lock
$venv -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
# What is not compiled here a service compiles at every start, for it may not write where the code lies.
$venv -m compileall -q junheng expectations tasks flows app
touch .venv/done
