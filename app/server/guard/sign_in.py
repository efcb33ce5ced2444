"""Sign-in to the Prefect UI: a page, a cookie, and the first user's link, without JavaScript."""

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
# Enough for a name and two passwords.
MOST_BYTES = 8192
LONGEST_ADDRESS = 100
RELOAD = '<!doctype html><meta http-equiv="refresh" content="0">'
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
}


class SignInPages:
    """The pages for signing in and out, with a throttle against guessed passwords."""

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
        """Show the form, or sign in and redirect to the requested page."""
        if request.method != "POST":
            no_users = None if await asyncio.to_thread(users.names) else self._wording.nobody_yet
            person = await person_of(request)
            return self._page("sign_in", person=person, problem=no_users)
        form = await self._form(request)
        name, address = form["name"].strip(), _address_of(request)
        attempt = partial(sign_ins.sign_in, name, form["password"], address=address)
        try:
            token = await self._turns.take(address, name, partial(attempt, now=clock.now()))
        except TooManyTries as error:
            problem = self._wording.too_many.format(seconds=error.seconds)
            page = self._page("sign_in", 429, problem=problem, name=name)
            page.headers["Retry-After"] = str(error.seconds)
            return page
        if token is None:
            return self._page("sign_in", 401, problem=self._wording.pages.wrong, name=name)
        return _start_session(request, token)

    async def _sign_out(self, request: Request) -> Response:
        """End the sign-in of this browser."""
        await _in_thread(sign_ins.sign_out, request.cookies.get(COOKIE, ""))
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def _first_user(self, request: Request) -> Response:
        """Show the form of a link, or create the first user with it."""
        token = request.path_params["token"]
        if not await _in_thread(sign_ins.is_link_valid, token):
            return self._page("link_invalid", 410)
        if request.method != "POST":
            return self._page("first_user")
        form = await self._form(request)
        credentials = {"name": form["name"].strip(), "password": form["password"]}
        if form["password"] != form["again"]:
            problem = self._wording.pages.differ
            return self._page("first_user", 400, problem=problem, name=credentials["name"])
        try:
            session = await _in_thread(
                sign_ins.use_link, token, **credentials, address=_address_of(request)
            )
        except UserRefused as error:
            return self._page("first_user", 400, problem=str(error), name=credentials["name"])
        return _start_session(request, session)

    async def _form(self, request: Request) -> Mapping[str, str]:
        """Return the fields of a form, '' for a missing one.

        Raises:
            HTTPException: the form is longer than MOST_BYTES.

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
    """Return the name of the user whose cookie the request has."""
    token = connection.cookies.get(COOKIE, "")
    return await _in_thread(sign_ins.name_of, token) if token else None


def wants_page(request: Request) -> Response | None:
    """Return a redirect to the form if a browser opens a page; None for other requests.

    A browser sends Sec-Fetch-Mode only over HTTPS or to localhost; otherwise Accept decides. A link
    on another site comes without our cookie, which is SameSite=Strict. The page that reloads itself
    sends the cookie, so a signed-in user does not see the form.
    """
    headers = request.headers
    by_accept = "navigate" if "html" in headers.get("accept", "") else ""
    mode = headers.get("sec-fetch-mode", by_accept)
    if mode != "navigate" or request.method != "GET":
        return None
    if headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(RELOAD, headers=HEADERS)
    query = request.scope["query_string"].decode("latin-1")
    wanted = request.scope["path"] + (f"?{query}" if query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}", 303, HEADERS)


def _start_session(request: Request, token: str) -> Response:
    """Set the cookie, and redirect to the requested page of this server, never to another one."""
    wanted = request.query_params.get("next", "/")
    # A URL of another server begins with its scheme, or with two slashes or backslashes.
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


async def _in_thread(act: Callable[..., T], *given: object, **named: object) -> T:
    """Return the result of a function that waits for a database; runs in a thread, `now` is now."""
    return await asyncio.to_thread(partial(act, *given, **named, now=clock.now()))


def _address_of(connection: HTTPConnection) -> str:
    """Return the client's address; behind a trusted proxy, the forwarded one."""
    return "" if connection.client is None else connection.client.host[:LONGEST_ADDRESS]
