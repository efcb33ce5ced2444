"""The gate in front of the Prefect UI and its API: who signs in by name comes through."""

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from flows.errors import refusals
from flows.gate_acts import Acts, NotJson
from flows.gate_proxy import TELLING, Upstream
from flows.gate_sign_in import CHALLENGE, SignIn
from flows.quiet import quiet
from flows.server import configured
from junheng import bootstrap
from junheng.adapters.users import UsersUnusable
from junheng.domain.operations import HARMLESS_METHODS

log = logging.getLogger("junheng.gate")
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
# How long an open page may keep the gate from ending.
SECONDS_TO_END = 3
POLICY_VIOLATION = 1008


def serve(say: Callable[[str], None]) -> None:
    """Let people in until Ctrl-C or SIGTERM."""
    quiet()
    chosen = bootstrap.settings()
    says = bootstrap.rulebook().wording["gate"]
    gate = Gate(SignIn(chosen.users_file), Upstream(configured()), says)
    say(says["listening"].format(address=f"http://{chosen.gate_host}:{chosen.gate_port}"))
    uvicorn.run(
        gate.app(),
        host=chosen.gate_host,
        port=chosen.gate_port,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    say(says["ended"])


class Gate:
    """Asks everybody who they are, and lets through who is known."""

    def __init__(self, sign_in: SignIn, upstream: Upstream, says: Mapping[str, Any]) -> None:
        self._sign_in = sign_in
        self._upstream = upstream
        self._acts = Acts(upstream)
        self._says = says

    def app(self) -> Starlette:
        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            yield
            await self._upstream.close()

        return Starlette(
            routes=[
                Route("/{path:path}", self.let_in, methods=METHODS),
                WebSocketRoute("/{path:path}", self.let_listen),
            ],
            lifespan=lifespan,
        )

    async def let_in(self, request: Request) -> Response:
        try:
            if not self._sign_in.users().names:
                return self._said(403, "nobody_yet")
            visit = await self._sign_in.who(request)
        except UsersUnusable as error:
            return PlainTextResponse(str(error), 503)
        if visit is None:
            return self._said(401, "sign_in", headers=CHALLENGE)
        if not _is_plain(request.scope["path"]):
            return self._said(400, "not_json")
        if request.method not in HARMLESS_METHODS and _comes_from_elsewhere(request):
            return self._said(403, "elsewhere")
        response = await self._handed_on(request, visit.name)
        return visit.seal(response, is_https=request.url.scheme == "https")

    async def _handed_on(self, request: Request, person: str) -> Response:
        """Hand a request on, or say in one sentence why it was not."""
        try:
            if request.scope["path"].endswith("/ui-settings"):
                return await self._upstream.settings_of_ui(request)
            return await self._acts.do(request, person)
        except NotJson:
            return self._said(400, "not_json")
        except httpx.HTTPError as error:
            log.warning("Prefect: %r", error)
            return self._said(502, "not_reached")
        except refusals() as error:
            return self._said(503, "not_written", reason=error.args[0])

    async def let_listen(self, socket: WebSocket) -> None:
        try:
            visit = await self._sign_in.who(socket)
        except UsersUnusable:
            visit = None
        path = socket.scope["path"]
        if visit is None or path not in TELLING or _comes_from_elsewhere(socket):
            await socket.close(POLICY_VIOLATION)
            return
        try:
            await self._upstream.pass_socket_on(socket)
        except OSError as error:
            log.warning("Prefect: %r", error)
            await socket.close(POLICY_VIOLATION)

    def _said(
        self, status: int, phrase: str, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        return PlainTextResponse(self._says[phrase].format(**values), status, headers)


def _is_plain(path: str) -> bool:
    """Return whether a path is read the same by everybody: none goes up again on its way down."""
    return path.startswith("/") and not {".", ".."} & set(path.split("/")) and "//" not in path


def _comes_from_elsewhere(connection: HTTPConnection) -> bool:
    """Return whether another page sends it: a browser adds the password to that as well."""
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host")
