"""The sentences of config/wording/slack.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Reason = Takes("reason")
_Status = Takes("status")


class ClosedAdvice(Names):
    login: str
    rights: str
    token_type: str
    administrator: str


class RefusedAdvice(Names):
    channel_not_found: str
    not_in_channel: str
    is_archived: str
    restricted_action: str
    user_not_found: str
    other: str


class SendWords(Words):
    unreachable: Annotated[str, _Reason]
    uncertain: Annotated[str, Takes("address", "reason")]
    slow_down: str
    failing: Annotated[str, _Status]
    unclear: Annotated[str, Takes("address", "status", "reason")]
    refused: Annotated[str, Takes("address", "reason", "advice")]


class LookWords(Words):
    unreachable: Annotated[str, _Reason]
    failing: Annotated[str, _Status]
    unknown: Annotated[str, Takes("address", "reason")]


class AskWords(Words):
    unreachable: Annotated[str, _Reason]
    no_answer: Annotated[str, _Reason]
    failing: Annotated[str, _Reason]
    not_slacks_file: str
    download_interrupted: Annotated[str, _Reason]


class SlackWords(Words):
    no_token: str
    closed: Annotated[str, Takes("reason", "advice")]
    not_let_in: Annotated[str, _Reason]
    closed_advice: ClosedAdvice
    send: SendWords
    refused_advice: RefusedAdvice
    look: LookWords
    ask: AskWords
