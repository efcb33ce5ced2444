"""The guard around Prefect's server: signed-in users may read, start, retry, cancel and pause."""

import asyncio
import hmac
import json
import logging
from base64 import b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any
from urllib.parse import unquote

from prefect.server.api.server import create_app
from prefect.settings import get_current_settings
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Lifespan, Message, Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.server import run_watch, sqlite_writer
from app.server.guard import prefect_ui_lists, sign_in
from app.server.guard.prefect_app import PrefectApp
from app.server.guard.request_checks import Checks, comes_from_our_page, refused, with_header
from app.server.guard.sign_in import COOKIE, SignInPages, person_of
from junheng import bootstrap, wording
from junheng.adapters import clock
from junheng.bootstrap import SettingsUnusable
from junheng.domain.office_days import day_of
from junheng.domain.operations import allowed_requests as allowed
from junheng.domain.operations.allowed_requests import LONGEST_REQUEST, NotAllowed, NotNow
from junheng.domain.operations.run_requests import LOOKING, Asked, Operation, Refusals
from junheng.wording.operations.guard import GuardWords
from tasks.operations import run_requests as history
from tasks.people import users

log = logging.getLogger("junheng.guard")
# Health checks need no sign-in; they answer only that the server runs.
PUBLIC_PATHS = frozenset({"/api/health", "/api/ready"})
# The WebSockets that pages read from; only Prefect's own processes write into the others.
READABLE_SOCKETS = frozenset({"/api/events/out", "/api/logs/out"})
# The pages do not need Prefect's settings, but without an answer the older one shows no menu.
SETTINGS = "/api/admin/settings"
SHOWN_SETTINGS = {"server": {"ui": {"show_promotional_content": False}}}
POLICY_VIOLATION = 1008
# The first call of `receive` returns the opening of the socket.
AUTH_MESSAGE = 2
CLOSED: Message = {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
MOST_BYTES = 1_000_000
# The timeout for a socket's authentication message.
SECONDS_TO_AUTHENTICATE = 10
VALIDATE = "/api/ui/schemas/validate"


def create() -> ASGIApp:
    """Return Prefect's application with our guard around it, for `uvicorn --factory`."""
    sqlite_writer.install()
    prefect_ui_lists.install()
    if (imported := users.import_file(now=clock.now())) is not None:
        log.warning("%s", imported)
    prefect = create_app(final=True)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with prefect.router.lifespan_context(prefect), run_watch.watching():
            yield

    key = get_current_settings().server.api.auth_string
    if key is None or not key.get_secret_value():
        raise SettingsUnusable(wording.packaged().server.no_key)
    return around(prefect, key.get_secret_value(), lifespan)


def around(prefect: ASGIApp, key: str, lifespan: Lifespan[Starlette] | None = None) -> ASGIApp:
    """Return Prefect's application behind a sign-in.

    The key is the one that Prefect requires of its clients, and that our own processes send.
    """
    chosen, wording = bootstrap.settings(), bootstrap.rulebook().wording.guard
    proxies = Middleware(ProxyHeadersMiddleware, trusted_hosts=[*chosen.proxies])
    return Starlette(
        routes=[*SignInPages(wording).routes(), Mount("/", Guard(prefect, key, wording))],
        middleware=[proxies, Middleware(Checks, wording=wording)],
        lifespan=lifespan,
    )


class Guard:
    """Forwards the allowed requests of a signed-in user, with the key of our own processes."""

    def __init__(self, prefect: ASGIApp, key: str, wording: GuardWords) -> None:
        self._prefect, self._secret, self._wording = prefect, key, wording
        self._key = f"Basic {b64encode(key.encode()).decode()}"
        self._refusals = Refusals()
        self._app = PrefectApp(prefect, self._key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._serve_socket(scope, receive, send)
        else:
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        given = request.headers.get("authorization", "")
        is_ours = hmac.compare_digest(given.encode(), self._key.encode())
        if is_ours or request.scope["path"] in PUBLIC_PATHS:
            return self._prefect
        person = await person_of(request)
        if person is not None:
            return await self._answer_to(person, request)
        # The newer page replaces the sentence of a 401 by its own.
        status = 403 if comes_from_our_page(request) else 401
        return sign_in.wants_page(request) or refused(status, self._wording.sign_in)

    async def _answer_to(self, person: str, request: Request) -> ASGIApp:
        method, path = request.method, request.scope["path"]
        if method == "GET" and path == "/ui-settings":
            return await self._ui_settings(request)
        if path == SETTINGS and comes_from_our_page(request):
            return JSONResponse(SHOWN_SETTINGS)
        if path != "/api" and not path.startswith("/api/"):
            return self._with_key if method in LOOKING else await self._act(request, person)
        if not allowed.only_looks(method, path, unquote(request.url.query)):
            return await self._act(request, person)
        return await self._look(request, person) if method == "POST" else self._with_key

    async def _with_key(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._prefect(with_header(scope, "authorization", self._key), receive, send)

    async def _look(self, request: Request, person: str) -> Response:
        """Forward a query, unless the server would fill a template in it with its own values."""
        path = request.scope["path"]
        try:
            body = allowed.readable(await _body(request), is_form=path.startswith(VALIDATE))
        except NotAllowed as error:
            return await self._refused(request, person, error)
        answer = await self._app.ask("POST", path, body)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def _ui_settings(self, request: Request) -> Response:
        """Return the UI's settings with our URL as its API, and without Prefect's own sign-in."""
        settings = await self._app.get("/ui-settings")
        return JSONResponse({**settings, "api_url": f"{request.base_url}api", "auth": None})

    async def _act(self, request: Request, person: str) -> Response:
        """Write a user's request into the history, then forward it with the user's name."""
        path = request.scope["path"].rstrip("/")
        try:
            body = allowed.readable(await _body(request))
            asked = allowed.asked(request.method, path, body)
            deployment, run = await self._app.find(asked)
            if asked.operation is Operation.RUN:
                body = allowed.order(body, person, of=deployment)
            elif path.endswith("/set_state"):
                body = allowed.state(body, person, of=run)
        except NotAllowed as error:
            return await self._refused(request, person, error)
        note = partial(_note, person, request)
        await note(asked, deployment, run)
        if run:
            await self._app.tag(asked.run, person)
        answer = await self._app.ask(request.method, path, body)
        if asked.operation is Operation.RUN and answer.is_success:
            created = answer.json()
            asked = replace(asked, operation=Operation.BEGUN, run=created["id"], reason="")
            await note(asked, deployment, created)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def _refused(self, request: Request, person: str, error: NotAllowed) -> Response:
        method, path = request.method, request.scope["path"]
        if not self._refusals.is_told(person, method, path, on=clock.today()):
            await _note(person, request, allowed.about(path), {}, {})
        is_late = isinstance(error, NotNow)
        return refused(403, self._wording.not_now if is_late else self._wording.not_allowed)

    async def _serve_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a page as long as its user is signed in; processes authenticate with the key."""
        socket, calls = HTTPConnection(scope), 0
        is_person = COOKIE in socket.cookies
        key = json.dumps({"type": "auth", "token": self._secret})

        async def receive_authenticated() -> Message:
            nonlocal calls
            calls += 1
            if calls != AUTH_MESSAGE:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), SECONDS_TO_AUTHENTICATE)
            except TimeoutError:
                return CLOSED
            if is_person and message["type"] == "websocket.receive":
                return {**message, "text": key}
            return message if _has_token(message) else CLOSED

        async def send_if_signed_in(message: Message) -> None:
            if is_person and await person_of(socket) is None:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                raise WebSocketDisconnect(POLICY_VIOLATION)
            await send(message)

        if is_person and (scope["path"] not in READABLE_SOCKETS or await person_of(socket) is None):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await self._prefect(scope, receive_authenticated, send_if_signed_in)


def _has_token(message: Message) -> bool:
    """Return whether a socket's first message has a token that Prefect can compare."""
    try:
        content = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        return False
    token = content.get("token") if isinstance(content, dict) else None
    return isinstance(token, str) and token.isascii()


async def _body(request: Request) -> object:
    """Return the parsed JSON of a request; raises NotAllowed if it is invalid or too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise NotAllowed("too long")
    try:
        return json.loads(body or b"null")
    except (ValueError, RecursionError) as error:
        raise NotAllowed("no JSON") from error


async def _note(
    person: str,
    request: Request,
    asked: Asked,
    deployment: Mapping[str, Any],
    run: Mapping[str, Any],
) -> None:
    now = clock.now()
    write = partial(
        history.write_down,
        asked,
        by=person,
        request=f"{request.method} {request.scope['path']}"[:LONGEST_REQUEST],
        work=str(deployment.get("name") or ""),
        run=str(run.get("name") or ""),
    )
    await asyncio.to_thread(partial(write, day=day_of(now), now=now))
