"""Migrations: every upgrade and downgrade, and tables at the head as the code defines them."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from junheng.store import tables as tables
from junheng.store.database import database
from junheng.store.database.database import MIGRATIONS
from junheng.store.database.failures import DatabaseUnusable

# From the oldest revision to the newest.
REVISIONS = tuple(
    reversed([script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()])
)


@pytest.fixture
def engine(address: str) -> Iterator[Engine]:
    opened = database.unmigrated(address)
    yield opened
    opened.dispose()


def move(engine: Engine, revision: str, *, is_up: bool) -> None:
    with engine.begin() as connection:
        database.move(connection, revision, is_up=is_up)


def shape(engine: Engine) -> dict[str, object]:
    """Return every table with its columns, keys and indexes, sorted."""
    seen = inspect(engine)
    return {
        table: (
            sorted(
                (column["name"], str(column["type"]), column["nullable"])
                for column in seen.get_columns(table)
            ),
            sorted(seen.get_pk_constraint(table)["constrained_columns"]),
            sorted(tuple(key["column_names"]) for key in seen.get_unique_constraints(table)),
            sorted(tuple(key["constrained_columns"]) for key in seen.get_foreign_keys(table)),
            sorted(
                (index["name"] or "", bool(index["unique"])) for index in seen.get_indexes(table)
            ),
        )
        for table in seen.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_have_no_branches() -> None:
    assert list(REVISIONS) == sorted(REVISIONS)
    assert REVISIONS[0] == "0001"
    assert REVISIONS[-1] == database.head()


def test_each_downgrade_reverts_its_upgrade_exactly(engine: Engine) -> None:
    before = [shape(engine)]
    for revision in REVISIONS:
        move(engine, revision, is_up=True)
        before.append(shape(engine))

    for revision in (*reversed(REVISIONS[:-1]), "base"):
        before.pop()
        move(engine, revision, is_up=False)
        assert shape(engine) == before[-1], revision
    assert shape(engine) == {}


def test_an_upgrade_from_any_revision_gives_the_same_tables(engine: Engine) -> None:
    move(engine, "head", is_up=True)
    newest = shape(engine)

    for revision in reversed(REVISIONS[:-1]):
        move(engine, revision, is_up=False)
        move(engine, "head", is_up=True)
        assert shape(engine) == newest, revision


def test_the_tables_at_the_head_match_the_code(engine: Engine) -> None:
    move(engine, "head", is_up=True)

    with engine.connect() as connection:
        differing = compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
        assert database.revision_of(connection) == database.head()

    assert not differing
    assert set(shape(engine)) == set(SQLModel.metadata.tables)


def test_tables_of_a_newer_version_are_not_touched(engine: Engine, address: str) -> None:
    move(engine, "head", is_up=True)
    _set_revision(engine, "9999")
    before = shape(engine)

    with pytest.raises(DatabaseUnusable, match="较新版本"):
        database.migrated(address)

    assert database.revision_at(address) == "9999"
    assert not database.is_known("9999")
    assert shape(engine) == before
    _set_revision(engine, database.head())


def _set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :now"), {"now": revision})


def test_concurrent_threads_get_the_same_engine(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'junheng.db'}"
    at_once = Barrier(8)

    def ask(_: int) -> Engine:
        at_once.wait()
        return database.engine(address)

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(8)))

    assert len(found) == 1
    found.pop().dispose()
