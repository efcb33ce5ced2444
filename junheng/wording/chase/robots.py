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
    no_robot_of_group: Annotated[str, Takes("platform", "address", "channel")]
    setting: Annotated[str, Takes("channel", "name")]
    webhooks: WebhookWords
