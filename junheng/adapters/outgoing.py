"""Outgoing HTTP: one request, one whole answer; no redirect is followed."""

import json
import ssl
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from junheng import wording
from junheng.adapters.messaging import unreachable
from junheng.adapters.messaging.unreachable import NetworkTrouble

LARGEST_ANSWER = 2**16
# A server that sends a byte now and then is never silent, but keeps us no longer than this.
DEADLINE_IN_SILENCES = 4
OK, REDIRECTS, TOO_MANY_REQUESTS, SERVER_ERRORS = 200, 300, 429, 500
# Raised before the first byte of a request is out; after any other error it may have arrived.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class NotReached(Exception):
    """We cannot reach a server: no byte of the request is out."""


class NoAnswer(Exception):
    """We cannot say what a server did with a request: no whole answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer, whatever its status; the names of its headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json_object(self) -> Mapping[str, Any] | None:
        """Return the body where it is a JSON object, else None."""
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return parsed if isinstance(parsed, dict) else None

    @property
    def dated_at(self) -> datetime | None:
        """Return what the server's clock showed, None where it does not say so."""
        try:
            moment = parsedate_to_datetime(self.headers.get("date", ""))
        except ValueError:
            return None
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def post(
    url: str,
    content: bytes,
    *,
    headers: Mapping[str, str],
    timeout_seconds: float,
    largest_bytes: int = LARGEST_ANSWER,
) -> Answer:
    """Return the answer to a POST; neither error holds the URL, which may be a secret.

    Raises:
        NotReached: the request is not out.
        NoAnswer: the server may have done what was asked.

    """
    body = bytearray()

    def keep(chunk: bytes) -> None:
        body.extend(chunk)
        if len(body) > largest_bytes:
            too_large = wording.packaged().network[NetworkTrouble.TOO_LARGE]
            raise NoAnswer(too_large.format(bytes=largest_bytes))

    request = _request("POST", url, headers, content, timeout_seconds)
    status, answered = _exchanged(request, keep, timeout_seconds * DEADLINE_IN_SILENCES)
    return Answer(status, answered, bytes(body))


def download(
    url: str,
    keep: Callable[[bytes], bool],
    *,
    headers: Mapping[str, str],
    silence_seconds: float,
    seconds_at_most: float,
) -> int:
    """Hand what a GET brings to `keep` until it returns False, and return the status.

    Only the body of an answer with status 200 is handed over.

    Raises:
        NotReached: the server is not reached.
        NoAnswer: the connection broke, or it takes too long.

    """
    request = _request("GET", url, headers, None, silence_seconds)
    return _exchanged(request, keep, seconds_at_most, only_ok=True)[0]


def proxy_of(url: str) -> str | None:
    """Return this machine's proxy for an address, None where NO_PROXY or nothing names one."""
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxy = getproxies().get(parts.scheme)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy or None


def _request(
    method: str, url: str, headers: Mapping[str, str], content: bytes | None, silence: float
) -> httpx.Request:
    # Identity: a small answer must not unfold into a large one.
    plain = {"Accept-Encoding": "identity", "Connection": "close"}
    try:
        return httpx.Request(
            method,
            url,
            headers={**headers, **plain},
            content=content,
            extensions={"timeout": httpx.Timeout(silence).as_dict()},
        )
    except httpx.InvalidURL:
        pass
    # Out here the client's own error, which quotes the URL, is no longer the context.
    raise NotReached(wording.packaged().network[NetworkTrouble.WRONG_ADDRESS])


def _exchanged(
    request: httpx.Request,
    keep: Callable[[bytes], object],
    seconds_at_most: float,
    *,
    only_ok: bool = False,
) -> tuple[int, Mapping[str, str]]:
    """Send a request, hand over the body of its answer, and return status and headers."""
    try:
        return _unsafely_exchanged(request, keep, seconds_at_most, only_ok=only_ok)
    except httpx.HTTPError as error:
        kind = NotReached if isinstance(error, _NOT_SENT) else NoAnswer
        trouble = kind(_why(error))
    # Out here the error of httpx, which may hold the request, is no longer the context.
    raise trouble


def _unsafely_exchanged(
    request: httpx.Request,
    keep: Callable[[bytes], object],
    seconds_at_most: float,
    *,
    only_ok: bool,
) -> tuple[int, Mapping[str, str]]:
    ends_at = time.monotonic() + seconds_at_most
    with (
        _transport(request) as transport,
        closing(transport.handle_request(request)) as response,
    ):
        if response.status_code == OK or not only_ok:
            for chunk in response.iter_raw():
                if time.monotonic() > ends_at:
                    raise NoAnswer(unreachable.why(TimeoutError()))
                if keep(chunk) is False:
                    break
        return response.status_code, dict(response.headers)


def _transport(request: httpx.Request) -> httpx.HTTPTransport:
    # The transport alone: httpx.Client logs each URL, and a robot's URL is its secret.
    proxy = proxy_of(str(request.url))
    return httpx.HTTPTransport(verify=_certificates(), proxy=proxy, trust_env=False)


@cache
def _certificates() -> ssl.SSLContext:
    """Return the certificates that this machine trusts, SSL_CERT_FILE among them."""
    return ssl.create_default_context()


def _why(error: Exception) -> str:
    """Return what went wrong on the way, by the system's own error behind that of httpx."""
    behind: BaseException | None = error
    while behind is not None and not isinstance(behind, OSError):
        behind = behind.__cause__ or behind.__context__
    if isinstance(error, httpx.TimeoutException):
        behind = TimeoutError()
    return unreachable.why(
        error if behind is None else behind,
        unknown=getattr(behind, "strerror", None) or type(error).__name__,
    )
