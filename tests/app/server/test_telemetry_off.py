"""What Prefect is told before it starts: where its tables lie, and what it deletes of them."""

import os
from datetime import timedelta

import pytest
from prefect.settings.models.root import Settings

from app.server.telemetry_off import quiet


def test_runs_are_deleted_after_400_days_and_events_after_a_week() -> None:
    quiet()

    server = Settings().server

    assert server.services.db_vacuum.enabled_vacuum_types == {"events", "flow_runs", "orphans"}
    assert server.services.db_vacuum.retention_period == timedelta(days=400)
    assert server.events.retention_period == timedelta(days=7)


def test_who_holds_a_place_is_known_after_the_server_was_restarted() -> None:
    quiet()

    storage = Settings().server.concurrency.lease_storage

    assert storage == "prefect.server.concurrency.lease_storage.filesystem"


def test_whoever_sets_something_else_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD", "86400")

    quiet()

    assert Settings().server.services.db_vacuum.retention_period == timedelta(days=1)


def test_prefect_keeps_its_tables_on_the_postgresql_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    driven = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    # Put back as it was found, whatever is set meanwhile.
    monkeypatch.setenv(driven, "")
    monkeypatch.delenv(driven)
    monkeypatch.setenv("JUNHENG_PREFECT_DATABASE_URL", "postgresql://office:secret@host/prefect")

    quiet()

    assert os.environ[driven] == "postgresql+asyncpg://office:secret@host/prefect"
