"""A guard on a loopback port: around Prefect in a process of its own, or around an echo."""

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
# As it is served, but who is slow is given up sooner: no test waits as long as an office.
SOON = "from app.server.guard import serve as g; g.HEAD_SECONDS, g.BODY_SECONDS = 1, 2; g.main()"


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Say what was asked, as an application behind the guard sees it."""
    asked = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
    await JSONResponse({"path": scope["path"], "headers": asked})(scope, receive, send)


@contextmanager
def around_an_echo() -> Iterator[str]:
    """Yield the address of a guard that serves in a thread of its own."""
    app = guard.around(echo, KEY)
    config = uvicorn.Config(app, port=0, log_level="error", proxy_headers=False)
    serving = uvicorn.Server(config)
    thread = Thread(target=lambda: asyncio.run(serving.serve()), daemon=True)
    thread.start()
    while not serving.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{serving.servers[0].sockets[0].getsockname()[1]}"
    serving.should_exit = True
    thread.join(10)


@dataclass(frozen=True, slots=True)
class Guarded:
    """Prefect with the guard around it, and the home that its history is in."""

    prefect: PrefectServer
    home: Path

    @contextmanager
    def browser(self, name: str, address: str = "127.0.0.1") -> Iterator[httpx.Client]:
        """Yield a browser in which somebody is signed in."""
        users.add(name, SPRING, now=clock.now())
        token = sign_ins.sign_in(name, SPRING, address=address, now=clock.now())
        cookies = {COOKIE: token or ""}
        with self.stranger(cookies=cookies) as opened:
            yield opened

    def stranger(
        self, address: str = "127.0.0.1", cookies: dict[str, str] | None = None
    ) -> httpx.Client:
        """Return a browser in which nobody is signed in, at an address of this machine."""
        transport = httpx.HTTPTransport(local_address=address)
        base = self.prefect.address
        return httpx.Client(base_url=base, transport=transport, cookies=cookies, timeout=60)


@contextmanager
def around_prefect(home: Path, **settings: str) -> Iterator[Guarded]:
    """Yield a guard around a Prefect of its own, as `junheng serve` starts it."""
    databases.ready(home)
    server = PrefectServer(free_port(), auth=KEY)
    mine = {"JUNHENG_PREFECT_PORT": str(server.port), **databases.settings_of(home), **settings}
    inherited = {name: value for name, value in os.environ.items() if name != "PREFECT_HOME"}
    with _changed(inherited | mine):
        env = set_up.serving_environment(server)
    log = home.parent / "server.log"
    with log.open("wb") as written:
        serving = subprocess.Popen(
            [sys.executable, "-c", SOON], env=env, cwd=PROJECT_ROOT, stdout=written, stderr=written
        )
    try:
        deadline = time.monotonic() + LONGEST_SECONDS
        while not server.is_healthy():
            assert serving.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        yield Guarded(server, home)
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.wait(ENDING_SECONDS)


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
