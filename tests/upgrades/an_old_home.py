"""The data of an office of an earlier version: home, ledger on both databases, Prefect's state.

Each earlier version has a folder below tests/data/upgrades, named after the revision of its tables.
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
# The stored lists, each with the command that prints it.
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
# The rungs that a chase of either day adds, and the list of Prefect's runs.
OWED_COLUMNS = ("planned_on", "reference", "cycle", "rung", "recipient")
OWED, RUNS = "owed", "runs"
# Python 3.11.2, which Debian 12 has, does not support filters yet.
AS_DATA: dict[str, Any] = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}


def unpack(home: Path) -> None:
    """Unpack the home, with its ledger in the database that these tests use."""
    with tarfile.open(OLD / HOME) as archive:
        archive.extractall(home, **AS_DATA)  # noqa: S202 - we packed it ourselves
    if databases.is_postgresql():
        (home / DATABASE).unlink()
        databases.postgresql().load(home, lzma.decompress((OLD / TABLES).read_bytes()))


def unpack_prefect(home: Path) -> None:
    """Unpack Prefect's state into a home.

    Sets the time of the step results to now, because the nightly audit deletes old ones.
    """
    with tarfile.open(OLD / PREFECT) as archive:
        archive.extractall(home, **AS_DATA)  # noqa: S202 - we packed it ourselves
    for result in (home / "prefect" / "storage").iterdir():
        os.utime(result)


def listed(name: str) -> str:
    """Return a list as the old version printed it."""
    return (OLD / f"{name}.csv").read_text("utf-8")


def owed(rungs: str) -> str:
    """Return, from the listed rungs, those that a chase of either day adds."""
    rows = csv.DictReader(io.StringIO(rungs))
    planned = [row for row in rows if row["planned_on"] in {NEXT_WORKDAY, NEXT_MONDAY}]
    lines = (OWED_COLUMNS, *([row[name] for name in OWED_COLUMNS] for row in planned))
    return "".join(f"{','.join(line)}\n" for line in lines)
