"""The sentences of config/wording/alarms.yaml: alarms to operators about failed runs."""

from typing import Annotated

from pydantic import ConfigDict

from junheng.wording.words import Names, Takes, Words

_Alarm = Annotated[str, Takes("work", "run", "since", "at", "where", "why", "kept", "do", "next")]
_ToDo = Annotated[str, Takes("link")]


class ToDo(Words):
    failed: _ToDo
    crashed: _ToDo
    rehearsal: _ToDo
    bug: _ToDo


class WorkNames(Names):
    """A name for each deployment of deployments.yaml."""

    model_config = ConfigDict(alias_generator=lambda field: field.replace("_", "-"))

    annual_round: str
    sample_round: str
    monthly_review: str
    daily_chase: str
    collect_inbox: str
    recheck: str
    nightly_audit: str
    sign_off: str


class AlarmWords(Words):
    failed: _Alarm
    crashed: _Alarm
    at: Annotated[str, Takes("step")]
    after: Annotated[str, Takes("step")]
    before: str
    do: ToDo
    next: Annotated[str, Takes("at")]
    no_message: str
    none: str
    rehearsal: str
    not_begun: str
    between: str
    left_to_server: Annotated[str, Takes("reason")]
    works: WorkNames
