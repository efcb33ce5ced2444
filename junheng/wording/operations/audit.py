"""The sentences of config/wording/audit.yaml: faults found by an audit, and what to do."""

from typing import Annotated

from junheng.wording.words import Names, Takes, Words

_Summary = Annotated[str, Takes("events", "remediations", "head", "breaks")]
_Break = Annotated[str, Takes("district", "sequence", "head")]
_Row = Annotated[str, Takes("reference", "sequence", "list", "field", "stands", "told")]
_Evidence = Annotated[str, Takes("reference", "kind", "name", "version")]
_Ladder = Annotated[str, Takes("reference")]
_Place = Annotated[str, Takes("name", "at")]


class ChainBreaks(Names):
    """A sentence for each `BreakKind`, and one for details that cannot be read."""

    missing: _Break
    changed: _Break
    unlinked: _Break
    head_unknown: _Break
    unreadable: Annotated[str, Takes("district", "sequence")]


class RowMismatches(Names):
    """A sentence for each `Mismatch`."""

    differs: _Row
    count: _Row
    untold: _Row
    gone: _Row
    stray: _Row


class EvidenceBreaks(Words):
    file: _Evidence
    untold: _Evidence
    gone: _Evidence


class LadderBreaks(Words):
    changed: _Ladder
    gone: _Ladder


class ListNames(Names):
    """The lists that belong to a remediation, by the names of their tables."""

    parts: str
    milestones: str


class Places(Names):
    """The place of a field: in the remediation's own row, or in one of its lists."""

    own: _Place
    parts: _Place
    milestones: _Place


class FieldNames(Names):
    """The columns of a remediation, its parts and milestones."""

    id: str
    evaluation_id: str
    reference: str
    indicator: str
    unit: str
    period: str
    unit_name: str
    town: str
    school_year: str
    followed_year: str
    lead: str
    basis: str
    items: str
    status: str
    opened_on: str
    receipt_due_on: str
    due_on: str
    stood_at: str
    cycle: str
    proof_from: str
    clock_set_by: str
    ladder: str
    assumed_since: str
    assumed_rest_days: str
    receipted_on: str
    reported_on: str
    closed_on: str
    closing: str
    cause: str
    was_overridden: str
    extension_until: str
    suspended_on: str
    waived_until: str
    arbitrate_by: str
    carried_over: str
    relapses: str
    action: str
    progress: str
    position: str
    name: str
    done_on: str


class AuditWords(Words):
    sound: _Summary
    broken: _Summary
    nothing: str
    chain: ChainBreaks
    rows: RowMismatches
    evidence: EvidenceBreaks
    ladders: LadderBreaks
    lists: ListNames
    places: Places
    fields: FieldNames
