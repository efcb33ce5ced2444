"""The sentences of config/wording/slack.yaml."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Reason = Annotated[str, Takes("reason")]
_AboutAddress = Annotated[str, Takes("address", "reason")]


class AdviceWords(Names):
    """What to do, for each `Advice`."""

    login: str
    rights: str
    token_type: str
    administrator: str
    channel: str
    invitation: str
    other_channel: str
    recipient: str
    messages_tab: str
    permission_to_speak: str
    maintainer: str


class SendWords(Words):
    unreachable: _Reason
    slow_down: str
    failing: _Reason
    refused: Annotated[str, Takes("address", "reason", "advice")]
    no_answer: _AboutAddress
    unclear: Annotated[str, Takes("address", "status", "reason")]
    other_text: Annotated[str, Takes("address")]


class SearchWords(Words):
    unreachable: _Reason
    slow_down: str
    failing: _Reason
    unreadable: _Reason
    not_allowed: _AboutAddress


class AnswerWords(Words):
    not_slacks: Annotated[str, Takes("status")]
    no_timestamp: str
    no_timestamp_in_history: str
    no_channel: str
    no_list: Annotated[str, Takes("name")]
    no_next_page: str
    endless: str


class RequestWords(Words):
    unreachable: _Reason
    no_answer: _Reason
    failing: _Reason
    not_slacks_file: str
    download_interrupted: _Reason


class SlackWords(Words):
    no_token: str
    closed: Annotated[str, Takes("reason", "advice")]
    not_let_in: _Reason
    advice: AdviceWords
    send: SendWords
    search: SearchWords
    answers: AnswerWords
    request: RequestWords
