"""Requests the UI as a browser does: its page, and a script that the page names."""

import http.client
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from app.server.prefect_client import PrefectServer
from junheng import wording

SCRIPT = re.compile(r'<script[^>]+src="([^"]+)"')
REDIRECTS = (301, 302, 303, 307, 308)
MOST_REDIRECTS = 3
SECONDS = 30


class NoPage(Exception):
    """We cannot show the UI, because the server answers its URL with something else."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request; `kind` is its content type."""

    path: str
    status: int
    kind: str
    content: str


def check(server: PrefectServer) -> str:
    """Return the URL of the UI's page; raises NoPage with the wrong answer."""
    page = get(server, "/")
    if page.status != http.client.OK or not page.kind.startswith("text/html"):
        raise NoPage(f"{server.address}{page.path}：{page.status} {page.kind}")
    script_tag = SCRIPT.search(page.content)
    if script_tag is None:
        no_script = wording.packaged().doctor.page.no_script
        raise NoPage(no_script.format(address=f"{server.address}{page.path}"))
    script = get(server, script_tag[1])
    # For a missing file, Prefect answers with the page.
    if script.status != http.client.OK or "javascript" not in script.kind:
        raise NoPage(f"{server.address}{script.path}：{script.status} {script.kind}")
    return f"{server.address}{page.path}"


def get(server: PrefectServer, path: str, *, takes: str = "text/html") -> Answer:
    """Return the answer after redirects; raises NoPage for no answer or too many redirects."""
    for _ in range(MOST_REDIRECTS):
        answer, location = _request(server, path, takes)
        if answer.status not in REDIRECTS:
            return answer
        path = urlsplit(location).path
    redirected = wording.packaged().doctor.page.redirected
    raise NoPage(redirected.format(address=f"{server.address}{path}"))


def _request(server: PrefectServer, path: str, takes: str) -> tuple[Answer, str]:
    connection = http.client.HTTPConnection(server.host, server.port, timeout=SECONDS)
    try:
        connection.request("GET", path, headers={"Accept": takes, **server.headers})
        response = connection.getresponse()
        content = response.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException) as error:
        raise NoPage(f"{server.address}{path}：{error}") from error
    finally:
        connection.close()
    kind = response.headers.get("content-type", "")
    return Answer(path, response.status, kind, content), response.headers.get("location", "")
