"""Makes Prefect's SQLite transactions take the write lock before they read."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from prefect.server.database.configurations import SQLITE_BEGIN_MODE, AioSqliteConfiguration
from prefect.server.database.dependencies import MODELS_DEPENDENCIES
from prefect.settings import get_current_settings


class OneWriter(AioSqliteConfiguration):
    """Prefect's SQLite configuration, with transactions that begin IMMEDIATE.

    Prefect begins most transactions DEFERRED: they read first, and take the write lock at their
    first write. If another transaction has written meanwhile, SQLite fails at once ("database is
    locked"), regardless of the busy timeout. An IMMEDIATE transaction waits for the lock.
    """

    @asynccontextmanager
    async def begin_transaction(
        self,
        session: Any,
        with_for_update: bool = False,  # noqa: FBT001, FBT002 - Prefect's own signature
    ) -> AsyncGenerator[Any, None]:
        async with session.begin() as transaction:
            # Only for this connection: other connections that open meanwhile need no write lock.
            token = SQLITE_BEGIN_MODE.set("IMMEDIATE")
            try:
                await session.connection()
            finally:
                SQLITE_BEGIN_MODE.reset(token)
            yield transaction


def install() -> None:
    """Make Prefect use this configuration in this process, if its database is SQLite."""
    settings = get_current_settings().server.database
    address = settings.connection_url
    if address is not None and address.get_secret_value().startswith("sqlite"):
        MODELS_DEPENDENCIES["database_config"] = OneWriter(address.get_secret_value())
