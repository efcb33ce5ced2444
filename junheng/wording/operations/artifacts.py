"""The sentences of config/wording/artifacts.yaml: tables for operators and clerks."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words


class StandingNames(Names):
    """A name for each `Standing` of a reporter."""

    received: str
    sent_back: str
    missing: str


class VerdictNames(Names):
    """A name for each `Verdict`."""

    pass_: str
    fail: str
    missing: str
    not_applicable: str
    not_judged: str


class NoticeNames(Names):
    """A name for each `Status` of a card."""

    owed: str
    sending: str
    sent: str
    withheld: str
    unconfirmed: str
    withdrawn: str


class GroupColumns(Words):
    group: str
    lines: str
    met: str


class ArtifactWords(Words):
    standing: StandingNames
    verdict: VerdictNames
    register_title: Annotated[str, Takes("year", "all", "received", "sent_back", "missing")]
    verdicts_title: Annotated[str, Takes("year", "lines", "met", "failed", "missing", "broken")]
    ledger_title: Annotated[str, Takes("open", "leads")]
    capped: Annotated[str, Takes("shown", "all", "command")]
    notice: NoticeNames
    cards_title: Annotated[str, Takes("year", "month", "day", "count", "sent")]
    groups_title: Annotated[str, Takes("year")]
    groups_columns: GroupColumns
    ledger_link: Annotated[str, Takes("url")]
    ledger_books: Annotated[str, Takes("folder")]
    audit_column: str
