"""The sentences of config/wording/robots.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Path = Takes("path")


class WebhookWords(Words):
    in_config: Annotated[str, _Path]
    unreadable: Annotated[str, _Path]
    open_to_others: Annotated[str, _Path]
    not_yaml: Annotated[str, Takes("path", "place")]
    line: Annotated[str, Takes("line")]
    mistake: Annotated[str, Takes("path", "mistake")]


class RobotWords(Words):
    unknown: Annotated[str, Takes("platform", "address")]
    no_robot_of_group: Annotated[str, Takes("platform", "address", "channel")]
    setting: Annotated[str, Takes("channel", "name")]
    no_webhook: Annotated[str, Takes("platform", "setting")]
    unreachable: Annotated[str, Takes("platform", "reason")]
    slow_down: Annotated[str, Takes("platform")]
    not_allowed: Annotated[str, Takes("platform", "reason", "setting")]
    refused: Annotated[str, Takes("address", "platform", "reason")]
    uncertain: Annotated[str, Takes("address", "platform", "reason")]
    no_answer: Annotated[str, Takes("reason")]
    not_the_platforms: Annotated[str, Takes("status", "setting")]
    webhooks: WebhookWords
