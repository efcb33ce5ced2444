"""Attacks on the guard: requests that browsers and our own processes never send."""

import socket
from collections.abc import Iterator

import httpx
import pytest

from junheng.adapters import clock
from tasks.people import sign_ins, users
from tests import databases
from tests.app.server.guard.a_guard import COOKIE, SPRING, Guarded, around_prefect

ID = "6f1d7c52-3b0e-4a8e-9d64-2c8f5e0a7b91"
EVIL = "http://evil.test"
JSON = "Content-Type: application/json\nContent-Length: 2\n\n{}"
CHUNKED = "Transfer-Encoding: chunked\n\n2\r\n{}\r\n0\r\n\r\n"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    with around_prefect(tmp_path_factory.mktemp("attacked") / "home") as serving:
        yield serving


@pytest.fixture(scope="module")
def token(guarded: Guarded) -> str:
    """Return the session token of a signed-in user."""
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(guarded.home, patch)
        users.add("张三", SPRING, now=clock.now())
        token = sign_ins.sign_in("张三", SPRING, address="127.0.0.1", now=clock.now())
    return token or ""


def answer_to(guarded: Guarded, lines: str, *, cookie: str = "") -> tuple[int, str]:
    """Send a raw request; return the status and the whole answer."""
    host = f"127.0.0.1:{guarded.prefect.port}"
    head, _, body = lines.partition("\n\n")
    if "Host:" not in head:
        head += f"\nHost: {host}"
    if cookie:
        head += f"\nCookie: {COOKIE}={cookie}"
    end = "\n\n"
    sent = f"{head}\nConnection: close{end}".replace("\n", "\r\n") + body
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as client:
        client.sendall(sent.encode("latin-1"))
        answered = b""
        while part := client.recv(65536):
            answered += part
    return int(answered[9:12] or 0), answered.decode("utf-8", "replace")


STRANGERS = {
    "no cookie": "POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\n\n{}",
    "an invented cookie": f"GET /api/flows/{ID} HTTP/1.1\nCookie: {COOKIE}=x",
    "a cookie of the old gate": f"GET /api/flows/{ID} HTTP/1.1\nCookie: junheng_gate=x",
    "another key": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic anVuaGVuZzo=",
    "no key": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic",
    "a bearer": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Bearer x",
    "a name in a header": f"GET /api/flows/{ID} HTTP/1.1\nX-Forwarded-User: zhang",
    "a forwarded loopback address": f"GET /api/flows/{ID} HTTP/1.1\nX-Forwarded-For: 127.0.0.1",
    "an original URL in a header": f"GET / HTTP/1.1\nX-Original-URL: /api/flows/{ID}",
    "a path that ends in health": "GET /api/variables/name/health HTTP/1.1",
    "a path that begins with ready": "GET /api/ready/../flows/x HTTP/1.1",
    "health by another method": "POST /api/health HTTP/1.1\nContent-Length: 0",
}


@pytest.mark.parametrize("request_lines", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_request_without_a_sign_in_is_refused(guarded: Guarded, request_lines: str) -> None:
    status, answer = answer_to(guarded, request_lines)

    assert status in {400, 401, 405}
    assert "张三" not in answer
    assert "annual" not in answer


SIGNED_IN = {
    "dot segments": ("GET /api/flows/../admin/settings HTTP/1.1", 400),
    "escaped dot segments": ("GET /api/flows/%2e%2e/admin/settings HTTP/1.1", 400),
    "dot segments with an escaped slash": ("GET /api/flows/..%2fadmin/settings HTTP/1.1", 400),
    "an escaped slash": ("GET /api/flows%2fx HTTP/1.1", 400),
    "doubly escaped dot segments": ("GET /api/flows/%252e%252e/admin/settings HTTP/1.1", 400),
    "two slashes": ("GET /api//admin/settings HTTP/1.1", 400),
    "two leading slashes": ("GET //api/admin/settings HTTP/1.1", 400),
    "a backslash": ("GET /api\\admin/settings HTTP/1.1", 400),
    "a single dot segment": ("GET /api/./admin/settings HTTP/1.1", 400),
    "a fragment": ("GET /api/flows/x#/../filter HTTP/1.1", 400),
    "an escaped fragment": ("GET /api/flows/x%23filter HTTP/1.1", 400),
    "an escaped question mark": ("GET /api/flows/x%3fa HTTP/1.1", 400),
    "parameters of a path": ("GET /api/admin/settings;filter HTTP/1.1", 400),
    "an escaped line break": ("GET /api/flows/x%0d%0aa HTTP/1.1", 400),
    "an escaped NUL": ("GET /api/flows/x%00 HTTP/1.1", 400),
    "upper case": ("GET /API/admin/settings HTTP/1.1", 404),
    "an absolute URL": ("GET http://127.0.0.1/api/admin/settings HTTP/1.1", 400),
    "another method in a header": (
        "POST /api/flow_runs/filter HTTP/1.1\nX-HTTP-Method-Override: DELETE\n" + JSON,
        200,
    ),
    "a length and chunks": (
        f"POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\n{CHUNKED}",
        400,
    ),
    "two lengths": (
        "POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\nContent-Length: 3\n\n{}",
        400,
    ),
    "another host": ("GET / HTTP/1.1\nHost: evil.test", 400),
    "a host with our address as prefix": ("GET / HTTP/1.1\nHost: 127.0.0.1.evil.test", 400),
    "a host with user information": ("GET / HTTP/1.1\nHost: localhost@evil.test", 400),
    "no host": ("GET / HTTP/1.1\nHost: ", 400),
}


@pytest.mark.parametrize(("lines", "expected"), SIGNED_IN.values(), ids=SIGNED_IN.keys())
def test_an_ambiguous_request_of_a_signed_in_user_is_refused(
    guarded: Guarded, token: str, lines: str, expected: int
) -> None:
    status, answer = answer_to(guarded, lines, cookie=token)

    assert status == expected, answer
    assert "PREFECT_SERVER" not in answer


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://[", "http://127.0.0.1:1", "https://127.0.0.1", ""]
)
@pytest.mark.parametrize(
    "path", [f"/api/flow_runs/{ID}/set_state", "/api/flow_runs/filter", "/sign-in", "/sign-out"]
)
def test_a_page_of_another_origin_cannot_act_for_a_signed_in_user(
    guarded: Guarded, token: str, path: str, origin: str
) -> None:
    body = '{"state": {"type": "CANCELLED"}}'
    lines = f"POST {path} HTTP/1.1\nOrigin: {origin}\nContent-Length: {len(body)}\n\n{body}"

    status, answer = answer_to(guarded, lines, cookie=token)

    assert status == 403
    assert "别的网页" in answer


ODD_BODIES = {
    "a state's name that is a list": ("set_state", b'{"state": {"type": "PAUSED", "name": ["x"]}}'),
    "nested too deeply": ("set_state", b'{"state": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
    "not a number": ("create_flow_run", b'{"parameters": {"year": NaN}}'),
    "an infinite number": ("create_flow_run", b'{"parameters": {"year": 1e999}}'),
    "a lone surrogate": ("create_flow_run", b'{"parameters": {"reason": "\\ud800"}}'),
    "a NUL character": ("set_state", b'{"state": {"type": "PAUSED", "message": "\\u0000"}}'),
    "not UTF-8": ("set_state", b"\xff\xfe"),
    "a query nested too deeply": ("filter", b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
}


@pytest.mark.parametrize(("act", "body"), ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_an_invalid_body_is_refused_in_one_sentence(
    guarded: Guarded, token: str, act: str, body: bytes
) -> None:
    path = {
        "set_state": f"/api/flow_runs/{ID}/set_state",
        "create_flow_run": f"/api/deployments/{ID}/create_flow_run",
        "filter": "/api/flow_runs/filter",
    }[act]
    log = guarded.home.parent / "server.log"
    before = log.stat().st_size

    with httpx.Client(base_url=guarded.prefect.address, cookies={COOKIE: token}) as browser:
        answer = browser.post(path, content=body)

    assert answer.status_code == 403
    assert "没有办理" in answer.json()["detail"]
    assert b"Traceback" not in log.read_bytes()[before:]


def test_an_aborted_body_leaves_no_traceback(guarded: Guarded, token: str) -> None:
    log = guarded.home.parent / "server.log"
    before = log.stat().st_size
    head = f"POST /api/flow_runs/filter HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}"
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as client:
        client.sendall(f"{head}\r\nContent-Length: 100\r\n\r\n{{".encode())

    answer_to(guarded, "GET /sign-in HTTP/1.1")

    assert b"Traceback" not in log.read_bytes()[before:]


def test_an_authorization_header_of_a_signed_in_user_is_replaced_by_our_key(
    guarded: Guarded, token: str
) -> None:
    lines = f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic x\nAuthorization: Basic y"

    status, _ = answer_to(guarded, lines, cookie=token)

    assert status == 404


@pytest.mark.parametrize(
    "start_of_request",
    [
        "",
        "GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nname=",
        "GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /sign-in HT",
    ],
    ids=["nothing", "a head", "a body", "a second head"],
)
def test_a_slow_request_is_aborted(guarded: Guarded, start_of_request: str) -> None:
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as client:
        client.sendall(start_of_request.encode())
        # Raises TimeoutError if the server does not abort the connection.
        while client.recv(65536):
            pass


@pytest.mark.parametrize(
    ("accept_encoding", "is_compressed"),
    [
        (None, False),
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("br", False),
        ("x-gzip", False),
        ("gzip;q=0", False),
        ("gzip; q=0.0;x=1, br", False),
    ],
)
def test_an_answer_is_compressed_only_on_request(
    guarded: Guarded, token: str, accept_encoding: str | None, *, is_compressed: bool
) -> None:
    header = f"\nAccept-Encoding: {accept_encoding}" if accept_encoding else ""

    _, answer = answer_to(guarded, f"GET / HTTP/1.1{header}", cookie=token)

    assert ("content-encoding: gzip" in answer.partition("\r\n\r\n")[0].lower()) is is_compressed


def test_every_answer_has_security_headers(guarded: Guarded, token: str) -> None:
    with httpx.Client(base_url=guarded.prefect.address, cookies={COOKIE: token}) as browser:
        for path in ("/", "/v2/", "/ui-settings", f"/api/flows/{ID}", "/nothing", "/sign-in"):
            headers = browser.get(path).headers

            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "'none'" in policy.split(";")[0] or "connect-src 'self'" in policy
            assert headers["x-content-type-options"] == "nosniff"
