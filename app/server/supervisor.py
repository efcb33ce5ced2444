"""Runs Prefect for the office: server, worker and chat listener, with restarts."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.server import prefect_leftovers, processes, refused_writes, set_up
from app.server.prefect_client import PrefectNotRunning, PrefectServer, own, refuse_gate_settings
from app.server.processes import Process
from app.server.set_up import DEPLOY, PYTHON, SERVE, WORK
from app.server.signals import interrupted_by_signals
from app.server.telemetry_off import quiet
from junheng import wording
from junheng.adapters import clock
from junheng.settings import Settings, settings
from tasks.people import sign_ins, users

JUNHENG = (*PYTHON, "-m", "app.cli.app")

# Until the deployments are created, because a person waits for the last sentence.
POLL_SECONDS = 0.3


def up(say: Callable[[str], None]) -> None:
    """Run all services until Ctrl-C or SIGTERM, then end them; raises PrefectNotRunning."""
    quiet()
    refuse_gate_settings()
    chosen, words = settings(), wording.packaged().server
    if (imported := users.import_file(now=clock.now())) is not None:
        say(imported)
    server = own(_secret())
    if not server.is_port_free():
        raise PrefectNotRunning(words.port_taken.format(port=server.port))
    env, logs = set_up.environment(server), set_up.logs_folder()
    set_up.tighten_home()
    say(words.starting)
    try:
        with interrupted_by_signals(), ExitStack() as running:
            _serve(_Services(server, chosen, env, logs, running), say)
    except KeyboardInterrupt:
        say(words.ended)


def _secret() -> str:
    """Return the key of our own processes: the one that is set, or a random one."""
    key = os.environ.get("PREFECT_API_AUTH_STRING")
    return key or f"junheng:{secrets.token_urlsafe(32)}"


@dataclass(frozen=True, slots=True)
class _Services:
    """Starts the services in order; `running` ends them in the reverse order."""

    server: PrefectServer
    chosen: Settings
    env: dict[str, str]
    logs: Path
    running: ExitStack

    def start(
        self,
        name: str,
        *command: str,
        env: Mapping[str, str] | None = None,
        is_held: bool = False,
    ) -> Process:
        return processes.start(
            self.running,
            name,
            command,
            env=self.env if env is None else env,
            logs=self.logs,
            is_held=is_held,
        )

    def start_junheng(self, name: str) -> Process:
        """Start a `junheng` command in the current folder, so that relative paths stay valid."""
        return processes.start(
            self.running, name, (*JUNHENG, name), env=self.env, logs=self.logs, folder=Path.cwd()
        )

    def serve_prefect(self) -> Process:
        refused_writes.mark_start(self.logs)
        return self.start("server", *SERVE, env=set_up.serving_environment(self.server))

    def listen(self) -> Iterator[Process]:
        """Start the chat listener, if Slack is configured."""
        if self.chosen.slack_app_token is not None:
            yield self.start_junheng("chat")


def _start(services: _Services, say: Callable[[str], None]) -> tuple[Process, tuple[Process, ...]]:
    """Start all processes and print the URL; return the deploying one and those to keep running."""
    server = services.serve_prefect()
    # Both import modules for seconds, while the server creates its tables.
    worker = services.start("worker", *WORK, is_held=True)
    deploying = services.start("deploy", *DEPLOY, is_held=True)
    server.wait_until(services.server.is_healthy)
    # Before the worker begins, because it cannot run what automations of earlier versions start.
    prefect_leftovers.clear(services.server)
    set_up.make_work_pool(services.server)
    worker.release()
    deploying.release()
    kept_running = (server, worker, *services.listen())
    say(wording.packaged().server.open.format(address=services.env["PREFECT_UI_URL"]))
    return deploying, kept_running


def _say_ready(services: _Services, say: Callable[[str], None]) -> None:
    address = services.env["PREFECT_UI_URL"]
    words = wording.packaged().server
    sign_in = words.sign_in
    if not users.names():
        link = sign_ins.first_user_url(address, now=clock.now())
        sign_in = users.wording().first_user.format(link=link)
    say(words.running.format(address=address, sign_in=sign_in, logs=services.logs))


def _serve(services: _Services, say: Callable[[str], None]) -> None:
    deploying, kept_running = _start(services, say)
    is_ready = False
    while True:
        for process in kept_running:
            process.keep_running(say)
        if not is_ready and deploying.has_succeeded(say):
            _say_ready(services, say)
            is_ready = True
        time.sleep(1 if is_ready else POLL_SECONDS)
