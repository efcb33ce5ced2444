"""Network errors have Chinese sentences."""

import errno
import socket

import pytest

from junheng.adapters.messaging import unreachable


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (socket.gaierror(-2, "Name or service not known"), "找不到这台主机"),
        (TimeoutError("timed out"), "等了太久没有应答"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "连接断开了"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "网络不通"),
    ],
)
def test_a_known_error_has_a_chinese_sentence(error: OSError, sentence: str) -> None:
    assert unreachable.why(error) == sentence


def test_a_refused_connection_is_reported_as_no_answer() -> None:
    with socket.socket() as client, pytest.raises(ConnectionRefusedError) as refused:
        client.connect(("127.0.0.1", 9))

    assert unreachable.why(refused.value) == "没有应答，多半没有启动，或者被防火墙拦住"


def test_an_unknown_error_has_its_own_text_or_that_of_the_caller() -> None:
    assert unreachable.why(ValueError("new")) == "new"
    assert unreachable.why(ValueError("a secret"), unknown="ValueError") == "ValueError"
