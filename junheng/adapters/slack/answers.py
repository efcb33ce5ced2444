"""Slack's answers: what each error of its Web API says of a request."""

import re
from typing import NoReturn, TypeGuard

from slack_sdk.errors import SlackApiError

from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
    DeliveryUncertain,
)
from junheng.adapters.outgoing import SERVER_ERRORS, TOO_MANY_REQUESTS
from junheng.adapters.slack.client import WAIT

MEND_LOGIN = "请检查 JUNHENG_SLACK_TOKEN 是否正确、是否已被停用"
_MEND_RIGHTS = "请在 Slack 应用的 OAuth & Permissions 中补上权限，并重新安装应用"
CLOSED_TO_TOKEN = {
    "invalid_auth": MEND_LOGIN,
    "not_authed": MEND_LOGIN,
    "account_inactive": MEND_LOGIN,
    "token_expired": MEND_LOGIN,
    "token_revoked": MEND_LOGIN,
}
_NOT_ALLOWED = {
    "no_permission": _MEND_RIGHTS,
    "missing_scope": _MEND_RIGHTS,
    "not_allowed_token_type": "请改用以 xoxb- 开头的机器人令牌（JUNHENG_SLACK_TOKEN）",
    "ekm_access_denied": "请联系 Slack 工作区管理员",
    "access_denied": "请联系 Slack 工作区管理员",
    "org_login_required": "请联系 Slack 工作区管理员",
}
CLOSED = CLOSED_TO_TOKEN | _NOT_ALLOWED
PASSING = frozenset({"service_unavailable", "request_timeout", "team_added_to_org"})
# Slack: "it's possible some aspect of the operation succeeded before the error was raised".
UNCLEAR = frozenset({"internal_error", "fatal_error"})
_NOT_NOW = WAIT | PASSING | UNCLEAR
_ASK_ADMINISTRATOR = "工作区不允许机器人在这里发言：请联系 Slack 工作区管理员"
_ASK_DEVELOPER = "Slack 不收这样的卡片：请把这条原因告诉维护本系统的人"
# https://docs.slack.dev/reference/methods/chat.postMessage: nothing was posted. An error that is
# not listed here proves nothing.
_REFUSED = {
    "channel_not_found": "没有这个频道，或机器人看不到它：请核对 contacts.yaml，并邀请机器人进入",
    "not_in_channel": "机器人不在这个频道里：请在频道中输入 /invite 邀请它",
    "is_archived": "这个频道已归档：请在 contacts.yaml 中换一个频道",
    "user_not_found": "没有这个收件人：请核对 contacts.yaml",
    "messages_tab_disabled": "请在 Slack 应用的 App Home 中打开 Messages Tab",
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
        _ASK_ADMINISTRATOR,
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
        _ASK_DEVELOPER,
    ),
}
_LONGEST_REASON = 80
_TIMESTAMP = re.compile(r"\d+\.\d+")


def closed(reason: str) -> str:
    return f"Slack 不允许本系统发送（{reason}）：{CLOSED[reason]}"


def reason_of(error: SlackApiError) -> str:
    return str(error.response.get("error"))[:_LONGEST_REASON]


def receipt(channel: str, ts: str) -> str:
    """Return where a message stands: its channel, and its moment in it."""
    return f"{channel}:{ts}"


def is_timestamp(ts: object) -> TypeGuard[str]:
    """Return whether this is the moment by which Slack names a message."""
    return isinstance(ts, str) and _TIMESTAMP.fullmatch(ts) is not None


def raise_refusal(error: SlackApiError, address: str) -> NoReturn:
    """Say what an error means for a card that was to be posted."""
    reason = reason_of(error)
    if reason in WAIT:
        raise ChatUnreachable("Slack 要求放慢发送，下次运行时再发") from error
    if reason in CLOSED:
        raise ChatClosed(closed(reason)) from error
    if reason in PASSING:
        raise ChatFailing(f"Slack 暂时出错（{reason}），下次运行时再发") from error
    if reason in _REFUSED:
        raise CardRefused(
            f"发往 {address} 被 Slack 拒绝（{reason}）：{_REFUSED[reason]}"
        ) from error
    raise DeliveryUncertain(
        f"发往 {address} 时 Slack 出错（{error.response.status_code} {reason}），"
        f"下次运行时先核实再决定是否重发"
    ) from error


def raise_failure(error: SlackApiError) -> NoReturn:
    """Say what an error means for a request that may be made again."""
    reason, status = reason_of(error), error.response.status_code
    if reason in CLOSED:
        raise ChatClosed(closed(reason)) from error
    if reason in _NOT_NOW or status >= SERVER_ERRORS or status == TOO_MANY_REQUESTS:
        raise ChatFailing(f"Slack 暂时出错（{status} {reason}）") from error
    raise CardRefused(reason) from error
