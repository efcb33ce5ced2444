"""Outgoing HTTP: one request, one complete answer; redirects are not followed."""

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
# A server that sends single bytes never hits the read timeout; a multiple of it ends the request.
DEADLINE_IN_TIMEOUTS = 4
OK, REDIRECTS, TOO_MANY_REQUESTS, SERVER_ERRORS = 200, 300, 429, 500
# Raised before the first byte of a request is sent; after other errors it may have arrived.
_NOT_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)


class NotReached(Exception):
    """We cannot reach a server: no byte of the request was sent."""


class NoAnswer(Exception):
    """We cannot say whether a server processed a request: its answer is missing or incomplete."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete answer of any status; the names of its headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json_object(self) -> Mapping[str, Any] | None:
        """Return the body if it is a JSON object, else None."""
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return parsed if isinstance(parsed, dict) else None

    @property
    def dated_at(self) -> datetime | None:
        """Return the time in the Date header, None if it is missing or invalid."""
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
    """Return the answer to a POST; neither error contains the URL, which may be a secret.

    Raises:
        NotReached: the request was not sent.
        NoAnswer: the server may have processed the request.

    """
    body = bytearray()

    def keep(chunk: bytes) -> None:
        body.extend(chunk)
        if len(body) > largest_bytes:
            too_large = wording.packaged().network[NetworkTrouble.TOO_LARGE]
            raise NoAnswer(too_large.format(bytes=largest_bytes))

    request = _request("POST", url, headers, content, timeout_seconds)
    status, answered = _exchanged(request, keep, timeout_seconds * DEADLINE_IN_TIMEOUTS)
    return Answer(status, answered, bytes(body))


def download(
    url: str,
    keep: Callable[[bytes], bool],
    *,
    headers: Mapping[str, str],
    silence_seconds: float,
    seconds_at_most: float,
) -> int:
    """Pass the chunks of a GET to `keep` until it returns False, and return the status.

    Only the body of an answer with status 200 is passed on.

    Raises:
        NotReached: the server is unreachable.
        NoAnswer: the connection broke, or the time is up.

    """
    request = _request("GET", url, headers, None, silence_seconds)
    return _exchanged(request, keep, seconds_at_most, only_ok=True)[0]


def proxy_of(url: str) -> str | None:
    """Return the proxy that the environment names for a URL, None without one or by NO_PROXY."""
    parts = urlsplit(url)
    if proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    proxy = getproxies().get(parts.scheme)
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy or None


def _request(
    method: str, url: str, headers: Mapping[str, str], content: bytes | None, silence: float
) -> httpx.Request:
    # Identity: a small answer must not decompress into a large one.
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
    # Raised outside of `except`: the error of httpx quotes the URL.
    raise NotReached(wording.packaged().network[NetworkTrouble.WRONG_ADDRESS])


def _exchanged(
    request: httpx.Request,
    keep: Callable[[bytes], object],
    seconds_at_most: float,
    *,
    only_ok: bool = False,
) -> tuple[int, Mapping[str, str]]:
    """Send a request, pass the body of its answer on, and return status and headers."""
    try:
        return _exchanged_with_httpx_errors(request, keep, seconds_at_most, only_ok=only_ok)
    except httpx.HTTPError as error:
        kind = NotReached if isinstance(error, _NOT_SENT) else NoAnswer
        trouble = kind(_why(error))
    # Raised outside of `except`: the error of httpx may contain the request.
    raise trouble


def _exchanged_with_httpx_errors(
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
    """Return the certificates that this machine trusts, including SSL_CERT_FILE."""
    return ssl.create_default_context()


def _why(error: Exception) -> str:
    """Return the sentence for an error of httpx, by the system error that caused it."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, OSError):
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.TimeoutException):
        cause = TimeoutError()
    return unreachable.why(
        error if cause is None else cause,
        unknown=getattr(cause, "strerror", None) or type(error).__name__,
    )
