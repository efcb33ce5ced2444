"""The gate in front of the Prefect UI and its API: who signs in by name comes through."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx
import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from flows import clock, gate_pages
from flows.errors import refusals
from flows.gate_acts import Acts, NotJson
from flows.gate_pages import Pages
from flows.gate_proxy import TELLING, Upstream
from flows.gate_sign_in import CHALLENGE, SignIn, Visit
from flows.quiet import quiet
from flows.request_checks import comes_from_elsewhere, is_plain
from flows.server import configured
from flows.sign_in_turns import TooManyTries
from junheng import bootstrap
from junheng.domain.operations import HARMLESS_METHODS
from tasks import signing_in, users

log = logging.getLogger("junheng.gate")
METHODS = ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"]
# How long an open page may keep the gate from ending.
SECONDS_TO_END = 3
POLICY_VIOLATION = 1008
Answer = Callable[[Request], Awaitable[Response]]


def serve(say: Callable[[str], None]) -> None:
    """Let people in until Ctrl-C or SIGTERM."""
    quiet()
    chosen = bootstrap.settings()
    says = bootstrap.rulebook().wording["gate"]
    if (imported := users.import_file(now=clock.now())) is not None:
        say(imported)
    gate = Gate(Upstream(configured()), says, proxies=chosen.proxies)
    address = f"http://{chosen.gate_host}:{chosen.gate_port}"
    say(says["listening"].format(address=address))
    if not users.names():
        token = signing_in.make_link(now=clock.now())
        say(says["first_user"].format(link=f"{address}{gate_pages.FIRST_USER}/{token}"))
    uvicorn.run(
        gate.app(),
        host=chosen.gate_host,
        port=chosen.gate_port,
        log_level="warning",
        access_log=False,
        server_header=False,
        # Else it believes what anybody on this machine forwards.
        proxy_headers=False,
        timeout_graceful_shutdown=SECONDS_TO_END,
    )
    say(says["ended"])


class Gate:
    """Asks everybody who they are, and lets through who is known."""

    def __init__(
        self, upstream: Upstream, says: Mapping[str, Any], *, proxies: tuple[str, ...] = ()
    ) -> None:
        self._sign_in = SignIn()
        self._pages = Pages(self._sign_in, says)
        self._upstream = upstream
        self._acts = Acts(upstream)
        self._says = says
        self._proxies = proxies

    def app(self) -> Starlette:
        @asynccontextmanager
        async def lifespan(_app: Starlette) -> AsyncIterator[None]:
            yield
            await self._upstream.close()

        trusted = Middleware(ProxyHeadersMiddleware, trusted_hosts=list(self._proxies))
        shown = ["GET", "POST"]
        return Starlette(
            routes=[
                Route(gate_pages.SIGN_IN, self._said_clearly(self._pages.sign_in), methods=shown),
                Route(
                    gate_pages.SIGN_OUT, self._said_clearly(self._pages.sign_out), methods=["POST"]
                ),
                Route(
                    f"{gate_pages.FIRST_USER}/{{token}}",
                    self._said_clearly(self._pages.first_user),
                    methods=shown,
                ),
                Route("/{path:path}", self._said_clearly(self.let_in), methods=METHODS),
                WebSocketRoute("/{path:path}", self.let_listen),
            ],
            middleware=[trusted] if self._proxies else [],
            lifespan=lifespan,
        )

    def _said_clearly(self, answer: Answer) -> Answer:
        """Return an endpoint that says in one sentence what keeps it from answering."""

        async def answered(request: Request) -> Response:
            try:
                return await answer(request)
            except refusals() as error:
                return PlainTextResponse(str(error.args[0]), 503)

        return answered

    async def let_in(self, request: Request) -> Response:
        try:
            visit = await self._sign_in.who(request)
        except TooManyTries as error:
            headers = {"Retry-After": str(error.seconds)}
            return self._said(429, "too_many", headers, seconds=error.seconds)
        if visit is None:
            return await self._stranger(request)
        if not is_plain(request.scope["path"]):
            return self._said(400, "not_json")
        if request.method not in HARMLESS_METHODS and comes_from_elsewhere(request):
            return self._said(403, "elsewhere")
        response = await self._handed_on(request, visit.name)
        return visit.seal(response, is_https=request.url.scheme == "https")

    async def _stranger(self, request: Request) -> Response:
        """Ask who it is: a page by a form, so that signing out counts, a program by Basic."""
        if not await to_thread.run_sync(users.names):
            return self._said(403, "nobody_yet")
        if request.headers.get("sec-fetch-mode") == "navigate":
            return gate_pages.to_sign_in(request)
        # A browser would open its own window for the password, and remember it until it is closed.
        is_browser = "sec-fetch-mode" in request.headers
        return self._said(401, "sign_in", headers=None if is_browser else CHALLENGE)

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
        path = socket.scope["path"]
        if (
            await self._listener(socket) is None
            or path not in TELLING
            or comes_from_elsewhere(socket)
        ):
            await socket.close(POLICY_VIOLATION)
            return
        try:
            await self._upstream.pass_socket_on(socket)
        except OSError as error:
            log.warning("Prefect: %r", error)
            await socket.close(POLICY_VIOLATION)

    async def _listener(self, socket: WebSocket) -> Visit | None:
        try:
            return await self._sign_in.who(socket)
        except TooManyTries:
            return None
        except refusals() as error:
            log.warning("%s", error)
            return None

    def _said(
        self, status: int, phrase: str, headers: Mapping[str, str] | None = None, **values: object
    ) -> Response:
        return PlainTextResponse(self._says[phrase].format(**values), status, headers)
