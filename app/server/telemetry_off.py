"""Keeps the libraries to themselves: no telemetry, and their state under JUNHENG_HOME."""

import os
from urllib.parse import urlsplit

from app.server import library_folders
from junheng.settings import PROJECT_ROOT

# What a library would tell its makers, or ask them, if nobody said otherwise.
NO_OUTWARD_CALL = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "GX_ANALYTICS_ENABLED": "false",
}

# Prefect waits 30 s for a server of its own; on a loaded machine the first start has taken 34 s.
PATIENCE = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90"}

# A step that is called outside a flow still logs, but has no run to log to: no warning for that.
NO_NOISE = {"PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore"}

# Prefect's own tables do not grow for ever: a round is looked up until the one after the next,
# what came and went by the second for a week.
DAY = 24 * 60 * 60
RETENTION = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * DAY),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
}

# Who holds a place of "one at a time" is kept in a file, not in the server's memory: a run that
# cannot renew its place, because the server was restarted, is ended after four minutes.
LEASES_IN_FILES = "prefect.server.concurrency.lease_storage.filesystem"
LEASES = {"PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES_IN_FILES}

# What our own rooms warn of is read where the run is read; what Prefect says there, in Chinese.
OUR_LOGS = {
    "PREFECT_LOGGING_EXTRA_LOGGERS": "junheng,tasks,expectations",
    "PREFECT_LOGGING_SETTINGS_PATH": str(PROJECT_ROOT / "app" / "server" / "prefect_logging.yml"),
}

LOOPBACK = ("127.0.0.1", "localhost")


def quiet() -> None:
    """Set what the environment leaves open; call it before anything imports Prefect."""
    library_folders.settle()
    own = _prefect_database()
    said = NO_OUTWARD_CALL | PATIENCE | NO_NOISE | OUR_LOGS | RETENTION | LEASES | own
    for name, value in said.items():
        os.environ.setdefault(name, value)
    _spare_our_own_the_proxy()


def _prefect_database() -> dict[str, str]:
    """Return where Prefect keeps its tables, if not in a file under JUNHENG_HOME."""
    address = os.environ.get("JUNHENG_PREFECT_DATABASE_URL")
    if not address:
        return {}
    # People write postgresql://; the driver that Prefect brings is asyncpg.
    driven = address.replace("postgresql://", "postgresql+asyncpg://", 1)
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": driven}


def _spare_our_own_the_proxy() -> None:
    """Keep an office's HTTP proxy out of the talk between our own processes."""
    # Both spellings are read, and the small one wins where both are set.
    spared = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host for host in spared.split(",") if host]
    hosts += [host for host in (*LOOPBACK, *_server_hosts()) if host not in hosts]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(hosts)


def _server_hosts() -> tuple[str, ...]:
    """Return the names under which our server is found, where it is not found on loopback."""
    listens_on = os.environ.get("JUNHENG_PREFECT_HOST", "")
    named = urlsplit(os.environ.get("PREFECT_API_URL", "")).hostname
    return tuple(host for host in (listens_on, named) if host)
