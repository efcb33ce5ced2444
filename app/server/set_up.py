"""Puts into a Prefect server what the repository declares: its deployments."""

import os
import shlex
import sys
from contextlib import ExitStack
from pathlib import Path

from app.server import library_folders, prefect_leftovers, processes
from app.server.prefect_client import PrefectNotRunning, PrefectServer, configured, listening_host
from app.server.telemetry_off import quiet
from junheng import wording
from junheng.adapters.files import private_files
from junheng.settings import PROJECT_ROOT, Home, settings

# -P, and PROJECT_ROOT as the folder that Prefect runs in: the folder in which somebody starts us
# must not put its modules, .env or prefect.toml into processes of the service's account.
PYTHON = (sys.executable, "-P")
PREFECT = (*PYTHON, "-m", "app.server.prefect_command")
SERVE = (*PYTHON, "-m", "app.server.guard.serve")
DEPLOYMENTS = str(PROJECT_ROOT / "deployments.yaml")
DEPLOY = (*PREFECT, "--no-prompt", "deploy", "--prefect-file", DEPLOYMENTS)
WORK_POOL = "junheng"
WORK = (*PREFECT, "worker", "start", "--pool", WORK_POOL, "--type", "process")
# What a worker starts for each run (deployments.yaml).
RUN = (*PYTHON, "-m", "prefect.engine")
# What writes the ledger waits here for its turn.
LEDGER_QUEUE = "ledger"


# The C library gives each thread a heap of its own, and SQLite has many: two heaps do for the
# server, and hold some 25 MB less.
SPARING = {"MALLOC_ARENA_MAX": "2"}


def serving_environment(server: PrefectServer) -> dict[str, str]:
    """Return what the server is given: where it listens, and what it wants of its clients."""
    secret = {} if server.auth is None else {"PREFECT_SERVER_API_AUTH_STRING": server.auth}
    where = {
        "PREFECT_SERVER_API_HOST": listening_host(server.auth),
        "PREFECT_SERVER_API_PORT": str(server.port),
    }
    return SPARING | environment(server) | where | secret


def environment(server: PrefectServer) -> dict[str, str]:
    """Return what the processes are given, a run by its worker."""
    secret = {} if server.auth is None else {"PREFECT_API_AUTH_STRING": server.auth}
    return os.environ | {
        "JUNHENG_HOME": str(Home().home.resolve()),
        "JUNHENG_STARTED_IN": str(Path.cwd()),
        "JUNHENG_RUN_COMMAND": shlex.join(RUN),
        "PREFECT_API_URL": f"{server.address}/api",
        "PREFECT_UI_URL": os.environ.get("PREFECT_UI_URL") or server.address,
        # Prefect's own 10 s make whoever pressed Run or Retry wait longer than a chase takes.
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        "TZ": "Asia/Shanghai",
        **secret,
    }


def logs_folder() -> Path:
    """Make the places that libraries write into, and return the one for the logs."""
    library_folders.make()
    chosen = settings()
    private_files.tighten(chosen.home, shared={chosen.inbox_folder})
    return Path(os.environ[library_folders.PREFECT_HOME])


def make_room(server: PrefectServer) -> None:
    """Make the work pool and its queues; again, and nothing changes."""
    server.make_work_pool(WORK_POOL)
    server.limit_queue(WORK_POOL, LEDGER_QUEUE)


def set_up_anew() -> str:
    """Set up the server that the environment names and say so; raises PrefectNotRunning."""
    quiet()
    server, words = configured(), wording.packaged().server
    if not server.is_healthy():
        raise PrefectNotRunning(words.not_there.format(address=server.address))
    if not server.lets_us_in():
        raise PrefectNotRunning(words.not_let_in.format(address=server.address))
    prefect_leftovers.clear(server)
    make_room(server)
    with ExitStack() as running:
        env, logs = environment(server), logs_folder()
        processes.begin(running, "deploy", DEPLOY, env=env, logs=logs).must_succeed()
    return words.set_up.format(address=server.address)
