"""What browsers and processes of ours never send: each way around the guard that we know of."""

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
    """Return the token of somebody who is signed in."""
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(guarded.home, patch)
        users.add("张三", SPRING, now=clock.now())
        token = sign_ins.sign_in("张三", SPRING, address="127.0.0.1", now=clock.now())
    return token or ""


def answer_to(guarded: Guarded, lines: str, *, cookie: str = "") -> tuple[int, str]:
    """Send a request as it stands, and return the status and all that is answered."""
    host = f"127.0.0.1:{guarded.prefect.port}"
    head, _, body = lines.partition("\n\n")
    if "Host:" not in head:
        head += f"\nHost: {host}"
    if cookie:
        head += f"\nCookie: {COOKIE}={cookie}"
    gap = "\n\n"
    sent = f"{head}\nConnection: close{gap}".replace("\n", "\r\n") + body
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as sending:
        sending.sendall(sent.encode("latin-1"))
        answered = b""
        while part := sending.recv(65536):
            answered += part
    return int(answered[9:12] or 0), answered.decode("utf-8", "replace")


STRANGERS = {
    "no cookie": "POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\n\n{}",
    "a cookie made up": f"GET /api/flows/{ID} HTTP/1.1\nCookie: {COOKIE}=x",
    "a cookie of the old gate": f"GET /api/flows/{ID} HTTP/1.1\nCookie: junheng_gate=x",
    "another key": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic anVuaGVuZzo=",
    "no key": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic",
    "a bearer": f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Bearer x",
    "a name in a header": f"GET /api/flows/{ID} HTTP/1.1\nX-Forwarded-User: zhang",
    "as if from here": f"GET /api/flows/{ID} HTTP/1.1\nX-Forwarded-For: 127.0.0.1",
    "another address": f"GET / HTTP/1.1\nX-Original-URL: /api/flows/{ID}",
    "like a health check": "GET /api/variables/name/health HTTP/1.1",
    "like a ready check": "GET /api/ready/../flows/x HTTP/1.1",
    "health by another method": "POST /api/health HTTP/1.1\nContent-Length: 0",
}


@pytest.mark.parametrize("request_lines", STRANGERS.values(), ids=STRANGERS.keys())
def test_a_stranger_reaches_nothing(guarded: Guarded, request_lines: str) -> None:
    status, said = answer_to(guarded, request_lines)

    assert status in {400, 401, 405}
    assert "张三" not in said
    assert "annual" not in said


SIGNED_IN = {
    "up and down": ("GET /api/flows/../admin/settings HTTP/1.1", 400),
    "up, written in numbers": ("GET /api/flows/%2e%2e/admin/settings HTTP/1.1", 400),
    "up, with a stroke in numbers": ("GET /api/flows/..%2fadmin/settings HTTP/1.1", 400),
    "a stroke in numbers": ("GET /api/flows%2fx HTTP/1.1", 400),
    "numbers of numbers": ("GET /api/flows/%252e%252e/admin/settings HTTP/1.1", 400),
    "two strokes": ("GET /api//admin/settings HTTP/1.1", 400),
    "two strokes before": ("GET //api/admin/settings HTTP/1.1", 400),
    "a stroke the other way": ("GET /api\\admin/settings HTTP/1.1", 400),
    "a dot": ("GET /api/./admin/settings HTTP/1.1", 400),
    "a sign that ends the path": ("GET /api/flows/x#/../filter HTTP/1.1", 400),
    "that sign in numbers": ("GET /api/flows/x%23filter HTTP/1.1", 400),
    "a question in numbers": ("GET /api/flows/x%3fa HTTP/1.1", 400),
    "parameters of a path": ("GET /api/admin/settings;filter HTTP/1.1", 400),
    "a line in the path": ("GET /api/flows/x%0d%0aa HTTP/1.1", 400),
    "nothing in the path": ("GET /api/flows/x%00 HTTP/1.1", 400),
    "another case": ("GET /API/admin/settings HTTP/1.1", 404),
    "a whole address": ("GET http://127.0.0.1/api/admin/settings HTTP/1.1", 400),
    "another method in a header": (
        "POST /api/flow_runs/filter HTTP/1.1\nX-HTTP-Method-Override: DELETE\n" + JSON,
        200,
    ),
    "two lengths": (
        f"POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\n{CHUNKED}",
        400,
    ),
    "a length twice": (
        "POST /api/flow_runs/filter HTTP/1.1\nContent-Length: 2\nContent-Length: 3\n\n{}",
        400,
    ),
    "another host": ("GET / HTTP/1.1\nHost: evil.test", 400),
    "a host that only begins so": ("GET / HTTP/1.1\nHost: 127.0.0.1.evil.test", 400),
    "a host with a name before": ("GET / HTTP/1.1\nHost: localhost@evil.test", 400),
    "no host": ("GET / HTTP/1.1\nHost: ", 400),
}


@pytest.mark.parametrize(("lines", "expected"), SIGNED_IN.values(), ids=SIGNED_IN.keys())
def test_somebody_signed_in_gets_no_further_by_a_trick(
    guarded: Guarded, token: str, lines: str, expected: int
) -> None:
    status, said = answer_to(guarded, lines, cookie=token)

    assert status == expected, said
    assert "PREFECT_SERVER" not in said


@pytest.mark.parametrize(
    "origin", [EVIL, "null", "http://[", "http://127.0.0.1:1", "https://127.0.0.1", ""]
)
@pytest.mark.parametrize(
    "path", [f"/api/flow_runs/{ID}/set_state", "/api/flow_runs/filter", "/sign-in", "/sign-out"]
)
def test_another_page_cannot_act_for_who_is_signed_in(
    guarded: Guarded, token: str, path: str, origin: str
) -> None:
    body = '{"state": {"type": "CANCELLED"}}'
    lines = f"POST {path} HTTP/1.1\nOrigin: {origin}\nContent-Length: {len(body)}\n\n{body}"

    status, said = answer_to(guarded, lines, cookie=token)

    assert status == 403
    assert "别的网页" in said


ODD_BODIES = {
    "a state's name that is a list": ("set_state", b'{"state": {"type": "PAUSED", "name": ["x"]}}'),
    "too deep": ("set_state", b'{"state": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
    "no number": ("create_flow_run", b'{"parameters": {"year": NaN}}'),
    "too large a number": ("create_flow_run", b'{"parameters": {"year": 1e999}}'),
    "half a sign": ("create_flow_run", b'{"parameters": {"reason": "\\ud800"}}'),
    "no sign": ("set_state", b'{"state": {"type": "PAUSED", "message": "\\u0000"}}'),
    "no text": ("set_state", b"\xff\xfe"),
    "a look that is too deep": ("filter", b'{"a": ' + b"[" * 2000 + b"]" * 2000 + b"}"),
}


@pytest.mark.parametrize(("act", "body"), ODD_BODIES.values(), ids=ODD_BODIES.keys())
def test_a_body_that_nobody_could_keep_is_refused_in_one_sentence(
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


def test_a_body_that_is_broken_off_leaves_no_traceback(guarded: Guarded, token: str) -> None:
    log = guarded.home.parent / "server.log"
    before = log.stat().st_size
    head = f"POST /api/flow_runs/filter HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {COOKIE}={token}"
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as sending:
        sending.sendall(f"{head}\r\nContent-Length: 100\r\n\r\n{{".encode())

    answer_to(guarded, "GET /sign-in HTTP/1.1")

    assert b"Traceback" not in log.read_bytes()[before:]


def test_the_key_in_a_request_of_somebody_signed_in_is_ours_alone(
    guarded: Guarded, token: str
) -> None:
    lines = f"GET /api/flows/{ID} HTTP/1.1\nAuthorization: Basic x\nAuthorization: Basic y"

    status, _ = answer_to(guarded, lines, cookie=token)

    assert status == 404


@pytest.mark.parametrize(
    "begun",
    [
        "",
        "GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100\r\n\r\nname=",
        "GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\nGET /sign-in HT",
    ],
    ids=["nothing", "a head", "a body", "a second head"],
)
def test_who_sends_too_slowly_is_cut_off(guarded: Guarded, begun: str) -> None:
    with socket.create_connection(("127.0.0.1", guarded.prefect.port), 30) as sending:
        sending.sendall(begun.encode())
        # It would go on for ever, and raises TimeoutError where nobody cuts it off.
        while sending.recv(65536):
            pass


@pytest.mark.parametrize(
    ("wanted", "packed"),
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
def test_an_answer_is_packed_only_where_that_was_asked_for(
    guarded: Guarded, token: str, wanted: str | None, *, packed: bool
) -> None:
    asked = f"\nAccept-Encoding: {wanted}" if wanted else ""

    _, said = answer_to(guarded, f"GET / HTTP/1.1{asked}", cookie=token)

    assert ("content-encoding: gzip" in said.partition("\r\n\r\n")[0].lower()) is packed


def test_every_answer_says_what_a_page_may_do(guarded: Guarded, token: str) -> None:
    with httpx.Client(base_url=guarded.prefect.address, cookies={COOKIE: token}) as browser:
        for path in ("/", "/v2/", "/ui-settings", f"/api/flows/{ID}", "/nothing", "/sign-in"):
            headers = browser.get(path).headers

            policy = headers["content-security-policy"]
            assert "frame-ancestors 'none'" in policy
            assert "'none'" in policy.split(";")[0] or "connect-src 'self'" in policy
            assert headers["x-content-type-options"] == "nosniff"
