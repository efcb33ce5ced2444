"""Prefect's SQLite with concurrent writers: a transaction that reads first waits for the lock."""

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
    """Read a number, wait, and write it plus one, like Prefect's orchestration."""
    session = await configuration.session(await configuration.engine())
    async with session, configuration.begin_transaction(session):
        [number] = (await session.execute(sa.text("SELECT n FROM counter"))).scalars()
        await asyncio.sleep(0.02)
        await session.execute(sa.text("UPDATE counter SET n = :n"), {"n": number + 1})


async def _count(configuration: AioSqliteConfiguration) -> int:
    engine = await configuration.engine()
    async with engine.begin() as connection:
        await connection.execute(sa.text("CREATE TABLE counter AS SELECT 0 AS n"))
    try:
        # Collects exceptions, so that all writers end before the engine closes their connections.
        outcomes = await asyncio.gather(
            *(_add_one(configuration) for _ in range(WRITERS)), return_exceptions=True
        )
        for error in filter(None, outcomes):
            raise error
        async with engine.connect() as connection:
            number: Any = (await connection.execute(sa.text("SELECT n FROM counter"))).scalar_one()
        return int(number)
    finally:
        await engine.dispose()


def _url(folder: Path) -> str:
    return f"sqlite+aiosqlite:///{folder / 'prefect.db'}"


def test_prefects_own_transactions_fail_after_a_concurrent_write(
    tmp_path: Path,
) -> None:
    # If this fails, Prefect has fixed it, and app.server.sqlite_writer can be deleted.
    with pytest.raises(OperationalError, match="database is locked"):
        asyncio.run(_count(AioSqliteConfiguration(_url(tmp_path))))


def test_one_writer_serialises_the_transactions(tmp_path: Path) -> None:
    assert asyncio.run(_count(OneWriter(_url(tmp_path)))) == WRITERS


def test_a_concurrent_reader_does_not_wait(tmp_path: Path) -> None:
    async def read_within() -> int:
        configuration = OneWriter(_url(tmp_path))
        engine = await configuration.engine()
        async with engine.begin() as connection:
            await connection.execute(sa.text("CREATE TABLE counter AS SELECT 7 AS n"))
        session = await configuration.session(engine)
        async with session, configuration.begin_transaction(session):
            await session.execute(sa.text("UPDATE counter SET n = 8"))
            # In the same task, so with the same context variable.
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
def test_is_installed_only_for_sqlite(
    url: str, is_ours: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("database_config", "query_components", "orm"):
        monkeypatch.setitem(MODELS_DEPENDENCIES, name, None)

    with temporary_settings({PREFECT_API_DATABASE_CONNECTION_URL: url}):
        sqlite_writer.install()
        configuration = provide_database_interface().database_config

    assert isinstance(configuration, OneWriter) == is_ours
    assert configuration.connection_url == url
