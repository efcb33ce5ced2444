"""The sentences of config/wording/trace.yaml: the trace of a verdict."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Text = Annotated[str, Takes("text")]


class TableWords(Words):
    heading: str
    columns: tuple[str, ...]


class FlipCauses(Names):
    """A name for each `Cause` of a flip."""

    rule: str
    data: str
    rule_and_data: str


class FlipWords(Words):
    heading: Annotated[str, Takes("count")]
    columns: tuple[str, ...]
    causes: FlipCauses
    none: str
    only: Annotated[str, Takes("lines")]


class EvaluationWords(Words):
    columns: tuple[str, ...]
    none: Annotated[str, Takes("year")]


class TraceWords(Words):
    head: Annotated[str, Takes("line", "unit")]
    verdict: Annotated[str, Takes("verdict")]
    value: Annotated[str, Takes("value", "threshold")]
    distance: Annotated[str, Takes("distance")]
    rule: Annotated[str, Takes("clause", "first_day", "until")]
    until: Annotated[str, Takes("last_day")]
    reason: _Text
    asked: _Text
    applies: _Text
    formula: _Text
    worked: _Text
    per_section: _Text
    file: Annotated[str, Takes("file", "sha256")]
    evaluation: Annotated[str, Takes("number", "day", "rules_year", "rulebook_hash", "data_hash")]
    figures: TableWords
    lines: TableWords
    shares: TableWords
    cells: Annotated[str, Takes("first", "count")]
    files: Annotated[str, Takes("file", "count")]
    submission: Annotated[str, Takes("year")]
    flips: FlipWords
    evaluations: EvaluationWords
