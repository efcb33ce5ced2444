"""An office of an earlier version: its home, its ledger on either kind of database, its Prefect.

Each earlier version has a folder below tests/data/upgrades, named by the revision of its tables.
"""

import csv
import io
import lzma
import os
import tarfile
from pathlib import Path
from typing import Any

from junheng.settings import PROJECT_ROOT
from tests import databases

REVISION = "0010"
OLD = PROJECT_ROOT / "tests" / "data" / "upgrades" / REVISION
HOME, PREFECT, TABLES = "home.tar.xz", "prefect.tar.xz", "postgresql.sql.xz"
DATABASE = "junheng.db"
# The old version worked until Wednesday 3 December 2025; on Monday 8 December many remediations
# reach their highest rung.
NEXT_WORKDAY, NEXT_MONDAY = "2025-12-04", "2025-12-08"
CSV = ("--format", "csv")
# Each list that is kept, with the command that prints it.
LISTS = {
    "register-2024": ("register", "--year", "2024"),
    "register-2025": ("register", "--year", "2025"),
    "departments-2025": ("register", "--year", "2025", "--departments"),
    "verdicts-2024": ("verdicts", "--year", "2024"),
    "verdicts-2025": ("verdicts", "--year", "2025"),
    "ledger": ("ledger", "--full", "--on", NEXT_WORKDAY),
    "sign-offs": ("sign-off", "list"),
    "sign-off": ("sign-off", "show", "--on", NEXT_WORKDAY),
    "notices": ("notices",),
    "rungs": ("notices", "--rungs"),
}
# What a chase of either day adds to the rungs, and how Prefect lists its runs.
OWED_COLUMNS = ("planned_on", "reference", "cycle", "rung", "recipient")
OWED, RUNS = "owed", "runs"
# Python 3.11.2, which Debian 12 has, knows no filters yet.
AS_DATA: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpack(home: Path) -> None:
    """Unpack the home, with its ledger on the kind of database that these tests run on."""
    with tarfile.open(OLD / HOME) as archive:
        archive.extractall(home, **AS_DATA)  # noqa: S202 - we packed it ourselves
    if databases.is_postgresql():
        (home / DATABASE).unlink()
        databases.postgresql().load(home, lzma.decompress((OLD / TABLES).read_bytes()))


def unpack_prefect(home: Path) -> None:
    """Unpack Prefect's own state into a home.

    The results of steps are made young, as at an upgrade: the nightly audit deletes old ones.
    """
    with tarfile.open(OLD / PREFECT) as archive:
        archive.extractall(home, **AS_DATA)  # noqa: S202 - we packed it ourselves
    for kept in (home / "prefect" / "storage").iterdir():
        os.utime(kept)


def listed(name: str) -> str:
    """Return a list as the old version printed it."""
    return (OLD / f"{name}.csv").read_text("utf-8")


def owed(rungs: str) -> str:
    """Return, of the rungs as they are listed, what a chase of either day owes to whom."""
    rows = csv.DictReader(io.StringIO(rungs))
    told = [row for row in rows if row["planned_on"] in {NEXT_WORKDAY, NEXT_MONDAY}]
    lines = (OWED_COLUMNS, *([row[name] for name in OWED_COLUMNS] for row in told))
    return "".join(f"{','.join(line)}\n" for line in lines)
