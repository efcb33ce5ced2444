"""A guard on a loopback port: around Prefect in its own process, or around an echo application."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

import httpx
import uvicorn
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from app.server import set_up
from app.server.guard import guard
from app.server.prefect_client import PrefectServer
from junheng.adapters import clock
from junheng.settings import PROJECT_ROOT
from tasks.people import sign_ins, users
from tests import databases
from tests.app.server.an_office import KEY, free_port

SPRING = "春天的操场很大很大"
COOKIE = "junheng_session"
LONGEST_SECONDS, ENDING_SECONDS = 180, 30
# Serves with short timeouts for slow requests, so that tests need not wait.
SERVE_WITH_SHORT_TIMEOUTS = (
    "from app.server.guard import serve as g; g.HEAD_SECONDS, g.BODY_SECONDS = 1, 2; g.main()"
)


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the path and the headers that an application behind the guard receives."""
    headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    await JSONResponse({"path": scope["path"], "headers": headers})(scope, receive, send)


@contextmanager
def around_an_echo() -> Iterator[str]:
    """Yield the URL of a guard that serves in its own thread."""
    app = guard.around(echo, KEY)
    config = uvicorn.Config(app, port=0, log_level="error", proxy_headers=False)
    server = uvicorn.Server(config)
    thread = Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(10)


@dataclass(frozen=True, slots=True)
class Guarded:
    """A running Prefect with its guard, and the home with its history."""

    prefect: PrefectServer
    home: Path

    @contextmanager
    def browser(self, name: str, address: str = "127.0.0.1") -> Iterator[httpx.Client]:
        """Add a user and yield a client with the cookie of a sign-in."""
        users.add(name, SPRING, now=clock.now())
        token = sign_ins.sign_in(name, SPRING, address=address, now=clock.now())
        cookies = {COOKIE: token or ""}
        with self.stranger(cookies=cookies) as client:
            yield client

    def stranger(
        self, address: str = "127.0.0.1", cookies: dict[str, str] | None = None
    ) -> httpx.Client:
        """Return a client without a sign-in, at an address of this machine."""
        transport = httpx.HTTPTransport(local_address=address)
        base = self.prefect.address
        return httpx.Client(base_url=base, transport=transport, cookies=cookies, timeout=60)


@contextmanager
def around_prefect(home: Path, **settings: str) -> Iterator[Guarded]:
    """Yield a guard around its own Prefect, started like `junheng serve`."""
    databases.ready(home)
    server = PrefectServer(free_port(), auth=KEY)
    own = {"JUNHENG_PREFECT_PORT": str(server.port), **databases.settings_of(home), **settings}
    inherited = {name: value for name, value in os.environ.items() if name != "PREFECT_HOME"}
    with _changed(inherited | own):
        env = set_up.serving_environment(server)
    log = home.parent / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE_WITH_SHORT_TIMEOUTS],
            env=env,
            cwd=PROJECT_ROOT,
            stdout=output,
            stderr=output,
        )
    try:
        deadline = time.monotonic() + LONGEST_SECONDS
        while not server.is_healthy():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield Guarded(server, home)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(ENDING_SECONDS)


@contextmanager
def _changed(environment: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
