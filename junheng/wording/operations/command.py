"""The sentences of config/wording/command.yaml."""

from typing import Annotated

from junheng.wording.words import Takes, Words

_Parameter = Takes("name", "help")


class ReportWords(Words):
    sent_back: Annotated[str, Takes("name", "reason")]
    missing: Annotated[str, Takes("name", "reason")]
    unplaced: Annotated[str, Takes("file", "reason")]
    received: Annotated[str, Takes("all", "received")]


class CommandWords(Words):
    usage: Annotated[str, Takes("mistake", "command")]
    no_command: str
    no_such_command: Annotated[str, Takes("name")]
    no_such_option: Annotated[str, Takes("name")]
    no_value: Annotated[str, Takes("name")]
    missing: Annotated[str, _Parameter]
    wrong_value: Annotated[str, _Parameter]
    too_many: str
    year_out_of_range: Annotated[str, Takes("first", "last")]
    rules_or_evaluation: str
    one_comparison: str
    not_two_numbers: Annotated[str, Takes("text")]
    since_after_on: str
    gate_is_gone: str
    done: Annotated[str, Takes("name", "seconds")]
    not_judged: Annotated[str, Takes("indicator", "reason")]
    reports: ReportWords
