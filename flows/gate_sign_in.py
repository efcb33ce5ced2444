"""Who stands at the gate: a name and a password, then a cookie for as long as a working day."""

import asyncio
import secrets
import time
from base64 import b64decode
from collections import Counter, OrderedDict
from dataclasses import dataclass
from pathlib import Path

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.responses import Response

from junheng.adapters import users
from junheng.adapters.users import User, Users

COOKIE = "junheng_gate"
CHALLENGE = {"WWW-Authenticate": 'Basic realm="junheng", charset="UTF-8"'}
SECONDS_SIGNED_IN = 12 * 3600
MOST_SIGNED_IN = 1000
# After so many wrong passwords for one name, each further try takes so long.
PATIENCE = 5
SECONDS_TO_WAIT = 1.0


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
                max_age=SECONDS_SIGNED_IN,
                httponly=True,
                samesite="strict",
                secure=is_https,
            )
        return response


class SignIn:
    """Tells by the file of users who comes, and slows down who guesses."""

    def __init__(self, path: Path) -> None:
        self._path = path
        # One guess at a time: each takes 32 MB and a tenth of a second.
        self._guessing = asyncio.Lock()
        self._queues: dict[str, asyncio.Lock] = {}
        self._wrong: Counter[str] = Counter()
        self._signed_in: OrderedDict[str, tuple[str, User, float]] = OrderedDict()

    def users(self) -> Users:
        """Return who may sign in at this moment; raises UsersUnusable."""
        return users.read(self._path)

    async def who(self, connection: HTTPConnection) -> Visit | None:
        """Return who comes with a request, None for a stranger; raises UsersUnusable."""
        known = self.users()
        by_cookie = self._of_cookie(connection.cookies.get(COOKIE, ""), known)
        given = _basic(connection.headers.get("authorization", ""))
        if given is None or given[0] == by_cookie:
            return None if by_cookie is None else Visit(by_cookie)
        name, password = given
        if not await self._admits(known, name, password):
            return None
        # A program signs in with each request: only a browser is handed a cookie.
        is_browser = "text/html" in connection.headers.get("accept", "")
        return Visit(name, self._signed(name, known.kept[name]) if is_browser else None)

    async def _admits(self, known: Users, name: str, password: str) -> bool:
        # Who is unknown is counted with all others unknown, so that made-up names fill nothing.
        counted = name if name in known.kept else ""
        async with self._queues.setdefault(counted, asyncio.Lock()):
            if self._wrong[counted] >= PATIENCE:
                await asyncio.sleep(SECONDS_TO_WAIT)
            async with self._guessing:
                is_right = await to_thread.run_sync(known.admits, name, password)
            self._wrong[counted] = 0 if is_right else self._wrong[counted] + 1
        return is_right

    def _signed(self, name: str, user: User) -> str:
        cookie = secrets.token_urlsafe(32)
        self._signed_in[cookie] = (name, user, time.monotonic() + SECONDS_SIGNED_IN)
        while len(self._signed_in) > MOST_SIGNED_IN:
            self._signed_in.popitem(last=False)
        return cookie

    def _of_cookie(self, cookie: str, known: Users) -> str | None:
        """Return whose cookie it is; a password changed since, or a user removed, ends it."""
        name, user, until = self._signed_in.get(cookie, ("", None, 0.0))
        is_good = user is not None and known.kept.get(name) == user and time.monotonic() < until
        return name if is_good else None


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
