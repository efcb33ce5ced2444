"""The sentences of config/wording/runs.yaml: runs and their logs, for operators."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator

from junheng.wording.words import OTHER, Names, Takes, Words, has_other

_Reported = Annotated[str, Takes("all", "received", "sent_back", "missing")]
_Progress = Annotated[str, Takes("done", "all")]
_Failure = Annotated[str, Takes("why")]
_Quoting = Annotated[str, Takes("what")]


class ReportingWords(Words):
    schools: _Reported
    departments: _Reported
    sent_back: Annotated[str, Takes("name", "file", "reason")]
    missing: Annotated[str, Takes("count", "names")]
    unplaced: Annotated[str, Takes("file", "reason")]


class ProgressWords(Names):
    collect: _Progress
    evaluate: _Progress
    send: _Progress


class PrefectSayings(Names):
    """A sentence for each name in `run_log.SAYINGS`, with the text that its pattern found."""

    began: str
    view: _Quoting
    done: str
    cached: str
    cancelled: str
    not_done: _Quoting
    again: Annotated[str, Takes("why", "when", "at", "all")]
    given_up: _Failure
    failed: _Failure
    bug: _Failure
    bug_in_words: _Quoting
    parameters: _Quoting
    not_loaded: str
    crashed: _Quoting
    ended_itself: str
    ended_by_signal: str
    exited: Annotated[str, Takes("code", "reason")]
    hook: str
    rescheduled: str
    unexpected: Annotated[str, Takes("kind", "said")]
    unknown: str
    # By exit code; an office may add more.
    exit_codes: Annotated[Mapping[int | Literal["other"], str], AfterValidator(has_other)]
    in_seconds: Annotated[str, Takes("seconds")]
    at_once: str

    def exit_reason(self, code: int) -> str:
        return self.exit_codes.get(code) or self.exit_codes[OTHER]


class RunWords(Words):
    ended: Annotated[str, Takes("what")]
    unnamed: str
    held: Annotated[str, Takes("file")]
    folder_shut: Annotated[str, Takes("folder")]
    by: Annotated[str, Takes("by", "reason")]
    by_nobody: str
    everybody: str
    despite: Annotated[str, Takes("count", "units", "reason")]
    no_year: str
    year: Annotated[str, Takes("year")]
    nothing_due: str
    owed_cards: Annotated[str, Takes("count")]
    cards: Annotated[str, Takes("count", "people", "files", "outbox", "rest")]
    folder_unchanged: Annotated[str, Takes("year")]
    read: Annotated[str, Takes("year")]
    read_but: Annotated[str, Takes("year", "count")]
    collecting: Annotated[str, Takes("year", "folder")]
    reporting: ReportingWords
    unread: Annotated[str, Takes("file", "sentence")]
    being_edited: Annotated[str, Takes("file")]
    opened: Annotated[str, Takes("year", "folder")]
    nothing_new: str
    something_new: Annotated[str, Takes("year", "folder")]
    newer_data: str
    recheck: Annotated[str, Takes("year")]
    not_rehearsed: str
    rehearsal: str
    audit_broken: Annotated[str, Takes("count", "first")]
    tidied: Annotated[str, Takes("count")]
    progress: ProgressWords
    prefect: PrefectSayings
