"""What the gate asks of every request before it looks at what it wants."""

from urllib.parse import urlsplit

from starlette.requests import HTTPConnection


def is_plain(path: str) -> bool:
    """Return whether a path is read the same by everybody: none goes up again on its way down."""
    return path.startswith("/") and not {".", ".."} & set(path.split("/")) and "//" not in path


def comes_from_elsewhere(connection: HTTPConnection) -> bool:
    """Return whether another page sends it: a browser adds the password to that as well."""
    origin = connection.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != connection.headers.get("host")
