"""Slack's files: fetches what people attached, from Slack alone, no more of it than is taken."""

import re
import time
from collections.abc import Mapping
from http.client import HTTPException
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, OpenerDirector, Request, build_opener

from slack_sdk import WebClient

from junheng.adapters.messaging.messenger import CardRefused, ChatFailing, ChatUnreachable
from junheng.adapters.slack import sending

CHUNK = 2**16
SECONDS_OF_SILENCE = 30
SECONDS_AT_MOST = 300
SLACKS_OWN = "slack.com"
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')
_LONGEST_NAME = 60


class SlackFiles:
    """Downloads with the bot's token, which is shown to no other host than Slack's."""

    def __init__(self, token: str, base_url: str) -> None:
        self._token = token
        self._base = urlsplit(base_url)
        self._is_slacks_own = base_url == WebClient.BASE_URL

    def fetch(self, file: Mapping[str, Any], folder: Path, *, largest_bytes: int) -> Path:
        """Return where a file lies now, under the name that it bears in Slack.

        Raises:
            CardRefused: there is nothing to fetch, or not from Slack.
            ChatFailing: a later try may do better.

        """
        address = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._is_trusted(address):
            raise CardRefused("不是 Slack 上的文件")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / _plain_name(str(file.get("name") or file.get("id") or "file"))
        request = Request(address)  # noqa: S310 - held against Slack's own hosts just above
        request.add_unredirected_header("Authorization", f"Bearer {self._token}")
        try:
            with _opener().open(request, timeout=SECONDS_OF_SILENCE) as answer:
                _copy(answer, target, largest_bytes=largest_bytes)
        except HTTPError as error:
            error.close()
            if error.code >= sending.SERVER_ERRORS or error.code == sending.TOO_MANY_REQUESTS:
                raise ChatFailing(f"Slack 暂时出错（{error.code}）") from error
            raise CardRefused(str(error.code)) from error
        except (OSError, HTTPException) as error:
            raise ChatUnreachable(f"从 Slack 下载文件中断（{type(error).__name__}）") from error
        return target

    def _is_trusted(self, address: str) -> bool:
        try:
            asked = urlsplit(address)
        except ValueError:
            return False
        if not self._is_slacks_own:
            return (asked.scheme, asked.netloc) == (self._base.scheme, self._base.netloc)
        # As it stands there: neither a port nor a name and password before the host.
        is_slacks = asked.netloc == SLACKS_OWN or asked.netloc.endswith(f".{SLACKS_OWN}")
        return asked.scheme == "https" and is_slacks and "@" not in asked.netloc


class _NowhereElse(HTTPRedirectHandler):
    """Follows no redirect: it would lead to a page that asks for a password."""

    def redirect_request(self, *_asked: Any, **_named: Any) -> None:
        return None


def _opener() -> OpenerDirector:
    return build_opener(_NowhereElse)


def _copy(answer: Any, target: Path, *, largest_bytes: int) -> None:
    """Write what comes; one byte too many is enough to see that a file is too large."""
    ends_at = time.monotonic() + SECONDS_AT_MOST
    left = largest_bytes + 1
    with target.open("wb") as written:
        while left and (chunk := answer.read(min(CHUNK, left))):
            if time.monotonic() > ends_at:
                raise TimeoutError
            written.write(chunk)
            left -= len(chunk)


def _plain_name(name: str) -> str:
    """Return a name that any file system takes, with the ending it had."""
    plain = _NOT_IN_FILE_NAMES.sub("_", name).strip(". ") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) >= _LONGEST_NAME:
        return plain[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix)]}.{suffix}"
