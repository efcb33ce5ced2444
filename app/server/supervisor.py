"""Runs Prefect for the office: server, worker and listener, until told to end."""

import os
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.server import prefect_leftovers, processes, refused_writes, set_up
from app.server.prefect_client import PrefectNotRunning, PrefectServer, must_need_no_gate, own
from app.server.processes import Process
from app.server.set_up import DEPLOY, PYTHON, SERVE, WORK
from app.server.signals import interrupted_by_signals
from app.server.telemetry_off import quiet
from junheng import wording
from junheng.adapters import clock
from junheng.settings import Settings, settings
from tasks.people import sign_ins, users

JUNHENG = (*PYTHON, "-m", "app.cli.app")

# While it deploys: people wait for the last sentence.
POLL_SECONDS = 0.3


def up(say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM, then end what was started; raises PrefectNotRunning."""
    quiet()
    must_need_no_gate()
    chosen, words = settings(), wording.packaged().server
    if (imported := users.import_file(now=clock.now())) is not None:
        say(imported)
    server = own(_secret())
    if not server.is_port_free():
        raise PrefectNotRunning(words.port_taken.format(port=server.port))
    env, logs = set_up.environment(server), set_up.logs_folder()
    say(words.starting)
    try:
        with interrupted_by_signals(), ExitStack() as running:
            _serve(_House(server, chosen, env, logs, running), say)
    except KeyboardInterrupt:
        say(words.ended)


def _secret() -> str:
    """Return the key of our own processes: the one that is set, or one that they alone know."""
    chosen = os.environ.get("PREFECT_API_AUTH_STRING")
    return chosen or f"junheng:{secrets.token_urlsafe(32)}"


@dataclass(frozen=True, slots=True)
class _House:
    """What is begun, one after the other, and ended in the other order."""

    server: PrefectServer
    chosen: Settings
    env: dict[str, str]
    logs: Path
    running: ExitStack

    def begin(
        self,
        name: str,
        *command: str,
        env: Mapping[str, str] | None = None,
        is_held: bool = False,
    ) -> Process:
        own = self.env if env is None else env
        return processes.begin(
            self.running, name, command, env=own, logs=self.logs, is_held=is_held
        )

    def begin_ours(self, name: str) -> Process:
        """Begin a command of our own, for which a relative path begins where we were started."""
        return processes.begin(
            self.running, name, (*JUNHENG, name), env=self.env, logs=self.logs, folder=Path.cwd()
        )

    def serve_prefect(self) -> Process:
        refused_writes.mark_start(self.logs)
        return self.begin("server", *SERVE, env=set_up.serving_environment(self.server))

    def listen(self) -> Iterator[Process]:
        """Begin the listener to chat, where there is one."""
        if self.chosen.slack_app_token is not None:
            yield self.begin_ours("chat")


def _begin(house: _House, say: Callable[[str], None]) -> tuple[Process, tuple[Process, ...]]:
    """Begin everything and say what can be used; return what deploys, and what is kept running."""
    serving = house.serve_prefect()
    # Both take seconds to import what they need: they do while the server lays out its database.
    working = house.begin("worker", *WORK, is_held=True)
    deploying = house.begin("deploy", *DEPLOY, is_held=True)
    serving.wait_until(house.server.is_healthy)
    # Before there is a worker, which could not run what an earlier version had begun by itself.
    prefect_leftovers.clear(house.server)
    set_up.make_room(house.server)
    working.go_on()
    deploying.go_on()
    kept = (serving, working, *house.listen())
    say(wording.packaged().server.open.format(address=house.env["PREFECT_UI_URL"]))
    return deploying, kept


def _say_ready(house: _House, say: Callable[[str], None]) -> None:
    address = house.env["PREFECT_UI_URL"]
    words = wording.packaged().server
    sign_in = words.sign_in
    if not users.names():
        link = sign_ins.first_user_url(address, now=clock.now())
        sign_in = users.wording().first_user.format(link=link)
    say(words.running.format(address=address, sign_in=sign_in, logs=house.logs))


def _serve(house: _House, say: Callable[[str], None]) -> None:
    deploying, kept = _begin(house, say)
    is_ready = False
    while True:
        for process in kept:
            process.keep_running(say)
        if not is_ready and deploying.has_succeeded(say):
            _say_ready(house, say)
            is_ready = True
        time.sleep(1 if is_ready else POLL_SECONDS)
