"""The ladder: how long a remediation may take, which rungs it climbs, and whom each tells."""

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
    """Whom a rung tells, in the order in which a card speaks to them."""

    LEAD = "lead"
    SECTION_HEAD = "section_head"
    HEAD = "head"
    SUPPORTING = "supporting"
    OFFICE = "office"
    LEADING_GROUP = "leading_group"


class LadderKind(StrEnum):
    """What a ladder is for, by severity and kind of duty; without a list of its own, the usual."""

    USUAL = "usual"
    VETO = "veto"
    SUBMISSION = "submission"
    PLAN_TASK = "plan_task"
    RECURRING = "recurring"


class TimeLimits(Frozen):
    """Workdays from opening to due date: by indicator, for a veto, and for everything else."""

    default: int = Field(ge=1)
    veto: int = Field(ge=1)
    indicators: dict[str, int] = Field(default_factory=dict)
    # To sign for it, to decide whose it is, and by how much who supports is due before the lead.
    receipt: int = Field(default=2, ge=1)
    arbitration: int = Field(default=2, ge=1)
    supporting_earlier: int = Field(default=3, ge=0)
    # For what was reported in time and sent back.
    rework: int = Field(default=5, ge=1)
    # For the office to answer what it is asked to hand over.
    sign_off: int = Field(default=5, ge=1)

    def workdays_for(self, line: Line) -> int:
        usual = self.veto if line.severity is Severity.VETO else self.default
        return self.indicators.get(line.id, usual)


class Rung(Frozen):
    """One rung: reached on opening, or a number of workdays before (or after) the due date."""

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
    """The ladder of one remediation, copied when it opens: what was promised stays as it was.

    `again` is what the opening rung is called where the clock was set again, by what set it.
    """

    kind: LadderKind
    rungs: tuple[Rung, ...] = Field(min_length=1)
    again: dict[Move, str] = Field(default_factory=dict)

    @property
    def content(self) -> dict[str, Any]:
        """Return it as plain values, of which it can be made again."""
        return self.model_dump(mode="json")

    @cached_property
    def digest(self) -> str:
        """Return the hash under which it is kept."""
        return digest_of(self.content)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Return the names of the rungs, lowest first."""
        return tuple(rung.name for rung in self.rungs)

    def telling(self, *audiences: Audience) -> tuple[Rung, ...]:
        """Return the rungs that tell any of some audiences."""
        return tuple(rung for rung in self.rungs if not set(audiences).isdisjoint(rung.tells))

    def place(self, name: str) -> int:
        """Return how high a rung is, the lowest being 0."""
        return self.names.index(name)

    def from_rung(self, name: str) -> tuple[str, ...]:
        """Return the name of a rung and of all above it."""
        return self.names[self.place(name) :]

    def opening(self, audience: Audience, *, clock_set_by: str) -> Rung | None:
        """Return the opening rung that tells an audience, called by what set the clock again."""
        rungs = (rung for rung in self.telling(audience) if rung.on_opening)
        opening = next(rungs, None)
        labels = {move.value: label for move, label in self.again.items()}
        label = labels.get(clock_set_by)
        if opening is None or label is None:
            return opening
        return opening.model_copy(update={"label": label})


def digest_of(content: Mapping[str, Any]) -> str:
    """Return the hash of a ladder by its plain values, whatever they say."""
    return hashlib.sha256(hash_chain.canonical(content).encode()).hexdigest()


class SendWindow(Frozen):
    """The hours of a workday in which people are told anything."""

    from_: time = Field(default=time(8, 30), alias="from")
    to: time = time(17, 30)

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "SendWindow":
        if self.from_ >= self.to:
            raise ValueError("window: from must be before to")
        return self

    def is_open(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Say whether cards may go out at a moment of the office's own clock."""
        if not calendar.is_workday(moment.date()):
            return False
        return self.from_ <= moment.time().replace(second=0, microsecond=0) <= self.to


class Ladder(Frozen):
    """The district's time limits and rungs, lowest rung first, and when cards may go out."""

    time_limits: TimeLimits
    window: SendWindow = SendWindow()
    rungs: tuple[Rung, ...] = Field(min_length=1)
    # Whole lists for what does not climb the usual rungs.
    by_kind: dict[LadderKind, tuple[Rung, ...]] = Field(default_factory=dict)
    # What the opening rung is called where the clock was set again, by the move that set it.
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
                raise PydanticCustomError("usual_rungs_by_kind", "the usual rungs stand in rungs")
            if not rungs:
                raise PydanticCustomError("no_rung", "{kind} has no rung", {"kind": kind.value})
            _check(rungs, of=kind.value)
        return by_kind

    def of(self, kind: LadderKind) -> LadderInForce:
        """Return the ladder that a kind gets now."""
        rungs = self.by_kind.get(kind, self.rungs)
        return LadderInForce(kind=kind, rungs=rungs, again=self.again)

    def label_of(self, name: str) -> str:
        """Return what people call a rung, and its name where no ladder has it any more."""
        every = (*self.rungs, *(rung for rungs in self.by_kind.values() for rung in rungs))
        return next((rung.label for rung in every if rung.name == name), name)

    def calling(self, moves: MoveNames) -> Self:
        """Return the ladder with a name for each opening anew: its own, else that of the move."""
        again = {move: self.again.get(move, moves[move]) for move in sorted(SETS_CLOCK)}
        return self.model_copy(update={"again": again})


def kind_of(line: Line | None, *, is_recurring: bool, is_attested: bool) -> LadderKind:
    """Return which ladder a remediation climbs; `line` is None where the standard has none."""
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
    """Raise PydanticCustomError where two rungs have one name, or a later is reached no later."""
    names = [rung.name for rung in rungs]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        context = {"kind": of, "names": "、".join(twice)}
        mistake = "rung_twice_of_kind" if of else "rung_twice"
        raise PydanticCustomError(mistake, "{kind}: rungs named {names}", context)
    days = [rung.workdays_to_due for rung in rungs if rung.workdays_to_due is not None]
    opening = [rung.on_opening for rung in rungs]
    if days != sorted(days, reverse=True) or opening != sorted(opening, reverse=True):
        mistake = "rungs_fall_of_kind" if of else "rungs_fall"
        raise PydanticCustomError(mistake, "{kind}: rungs must climb", {"kind": of})
