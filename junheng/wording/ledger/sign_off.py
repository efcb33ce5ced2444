"""The sentences of config/wording/sign_off.yaml: requests to the office and its answers."""

from typing import Annotated

from junheng.wording.words import Names, PerMember, Takes, Words

_Answered = Annotated[str, Takes("number", "by", "reason", "handed_over", "left_out", "skipped")]
_Refusal = Annotated[
    str, Takes("number", "by", "on", "reason", "asked_on", "decide_by", "reference")
]
_Title = Annotated[
    str,
    Takes(
        "number",
        "year",
        "count",
        "leads",
        "vetoes",
        "decide_by",
        "by",
        "on",
        "reason",
        "left_out",
    ),
]


class StatusNames(Names):
    """A name for each `Status` of a sign-off."""

    asked: str
    approved: str
    declined: str
    expired: str
    superseded: str


class ChangeNames(Names):
    """A name for each `Change` of a sign-off, and for the request."""

    ask: str
    approve: str
    decline: str
    expire: str
    supersede: str


class DecidedRefusals(Names):
    """Why a sign-off accepts no answer any more, for each `Status`."""

    asked: _Refusal
    approved: _Refusal
    declined: _Refusal
    expired: _Refusal
    superseded: _Refusal


class SignOffRefusals(PerMember[str | DecidedRefusals]):
    """A sentence for each `Fault` of an answer, and for a missing sign-off."""

    none: str
    unknown: Annotated[str, Takes("number")]
    decided: DecidedRefusals
    too_late: _Refusal
    too_early: _Refusal
    no_name: _Refusal
    no_person: _Refusal
    no_reason: _Refusal
    nothing_left: _Refusal
    left_out_of_what: _Refusal
    left_out_unknown: _Refusal
    left_out_twice: _Refusal
    left_out_why: _Refusal
    left_out_all: _Refusal


class ItemWords(Words):
    left_out: Annotated[str, Takes("reason")]
    line: Annotated[str, Takes("indicator", "name")]
    veto: str


class SignOffColumns(Words):
    list_: tuple[str, ...]
    show: tuple[str, ...]


class SignOffTitles(Names):
    """A title for each `Status` of a sign-off."""

    asked: _Title
    approved: _Title
    declined: _Title
    expired: _Title
    superseded: _Title


class SignOffWords(Words):
    asked: Annotated[str, Takes("number", "count", "decide_by")]
    nothing: str
    approved: _Answered
    declined: _Answered
    again: _Answered
    by_hand: str
    newer: Annotated[str, Takes("number")]
    statuses: StatusNames
    changes: ChangeNames
    refusals: SignOffRefusals
    items: ItemWords
    columns: SignOffColumns
    titles: SignOffTitles
    how: Annotated[str, Takes("deployment", "address", "number")]
    how_by_name: Annotated[str, Takes("deployment", "number")]
