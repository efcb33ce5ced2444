"""The sentences of config/wording/ledger.yaml under `show`: one remediation with its history."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Closing = Annotated[str, Takes("closed_on", "closing", "cause")]
_Moved = Annotated[str, Takes("until", "due_on", "lead")]
_Milestone = Annotated[str, Takes("name", "due_on", "done_on")]


class ShownFields(Names):
    """The labels of the printed fields of a remediation."""

    unit: str
    items: str
    lead: str
    basis: str
    status: str
    light: str
    opened_on: str
    receipt_due_on: str
    due_on: str
    receipted_on: str
    reported_on: str
    extension_until: str
    waived_until: str
    arbitrate_by: str
    closing: str
    counts: str
    action: str
    progress: str


class ToldMoves(Names):
    """The text of an event, for each `Move` that sets a day or a unit."""

    hand_over: _Moved
    reassign: _Moved
    ask_extension: _Moved
    grant_extension: _Moved
    resume: _Moved
    waive: _Moved
    reproject: _Moved


class ToldWords(Words):
    moves: ToldMoves
    evidence: Annotated[str, Takes("kind", "name", "version")]
    milestone: _Milestone
    milestone_done: _Milestone
    cause: Annotated[str, Takes("cause")]
    action: Annotated[str, Takes("action")]
    text: Annotated[str, Takes("text")]
    approved_by: Annotated[str, Takes("approved_by")]


class ShowWords(Words):
    title: Annotated[str, Takes("reference", "indicator", "name")]
    fields: ShownFields
    counts: Annotated[str, Takes("school_year", "carried_over", "relapses")]
    closing: _Closing
    overridden: _Closing
    was_overridden: str
    provisional: Annotated[str, Takes("day")]
    parts: tuple[str, ...]
    milestones: tuple[str, ...]
    ahead: tuple[str, ...]
    reminders: tuple[str, ...]
    evidence: tuple[str, ...]
    history: tuple[str, ...]
    between: str
    told: ToldWords
    next: Annotated[str, Takes("moves")]
