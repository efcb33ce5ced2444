"""What keeps a server from being reached is said in Chinese."""

import errno
import socket

import pytest

from junheng.adapters.messaging import unreachable


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (socket.gaierror(-2, "Name or service not known"), "找不到这台主机"),
        (TimeoutError("timed out"), "等了太久没有应答"),
        (ConnectionResetError(errno.ECONNRESET, "Connection reset by peer"), "连接断开了"),
        (OSError(errno.ENETUNREACH, "Network is unreachable"), "网络不通"),
    ],
)
def test_what_is_known_is_said_as_people_say_it(error: OSError, said: str) -> None:
    assert unreachable.why(error) == said


def test_a_port_on_which_nobody_listens_is_one_that_does_not_answer() -> None:
    with socket.socket() as knocking, pytest.raises(ConnectionRefusedError) as refused:
        knocking.connect(("127.0.0.1", 9))

    assert unreachable.why(refused.value) == "没有应答，多半没有启动，或者被防火墙拦住"


def test_what_is_not_known_stays_as_it_stands_or_as_the_caller_says() -> None:
    assert unreachable.why(ValueError("new")) == "new"
    assert unreachable.why(ValueError("a secret"), unknown="ValueError") == "ValueError"
