"""Hands on what comes through the gate to Prefect and back, also what stays open (websockets)."""

import json
from collections.abc import Mapping

import httpx
from anyio import create_task_group, sleep
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from flows.gate_sign_in import COOKIE
from flows.server import SECONDS_BETWEEN_TRIES, TRIES, PrefectServer
from junheng.domain.operations import HARMLESS_METHODS

# What is between two neighbours only, and what is ours and not Prefect's to see.
OF_ONE_LEG = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "www-authenticate",
    }
)
# Prefect's sockets that tell; into the others only its own processes speak.
TELLING = frozenset({"/api/events/out", "/api/logs/out"})
PREFECT = Subprotocol("prefect")


class Upstream:
    """Our Prefect server, as the gate talks to it."""

    def __init__(self, server: PrefectServer) -> None:
        self._server = server
        # Answers are handed on as they come, so what a client cannot unpack is not asked for.
        headers = {**server.headers, "accept-encoding": "identity"}
        self._client = httpx.AsyncClient(
            base_url=server.address, headers=headers, timeout=60, trust_env=False
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def pass_on(self, request: Request, body: bytes) -> Response:
        """Return what Prefect answers to a request, as it comes."""
        answer = await self._answer(request, body)
        handed_back = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        handed_back.raw_headers = [
            (name.lower(), value)
            for name, value in answer.headers.raw
            if name.decode("latin-1").lower() not in OF_ONE_LEG - {"content-length"}
        ]
        return handed_back

    async def _answer(self, request: Request, body: bytes) -> httpx.Response:
        """Return Prefect's answer; where it was too busy to do a thing, it is asked again."""
        answer = await self._client.send(self._asked(request, body), stream=True)
        for _ in range(TRIES):
            if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
                break
            await answer.aclose()
            await sleep(SECONDS_BETWEEN_TRIES)
            answer = await self._client.send(self._asked(request, body), stream=True)
        return answer

    async def settings_of_ui(self, request: Request) -> Response:
        """Return what the UI asks first: it is to call the API through the gate."""
        answer = await self._client.send(self._asked(request, b""))
        told = answer.json() | {"api_url": f"{str(request.base_url).rstrip('/')}/api", "auth": None}
        return JSONResponse(told, answer.status_code)

    async def told(self, path: str) -> Mapping[str, object]:
        """Return what Prefect knows of one thing, nothing where it does not know it."""
        answer = await self._client.get(path)
        told = answer.json() if answer.is_success else {}
        return told if isinstance(told, dict) else {}

    async def change(self, path: str, change: Mapping[str, object]) -> None:
        (await self._client.patch(path, json=change)).raise_for_status()

    def _asked(self, request: Request, body: bytes) -> httpx.Request:
        """Return a request as it came, byte by byte in its path, with our own key to the server."""
        raw_path: bytes = request.scope["raw_path"]
        if query := request.scope["query_string"]:
            raw_path += b"?" + query
        headers = [
            (name, value)
            for name, value in request.headers.raw
            if name.decode("latin-1") not in OF_ONE_LEG
        ]
        kept = "; ".join(f"{name}={one}" for name, one in request.cookies.items() if name != COOKIE)
        if kept:
            headers.append((b"cookie", kept.encode("latin-1", "replace")))
        if request.method not in HARMLESS_METHODS:
            # What became of an order is read here, on its way back.
            headers = [one for one in headers if one[0] != b"accept-encoding"]
            headers.append((b"accept-encoding", b"identity"))
        url = httpx.URL(self._server.address).copy_with(raw_path=raw_path)
        return self._client.build_request(request.method, url, headers=headers, content=body)

    async def pass_socket_on(self, socket: WebSocket) -> None:
        """Let a page hear what Prefect tells, until one of the two has enough."""
        query = socket.scope["query_string"].decode("latin-1")
        path = f"{socket.scope['path']}?{query}" if query else socket.scope["path"]
        url = f"ws://{self._server.host}:{self._server.port}{path}"
        async with connect(url, subprotocols=[PREFECT], proxy=None, max_size=None) as upstream:
            await upstream.send(json.dumps({"type": "auth", "token": self._server.auth or ""}))
            await upstream.recv()
            await _accept(socket)
            try:
                async with create_task_group() as both:
                    both.start_soon(_up, socket, upstream)
                    await _down(upstream, socket)
                    both.cancel_scope.cancel()
            except* (ConnectionClosed, WebSocketDisconnect):
                pass


async def _accept(socket: WebSocket) -> None:
    """Do as Prefect does: whom it speaks its own way to says first who it is; we know already."""
    speaks_prefect = PREFECT in socket.scope["subprotocols"]
    await socket.accept(subprotocol=PREFECT if speaks_prefect else None)
    if speaks_prefect:
        await socket.receive_text()
        await socket.send_json({"type": "auth_success"})


async def _up(socket: WebSocket, upstream: ClientConnection) -> None:
    while True:
        await upstream.send(await socket.receive_text())


async def _down(upstream: ClientConnection, socket: WebSocket) -> None:
    async for message in upstream:
        if isinstance(message, str):
            await socket.send_text(message)
        else:
            await socket.send_bytes(message)
