"""The robots of DingTalk, WeCom and Feishu: limits, signatures, and the meaning of their codes."""

import hmac
from base64 import b64encode
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from junheng.adapters.messaging.pacing import Pace
from junheng.adapters.robots.sending import Call, Meaning, Platform

_FULL_WIDTH = {"<": "＜", ">": "＞", "@": "＠"}
_MINUTE = 60.0
_MILLISECONDS = 1000


def _signature(key: str, content: str) -> str:
    return b64encode(hmac.digest(key.encode(), content.encode(), "sha256")).decode()


def _dingtalk(webhook: str, secret: str | None, text: str, now: float) -> Call:
    body = {"msgtype": "text", "text": {"content": text}, "at": {"isAtAll": False}}
    if secret is None:
        return Call(webhook, body)
    timestamp = round(now * _MILLISECONDS)
    sign = quote(_signature(secret, f"{timestamp}\n{secret}"), safe="")
    separator = "&" if "?" in webhook else "?"
    return Call(f"{webhook}{separator}timestamp={timestamp}&sign={sign}", body)


def _wecom(webhook: str, secret: str | None, text: str, now: float) -> Call:
    del secret, now
    return Call(webhook, {"msgtype": "text", "text": {"content": text}})


def _feishu(webhook: str, secret: str | None, text: str, now: float) -> Call:
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
    if secret is not None:
        timestamp = str(int(now))
        body |= {"timestamp": timestamp, "sign": _signature(f"{timestamp}\n{secret}", "")}
    return Call(webhook, body)


def _errcode(answer: Mapping[str, Any]) -> object:
    return answer.get("errcode")


def _feishu_code(answer: Mapping[str, Any]) -> object:
    # StatusCode is the older format, which Feishu still sends beside the newer one.
    return answer.get("code", answer.get("StatusCode"))


# https://open.dingtalk.com/document/robots/custom-robot-access: 20 messages a minute, then ten
# minutes of blocking; 20,000 bytes a message, including the escapes of JSON.
DINGTALK = Platform(
    channel="dingtalk",
    webhook_setting="JUNHENG_DINGTALK_WEBHOOK",
    most_bytes=16_000,
    paces=(Pace(20, _MINUTE),),
    inert=_FULL_WIDTH,
    meanings={
        -1: Meaning.UNCLEAR,
        130101: Meaning.WAIT,
        410100: Meaning.WAIT,
        300001: Meaning.CLOSED,
        300005: Meaning.CLOSED,
        310000: Meaning.CLOSED,
        400013: Meaning.CLOSED,
        400101: Meaning.CLOSED,
        400102: Meaning.CLOSED,
        400106: Meaning.CLOSED,
        **dict.fromkeys(
            (40035, 43004, 400105, 430101, 430102, 430103, 430104, 460101), Meaning.REFUSED
        ),
    },
    code_of=_errcode,
    call=_dingtalk,
)
# https://developer.work.weixin.qq.com/document/path/91770: 20 messages a minute, 2048 bytes of
# text; not the 4096 bytes of markdown, which cannot be escaped and which WeChat does not show.
WECOM = Platform(
    channel="wecom",
    webhook_setting="JUNHENG_WECOM_WEBHOOK",
    most_bytes=2048,
    paces=(Pace(20, _MINUTE),),
    inert=_FULL_WIDTH,
    meanings={
        -1: Meaning.UNCLEAR,
        45009: Meaning.WAIT,
        45033: Meaning.WAIT,
        40001: Meaning.CLOSED,
        60020: Meaning.CLOSED,
        93000: Meaning.CLOSED,
        93004: Meaning.CLOSED,
        93008: Meaning.CLOSED,
        **dict.fromkeys((40008, 40035, 40058, 44001, 44004, 45002, 45008, 47001), Meaning.REFUSED),
    },
    code_of=_errcode,
    call=_wecom,
)
# https://open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: 100 messages a minute, 5 a
# second, 20 KB a request. Its text format has <at>, tags and [links](…).
FEISHU = Platform(
    channel="feishu",
    webhook_setting="JUNHENG_FEISHU_WEBHOOK",
    most_bytes=16_000,
    paces=(Pace(5, 1.0), Pace(100, _MINUTE)),
    inert=_FULL_WIDTH | {"[": "［", "]": "］", "*": "＊", "~": "～", "`": "｀"},
    meanings={
        11232: Meaning.WAIT,
        11247: Meaning.WAIT,
        99991400: Meaning.WAIT,
        19001: Meaning.CLOSED,
        19021: Meaning.CLOSED,
        19022: Meaning.CLOSED,
        19024: Meaning.CLOSED,
        **dict.fromkeys((9499, 10003, 19002), Meaning.REFUSED),
    },
    code_of=_feishu_code,
    call=_feishu,
)
