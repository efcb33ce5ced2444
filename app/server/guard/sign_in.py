"""Signing in to the Prefect UI: a page, a cookie, and the first user's link. No JavaScript."""

import asyncio
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar
from urllib.parse import parse_qs, quote

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from app.server.guard.sign_in_waits import TooManyTries, Turns
from junheng.adapters import clock
from junheng.adapters.files import pages
from junheng.wording.operations.guard import GuardWords
from tasks.people import sign_ins, users
from tasks.people.users import UserRefused

T = TypeVar("T")
COOKIE = "junheng_session"
SIGN_IN, SIGN_OUT = "/sign-in", "/sign-out"
# A name and two passwords: more is not read.
MOST_BYTES = 8192
LONGEST_ADDRESS = 100
LOAD_AGAIN = '<!doctype html><meta http-equiv="refresh" content="0">'
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}


class SignInPages:
    """Answers what has to do with signing in, and slows down who guesses."""

    def __init__(self, wording: GuardWords) -> None:
        self._wording = wording
        self._turns = Turns()

    def routes(self) -> tuple[Route, ...]:
        return (
            Route(SIGN_IN, self._sign_in, methods=["GET", "POST"]),
            Route(SIGN_OUT, self._sign_out, methods=["POST"]),
            Route(
                f"{sign_ins.FIRST_USER_PAGE}/{{token}}", self._first_user, methods=["GET", "POST"]
            ),
        )

    async def _sign_in(self, request: Request) -> Response:
        """Show the form, or sign in by it and go on to where the person wanted to."""
        if request.method != "POST":
            nobody_yet = None if await asyncio.to_thread(users.names) else self._wording.nobody_yet
            person = await person_of(request)
            return self._page("sign_in", person=person, problem=nobody_yet)
        form = await self._form(request)
        name, address = form["name"].strip(), _address_of(request)
        begin = partial(sign_ins.sign_in, name, form["password"], address=address)
        try:
            token = await self._turns.take(address, name, partial(begin, now=clock.now()))
        except TooManyTries as error:
            problem = self._wording.too_many.format(seconds=error.seconds)
            page = self._page("sign_in", 429, problem=problem, name=name)
            page.headers["Retry-After"] = str(error.seconds)
            return page
        if token is None:
            return self._page("sign_in", 401, problem=self._wording.pages.wrong, name=name)
        return _let_in(request, token)

    async def _sign_out(self, request: Request) -> Response:
        """End the sign-in of this browser."""
        await _done(sign_ins.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def _first_user(self, request: Request) -> Response:
        """Show the form of a link, or make the first user by it."""
        token = request.path_params["token"]
        if not await _done(sign_ins.is_link_valid, token):
            return self._page("link_invalid", 410)
        if request.method != "POST":
            return self._page("first_user")
        form = await self._form(request)
        named = {"name": form["name"].strip(), "password": form["password"]}
        if form["password"] != form["again"]:
            problem = self._wording.pages.differ
            return self._page("first_user", 400, problem=problem, name=named["name"])
        try:
            begun = await _done(sign_ins.use_link, token, **named, address=_address_of(request))
        except UserRefused as error:
            return self._page("first_user", 400, problem=str(error), name=named["name"])
        return _let_in(request, begun)

    async def _form(self, request: Request) -> Mapping[str, str]:
        """Return what was typed into a form, '' for what was not.

        Raises:
            HTTPException: it is longer than any form that we hand out.

        """
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MOST_BYTES:
                raise HTTPException(413, self._wording.pages.too_long)
        typed = parse_qs(body.decode("ascii", "replace"))
        return {field: typed.get(field, [""])[0] for field in ("name", "password", "again")}

    def _page(self, kind: str, status: int = 200, **values: str | None) -> Response:
        shown = {"problem": None, "person": None, "name": "", **values}
        wording = self._wording.pages
        page = pages.page("sign_in.html.j2", kind=kind, wording=wording, sign_out=SIGN_OUT, **shown)
        return HTMLResponse(page, status, HEADERS)


async def person_of(connection: HTTPConnection) -> str | None:
    """Return who is signed in by the cookie of a request."""
    token = connection.cookies.get(COOKIE, "")
    return await _done(sign_ins.name_of, token) if token else None


def wants_page(request: Request) -> Response | None:
    """Send who opens a page to the form, from which it leads back there; None for who opens none.

    A browser says that it opens a page only where nobody can listen on the way; else it says what
    it takes. A link on another site comes without our cookie, which is SameSite=Strict: the page
    that is loaded again from here comes with it, and whoever is signed in does not see the form.
    """
    asked = request.headers
    opens = asked.get("sec-fetch-mode", "navigate" if "html" in asked.get("accept", "") else "")
    if opens != "navigate" or request.method != "GET":
        return None
    if asked.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(LOAD_AGAIN, headers=HEADERS)
    query = request.scope["query_string"].decode("latin-1")
    wanted = request.scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}", 303, HEADERS)


def _let_in(request: Request, token: str) -> Response:
    """Hand out the cookie, and go to the page that was asked for: never to another server's."""
    wanted = request.query_params.get("next", "/")
    # Another server's address begins with its name, or with two strokes of either kind.
    is_ours = wanted.startswith("/") and wanted[1:2] not in ("/", "\\") and wanted.isprintable()
    response = RedirectResponse(wanted if is_ours else "/", 303, HEADERS)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(sign_ins.VALID_FOR.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return response


async def _done(act: Callable[..., T], *given: object, **named: object) -> T:
    """Return what an act of ours gives at this moment; it waits for a database, so in a thread."""
    return await asyncio.to_thread(partial(act, *given, **named, now=clock.now()))


def _address_of(connection: HTTPConnection) -> str:
    """Return where a request comes from; behind a trusted proxy, the address that it forwards."""
    return "" if connection.client is None else connection.client.host[:LONGEST_ADDRESS]
