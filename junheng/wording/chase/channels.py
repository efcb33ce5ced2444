"""The sentences of config/wording/channels.yaml: names and messages of channels."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class ChannelNames(Names):
    """A name for each `Channel`."""

    slack: str
    dingtalk: str
    wecom: str
    feishu: str
    email: str
    console: str
    file: str


class ChannelWords(Words):
    names: ChannelNames
    cut: str
    withheld: Annotated[str, Takes("address")]
