"""What every request is held against before anybody looks at what it wants."""

import logging
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.server.guard.request_heads import host_of, is_plain, own_names, takes_gzip
from junheng.refusals import Refusal
from junheng.wording.operations.guard import GuardWords

log = logging.getLogger("junheng.guard")
HARMLESS_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Prefect's pages bring scripts and styles within the page; they ask no other host than ours.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    # An address may hold the token of a link; with "no-referrer", a browser would send a form with
    # "Origin: null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Checks:
    """Refuses what no browser and no process of ours sends, and adds the headers of our pages."""

    def __init__(self, app: ASGIApp, wording: GuardWords) -> None:
        self._app, self._wording, self._names = app, wording, frozenset(own_names())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                for name, value in HEADERS.items():
                    MutableHeaders(scope=message).setdefault(name, value)
            await send(message)

        if (wrong := self._wrong(HTTPConnection(scope))) is not None:
            return await wrong(scope, receive, answered)
        # Prefect finds the word in this header, and not that it is unwanted.
        if not takes_gzip(HTTPConnection(scope).headers.get("accept-encoding", "")):
            scope = with_header(scope, "accept-encoding", "identity")
        try:
            return await self._app(scope, receive, answered)
        except ClientDisconnect:
            return None
        except Refusal as error:
            log.warning("%s", error)
            return await refused(503, error.sentence)(scope, receive, answered)

    def _wrong(self, asked: HTTPConnection) -> Response | None:
        """Return how a request is refused, None for one that may be looked at."""
        headers = asked.headers
        if not self._is_ours(headers.get("host", "")):
            return refused(400, self._wording.other_host)
        has_two_lengths = "content-length" in headers and "transfer-encoding" in headers
        if has_two_lengths or not is_plain(asked.scope):
            return refused(400, self._wording.not_plain)
        origin = headers.get("origin")
        is_elsewhere = origin is not None and host_of(origin) != headers.get("host")
        if is_elsewhere and asked.scope.get("method") not in HARMLESS_METHODS:
            return refused(403, self._wording.elsewhere)
        return None

    def _is_ours(self, host: str) -> bool:
        """Say whether a name is one of ours, or a number: no number leads to us by another's."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
            return name in self._names or bool(ip_address(name))
        except ValueError:
            return False


def comes_from_our_page(asked: HTTPConnection) -> bool:
    """Say whether one of our own pages asks, and not somebody who typed an address."""
    return host_of(asked.headers.get("referer", "")) == asked.headers.get("host")


def refused(status: int, sentence: str) -> JSONResponse:
    """Return a refusal as both of Prefect's pages show it: they look under different names."""
    return JSONResponse({"detail": sentence, "exception_message": sentence}, status)


def with_header(scope: Scope, name: str, value: str) -> Scope:
    """Return a request with a header in place of all of its name that it came with."""
    sent = [one for one in scope["headers"] if one[0].lower() != name.encode()]
    return {**scope, "headers": [*sent, (name.encode(), value.encode())]}
