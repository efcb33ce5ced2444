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
from typing import Any, cast

import httpx
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

from flows import clock, one_writer, sign_in_pages
from flows.guard_checks import Checks, comes_from_our_page, refused, with_header
from flows.server import SECONDS_BETWEEN_TRIES, TRIES
from flows.sign_in_pages import COOKIE, SignInPages, person_of
from junheng import bootstrap
from junheng.domain import operations
from junheng.domain.operations import Asked, NotAllowed, Operation, Refusals
from tasks import operations as history
from tasks import users

log = logging.getLogger("junheng.guard")
# What monitors of a machine ask without a name: they hear that the server is there, no more.
OPEN = frozenset({"/api/health", "/api/ready"})
# Prefect's sockets that tell; into the others only its own processes speak.
TELLING = frozenset({"/api/events/out", "/api/logs/out"})
# The pages do without Prefect's settings, but not without an answer: the older one shows no menu.
SETTINGS = "/api/admin/settings"
SHOWN_SETTINGS = {"server": {"ui": {"show_promotional_content": False}}}
POLICY_VIOLATION = 1008
MOST_BYTES = 1_000_000


def create() -> ASGIApp:
    """Return Prefect's application with our guard around it, for `uvicorn --factory`."""
    one_writer.put_in()
    if (imported := users.import_file(now=clock.now())) is not None:
        log.warning("%s", imported)
    prefect = create_app(final=True)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with prefect.router.lifespan_context(prefect):
            yield

    key = get_current_settings().server.api.auth_string
    return around(prefect, "" if key is None else key.get_secret_value(), lifespan)


def around(prefect: ASGIApp, key: str, lifespan: Lifespan[Starlette] | None = None) -> ASGIApp:
    """Return an application that answers as Prefect does, but not to everybody.

    The key is what Prefect wants of its clients, and our own processes show.
    """
    chosen, says = bootstrap.settings(), bootstrap.rulebook().wording["guard"]
    proxies = Middleware(ProxyHeadersMiddleware, trusted_hosts=[*chosen.proxies])
    return Starlette(
        routes=[*SignInPages(says).routes(), Mount("/", Guard(prefect, key, says))],
        middleware=[proxies, Middleware(Checks, says=says)],
        lifespan=lifespan,
    )


class Guard:
    """Hands on what the person who is signed in may ask for, with the key of our own processes."""

    def __init__(self, prefect: ASGIApp, key: str, says: Mapping[str, Any]) -> None:
        self._prefect, self._secret, self._says = prefect, key, says
        self._key = f"Basic {b64encode(key.encode()).decode()}"
        self._refusals = Refusals()
        self._inside = httpx.AsyncClient(
            transport=httpx.ASGITransport(prefect, raise_app_exceptions=False),
            base_url="http://127.0.0.1",
            headers={"authorization": self._key},
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self._tell(scope, receive, send)
        else:
            answer = await self._answer(Request(scope, receive))
            await answer(scope, receive, send)

    async def _answer(self, request: Request) -> ASGIApp:
        method, path = request.method, request.scope["path"]
        given = request.headers.get("authorization", "")
        if hmac.compare_digest(given.encode(), self._key.encode()) or path in OPEN:
            return self._prefect
        person = await person_of(request)
        if person is None:
            wants_page = sign_in_pages.wants_page(request)
            return wants_page or refused(401, self._says["sign_in"])
        if method == "GET" and path.endswith("/ui-settings"):
            return await self._ui_settings(request)
        if path == SETTINGS and comes_from_our_page(request):
            return JSONResponse(SHOWN_SETTINGS)
        if path != "/api" and not path.startswith("/api/"):
            looks = method in {"GET", "HEAD"}
        else:
            looks = operations.only_looks(method, path, request.url.query)
        return self._with_key if looks else await self._act(request, person)

    async def _with_key(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._prefect(with_header(scope, "authorization", self._key), receive, send)

    async def _ui_settings(self, request: Request) -> Response:
        """Return what the UI asks first: its API is here, and nobody signs in to Prefect itself."""
        answer = await self._inside.get(request.scope["path"])
        return JSONResponse(answer.json() | {"api_url": f"{request.base_url}api", "auth": None})

    async def _act(self, request: Request, person: str) -> Response:
        """Write into the history what a person asks for, then hand it on in that person's name."""
        path = request.scope["path"]
        note = partial(_note, person, f"{request.method} {path}")
        try:
            body = await _body(request)
            asked = operations.asked(request.method, path, body)
            deployment, run = await self._known(asked)
            if asked.operation is Operation.RUN:
                body = operations.order(body, person, of=deployment)
            elif "set_state" in path:
                body = operations.state(body)
        except NotAllowed:
            if not self._refusals.is_told(person, request.method, path, on=clock.today()):
                await note(operations.about(path), {}, {})
            return refused(403, self._says["not_allowed"])
        await note(asked, deployment, run)
        if run:
            tag, tags = operations.tag_of(person), run.get("tags") or []
            if tag not in tags:
                await self._ask("PATCH", f"/api/flow_runs/{asked.run}", {"tags": [*tags, tag]})
        answer = await self._ask(request.method, path, body)
        if asked.operation is Operation.RUN and answer.is_success:
            begun = answer.json()
            asked = replace(asked, operation=Operation.BEGUN, run=begun["id"], reason="")
            await note(asked, deployment, begun)
        return Response(answer.content, answer.status_code, media_type="application/json")

    async def _known(self, asked: Asked) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
        """Return the deployment and the run that are meant, as far as there are any."""
        run = await self._told(f"/api/flow_runs/{asked.run}") if asked.run else {}
        deployment = asked.deployment or run.get("deployment_id")
        return await self._told(f"/api/deployments/{deployment}") if deployment else {}, run

    async def _told(self, path: str) -> Mapping[str, Any]:
        answer = await self._inside.get(path)
        return cast("dict[str, Any]", answer.json()) if answer.is_success else {}

    async def _ask(self, method: str, path: str, body: object) -> httpx.Response:
        """Return Prefect's answer; where it was too busy to do a thing, it is asked again."""
        answer = await self._inside.request(method, path, json=body)
        for _ in range(TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)
            answer = await self._inside.request(method, path, json=body)
        return answer

    async def _tell(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a page listen for as long as its person is signed in; processes show their key."""
        socket, is_first = HTTPConnection(scope), True
        if COOKIE not in socket.cookies:
            return await self._prefect(scope, receive, send)

        async def heard() -> Message:
            nonlocal is_first
            message = await receive()
            if message["type"] == "websocket.receive" and is_first:
                is_first = False
                message = {**message, "text": json.dumps({"type": "auth", "token": self._secret})}
            return message

        async def told(message: Message) -> None:
            if await person_of(socket) is None:
                await send({"type": "websocket.close", "code": POLICY_VIOLATION})
                raise WebSocketDisconnect(POLICY_VIOLATION)
            await send(message)

        if scope["path"] not in TELLING or await person_of(socket) is None:
            return await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        await self._prefect(scope, heard, told)
        return None


async def _body(request: Request) -> object:
    """Return the JSON of a request; raises NotAllowed for what is none, or is too long."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise NotAllowed("too long")
    try:
        return json.loads(body or b"null")
    except ValueError as error:
        raise NotAllowed("no JSON") from error


async def _note(
    person: str, request: str, asked: Asked, deployment: Mapping[str, Any], run: Mapping[str, Any]
) -> None:
    now = clock.now()
    write = partial(
        history.write_down,
        asked,
        by=person,
        request=request,
        work=str(deployment.get("name") or ""),
        run=str(run.get("name") or ""),
    )
    await asyncio.to_thread(partial(write, day=clock.day_of(now), now=now))
