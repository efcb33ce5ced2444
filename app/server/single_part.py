"""Runs one part of Prefect alone, for a machine that keeps its services itself."""

import os
import signal
from typing import NoReturn

from app.server import refused_writes, set_up
from app.server.prefect_client import PrefectNotRunning, configured, must_need_no_gate, own
from app.server.telemetry_off import quiet
from junheng import wording
from junheng.settings import PROJECT_ROOT


def serve() -> NoReturn:
    """Become the Prefect server; raises PrefectNotRunning where it could not or must not listen."""
    quiet()
    must_need_no_gate()
    server = own(configured().auth)
    if server.auth is None:
        raise PrefectNotRunning(wording.packaged().server.no_key)
    refused_writes.mark_start(set_up.logs_folder())
    _become(set_up.serving_environment(server), set_up.SERVE)


def work() -> NoReturn:
    """Become a worker; raises PrefectNotRunning for a port that is none, or without a key."""
    quiet()
    server = configured()
    if server.auth is None:
        raise PrefectNotRunning(wording.packaged().server.no_key)
    _become(set_up.environment(server), set_up.WORK)


def _become(own: dict[str, str], command: tuple[str, ...]) -> NoReturn:
    set_up.logs_folder()
    # Prefect reads .env and prefect.toml of the folder that it runs in.
    os.chdir(PROJECT_ROOT)
    # Who is started in the background inherits an ignored SIGINT, and a worker then never ends.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # In our place, under our number: who started us watches over it and ends it.
    os.execve(command[0], command, own)  # noqa: S606
