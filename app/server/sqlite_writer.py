"""Prefect's SQLite with one writer at a time: a transaction takes the lock before it reads."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.settings import get_current_settings


class OneWriter(AioSqliteConfiguration):
    """SQLite as Prefect keeps it, but for how a transaction begins.

    Prefect begins most of its transactions DEFERRED: they read, and become writers when they first
    write. Where another has written in between, SQLite refuses that at once ("database is locked"),
    however long its busy timeout. A transaction that begins IMMEDIATE waits for its turn instead.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: Any,
        with_for_update: bool = False,  # noqa: FBT001, FBT002 - Prefect's own signature
    ) -> AsyncGenerator[Any, None]:
        async with session.begin() as transaction:
            # For this connection alone: what else is begun meanwhile must not want the lock too.
            asked = SQLITE_BEGIN_MODE.set("IMMEDIATE")
            try:
                await session.connection()
            finally:
                SQLITE_BEGIN_MODE.reset(asked)
            yield transaction


def put_in() -> None:
    """Have Prefect keep its SQLite so in this process; its PostgreSQL stays as it is."""
    settings = get_current_settings().server.database
    address = settings.connection_url
    if address is not None and address.get_secret_value().startswith("sqlite"):
        MODELS_DEPENDENCIES["database_config"] = OneWriter(address.get_secret_value())
