"""The sentences of config/wording/ledger.yaml under `refusals`: why a move cannot be made."""

from typing import Annotated

from junheng.wording.words import Names, PerMember, Takes, Words

_Reference = Annotated[str, Takes("reference")]
_NotAllowed = Annotated[str, Takes("reference", "status", "unit", "move", "allowed")]
_Closing = Annotated[str, Takes("reference", "kinds")]
_Lacking = Annotated[
    str,
    Takes("move", "reference", "due_on", "opened_on", "on", "causes", "unit", "supporting"),
]


class EvidenceRefusals(Words):
    by_and_reason: str
    unit: Annotated[str, Takes("unit", "units")]
    status: Annotated[str, Takes("reference", "status")]
    on: Annotated[str, Takes("opened_on")]


_Independence = Annotated[str, Takes("by", "reference", "move", "office", "others")]


class IndependenceRefusals(Names):
    """A sentence for each `Dependence`."""

    own_report: _Independence
    not_of_the_office: _Independence
    office_leads: _Independence


class MilestoneRefusals(Words):
    closed: Annotated[str, Takes("reference", "status")]
    name: str
    by: str
    reason: str
    on: Annotated[str, Takes("on", "opened_on")]
    nothing: str
    unknown: Annotated[str, Takes("name")]
    late: Annotated[str, Takes("due", "due_on")]
    before_opening: Annotated[str, Takes("due", "opened_on")]
    past: Annotated[str, Takes("due", "on")]
    later: Annotated[str, Takes("name", "before", "due")]


class UntilByMove(Names):
    """A sentence for each `Move` that has a last day."""

    ask_extension: _Lacking
    waive: _Lacking


class UntilLacking(Words):
    unsaid: UntilByMove
    too_early: UntilByMove


class LackingWords(PerMember[str | UntilLacking]):
    """A sentence for each name in `MoveIncomplete.lacking`."""

    by: _Lacking
    reason: _Lacking
    approved_by: _Lacking
    until_past: _Lacking
    order: _Lacking
    basis: str
    person: Annotated[str, Takes("by")]
    until: UntilLacking
    before_due: _Lacking
    asked: _Lacking
    cause: _Lacking
    lead: _Lacking
    unit: _Lacking
    on: _Lacking


class RefusalWords(Words):
    ladder_lost: _Reference
    unknown: _Reference
    not_allowed: _NotAllowed
    nothing_allowed: str
    part_not_allowed: _NotAllowed
    nothing_for_part: str
    no_such_move: Annotated[str, Takes("move", "known")]
    not_by_hand: Annotated[str, Takes("move")]
    evidence_lacking: _Closing
    data_only: _Closing
    wrong_cause: Annotated[str, Takes("cause", "known")]
    unknown_unit: Annotated[str, Takes("unit")]
    independence: IndependenceRefusals
    evidence: EvidenceRefusals
    milestone: MilestoneRefusals
    lacking: LackingWords
