"""The sentences of config/wording/summary.yaml: the summary of a run on the terminal."""

from typing import Annotated

from junheng.wording.words import Takes, Words


class ReportingSummary(Words):
    heading: Annotated[str, Takes("year")]
    counts: Annotated[
        str,
        Takes("schools", "received", "sent_back", "missing", "departments", "departments_received"),
    ]
    columns: tuple[str, ...]


class LineSummary(Words):
    heading: str
    counts: Annotated[str, Takes("lines", "met", "failing")]
    columns: tuple[str, ...]


class OwedSummary(Words):
    heading: str
    counts: Annotated[str, Takes("remediations", "leads")]
    columns: tuple[str, ...]


class CardSummary(Words):
    heading: str
    counts: Annotated[str, Takes("days", "cards", "sent", "outbox")]


class NextSteps(Words):
    heading: str
    text: Annotated[str, Takes("year", "report")]


class SummaryWords(Words):
    reporting: ReportingSummary
    lines: LineSummary
    owed: OwedSummary
    cards: CardSummary
    next: NextSteps
    step: Annotated[str, Takes("name", "seconds")]
    time: Annotated[str, Takes("steps", "seconds")]
