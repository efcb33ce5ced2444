"""Runs one service of Prefect in the foreground, for systemd and containers."""

import os
import signal
from typing import NoReturn

from app.server import refused_writes, set_up
from app.server.prefect_client import PrefectNotRunning, configured, own, refuse_gate_settings
from app.server.telemetry_off import quiet
from junheng import wording
from junheng.settings import PROJECT_ROOT


def serve() -> NoReturn:
    """Replace this process by the Prefect server; raises PrefectNotRunning for unsafe settings."""
    quiet()
    refuse_gate_settings()
    server = own(configured().auth)
    if server.auth is None:
        raise PrefectNotRunning(wording.packaged().server.no_key)
    refused_writes.mark_start(set_up.logs_folder())
    _become(set_up.serving_environment(server), set_up.SERVE)


def work() -> NoReturn:
    """Replace this process by a worker; raises PrefectNotRunning without a valid port and a key."""
    quiet()
    server = configured()
    if server.auth is None:
        raise PrefectNotRunning(wording.packaged().server.no_key)
    _become(set_up.environment(server), set_up.WORK)


def _become(env: dict[str, str], command: tuple[str, ...]) -> NoReturn:
    set_up.logs_folder()
    set_up.tighten_home()
    # Prefect reads .env and prefect.toml in its working directory.
    os.chdir(PROJECT_ROOT)
    # A process started in the background inherits an ignored SIGINT, and a worker then never ends.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    # exec keeps the process id, which the service manager watches and ends.
    os.execve(command[0], command, env)  # noqa: S606
