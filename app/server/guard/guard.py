"""The guard around Prefect's server: who is signed in may look, start, retry, cancel and pause."""

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
from app.server.guard.prefect_app import Inside
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
# What monitors of a machine ask without a name: they hear that the server is there, no more.
OPEN = frozenset({"/api/health", "/api/ready"})
# Prefect's sockets that tell; into the others only its own processes speak.
TELLING = frozenset({"/api/events/out", "/api/logs/out"})
# The pages do without Prefect's settings, but not without an answer: the older one shows no menu.
SETTINGS = "/api/admin/settings"
SHOWN_SETTINGS = {"server": {"ui": {"show_promotional_content": False}}}
POLICY_VIOLATION = 1008
# After the one that says that the socket is opened.
FIRST_MESSAGE = 2
CLOSED: Message = {"type": "websocket.disconnect", "code": POLICY_VIOLATION}
MOST_BYTES = 1_000_000
# How long a socket may stay silent before it says who it is.
SECONDS_TO_SAY = 10
VALIDATE = "/api/ui/schemas/validate"


def create() -> ASGIApp:
    """Return Prefect's application with our guard around it, for `uvicorn --factory`."""
    sqlite_writer.put_in()
    prefect_ui_lists.put_in()
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
    """Return an application that answers as Prefect does, but not to everybody.

    The key is what Prefect wants of its clients, and our own processes show.
    """
    chosen, wording = bootstrap.settings(), bootstrap.rulebook().wording.guard
    proxies = Middleware(ProxyHeadersMiddleware, trusted_hosts=[*chosen.proxies])
    return Starlette(
        routes=[*SignInPages(wording).routes(), Mount("/", Guard(prefect, key, wording))],
        middleware=[proxies, Middleware(Checks, wording=wording)],
        lifespan=lifespan,
    )


class Guard:
    """Hands on what the person who is signed in may ask for, with the key of our own processes."""

    def __init__(self, prefect: ASGIApp, key: str, wording: GuardWords) -> None:
        self._prefect, self._secret, self._wording = prefect, key, wording
        self._key = f"Basic {b64encode(key.encode()).decode()}"
        self._refusals = Refusals()
        self._inside = Inside(prefect, self._key)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._tell(scope, receive, send)
        else:
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        given = request.headers.get("authorization", "")
        is_ours = hmac.compare_digest(given.encode(), self._key.encode())
        if is_ours or request.scope["path"] in OPEN:
            return self._prefect
        person = await person_of(request)
        if person is not None:
            return await self._answer_to(person, request)
        # Of a 401, the newer page tells its own story.
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
        """Hand on what is looked for, unless it would have the server fill in what it knows."""
        path = request.scope["path"]
        try:
            body = allowed.readable(await _body(request), is_form=path.startswith(VALIDATE))
        except NotAllowed as error:
            return await self._refused(request, person, error)
        answer = await self._inside.ask("POST", path, body)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def _ui_settings(self, request: Request) -> Response:
        """Return what the UI asks first: its API is here, and nobody signs in to Prefect itself."""
        told = await self._inside.told("/ui-settings")
        return JSONResponse({**told, "api_url": f"{request.base_url}api", "auth": None})

    async def _act(self, request: Request, person: str) -> Response:
        """Write into the history what a person asks for, then hand it on in that person's name."""
        path = request.scope["path"].rstrip("/")
        try:
            body = allowed.readable(await _body(request))
            asked = allowed.asked(request.method, path, body)
            deployment, run = await self._inside.known(asked)
            if asked.operation is Operation.RUN:
                body = allowed.order(body, person, of=deployment)
            elif path.endswith("/set_state"):
                body = allowed.state(body, person, of=run)
        except NotAllowed as error:
            return await self._refused(request, person, error)
        note = partial(_note, person, request)
        await note(asked, deployment, run)
        if run:
            await self._inside.sign(asked.run, person)
        answer = await self._inside.ask(request.method, path, body)
        if asked.operation is Operation.RUN and answer.is_success:
            begun = answer.json()
            asked = replace(asked, operation=Operation.BEGUN, run=begun["id"], reason="")
            await note(asked, deployment, begun)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def _refused(self, request: Request, person: str, error: NotAllowed) -> Response:
        method, path = request.method, request.scope["path"]
        if not self._refusals.is_told(person, method, path, on=clock.today()):
            await _note(person, request, allowed.about(path), {}, {})
        is_late = isinstance(error, NotNow)
        return refused(403, self._wording.not_now if is_late else self._wording.not_allowed)

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page listen for as long as its person is signed in; processes show their key."""
        socket, said = HTTPConnection(scope), 0
        is_person = COOKIE in socket.cookies
        key = json.dumps({"type": "auth", "token": self._secret})

        async def heard() -> Message:
            nonlocal said
            said += 1
            if said != FIRST_MESSAGE:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), SECONDS_TO_SAY)
            except TimeoutError:
                return CLOSED
            if is_person and message["type"] == "websocket.receive":
                return {**message, "text": key}
            return message if _says_a_key(message) else CLOSED

        async def told(message: Message) -> None:
            if is_person and await person_of(socket) is None:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                raise WebSocketDisconnect(POLICY_VIOLATION)
            await send(message)

        if is_person and (scope["path"] not in TELLING or await person_of(socket) is None):
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        else:
            await self._prefect(scope, heard, told)


def _says_a_key(message: Message) -> bool:
    """Say whether a socket's first message is one that Prefect can read."""
    try:
        said = json.loads(message.get("text") or "")
    except (ValueError, RecursionError):
        return False
    token = said.get("token") if isinstance(said, dict) else None
    return isinstance(token, str) and token.isascii()


async def _body(request: Request) -> object:
    """Return the JSON of a request; raises NotAllowed for what is none, or is too long."""
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
