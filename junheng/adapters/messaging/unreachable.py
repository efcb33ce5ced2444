"""What keeps a server from being reached, as people say it."""

import errno
import socket
import ssl

NO_NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})
# The first kind that an error is of holds.
KINDS: tuple[tuple[type[BaseException], str], ...] = (
    (ConnectionRefusedError, "没有应答，多半没有启动，或者被防火墙拦住"),
    (TimeoutError, "等了太久没有应答"),
    (socket.gaierror, "找不到这台主机"),
    (ssl.SSLError, "安全连接建立不了，多半是证书不可信"),
    (ConnectionError, "连接断开了"),
)


def why(error: object, *, unknown: str | None = None) -> str:
    """Return what went wrong on the way; what is not known as it stands, or as the caller says."""
    if isinstance(error, OSError) and error.errno in NO_NETWORK:
        return "网络不通"
    known = next((said for kind, said in KINDS if isinstance(error, kind)), unknown)
    return str(error) if known is None else known
