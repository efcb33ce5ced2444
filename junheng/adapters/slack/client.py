"""slack_sdk's client, whose requests are sent by `outgoing`; the format of answers is checked."""

import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from slack_sdk import WebClient
from slack_sdk.http_retry import HttpRequest, HttpResponse, RetryHandler, RetryState
from slack_sdk.http_retry.builtin_handlers import (
    ConnectionErrorRetryHandler,
    RateLimitErrorRetryHandler,
    ServerErrorRetryHandler,
)

from junheng import wording
from junheng.adapters import outgoing

if TYPE_CHECKING:
    from datetime import datetime

RETRIES = 2
WAIT = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded"})
LONGEST_WAIT_SECONDS = 60
# Large enough for a page of a history with the longest cards.
LARGEST_ANSWER = 2**25


class MalformedAnswer(Exception):
    """We cannot say what Slack did: the answer does not have the format of its Web API."""


NO_ANSWER = (outgoing.NoAnswer, MalformedAnswer)


class SlackClient(WebClient):
    """A client that follows no redirect, so that the token goes to no other host.

    `dated_at` is the time in the Date header of Slack's last answer, None if it had none.
    """

    def __init__(
        self,
        base_url: str | None,
        *,
        token: str | None = None,
        timeout_seconds: int = 15,
        retry_handlers: Sequence[RetryHandler],
    ) -> None:
        super().__init__(
            token=token,
            base_url=base_url or WebClient.BASE_URL,
            timeout=timeout_seconds,
            retry_handlers=list(retry_handlers),
            logger=silent(),
        )
        self.dated_at: datetime | None = None

    def _perform_urllib_http_request(
        self, *, url: str, args: dict[str, dict[str, Any]]
    ) -> dict[str, Any]:
        """Return an answer in the format of Slack's Web API.

        Raises:
            MalformedAnswer: the answer has another format, such as a redirect or a proxy's page.

        """
        try:
            answer = super()._perform_urllib_http_request(url=url, args=args)
        except (ValueError, RecursionError):
            # The body is truncated JSON; the error of the parser would quote it.
            answer = {"status": outgoing.OK, "body": ""}
        if not _is_of_slack(answer):
            not_slacks = wording.packaged().slack.answers.not_slacks
            raise MalformedAnswer(not_slacks.format(status=answer["status"]))
        return answer

    def _perform_urllib_http_request_internal(self, url: str, req: Any) -> dict[str, Any]:
        answer = outgoing.post(
            url,
            req.data or b"",
            headers=dict(req.header_items()),
            timeout_seconds=self.timeout,
            largest_bytes=LARGEST_ANSWER,
        )
        self.dated_at = answer.dated_at
        headers = {name: [value] for name, value in answer.headers.items()}
        body = answer.body.decode(errors="replace")
        return {"status": answer.status, "headers": headers, "body": body}


def _is_of_slack(answer: dict[str, Any]) -> bool:
    """Return whether an answer reports success or names an error code."""
    status, body = answer["status"], str(answer["body"])
    content = outgoing.Answer(status, {}, body.encode()).json_object or {}
    if content.get("ok") is True:
        return bool(status == outgoing.OK)
    return content.get("ok") is False and isinstance(content.get("error"), str)


class _ShortWaits(RateLimitErrorRetryHandler):
    """Retries after the wait that Slack requests; a long wait is left to the next run."""

    def _can_retry(
        self,
        *,
        state: RetryState,
        request: HttpRequest,
        response: HttpResponse | None = None,
        error: Exception | None = None,
    ) -> bool:
        del state, request, error
        if response is None or response.status_code != outgoing.TOO_MANY_REQUESTS:
            return False
        # A 429 of a proxy does not prove that Slack posted nothing.
        if (response.body or {}).get("error") not in WAIT:
            return False
        seconds = "".join(response.headers.get("retry-after", "1"))
        return seconds.isdecimal() and int(seconds) <= LONGEST_WAIT_SECONDS


def sending_retries() -> list[RetryHandler]:
    """Return the retries of a request that is not idempotent: only if Slack did nothing."""
    return [
        ConnectionErrorRetryHandler(max_retry_count=RETRIES, error_types=[outgoing.NotReached]),
        _ShortWaits(max_retry_count=RETRIES),
    ]


def retries() -> list[RetryHandler]:
    """Return the retries of an idempotent request."""
    return [*sending_retries(), ServerErrorRetryHandler(max_retry_count=RETRIES)]


def silent() -> logging.Logger:
    """Return a logger without output: errors are reported by our exceptions."""
    logger = logging.getLogger("junheng.slack")
    logger.setLevel(logging.CRITICAL)
    return logger
