"""The sentences of config/wording/recognition.yaml: the district's overall answer."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Count = Annotated[str, Takes("count")]


class AnswerNames(Names):
    """A name for each `Answer` of recognition."""

    holds: str
    does_not_hold: str
    unknown: str


class OverallAnswers(Names):
    """A sentence for each `Answer` of recognition."""

    holds: _Count
    does_not_hold: _Count
    unknown: _Count


class PendingParts(Words):
    missing: _Count
    not_judged: _Count
    not_applicable: _Count


class RecognitionWords(Words):
    heading: Annotated[str, Takes("year")]
    answers: AnswerNames
    overall: OverallAnswers
    columns: tuple[str, ...]
    blocking: Annotated[str, Takes("line", "count", "units")]
    blocking_one: Annotated[str, Takes("line")]
    pending: Annotated[str, Takes("line", "parts")]
    pending_parts: PendingParts
    some: Annotated[str, Takes("units")]
    heading_blocking: str
    heading_pending: str
    report: Annotated[str, Takes("path")]
    data_docs: Annotated[str, Takes("path")]
    counts: Annotated[str, Takes("missing", "not_judged", "not_applicable")]
