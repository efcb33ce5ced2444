"""Creates the work pool and the deployments in a Prefect server."""

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

# -P, and PROJECT_ROOT as Prefect's working directory, for safety: modules, .env or prefect.toml of
# the folder where a user starts the command must not reach processes of the service account.
PYTHON = (sys.executable, "-P")
PREFECT = (*PYTHON, "-m", "app.server.prefect_command")
SERVE = (*PYTHON, "-m", "app.server.guard.serve")
DEPLOYMENTS = str(PROJECT_ROOT / "deployments.yaml")
DEPLOY = (*PREFECT, "--no-prompt", "deploy", "--prefect-file", DEPLOYMENTS)
WORK_POOL = "junheng"
WORK = (*PREFECT, "worker", "start", "--pool", WORK_POOL, "--type", "process")
# The command that a worker starts for each run (deployments.yaml).
RUN = (*PYTHON, "-m", "prefect.engine")
# The queue of the deployments that write the ledger.
LEDGER_QUEUE = "ledger"


# The C library gives each thread its own heap, and SQLite has many threads. Two heaps suffice for
# the server, and save about 25 MB.
FEW_HEAPS = {"MALLOC_ARENA_MAX": "2"}


def serving_environment(server: PrefectServer) -> dict[str, str]:
    """Return the environment of the server: its address, and the key that clients must send."""
    secret = {} if server.auth is None else {"PREFECT_SERVER_API_AUTH_STRING": server.auth}
    where = {
        "PREFECT_SERVER_API_HOST": listening_host(server.auth),
        "PREFECT_SERVER_API_PORT": str(server.port),
    }
    return FEW_HEAPS | environment(server) | where | secret


def environment(server: PrefectServer) -> dict[str, str]:
    """Return the environment of the processes; a worker passes it on to its runs."""
    secret = {} if server.auth is None else {"PREFECT_API_AUTH_STRING": server.auth}
    return os.environ | {
        "JUNHENG_HOME": str(Home().home.resolve()),
        "JUNHENG_STARTED_IN": str(Path.cwd()),
        "JUNHENG_RUN_COMMAND": shlex.join(RUN),
        "PREFECT_API_URL": f"{server.address}/api",
        "PREFECT_UI_URL": os.environ.get("PREFECT_UI_URL") or server.address,
        # With Prefect's default of 10 s, a run would wait longer than a chase takes.
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        "TZ": "Asia/Shanghai",
        **secret,
    }


def logs_folder() -> Path:
    """Create the folders that libraries write into, and return the one for the logs."""
    library_folders.make()
    return Path(os.environ[library_folders.PREFECT_HOME])


def tighten_home() -> None:
    """Take other accounts their rights in the home: earlier versions wrote readable files."""
    chosen = settings()
    private_files.tighten(chosen.home, shared={chosen.inbox_folder})


def make_work_pool(server: PrefectServer) -> None:
    """Create the work pool and its queue; idempotent."""
    server.make_work_pool(WORK_POOL)
    server.limit_queue(WORK_POOL, LEDGER_QUEUE)


def set_up_deployments() -> str:
    """Set up the server that the environment names; return a sentence for the operator.

    Raises:
        PrefectNotRunning: the server does not answer or does not accept our key, or Prefect failed.

    """
    quiet()
    server, words = configured(), wording.packaged().server
    if not server.is_healthy():
        raise PrefectNotRunning(words.not_there.format(address=server.address))
    if not server.accepts_our_key():
        raise PrefectNotRunning(words.not_let_in.format(address=server.address))
    prefect_leftovers.clear(server)
    make_work_pool(server)
    with ExitStack() as running:
        env, logs = environment(server), logs_folder()
        processes.start(running, "deploy", DEPLOY, env=env, logs=logs).must_succeed()
    return words.set_up.format(address=server.address)
