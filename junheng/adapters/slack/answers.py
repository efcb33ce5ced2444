"""Slack's answers: the meaning of each error code of its Web API for a request."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import NoReturn, TypeGuard

from slack_sdk.errors import SlackApiError

from junheng import wording
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
)
from junheng.adapters.outgoing import SERVER_ERRORS, TOO_MANY_REQUESTS
from junheng.adapters.slack.client import WAIT


class Advice(StrEnum):
    """What to do about an error; the sentences are in config/wording/slack.yaml."""

    LOGIN = "login"
    RIGHTS = "rights"
    TOKEN_TYPE = "token_type"  # noqa: S105 - the name of an advice
    ADMINISTRATOR = "administrator"
    CHANNEL = "channel"
    INVITATION = "invitation"
    OTHER_CHANNEL = "other_channel"
    RECIPIENT = "recipient"
    MESSAGES_TAB = "messages_tab"
    PERMISSION_TO_SPEAK = "permission_to_speak"
    MAINTAINER = "maintainer"


CLOSED_TO_TOKEN: Mapping[str, Advice] = {
    "invalid_auth": Advice.LOGIN,
    "not_authed": Advice.LOGIN,
    "account_inactive": Advice.LOGIN,
    "token_expired": Advice.LOGIN,
    "token_revoked": Advice.LOGIN,
}
CLOSED: Mapping[str, Advice] = {
    **CLOSED_TO_TOKEN,
    "no_permission": Advice.RIGHTS,
    "missing_scope": Advice.RIGHTS,
    "not_allowed_token_type": Advice.TOKEN_TYPE,
    "ekm_access_denied": Advice.ADMINISTRATOR,
    "access_denied": Advice.ADMINISTRATOR,
    "org_login_required": Advice.ADMINISTRATOR,
}
TRANSIENT = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
# Slack: "it's possible some aspect of the operation succeeded before the error was raised".
UNCLEAR = frozenset({"internal_error", "fatal_error"})
_NOT_NOW = WAIT | TRANSIENT | UNCLEAR
# https://docs.slack.dev/reference/methods/chat.postMessage: nothing was posted. After an error that
# is not listed here, the message may have been posted.
_REFUSED: Mapping[str, Advice] = {
    "channel_not_found": Advice.CHANNEL,
    "not_in_channel": Advice.INVITATION,
    "is_archived": Advice.OTHER_CHANNEL,
    "user_not_found": Advice.RECIPIENT,
    "messages_tab_disabled": Advice.MESSAGES_TAB,
    **dict.fromkeys(
        (
            "cannot_reply_to_message",
            "channel_type_not_supported",
            "enterprise_is_restricted",
            "restricted_action",
            "restricted_action_non_threadable_channel",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "team_access_not_granted",
            "team_not_found",
            "two_factor_setup_required",
        ),
        Advice.PERMISSION_TO_SPEAK,
    ),
    **dict.fromkeys(
        (
            "attachment_payload_limit_exceeded",
            "block_mismatch",
            "deprecated_endpoint",
            "invalid_arg_name",
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_blocks",
            "invalid_blocks_format",
            "invalid_charset",
            "invalid_form_data",
            "invalid_metadata_format",
            "invalid_metadata_schema",
            "invalid_post_type",
            "is_bot",
            "markdown_text_conflict",
            "metadata_must_be_sent_from_app",
            "metadata_too_large",
            "method_deprecated",
            "missing_post_type",
            "msg_blocks_too_long",
            "msg_too_long",
            "no_text",
            "too_many_attachments",
            "unknown_method",
        ),
        Advice.MAINTAINER,
    ),
}
_LONGEST_REASON = 80
_TIMESTAMP = re.compile(r"\d+\.\d+")


def closed(reason: str) -> str:
    """Return the sentence for an error by which Slack refuses all our requests."""
    words = wording.packaged().slack
    return words.closed.format(reason=reason, advice=words.advice[CLOSED[reason]])


def reason_of(error: SlackApiError) -> str:
    return str(error.response.get("error"))[:_LONGEST_REASON]


def receipt(channel: str, ts: str) -> str:
    """Return the receipt of a message: its channel and its timestamp there."""
    return f"{channel}:{ts}"


def is_timestamp(ts: object) -> TypeGuard[str]:
    """Return whether a value is a timestamp, by which Slack identifies a message."""
    return isinstance(ts, str) and _TIMESTAMP.fullmatch(ts) is not None


def raise_refusal(error: SlackApiError, address: str) -> NoReturn:
    """Raise the exception for an error of `chat.postMessage`, which is not idempotent."""
    reason, words = reason_of(error), wording.packaged().slack
    if reason in WAIT:
        raise ChatUnreachable(words.send.slow_down) from error
    if reason in CLOSED:
        raise ChatClosed(closed(reason)) from error
    if reason in TRANSIENT:
        raise ChatFailing(words.send.failing.format(reason=reason)) from error
    if reason in _REFUSED:
        advice = words.advice[_REFUSED[reason]]
        refused = words.send.refused.format(address=address, reason=reason, advice=advice)
        raise CardRefused(refused) from error
    status = error.response.status_code
    unclear = words.send.unclear.format(address=address, status=status, reason=reason)
    raise DeliveryUncertain(unclear) from error


def raise_failure(error: SlackApiError) -> NoReturn:
    """Raise the exception for an error of an idempotent request."""
    reason, status = reason_of(error), error.response.status_code
    if reason in CLOSED:
        raise ChatClosed(closed(reason)) from error
    if reason in _NOT_NOW or status >= SERVER_ERRORS or status == TOO_MANY_REQUESTS:
        failing = wording.packaged().slack.request.failing
        raise ChatFailing(failing.format(reason=f"{status} {reason}")) from error
    raise CardRefused(reason) from error
