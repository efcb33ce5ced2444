"""Runs one part of Prefect alone, for a machine that keeps its services itself."""

import os
import signal
import sys
from pathlib import Path
from typing import NoReturn

from flows.quiet import quiet
from flows.server import HOST, PrefectServer
from flows.up import CUT_OFF, WORK_POOL, environment, port


def serve() -> NoReturn:
    """Become the Prefect server; raises PrefectNotRunning for a port that is none."""
    _become({**CUT_OFF, "PREFECT_SERVER_API_HOST": HOST}, "server", "start")


def work() -> NoReturn:
    """Become a worker; raises PrefectNotRunning for a port that is none."""
    _become({}, "worker", "start", "--pool", WORK_POOL, "--type", "process")


def _become(more: dict[str, str], *arguments: str) -> NoReturn:
    quiet()
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    own = environment(PrefectServer(port())) | more
    # Who is started in the background inherits an ignored SIGINT, and a worker then never ends.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # In our place, under our number: who started us watches over it and ends it.
    os.execve(sys.executable, (sys.executable, "-m", "prefect", *arguments), own)  # noqa: S606
