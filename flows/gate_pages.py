"""The gate's own pages: sign in, sign out, and the first user's link. They need no JavaScript."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import parse_qs, quote

from anyio import to_thread
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from flows import clock
from flows.gate_sign_in import COOKIE, SignIn, Visit, address_of, by_cookie_of
from flows.request_checks import comes_from_elsewhere, is_plain
from flows.sign_in_turns import TooManyTries
from junheng.adapters import documents
from tasks import signing_in
from tasks.users import UserRefused

TEMPLATE = "sign_in.html.j2"
SIGN_IN, SIGN_OUT, FIRST_USER = "/sign-in", "/sign-out", "/first-user"
# A name and two passwords: more is not read.
MOST_BYTES = 8192
LOAD_AGAIN = '<!doctype html><meta http-equiv="refresh" content="0">'
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'"
    ),
    # The address of the page may hold the token of a link; with "no-referrer", a browser would send
    # the form itself with "Origin: null".
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Pages:
    """Answers what the gate answers by itself."""

    def __init__(self, sign_in: SignIn, says: Mapping[str, Any]) -> None:
        self._sign_in = sign_in
        self._says = says

    async def sign_in(self, request: Request) -> Response:
        """Show the form, or sign in by it and go on to where the person wanted to."""
        if request.method != "POST":
            return self._page("sign_in", person=await by_cookie_of(request))
        if comes_from_elsewhere(request):
            return PlainTextResponse(self._says["elsewhere"], 403)
        form = await _form(request)
        name = form["name"].strip()
        try:
            visit = await self._sign_in.enter(request, name, form["password"])
        except TooManyTries as error:
            headers = {"Retry-After": str(error.seconds)}
            problem = self._says["too_many"].format(seconds=error.seconds)
            return self._page("sign_in", 429, problem=problem, name=name, headers=headers)
        if visit is None:
            return self._page("sign_in", 401, problem=self._says["pages"]["wrong"], name=name)
        return _go(request, visit)

    async def sign_out(self, request: Request) -> Response:
        """End the sign-in of this browser."""
        if comes_from_elsewhere(request):
            return PlainTextResponse(self._says["elsewhere"], 403)
        cookie = request.cookies.get(COOKIE, "")
        await to_thread.run_sync(partial(signing_in.sign_out, cookie, now=clock.now()))
        response = RedirectResponse(SIGN_IN, 303)
        response.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return response

    async def first_user(self, request: Request) -> Response:
        """Show the form of a link, or make the first user by it."""
        token = request.path_params["token"]
        is_valid = partial(signing_in.is_link_valid, token, now=clock.now())
        if not await to_thread.run_sync(is_valid):
            return self._page("link_invalid", 410)
        if request.method != "POST":
            return self._page("first_user")
        if comes_from_elsewhere(request):
            return PlainTextResponse(self._says["elsewhere"], 403)
        form = await _form(request)
        if form["password"] != form["again"]:
            problem = self._says["pages"]["differ"]
            return self._page("first_user", 400, problem=problem, name=form["name"])
        return await self._used(request, token, form)

    async def _used(self, request: Request, token: str, form: Mapping[str, str]) -> Response:
        name = form["name"].strip()
        use = partial(
            signing_in.use_link,
            token,
            name=name,
            password=form["password"],
            address=address_of(request),
            now=clock.now(),
        )
        try:
            cookie = await to_thread.run_sync(use)
        except UserRefused as error:
            return self._page("first_user", 400, problem=str(error), name=name)
        return _go(request, Visit(name, cookie))

    def _page(
        self,
        kind: str,
        status: int = 200,
        *,
        headers: Mapping[str, str] | None = None,
        **values: str | None,
    ) -> Response:
        shown = {"problem": None, "person": None, "name": "", **values}
        page = documents.page(
            TEMPLATE, kind=kind, says=self._says["pages"], sign_out=SIGN_OUT, **shown
        )
        return HTMLResponse(page, status, {**HEADERS, **(headers or {})})


def to_sign_in(request: Request) -> Response:
    """Send a browser to the form, from which it comes back to the page that it asked for.

    A link on another site comes without our cookie, which is SameSite=Strict: the page that is
    loaded again from here comes with it, and whoever is signed in does not see the form.
    """
    if request.headers.get("sec-fetch-site") == "cross-site":
        return HTMLResponse(LOAD_AGAIN, headers=HEADERS)
    wanted = request.scope["path"]
    if query := request.scope["query_string"].decode("latin-1"):
        wanted = f"{wanted}?{query}"
    return RedirectResponse(f"{SIGN_IN}?next={quote(wanted, safe='')}", 303, HEADERS)


def _go(request: Request, visit: Visit) -> Response:
    wanted = request.query_params.get("next", "/")
    # An address of somewhere else is never gone to.
    is_ours = is_plain(wanted.partition("?")[0]) and "\\" not in wanted and wanted.isprintable()
    response = RedirectResponse(wanted if is_ours else "/", 303, HEADERS)
    return visit.seal(response, is_https=request.url.scheme == "https")


async def _form(request: Request) -> Mapping[str, str]:
    """Return what was typed into a form, '' for what was not.

    Raises:
        HTTPException: it is longer than any form that we hand out.

    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise HTTPException(413)
    typed = parse_qs(body.decode("ascii", "replace"))
    return {field: typed.get(field, [""])[0] for field in ("name", "password", "again")}
