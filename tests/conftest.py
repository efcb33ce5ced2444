"""Fixtures of all tests: an own home, no settings of this machine, no name look-ups."""

import atexit
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from app.server.telemetry_off import quiet
from junheng import rulebook as rulebooks
from junheng.adapters import passwords
from junheng.rulebook import SAMPLE_DISTRICT, Rulebook
from junheng.settings import PROJECT_ROOT
from tests import databases, examples, workers

# Before any import of Prefect, which reads its settings at import time.
SCRATCH = Path(tempfile.mkdtemp(prefix="junheng-tests-"))
atexit.register(shutil.rmtree, SCRATCH, ignore_errors=True)
for name in [name for name in os.environ if name.startswith(("JUNHENG_", "PREFECT_"))]:
    if not name.startswith("JUNHENG_TEST_"):
        del os.environ[name]
os.environ["PREFECT_HOME"] = str(SCRATCH / "prefect")
os.environ["TMPDIR"] = tempfile.gettempdir()
os.environ["XDG_CACHE_HOME"] = str(SCRATCH / "cache")
# The packaged PostgreSQL stores its locks there, and warns if the directory is missing.
os.environ.setdefault("XDG_RUNTIME_DIR", str(SCRATCH))
quiet()

examples.load_profile()
databases.hurry()
QUICK_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HERE = {None, "", "localhost", "127.0.0.1", "::1", b"127.0.0.1", b"localhost"}


class NameLookedUp(RuntimeError):
    """We cannot resolve a host name, because tests have no network."""


@pytest.fixture(autouse=True)
def junheng_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    home = tmp_path / "junheng_home"
    databases.move_in(home, monkeypatch)
    # The Slack of the tests shows at once what it was given.
    monkeypatch.setenv("JUNHENG_SLACK_HISTORY_LAG", "0")
    yield home
    databases.forget_below(tmp_path)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip, on PostgreSQL, tests about the SQLite file."""
    workers.put_the_longest_first(items)
    if databases.is_postgresql():
        skipped = pytest.mark.skip(reason="about the SQLite file, and this is PostgreSQL")
        for item in items:
            if item.get_closest_marker("sqlite_file"):
                item.add_marker(skipped)


def pytest_xdist_setupnodes() -> None:
    """Start one PostgreSQL for all workers, which find its address in their environment."""
    if databases.is_postgresql():
        databases.postgresql()


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> workers.WholeFiles:
    return workers.WholeFiles(config, log)


@pytest.fixture(autouse=True)
def _passwords_are_hashed_quickly(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hash passwords with little memory, except in the tests of the hashing itself."""
    if request.node.get_closest_marker("real_hashing"):
        # Another test in this process may have hashed it quickly.
        passwords._dummy_hash.cache_clear()
    else:
        monkeypatch.setattr(passwords, "_ARGON2", QUICK_HASHER)


@pytest.fixture(autouse=True)
def _no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Block name look-ups, which pytest-socket does not block once some hosts are allowed."""
    ask = socket.getaddrinfo

    def ask_about_here(host: Any, *rest: Any, **named: Any) -> Any:
        if host not in HERE:
            raise NameLookedUp(host)
        return ask(host, *rest, **named)

    monkeypatch.setattr(socket, "getaddrinfo", ask_about_here)


@pytest.fixture(scope="session")
def prefect_server() -> Iterator[None]:
    """Start one Prefect server for the whole session; it takes 15 s, on a busy machine 34 s."""
    from prefect.testing.utilities import prefect_test_harness

    with prefect_test_harness(server_startup_timeout=90):
        yield


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return rulebooks.load(PROJECT_ROOT / "config", SAMPLE_DISTRICT)
