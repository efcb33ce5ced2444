"""The sentences of config/wording/report.yaml: the verdict report."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Counted = Annotated[str, Takes("all", "received", "sent_back", "missing")]


class AnswerWords(Words):
    heading: str
    columns: tuple[str, ...]
    blocking: str
    pending: str
    nothing: str


class ReportingWords(Words):
    heading: str
    schools: _Counted
    departments: _Counted
    counted: Annotated[str, Takes("all", "received", "absent")]
    then: str
    based_on: str
    columns: tuple[str, ...]


class GroupWords(Words):
    heading: str
    columns: tuple[str, ...]
    total: str
    note: str


class HeatStandings(Names):
    """The standing of a section on a line."""

    met: str
    near: str
    below: str
    missing: str
    not_applicable: str
    not_judged: str


class HeatWords(Words):
    heading: str
    note: str
    legend: HeatStandings
    marks: HeatStandings
    school: str
    together: str
    lines_met: Annotated[str, Takes("count")]


class FailingWords(Words):
    heading: str
    head: Annotated[str, Takes("line")]
    counts: Annotated[str, Takes("fail", "pass", "missing", "not_applicable", "not_judged")]
    asked: Annotated[str, Takes("asked", "clause")]
    columns: tuple[str, ...]
    none: str
    advisory: str
    veto: str


class OtherWords(Words):
    heading: str
    columns: tuple[str, ...]
    none: str
    nobody: Annotated[str, Takes("lines")]
    broken: Annotated[str, Takes("indicator", "reason")]


class FooterWords(Words):
    trace: Annotated[str, Takes("year")]
    hashes: Annotated[str, Takes("rulebook_hash", "data_hash", "head")]


class ReportWords(Words):
    title: Annotated[str, Takes("district", "year")]
    subtitle: Annotated[str, Takes("rules_year", "day", "number")]
    file: Annotated[str, Takes("year")]
    file_by_rules: Annotated[str, Takes("year", "rules_year", "number")]
    file_of_evaluation: Annotated[str, Takes("year", "rules_year", "number")]
    answer: AnswerWords
    reporting: ReportingWords
    groups: GroupWords
    heat: HeatWords
    failing: FailingWords
    others: OtherWords
    footer: FooterWords
