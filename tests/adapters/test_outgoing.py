"""Outgoing HTTP against loopback servers: complete answers, no redirects, timeout, size limit."""

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread

import pytest

from junheng.adapters import outgoing
from junheng.adapters.outgoing import Answer, NoAnswer, NotReached

SECRET = "a-token-nobody-may-read"  # noqa: S105 - must appear nowhere
DATED = "Date: Mon, 03 Nov 2025 00:30:00 GMT\r\n"


@contextmanager
def serving(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve one request with given bytes, and yield the URL."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection:
                connection.recv(2**16)
                answer(connection)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/send?token={SECRET}"
        thread.join(10)


def says(text: str) -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(text.encode())


def ok(body: str, headers: str = "") -> Callable[[socket.socket], None]:
    return says(f"HTTP/1.1 200 OK\r\n{headers}Content-Length: {len(body)}\r\n\r\n{body}")


def post(url: str, *, timeout_seconds: float = 5.0, largest_bytes: int = 100) -> Answer:
    return outgoing.post(
        url, b"{}", headers={}, timeout_seconds=timeout_seconds, largest_bytes=largest_bytes
    )


class TestPost:
    def test_returns_status_body_and_the_date_of_the_server(self) -> None:
        with serving(ok('{"a": 1}', DATED)) as url:
            answer = post(url)

        assert (answer.status, answer.json_object) == (200, {"a": 1})
        assert answer.dated_at == datetime(2025, 11, 3, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize("body", ["[]", '"x"', "<html>", "", "{", '{"a":' * 50_000])
    def test_a_body_that_is_not_a_json_object_is_none(self, body: str) -> None:
        assert Answer(200, {}, body.encode()).json_object is None

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_a_redirect_is_returned_and_not_followed(self, status: int) -> None:
        with socket.create_server(("127.0.0.1", 0)) as elsewhere:
            elsewhere.setblocking(False)
            location = f"http://127.0.0.1:{elsewhere.getsockname()[1]}/"
            head = f"HTTP/1.1 {status} Moved\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n"
            with serving(says(head)) as url:
                answer = post(url)

            assert answer.status == status
            with pytest.raises(BlockingIOError):
                elsewhere.accept()

    @pytest.mark.parametrize(
        "answer",
        [
            says(""),
            says("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{}"),
            says("not HTTP\r\n\r\n"),
        ],
        ids=["hangs up", "cut off", "no HTTP"],
    )
    def test_an_incomplete_answer_raises_no_answer(
        self, answer: Callable[[socket.socket], None]
    ) -> None:
        with serving(answer) as url, pytest.raises(NoAnswer) as failed:
            post(url)

        assert SECRET not in repr(failed.value)
        assert failed.value.__cause__ is failed.value.__context__ is None

    def test_an_answer_above_the_size_limit_raises_no_answer(self) -> None:
        with serving(ok("x" * 101)) as url, pytest.raises(NoAnswer, match="超过100字节"):
            post(url)

    def test_a_silent_server_raises_no_answer_after_the_timeout(self) -> None:
        with serving(lambda _: time.sleep(1)) as url, pytest.raises(NoAnswer, match="等了太久"):
            post(url, timeout_seconds=0.2)

    def test_a_slow_answer_raises_no_answer_after_the_timeout(self) -> None:
        def drip(connection: socket.socket) -> None:
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n")
            for _ in range(30):
                time.sleep(0.1)
                try:
                    connection.sendall(b" ")
                except ConnectionError:
                    return

        with serving(drip) as url, pytest.raises(NoAnswer, match="等了太久"):
            post(url, timeout_seconds=0.3)

    def test_a_refused_connection_raises_not_reached(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as gone:
            url = f"http://127.0.0.1:{gone.getsockname()[1]}/{SECRET}"

        with pytest.raises(NotReached, match="没有应答") as failed:
            post(url)

        assert SECRET not in repr(failed.value)

    def test_a_server_without_a_valid_certificate_raises_not_reached(self) -> None:
        with serving(says("no TLS\r\n")) as url, pytest.raises(NotReached, match="安全连接"):
            post(url.replace("http://", "https://"))


class TestProxyOf:
    @pytest.fixture(autouse=True)
    def _one_proxy(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", "10.0.0.1:3128")
        monkeypatch.setenv("NO_PROXY", "127.0.0.1,inside.example")

    @pytest.mark.parametrize(
        ("url", "proxy"),
        [
            ("https://slack.com/api/", "http://10.0.0.1:3128"),
            ("http://slack.com/api/", None),
            ("https://inside.example/", None),
            ("https://127.0.0.1:4000/", None),
        ],
    )
    def test_is_the_proxy_of_the_environment_except_for_no_proxy(
        self, url: str, proxy: str | None
    ) -> None:
        assert outgoing.proxy_of(url) == proxy
