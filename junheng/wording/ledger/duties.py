"""The sentences of config/wording/duties.yaml: docs/duties.md."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Attested = Annotated[str, Takes("period", "evidence", "line")]
_Lines = Annotated[str, Takes("lines")]


class AnswerNames(Names):
    """A name for each `Answer` of the duty map."""

    judged: str
    recurring: str
    reported: str
    attested: str
    none: str


class SummaryWords(Words):
    heading: str
    intro: str
    columns: tuple[str, ...]
    answers: AnswerNames


class TaskWords(Words):
    heading: str
    title: Annotated[str, Takes("number", "title")]
    line: Annotated[str, Takes("line", "bases")]
    standing: str


class ClauseWords(Words):
    heading: str
    unit: Annotated[str, Takes("number", "unit")]
    renamed: Annotated[str, Takes("number", "unit", "name", "year", "month", "day")]
    lines: _Lines
    standing: _Lines


class AnswerWords(Words):
    lines: _Lines
    recurring: Annotated[str, Takes("duties")]
    report: Annotated[str, Takes("report")]
    attested: _Attested
    attested_through: _Attested
    supports: Annotated[str, Takes("names")]
    none: str


class RecurringWords(Words):
    heading: str
    intro: str
    columns: tuple[str, ...]
    opens: Annotated[str, Takes("workdays")]
    opens_at_start: str


class PeriodNames(Names):
    """A name for each `Period`."""

    year: str
    half_year: str
    quarter: str
    month: str


class DutyWords(Words):
    title: str
    intro: Annotated[str, Takes("title", "document", "tasks", "units", "clauses")]
    summary: SummaryWords
    tasks: TaskWords
    clauses: ClauseWords
    answers: AnswerWords
    named: Annotated[str, Takes("id", "name")]
    duty: Annotated[str, Takes("id", "name", "period", "due")]
    recurring: RecurringWords
    in_force: Annotated[str, Takes("first_day", "last_day")]
    last_day: Annotated[str, Takes("day")]
    periods: PeriodNames
    due_day: Annotated[str, Takes("month", "day")]
    due_day_of_month: Annotated[str, Takes("day")]
