"""Reads the head of a request: whose host it names, whether its path is plain, what is taken."""

import socket
from collections.abc import Iterator
from os import environ
from urllib.parse import unquote, urlsplit

from starlette.types import Scope


def host_of(address: str) -> str:
    """Return host and port of an address, nothing where it is none."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def takes_gzip(header: str) -> bool:
    """Say whether an Accept-Encoding takes gzip."""
    for taken in header.split(","):
        name, *details = (part.strip().lower() for part in taken.split(";"))
        if name == "gzip":
            return not any(
                detail.startswith("q=0") and not detail[3:].strip(".0") for detail in details
            )
    return False


def is_plain(scope: Scope) -> bool:
    """Say whether everybody reads a path alike: nothing hidden, and no way up on the way down."""
    raw, path = scope.get("raw_path") or b"", scope["path"]
    is_same = unquote(raw.decode("latin-1")) == path and b"%2f" not in raw.lower()
    parts = path.split("/")[1:]
    hidden = {".", ".."} & set(parts) or "" in parts[:-1] or set(path) & set("\\#?;%")
    return path.startswith("/") and is_same and not hidden and path.isprintable()


def own_names() -> Iterator[str]:
    """Return the names that this server is reached by: of this machine, and out of its settings."""
    yield from ("localhost", socket.gethostname().lower())
    for setting in ("PREFECT_UI_URL", "PREFECT_API_URL"):
        yield urlsplit(environ.get(setting, "")).hostname or "localhost"
    yield (environ.get("JUNHENG_PREFECT_HOST") or "localhost").lower()
