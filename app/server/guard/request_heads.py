"""Parses the head of a request: host, path, Accept-Encoding."""

import socket
from collections.abc import Iterator
from os import environ
from urllib.parse import unquote, urlsplit

from starlette.types import Scope


def host_of(address: str) -> str:
    """Return host and port of a URL, '' if it is invalid."""
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def takes_gzip(header: str) -> bool:
    """Return whether an Accept-Encoding accepts gzip."""
    for coding in header.split(","):
        name, *details = (part.strip().lower() for part in coding.split(";"))
        if name == "gzip":
            return not any(
                detail.startswith("q=0") and not detail[3:].strip(".0") for detail in details
            )
    return False


def is_plain(scope: Scope) -> bool:
    """Return whether a path is unambiguous: no escaped separators, no dot or empty segments."""
    raw, path = scope.get("raw_path") or b"", scope["path"]
    is_same = unquote(raw.decode("latin-1")) == path and b"%2f" not in raw.lower()
    parts = path.split("/")[1:]
    hidden = {".", ".."} & set(parts) or "" in parts[:-1] or set(path) & set("\\#?;%")
    return path.startswith("/") and is_same and not hidden and path.isprintable()


def own_names() -> Iterator[str]:
    """Yield the host names of this server: those of the machine and those of the settings."""
    yield from ("localhost", socket.gethostname().lower())
    for setting in ("PREFECT_UI_URL", "PREFECT_API_URL"):
        yield urlsplit(environ.get(setting, "")).hostname or "localhost"
    yield (environ.get("JUNHENG_PREFECT_HOST") or "localhost").lower()
