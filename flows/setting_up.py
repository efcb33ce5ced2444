"""Puts into a Prefect server what the repository declares: its deployments and automations."""

import os
import sys
from contextlib import ExitStack
from pathlib import Path

from ruamel.yaml import YAML

from flows import automations, places, processes
from flows.quiet import quiet
from flows.server import HOST, PrefectNotRunning, PrefectServer, configured, listening_host
from junheng import bootstrap
from junheng.settings import PROJECT_ROOT, Home
from tasks import samples

PREFECT = (sys.executable, "-m", "prefect")
WORK_POOL = "junheng"
DEPLOYMENTS = PROJECT_ROOT / "deployments.yaml"
SAMPLE_ROUND = "sample-round"
# What writes the ledger waits here for its turn.
LEDGER_QUEUE = "ledger"

NOT_THERE = (
    "{address} 上没有 Prefect 在运行；请先启动它（装成服务的：systemctl start junheng-server），"
    "或用 PREFECT_API_URL 写明它在哪里"
)
NO_WORKER_YET = "Prefect 里还没有工作池 {pool}；请先启动执行进程：junheng work"
SET_UP = "定时工作和自动处理已按仓库里的写法建好：{address}"


# The server's pages on work pools and blocks have it fetch lists from the internet. A proxy that
# nobody serves makes it take the lists it brought along.
CUT_OFF = dict.fromkeys(
    ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"),
    f"http://{HOST}:9",
)


def address_for_people(server: PrefectServer) -> str:
    """Return where people find the UI: at the gate, where the server lets in nobody else."""
    chosen = bootstrap.settings()
    is_gated = server.auth is not None
    return f"http://{chosen.gate_host}:{chosen.gate_port}" if is_gated else server.address


def serving_environment(server: PrefectServer) -> dict[str, str]:
    """Return what the server is given: where it listens, and what it wants of its clients."""
    secret = {} if server.auth is None else {"PREFECT_SERVER_API_AUTH_STRING": server.auth}
    where = {
        "PREFECT_SERVER_API_HOST": listening_host(server.auth),
        "PREFECT_SERVER_API_PORT": str(server.port),
    }
    return environment(server) | CUT_OFF | where | secret


def environment(server: PrefectServer) -> dict[str, str]:
    """Return what the processes are given, a run by its worker."""
    secret = {} if server.auth is None else {"PREFECT_API_AUTH_STRING": server.auth}
    return os.environ | {
        "JUNHENG_HOME": str(Home().home.resolve()),
        "JUNHENG_STARTED_IN": str(Path.cwd()),
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


def set_up(server: PrefectServer, env: dict[str, str], logs: Path) -> None:
    """Deploy what deployments.yaml names and set the automations up; again, it is only updated."""
    server.limit_queue(WORK_POOL, LEDGER_QUEUE)
    has_sample = samples.may_be_shown()
    wanted = [name for name in declared() if has_sample or name != SAMPLE_ROUND]
    names = (option for name in wanted for option in ("--name", name))
    what = (*PREFECT, "--no-prompt", "deploy", *names, "--prefect-file", str(DEPLOYMENTS))
    with ExitStack() as running:
        processes.begin(running, "deploy", what, env=env, logs=logs).must_succeed()
    if not has_sample:
        server.remove_deployment(SAMPLE_ROUND)
    automations.set_up(server)


def declared() -> tuple[str, ...]:
    """Return the name of each deployment of deployments.yaml."""
    read = YAML(typ="safe").load(DEPLOYMENTS)
    return tuple(one["name"] for one in read["deployments"])


def set_up_anew() -> str:
    """Set up the server that the environment names and say so; raises PrefectNotRunning."""
    quiet()
    server = configured()
    if not server.is_healthy():
        raise PrefectNotRunning(NOT_THERE.format(address=server.address))
    if not server.has_work_pool(WORK_POOL):
        raise PrefectNotRunning(NO_WORKER_YET.format(pool=WORK_POOL))
    set_up(server, environment(server), logs_folder())
    return SET_UP.format(address=server.address)
