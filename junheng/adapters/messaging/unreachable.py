"""Network errors as Chinese sentences."""

import errno
import socket
import ssl
from enum import StrEnum

from junheng import wording

NO_NETWORK = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN})


class NetworkTrouble(StrEnum):
    """The kinds of network errors; the sentences are in config/wording/network.yaml."""

    NO_NETWORK = "no_network"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    HOST_UNKNOWN = "host_unknown"
    NOT_SECURE = "not_secure"
    BROKEN_OFF = "broken_off"
    WRONG_ADDRESS = "wrong_address"
    TOO_LARGE = "too_large"


# The first class of which an error is an instance decides.
KINDS: tuple[tuple[type[BaseException], NetworkTrouble], ...] = (
    (ConnectionRefusedError, NetworkTrouble.REFUSED),
    (TimeoutError, NetworkTrouble.TIMED_OUT),
    (socket.gaierror, NetworkTrouble.HOST_UNKNOWN),
    (ssl.SSLError, NetworkTrouble.NOT_SECURE),
    (ConnectionError, NetworkTrouble.BROKEN_OFF),
)


def why(error: object, *, unknown: str | None = None) -> str:
    """Return the sentence for an error; for other errors `unknown`, or the text of the error."""
    trouble = _trouble(error)
    if trouble is None:
        return str(error) if unknown is None else unknown
    return wording.packaged().network[trouble]


def _trouble(error: object) -> NetworkTrouble | None:
    if isinstance(error, OSError) and error.errno in NO_NETWORK:
        return NetworkTrouble.NO_NETWORK
    return next((trouble for kind, trouble in KINDS if isinstance(error, kind)), None)
