"""The sentences of config/wording/handbook.yaml: docs/standard.md."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class ConditionWords(Words):
    heading: str
    columns: tuple[str, ...]


class GrainNames(Names):
    """A name for each `Grain`."""

    section: str
    stage: str
    school: str
    class_: str
    district: str
    subject: str
    plan_task: str
    project: str
    submission: str


class SeverityNames(Names):
    """A name for each `Severity`."""

    veto: str
    must: str
    advisory: str


class HandbookWords(Words):
    title: str
    intro: str
    conditions: ConditionWords
    columns: tuple[str, ...]
    in_force: Annotated[str, Takes("first_day", "last_day")]
    grains: GrainNames
    severities: SeverityNames
