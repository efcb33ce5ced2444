"""The ladder: time limits of remediations, the rungs they reach, and the audience of each rung."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, time
from enum import StrEnum
from functools import cached_property
from typing import Any, Self

from pydantic import Field, field_validator, model_validator
from pydantic_core import PydanticCustomError

from junheng.domain.history import hash_chain
from junheng.domain.ledger.lifecycle import SETS_CLOCK, Move
from junheng.domain.standard.standard import Grain, Line, Severity
from junheng.domain.workdays import WorkCalendar
from junheng.values import Frozen
from junheng.wording.ledger.ledger import MoveNames


class Audience(StrEnum):
    """The people whom a rung notifies, in the order of the sections of a card."""

    LEAD = "lead"
    SECTION_HEAD = "section_head"
    HEAD = "head"
    SUPPORTING = "supporting"
    OFFICE = "office"
    LEADING_GROUP = "leading_group"


class LadderKind(StrEnum):
    """The kind of a ladder, by severity and kind of duty; a kind may have the usual rungs."""

    USUAL = "usual"
    VETO = "veto"
    SUBMISSION = "submission"
    PLAN_TASK = "plan_task"
    RECURRING = "recurring"


class TimeLimits(Frozen):
    """Workdays from opening to due date: by indicator, for a veto, and the default."""

    default: int = Field(ge=1)
    veto: int = Field(ge=1)
    indicators: dict[str, int] = Field(default_factory=dict)
    # Workdays to receipt, to decide a dispute, and from a supporting due date to the lead's.
    receipt: int = Field(default=2, ge=1)
    arbitration: int = Field(default=2, ge=1)
    supporting_earlier: int = Field(default=3, ge=0)
    # After a report in time was sent back.
    rework: int = Field(default=5, ge=1)
    # For the office to answer a sign-off.
    sign_off: int = Field(default=5, ge=1)

    def workdays_for(self, line: Line) -> int:
        usual = self.veto if line.severity is Severity.VETO else self.default
        return self.indicators.get(line.id, usual)


class Rung(Frozen):
    """A rung: reached on opening, or so many workdays before (negative: after) the due date."""

    name: str
    label: str
    on_opening: bool = False
    workdays_to_due: int | None = None
    tells: tuple[Audience, ...]

    @model_validator(mode="after")
    def _is_reached_one_way(self) -> "Rung":
        if self.on_opening == (self.workdays_to_due is not None):
            raise ValueError("a rung is reached either on opening or by workdays to the due date")
        return self


class LadderInForce(Frozen):
    """The ladder of one remediation, copied when it opens; later changes do not apply to it.

    `again` is the label of the opening rung in a later cycle, by the move that set the clock.
    """

    kind: LadderKind
    rungs: tuple[Rung, ...] = Field(min_length=1)
    again: dict[Move, str] = Field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """Return the ladder as JSON values, from which it can be restored."""
        return self.model_dump(mode="json")

    @cached_property
    def digest(self) -> str:
        """Return the hash under which the ladder is stored."""
        return digest_of(self.content)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the rungs, lowest first."""
        return tuple(rung.name for rung in self.rungs)

    def telling(self, *audiences: Audience) -> tuple[Rung, ...]:
        """Return the rungs that notify any of the audiences."""
        return tuple(rung for rung in self.rungs if not set(audiences).isdisjoint(rung.tells))

    def place(self, name: str) -> int:
        """Return the index of a rung, 0 for the lowest."""
        return self.names.index(name)

    def from_rung(self, name: str) -> tuple[str, ...]:
        """Return the names of a rung and of all rungs above it."""
        return self.names[self.place(name) :]

    def opening(self, audience: Audience, *, clock_set_by: str) -> Rung | None:
        """Return the opening rung of an audience, labelled by the move that set the clock."""
        rungs = (rung for rung in self.telling(audience) if rung.on_opening)
        opening = next(rungs, None)
        labels = {move.value: label for move, label in self.again.items()}
        label = labels.get(clock_set_by)
        if opening is None or label is None:
            return opening
        return opening.model_copy(update={"label": label})


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the hash of a ladder's content; the content is not validated."""
    return hashlib.sha256(hash_chain.canonical(content).encode()).hexdigest()


class SendWindow(Frozen):
    """The hours of a workday in which cards may be sent."""

    from_: time = Field(default=time(8, 30), alias="from")
    to: time = time(17, 30)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "SendWindow":
        if self.from_ >= self.to:
            raise ValueError("window: from must be before to")
        return self

    def is_open(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Return whether cards may be sent at a local time of the office."""
        if not calendar.is_workday(moment.date()):
            return False
        return self.from_ <= moment.time().replace(second=0, microsecond=0) <= self.to


class Ladder(Frozen):
    """The district's time limits, its rungs (lowest first), and its send window."""

    time_limits: TimeLimits
    window: SendWindow = SendWindow()
    rungs: tuple[Rung, ...] = Field(min_length=1)
    # Complete lists of rungs for the kinds that do not have the usual rungs.
    by_kind: dict[LadderKind, tuple[Rung, ...]] = Field(default_factory=dict)
    # The label of the opening rung in a later cycle, by the move that set the clock.
    again: dict[Move, str] = Field(default_factory=dict)

    @field_validator("rungs")
    @classmethod
    def _rungs_climb(cls, rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
        _check(rungs)
        return rungs

    @field_validator("by_kind")
    @classmethod
    def _rungs_of_a_kind_climb(
        cls, by_kind: dict[LadderKind, tuple[Rung, ...]]
    ) -> dict[LadderKind, tuple[Rung, ...]]:
        for kind, rungs in by_kind.items():
            if kind is LadderKind.USUAL:
                raise PydanticCustomError("usual_rungs_by_kind", "the usual rungs belong in rungs")
            if not rungs:
                raise PydanticCustomError("no_rung", "{kind} has no rung", {"kind": kind.value})
            _check(rungs, of=kind.value)
        return by_kind

    def of(self, kind: LadderKind) -> LadderInForce:
        """Return the current ladder of a kind."""
        rungs = self.by_kind.get(kind, self.rungs)
        return LadderInForce(kind=kind, rungs=rungs, again=self.again)

    def label_of(self, name: str) -> str:
        """Return the label of a rung, its name if no ladder contains it any more."""
        rungs = (*self.rungs, *(rung for of_kind in self.by_kind.values() for rung in of_kind))
        return next((rung.label for rung in rungs if rung.name == name), name)

    def calling(self, moves: MoveNames) -> Self:
        """Return the ladder with a label for each move that sets the clock, `moves` by default."""
        again = {move: self.again.get(move, moves[move]) for move in sorted(SETS_CLOCK)}
        return self.model_copy(update={"again": again})


def kind_of(line: Line | None, *, is_recurring: bool, is_attested: bool) -> LadderKind:
    """Return the kind of ladder for a remediation; `line` is None if the standard has no line."""
    if is_recurring:
        return LadderKind.RECURRING
    if line is None:
        return LadderKind.USUAL
    if line.severity is Severity.VETO:
        return LadderKind.VETO
    if line.per is Grain.SUBMISSION:
        return LadderKind.SUBMISSION
    if line.per is Grain.PLAN_TASK or is_attested:
        return LadderKind.PLAN_TASK
    return LadderKind.USUAL


def _check(rungs: tuple[Rung, ...], *, of: str = "") -> None:
    """Raise PydanticCustomError if a name occurs twice or the rungs are not in order."""
    names = [rung.name for rung in rungs]
    if duplicates := sorted({name for name in names if names.count(name) > 1}):
        context = {"kind": of, "names": "、".join(duplicates)}
        mistake = "rung_twice_of_kind" if of else "rung_twice"
        raise PydanticCustomError(mistake, "{kind}: rungs named {names}", context)
    days = [rung.workdays_to_due for rung in rungs if rung.workdays_to_due is not None]
    opening = [rung.on_opening for rung in rungs]
    if days != sorted(days, reverse=True) or opening != sorted(opening, reverse=True):
        mistake = "rungs_fall_of_kind" if of else "rungs_fall"
        raise PydanticCustomError(mistake, "{kind}: rungs must climb", {"kind": of})
