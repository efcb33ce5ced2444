"""Slack's files: downloads attachments from Slack's hosts only, up to a size limit."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from junheng import wording
from junheng.adapters import outgoing
from junheng.adapters.messaging.messenger import CardRefused, ChatFailing, ChatUnreachable
from junheng.adapters.slack.client import SlackClient

READ_TIMEOUT_SECONDS = 30
SECONDS_AT_MOST = 300
SLACK_HOST = "slack.com"
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]')
_LONGEST_NAME = 60


class SlackFiles:
    """Downloads with the bot's token, which is sent to Slack's hosts only."""

    def __init__(self, token: str, base_url: str | None) -> None:
        self._token = token
        self._base = urlsplit(base_url or SlackClient.BASE_URL)
        self._is_public_slack = base_url in {None, SlackClient.BASE_URL}

    def fetch(self, file: Mapping[str, Any], folder: Path, *, largest_bytes: int) -> Path:
        """Download a file under its name in Slack, and return its path.

        Raises:
            CardRefused: the file has no URL, or one outside of Slack.
            ChatFailing: a retry may succeed.

        """
        words = wording.packaged().slack.request
        address = str(file.get("url_private_download") or file.get("url_private") or "")
        if not self._is_trusted(address):
            raise CardRefused(words.not_slacks_file)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / _plain_name(str(file.get("name") or file.get("id") or "file"))
        try:
            status = self._copy(address, target, largest_bytes=largest_bytes)
        except (outgoing.NotReached, outgoing.NoAnswer) as error:
            raise ChatUnreachable(words.download_interrupted.format(reason=error)) from error
        if status >= outgoing.SERVER_ERRORS or status == outgoing.TOO_MANY_REQUESTS:
            raise ChatFailing(words.failing.format(reason=status))
        if status != outgoing.OK:
            raise CardRefused(str(status))
        return target

    def _copy(self, address: str, target: Path, *, largest_bytes: int) -> int:
        """Write the download; stop one byte above the limit, which shows that it is too large."""
        with target.open("wb") as written:

            def keep(chunk: bytes) -> bool:
                left = largest_bytes + 1 - written.tell()
                written.write(chunk[:left])
                return len(chunk) < left

            return outgoing.download(
                address,
                keep,
                headers={"Authorization": f"Bearer {self._token}"},
                silence_seconds=READ_TIMEOUT_SECONDS,
                seconds_at_most=SECONDS_AT_MOST,
            )

    def _is_trusted(self, address: str) -> bool:
        try:
            url = urlsplit(address)
        except ValueError:
            return False
        if not self._is_public_slack:
            return (url.scheme, url.netloc) == (self._base.scheme, self._base.netloc)
        # Compared by netloc: it allows neither a port nor credentials before the host.
        is_slacks = url.netloc == SLACK_HOST or url.netloc.endswith(f".{SLACK_HOST}")
        return url.scheme == "https" and is_slacks and "@" not in url.netloc


def _plain_name(name: str) -> str:
    """Return a name that is valid on any file system, with the same suffix."""
    plain = _NOT_IN_FILE_NAMES.sub("_", name).strip(". ") or "file"
    stem, dot, suffix = plain.rpartition(".")
    if not dot or len(suffix) >= _LONGEST_NAME:
        return plain[:_LONGEST_NAME]
    return f"{stem[: _LONGEST_NAME - len(suffix)]}.{suffix}"
