"""Prefect's SQLite under several writers: a transaction that reads first waits for its turn."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prefect.server.database import provide_database_interface
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL, temporary_settings
from sqlalchemy.exc import OperationalError

from app.server import sqlite_writer
from app.server.sqlite_writer import OneWriter

WRITERS = 6


async def _add_one(configuration: AioSqliteConfiguration) -> None:
    """Read, think, and write what was read plus one, as Prefect's orchestration does."""
    session = await configuration.session(await configuration.engine())
    async with session, configuration.begin_transaction(session):
        [counted] = (await session.execute(sa.text("SELECT n FROM counter"))).scalars()
        await asyncio.sleep(0.02)
        await session.execute(sa.text("UPDATE counter SET n = :n"), {"n": counted + 1})


async def _counted(configuration: AioSqliteConfiguration) -> int:
    engine = await configuration.engine()
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE counter AS SELECT 0 AS n"))
    try:
        # All end before the engine goes: it could not close a connection that one of them holds.
        ends = await asyncio.gather(
            *(_add_one(configuration) for _ in range(WRITERS)), return_exceptions=True
        )
        for refused in filter(None, ends):
            raise refused
        async with engine.connect() as connection:
            found: Any = (await connection.execute(sa.text("SELECT n FROM counter"))).scalar_one()
        return int(found)
    finally:
        await engine.dispose()


def _url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'prefect.db'}"


def test_prefects_own_transactions_are_refused_where_another_wrote_in_between(
    tmp_path: Path,
) -> None:
    # When this fails, Prefect has mended it, and one_writer can go.
    with pytest.raises(OperationalError, match="database is locked"):
        asyncio.run(_counted(AioSqliteConfiguration(_url(tmp_path))))


def test_with_one_writer_each_has_its_turn_and_none_overwrites_another(tmp_path: Path) -> None:
    assert asyncio.run(_counted(OneWriter(_url(tmp_path)))) == WRITERS


def test_whoever_only_reads_meanwhile_does_not_wait(tmp_path: Path) -> None:
    async def read_within() -> int:
        configuration = OneWriter(_url(tmp_path))
        engine = await configuration.engine()
        async with engine.begin() as connection:
            await connection.execute(sa.text("CREATE TABLE counter AS SELECT 7 AS n"))
        session = await configuration.session(engine)
        async with session, configuration.begin_transaction(session):
            await session.execute(sa.text("UPDATE counter SET n = 8"))
            # Of the same task, so with the same context.
            async with asyncio.timeout(10), engine.connect() as connection:
                seen = (await connection.execute(sa.text("SELECT n FROM counter"))).scalar_one()
        await engine.dispose()
        return int(seen)

    assert asyncio.run(read_within()) == 7


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        ("sqlite+aiosqlite:////srv/junheng/prefect/prefect.db", True),
        ("postgresql+asyncpg://office@127.0.0.1/prefect", False),
    ],
)
def test_prefect_takes_it_for_sqlite_and_leaves_postgresql_alone(
    url: str, is_ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("database_config", "query_components", "orm"):
        monkeypatch.setitem(MODELS_DEPENDENCIES, name, None)

    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: url}):
        sqlite_writer.install()
        taken = provide_database_interface().database_config

    assert isinstance(taken, OneWriter) == is_ours
    assert taken.connection_url == url
