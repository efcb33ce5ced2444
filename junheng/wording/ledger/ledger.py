"""The sentences of config/wording/ledger.yaml: the ledger and the moves in it."""

from typing import Annotated

from junheng.wording.ledger.refusals import RefusalWords
from junheng.wording.ledger.show import ShowWords
from junheng.wording.words import Names, PerMember, Takes, Words

_Settled = Annotated[str, Takes("opened", "relapsed", "carried_over", "closed", "lapsed")]
_Count = Annotated[str, Takes("count")]
_Evidence = Annotated[str, Takes("reference", "kind", "name", "version")]
_Turn = Annotated[str, Takes("year")]
_Problem = Annotated[str, Takes("unit", "name")]


class UpkeepWords(Names):
    """The results of a day's upkeep, by the names of `upkeep.STEPS`."""

    lapsed: _Count
    reprojected: _Count
    opened: _Count
    expired: _Count


class ConfigChanges(Words):
    first: _Count
    changed: _Count


class EvidenceTaken(Words):
    new: _Evidence
    known: _Evidence


class StatusNames(Names):
    """A name for each `Status` of a remediation."""

    drafted: str
    signed_off: str
    handed_over: str
    receipted: str
    in_progress: str
    reported: str
    reviewed: str
    closed: str
    sent_back: str
    disputed: str
    suspended: str
    waived: str


class MoveNames(Names):
    """A name for each `Move`."""

    draft: str
    sign_off: str
    hand_over: str
    receipt: str
    start: str
    report: str
    review: str
    close: str
    send_back: str
    dispute: str
    uphold: str
    reassign: str
    ask_extension: str
    grant_extension: str
    refuse_extension: str
    suspend: str
    resume: str
    waive: str
    lapse: str
    close_by_data: str
    override_close: str
    reopen: str
    carry_over: str
    follow: str
    fail_again: str
    reproject: str


class OtherMoveNames(PerMember[tuple[str, ...]]):
    """Further names of each `Move` that a unit may make by a workbook."""

    receipt: tuple[str, ...]
    start: tuple[str, ...]
    report: tuple[str, ...]
    dispute: tuple[str, ...]
    ask_extension: tuple[str, ...]


class LightNames(Names):
    """A name for each `Light`, and for none."""

    blue: str
    yellow: str
    red: str
    none: str


class CauseNames(Names):
    """A name for each `Cause`."""

    data_wrong: str
    real_gap: str
    rule_wrong: str
    not_ours: str


class ClosingNames(Names):
    """A name for each `Closing`."""

    data: str
    evidence: str
    override: str


class EventKindNames(Names):
    """A name for each `EventKind`."""

    moved: str
    evidence_added: str
    milestone_set: str
    replied: str
    config_changed: str
    gaps_overridden: str
    refused: str
    sign_off: str
    noted: str
    operated: str


class TurnNames(Names):
    """The name of a turn of a duty, by the part after the year in its period."""

    year: _Turn
    H1: _Turn
    H2: _Turn
    Q1: _Turn
    Q2: _Turn
    Q3: _Turn
    Q4: _Turn
    month: Annotated[str, Takes("year", "month")]


class CopyWords(Words):
    """The sentences about writing and reading the ledger's workbooks."""

    file: Annotated[str, Takes("name", "day")]
    under: Annotated[str, Takes("name", "unit")]
    problem: _Problem
    report_problem: _Problem
    items: Annotated[str, Takes("unit", "items")]
    progress: Annotated[str, Takes("status", "progress")]
    closing: Annotated[str, Takes("day", "closing")]
    reason: Annotated[str, Takes("file", "sheet", "row")]
    written: Annotated[str, Takes("count", "folder")]
    taken: Annotated[str, Takes("file", "unit", "rows", "faults")]
    nobodys: Annotated[str, Takes("file")]
    unplaced: Annotated[str, Takes("file")]
    shut: Annotated[str, Takes("file", "sentence")]
    other_evidence: str


class LedgerWords(Words):
    settled: _Settled
    drafted: _Settled
    done: Annotated[str, Takes("reference", "status", "due_on")]
    upkeep: UpkeepWords
    config: ConfigChanges
    evidence: EvidenceTaken
    statuses: StatusNames
    moves: MoveNames
    also_called: OtherMoveNames
    lights: LightNames
    causes: CauseNames
    closings: ClosingNames
    kinds: EventKindNames
    refusals: RefusalWords
    nobody: str
    show: ShowWords
    duty: Annotated[str, Takes("name", "period")]
    duty_gone: Annotated[str, Takes("id")]
    periods: TurnNames
    book: CopyWords
