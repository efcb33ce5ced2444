"""The checks on every request before it is handled: Host, Origin, path and lengths."""

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
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# Prefect's pages have inline scripts and styles, and load nothing from other hosts.
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
        "connect-src 'self'; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
        "form-action 'self'; frame-ancestors 'none'"
    ),
    # A URL may contain the token of a link. With "no-referrer", a browser would send forms with
    # "Origin: null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Checks:
    """Refuses requests that no browser and no process of ours sends, and adds security headers."""

    def __init__(self, app: ASGIApp, wording: GuardWords) -> None:
        self._app, self._wording, self._names = app, wording, frozenset(own_names())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                for name, value in HEADERS.items():
                    MutableHeaders(scope=message).setdefault(name, value)
            await send(message)

        if (refusal := self._refusal(HTTPConnection(scope))) is not None:
            return await refusal(scope, receive, send_with_headers)
        # Prefect searches this header for "gzip", and would also find "gzip;q=0".
        if not takes_gzip(HTTPConnection(scope).headers.get("accept-encoding", "")):
            scope = with_header(scope, "accept-encoding", "identity")
        try:
            return await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            return None
        except Refusal as error:
            log.warning("%s", error)
            return await refused(503, error.sentence)(scope, receive, send_with_headers)

    def _refusal(self, request: HTTPConnection) -> Response | None:
        """Return the refusal of an invalid request, None for a valid one."""
        headers = request.headers
        if not self._is_ours(headers.get("host", "")):
            return refused(400, self._wording.other_host)
        has_two_lengths = "content-length" in headers and "transfer-encoding" in headers
        if has_two_lengths or not is_plain(request.scope):
            return refused(400, self._wording.not_plain)
        origin = headers.get("origin")
        is_elsewhere = origin is not None and host_of(origin) != headers.get("host")
        if is_elsewhere and request.scope.get("method") not in SAFE_METHODS:
            return refused(403, self._wording.elsewhere)
        return None

    def _is_ours(self, host: str) -> bool:
        """Return whether a host is one of our names, or an IP address (safe from DNS rebinding)."""
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
            return name in self._names or bool(ip_address(name))
        except ValueError:
            return False


def comes_from_our_page(request: HTTPConnection) -> bool:
    """Return whether the Referer is one of our pages, unlike for a typed URL."""
    return host_of(request.headers.get("referer", "")) == request.headers.get("host")


def refused(status: int, sentence: str) -> JSONResponse:
    """Return a refusal with both keys, because Prefect's two UIs read different ones."""
    return JSONResponse({"detail": sentence, "exception_message": sentence}, status)


def with_header(scope: Scope, name: str, value: str) -> Scope:
    """Return a request in which a header replaces all headers of its name."""
    others = [header for header in scope["headers"] if header[0].lower() != name.encode()]
    return {**scope, "headers": [*others, (name.encode(), value.encode())]}
