"""The sentences of config/wording/robots.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Path = Takes("path")


class PlatformNames(Names):
    dingtalk: str
    wecom: str
    feishu: str


class WebhookWords(Words):
    in_config: Annotated[str, _Path]
    unreadable: Annotated[str, _Path]
    open_to_others: Annotated[str, _Path]
    not_yaml: Annotated[str, Takes("path", "place")]
    line: Annotated[str, Takes("line")]
    mistake: Annotated[str, Takes("path", "mistake")]


class RobotWords(Words):
    names: PlatformNames
    unknown: Annotated[str, Takes("platform", "address")]
    no_robot_of_group: Annotated[str, Takes("platform", "address", "channel")]
    setting: Annotated[str, Takes("channel", "name")]
    no_address: Annotated[str, Takes("platform", "setting")]
    unreachable: Annotated[str, Takes("platform", "reason")]
    uncertain: Annotated[str, Takes("address", "platform", "reason")]
    no_answer: Annotated[str, Takes("reason")]
    not_allowed: Annotated[str, Takes("platform", "reason", "setting")]
    address_unusable: Annotated[str, Takes("platform", "status", "setting")]
    refused: Annotated[str, Takes("address", "platform", "reason")]
    slow_down: Annotated[str, Takes("platform")]
    webhooks: WebhookWords
