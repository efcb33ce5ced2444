"""The settings of Prefect that we set: its database, its retention, its leases."""

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


def test_concurrency_leases_are_stored_in_files() -> None:
    quiet()

    storage = Settings().server.concurrency.lease_storage

    assert storage == "prefect.server.concurrency.lease_storage.filesystem"


def test_the_environment_overrides_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD", "86400")

    quiet()

    assert Settings().server.services.db_vacuum.retention_period == timedelta(days=1)


def test_prefect_uses_the_configured_postgresql(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "PREFECT_SERVER_DATABASE_CONNECTION_URL"
    # Restored after the test, also if the code sets it meanwhile.
    monkeypatch.setenv(name, "")
    monkeypatch.delenv(name)
    monkeypatch.setenv("JUNHENG_PREFECT_DATABASE_URL", "postgresql://office:secret@host/prefect")

    quiet()

    assert os.environ[name] == "postgresql+asyncpg://office:secret@host/prefect"
