"""Puts into a Prefect server what the repository declares: its deployments and automations."""

import os
import shlex
import sys
from contextlib import ExitStack
from pathlib import Path

from flows import automations, places, processes
from flows.quiet import quiet
from flows.server import HOST, PrefectNotRunning, PrefectServer, configured, listening_host
from junheng.settings import PROJECT_ROOT, Home, settings

# -P, and PROJECT_ROOT as the folder that Prefect runs in: the folder in which somebody starts us
# must not put its modules, .env or prefect.toml into processes of the service's account.
PYTHON = (sys.executable, "-P")
PREFECT = (*PYTHON, "-m", "flows.prefect_command")
SERVE = (*PREFECT, "server", "start")
DEPLOYMENTS = str(PROJECT_ROOT / "deployments.yaml")
DEPLOY = (*PREFECT, "--no-prompt", "deploy", "--prefect-file", DEPLOYMENTS)
WORK_POOL = "junheng"
WORK = (*PREFECT, "worker", "start", "--pool", WORK_POOL, "--type", "process")
# What a worker starts for each run (deployments.yaml).
RUN = (*PYTHON, "-m", "prefect.engine")
# What writes the ledger waits here for its turn.
LEDGER_QUEUE = "ledger"

NOT_THERE = (
    "{address} 上没有 Prefect 在运行；请先启动它（装成服务的：systemctl start junheng-server），"
    "或用 PREFECT_API_URL 写明它在哪里"
)
SET_UP = "定时工作和自动处理已按仓库里的写法建好：{address}"


# The server's pages on work pools and blocks have it fetch lists from the internet. A proxy that
# nobody serves makes it take the lists it brought along.
CUT_OFF = dict.fromkeys(
    ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
    f"http://{HOST}:9",
)


# The C library gives each thread a heap of its own, and SQLite has many: two heaps do for the
# server, and hold some 25 MB less.
SPARING = {"MALLOC_ARENA_MAX": "2"}


def address_for_people(server: PrefectServer) -> str:
    """Return where people find the UI: at the gate, where the server lets in nobody else."""
    chosen = settings()
    is_gated = server.auth is not None
    return f"http://{chosen.gate_host}:{chosen.gate_port}" if is_gated else server.address


def serving_environment(server: PrefectServer) -> dict[str, str]:
    """Return what the server is given: where it listens, and what it wants of its clients."""
    secret = {} if server.auth is None else {"PREFECT_SERVER_API_AUTH_STRING": server.auth}
    where = {
        "PREFECT_SERVER_API_HOST": listening_host(server.auth),
        "PREFECT_SERVER_API_PORT": str(server.port),
    }
    return SPARING | environment(server) | CUT_OFF | where | secret


def environment(server: PrefectServer) -> dict[str, str]:
    """Return what the processes are given, a run by its worker."""
    secret = {} if server.auth is None else {"PREFECT_API_AUTH_STRING": server.auth}
    return os.environ | {
        "JUNHENG_HOME": str(Home().home.resolve()),
        "JUNHENG_STARTED_IN": str(Path.cwd()),
        "JUNHENG_RUN_COMMAND": shlex.join(RUN),
        "PREFECT_API_URL": f"{server.address}/api",
        "PREFECT_UI_URL": os.environ.get("PREFECT_UI_URL") or address_for_people(server),
        # Prefect's own 180 s let a run that died look alive for many minutes.
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
        # Prefect's own 10 s make whoever pressed Run or Retry wait longer than a chase takes.
        "PREFECT_WORKER_QUERY_SECONDS": "3",
        "TZ": "Asia/Shanghai",
        **secret,
    }


def logs_folder() -> Path:
    """Make the places that libraries write into, and return the one for the logs."""
    places.make()
    return Path(os.environ[places.PREFECT_HOME])


def make_room(server: PrefectServer) -> None:
    """Make the work pool and its queues; again, and nothing changes."""
    server.make_work_pool(WORK_POOL)
    server.limit_queue(WORK_POOL, LEDGER_QUEUE)


def set_up_anew() -> str:
    """Set up the server that the environment names and say so; raises PrefectNotRunning."""
    quiet()
    server = configured()
    if not server.is_healthy():
        raise PrefectNotRunning(NOT_THERE.format(address=server.address))
    make_room(server)
    with ExitStack() as running:
        env, logs = environment(server), logs_folder()
        processes.begin(running, "deploy", DEPLOY, env=env, logs=logs).must_succeed()
    automations.set_up(server)
    return SET_UP.format(address=server.address)
