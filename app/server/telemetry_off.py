"""Sets the environment of the libraries: no telemetry, and their files under JUNHENG_HOME."""

import os
from urllib.parse import urlsplit

from app.server import library_folders
from junheng.settings import PROJECT_ROOT

# Turns off every call of a library to its makers.
NO_OUTWARD_CALL = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_CLOUD_ENABLE_ORCHESTRATION_TELEMETRY": "false",
    "PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "GX_ANALYTICS_ENABLED": "false",
}

# Prefect waits 30 s for an ephemeral server; on a loaded machine the first start took 34 s.
PATIENCE = {"PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "90"}

# A step that is called outside a flow still logs, but has no run to log to: no warning for that.
NO_NOISE = {"PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore"}

# Limits the growth of Prefect's tables: runs are kept for more than a year, so that the previous
# round can be looked up, and events for a week.
DAY = 24 * 60 * 60
RETENTION = {
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(400 * DAY),
    "PREFECT_SERVER_EVENTS_RETENTION_PERIOD": "P7D",
}

# Stores concurrency leases in files, not in the server's memory. After a restart of the server, a
# run that cannot renew its lease would be ended after four minutes.
LEASES_IN_FILES = "prefect.server.concurrency.lease_storage.filesystem"
LEASES = {"PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": LEASES_IN_FILES}

# Shows our own warnings in the log of a run, and translates Prefect's messages into Chinese.
OUR_LOGS = {
    "PREFECT_LOGGING_EXTRA_LOGGERS": "junheng,tasks,expectations",
    "PREFECT_LOGGING_SETTINGS_PATH": str(PROJECT_ROOT / "app" / "server" / "prefect_logging.yml"),
}

LOOPBACK = ("127.0.0.1", "localhost")


def quiet() -> None:
    """Set these variables unless the environment does; call it before anything imports Prefect."""
    library_folders.set_defaults()
    database = _prefect_database()
    defaults = NO_OUTWARD_CALL | PATIENCE | NO_NOISE | OUR_LOGS | RETENTION | LEASES | database
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    _bypass_proxy_for_our_server()


def _prefect_database() -> dict[str, str]:
    """Return the setting of Prefect's database, if it is not a file under JUNHENG_HOME."""
    address = os.environ.get("JUNHENG_PREFECT_DATABASE_URL")
    if not address:
        return {}
    # Operators write postgresql://; Prefect includes the driver asyncpg.
    with_driver = address.replace("postgresql://", "postgresql+asyncpg://", 1)
    return {"PREFECT_SERVER_DATABASE_CONNECTION_URL": with_driver}


def _bypass_proxy_for_our_server() -> None:
    """Exclude our own server from the office's HTTP proxy."""
    # Libraries read both spellings; if both are set, lower case wins.
    no_proxy = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    hosts = [host for host in no_proxy.split(",") if host]
    hosts += [host for host in (*LOOPBACK, *_server_hosts()) if host not in hosts]
    os.environ["no_proxy"] = os.environ["NO_PROXY"] = ",".join(hosts)


def _server_hosts() -> tuple[str, ...]:
    """Return the host names of our server that the environment names."""
    listening = os.environ.get("JUNHENG_PREFECT_HOST", "")
    named = urlsplit(os.environ.get("PREFECT_API_URL", "")).hostname
    return tuple(host for host in (listening, named) if host)
