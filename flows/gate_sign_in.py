"""Who stands at the gate: a name and a password, then a cookie for as long as a working day."""

from base64 import b64decode
from dataclasses import dataclass
from functools import partial

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.responses import Response

from flows import clock
from flows.sign_in_turns import Turns
from tasks import signing_in

COOKIE = "junheng_gate"
LONGEST_ADDRESS = 100
CHALLENGE = {"WWW-Authenticate": 'Basic realm="junheng", charset="UTF-8"'}


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who is signed in; the cookie is new where it has to be handed out."""

    name: str
    cookie: str | None = None

    def seal(self, response: Response, *, is_https: bool) -> Response:
        """Hand the cookie out with a response."""
        if self.cookie is not None:
            response.set_cookie(
                COOKIE,
                self.cookie,
                max_age=int(signing_in.VALID_FOR.total_seconds()),
                httponly=True,
                samesite="strict",
                secure=is_https,
            )
        return response


class SignIn:
    """Tells by the tables of users and sign-ins who comes, and slows down who guesses."""

    def __init__(self) -> None:
        self._turns = Turns()

    async def who(self, connection: HTTPConnection) -> Visit | None:
        """Return who comes with a request, None for a stranger.

        Raises:
            TooManyTries: the address has to wait after the passwords that failed.

        """
        by_cookie = await by_cookie_of(connection)
        given = _basic(connection.headers.get("authorization", ""))
        if given is None or given[0] == by_cookie:
            return None if by_cookie is None else Visit(by_cookie)
        name, password = given
        # A program signs in with each request: only a browser is handed a cookie.
        if "text/html" in connection.headers.get("accept", ""):
            return await self.enter(connection, name, password)
        address = address_of(connection)
        admits = partial(signing_in.admits, name, password, address=address, now=clock.now())
        return Visit(name) if await self._turns.take(address, name, admits) else None

    async def enter(self, connection: HTTPConnection, name: str, password: str) -> Visit | None:
        """Return who signs in with a new cookie, None where the password is wrong.

        Raises:
            TooManyTries: the address has to wait after the passwords that failed.

        """
        address = address_of(connection)
        begin = partial(signing_in.sign_in, name, password, address=address, now=clock.now())
        cookie = await self._turns.take(address, name, begin)
        return None if cookie is None else Visit(name, cookie)


async def by_cookie_of(connection: HTTPConnection) -> str | None:
    """Return who is signed in by the cookie of a request."""
    cookie = connection.cookies.get(COOKIE, "")
    if not cookie:
        return None
    return await to_thread.run_sync(partial(signing_in.name_of, cookie, now=clock.now()))


def address_of(connection: HTTPConnection) -> str:
    """Return where a request comes from; behind a trusted proxy, the address that it forwards."""
    return "" if connection.client is None else connection.client.host[:LONGEST_ADDRESS]


def _basic(header: str) -> tuple[str, str] | None:
    """Return the name and the password of a Basic header, None where it is none."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        name, colon, password = b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except ValueError:
        return None
    return (name, password) if colon else None
