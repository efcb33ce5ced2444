"""The office of the soak: a ledger whose remediations are handed over, reported and put off."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from random import Random

from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.duties.responsibilities import Assignment
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger.lifecycle import WITH_UNIT, Move, Status
from junheng.domain.ledger.remediation import Act, Remediation, Subject
from tasks.ledger import acts as acting
from tasks.ledger.ledger import Ledger
from tests.soak.soak_days import USUAL, VETO, Ladder, Part

OFFICE = "创建办"
LEADS = ("区教育局", "区财政局", "区编办", "区人社局", "区住建局", "区规划分局")
SUPPORTING = ("区发改局", "区公安分局", "区国土资源分局", "区财政局", "区教育局")
# One office since the reform of 2019: the lead and a supporting unit may share a reader.
JOINT = "区规划分局、区国土资源分局"
RECIPIENTS = {unit: unit for unit in (OFFICE, *LEADS, *SUPPORTING)} | dict.fromkeys(
    JOINT.split("、"), JOINT
)
CHANNELS = {reader: f"#{reader}" for reader in RECIPIENTS.values()} | {JOINT: "#区自然资源局"}
LADDERS = {"R1": USUAL, "V01": VETO}
LONGEST_LIMIT = 15
SCHOOLS = (
    "东风",
    "西关",
    "南苑",
    "北辛",
    "运河",
    "兰祺",
    "彭庄",
    "涧头",
    "泥沟",
    "侯孟",
    "文昌",
    "顺河",
)


@dataclass(slots=True)
class Item:
    """One remediation in its current state, and the day on which each of its cycles began."""

    school: str
    current: Remediation
    changed_on: date
    cycles: list[date] = field(default_factory=list)
    clocks: list[Remediation] = field(default_factory=list)

    @property
    def ladder(self) -> Ladder:
        return LADDERS[self.current.indicator]

    @property
    def is_chased(self) -> bool:
        return self.current.status in WITH_UNIT

    @property
    def parts(self) -> tuple[tuple[Part, str, date], ...]:
        """Return the open parts: part, recipient and due date."""
        own = [(Part.LEAD, RECIPIENTS[self.current.lead], self.current.due_on)]
        own += [
            (Part.SUPPORTING, RECIPIENTS[part.unit], part.due_on)
            for part in self.current.parts
            if part.reported_on is None
        ]
        return (*own, (Part.OFFICE, RECIPIENTS[OFFICE], self.current.due_on))

    def cycle_on(self, day: date) -> int:
        """Return the number of the cycle that ran on a day, from 0."""
        return max(number for number, began_on in enumerate(self.cycles) if began_on <= day)

    def due_on(self, part: Part, recipient: str, cycle: int) -> date:
        """Return the due date of a reader's part in a cycle."""
        clock = self.clocks[cycle]
        if part is not Part.SUPPORTING:
            return clock.due_on
        return next(own.due_on for own in clock.parts if RECIPIENTS[own.unit] == recipient)

    def become(self, after: Remediation, on: date) -> None:
        if not self.clocks or after.cycle != self.current.cycle:
            self.cycles.append(on)
            self.clocks.append(after)
        self.current, self.changed_on = after, on


class Office:
    """The remediations of one sequence, and the acts that change them."""

    def __init__(self, rng: Random, log: Callable[[str], None]) -> None:
        self.items: list[Item] = []
        self._rng = rng
        self._log = log

    def hand_over(self, on: date, *, count: int) -> None:
        """Hand over `count` new remediations, or fewer if no more schools are left."""
        rulebook = bootstrap.rulebook()
        with bootstrap.session() as session:
            ledger = Ledger.of(session, rulebook, now=_morning(on))
            for school in SCHOOLS[len(self.items) : len(self.items) + count]:
                blank = self._draft(ledger, f"{school}小学", on)
                ledger.draft(blank, by="系统", on=on, evaluation_id=None)
                item = Item(blank.unit_name, blank, on)
                item.become(ledger.hand_over(blank, by=OFFICE, on=on), on)
                self.items.append(item)
                parts = "、".join(blank.supporting)
                self._log(f"{on} {item.school}: {blank.lead}, {parts}; due {blank.due_on}")

    def _draft(self, ledger: Ledger, school: str, on: date) -> Remediation:
        number = len(self.items) + 1
        lead = self._rng.choice(LEADS)
        others = [unit for unit in SUPPORTING if unit != lead]
        supporting = tuple(self._rng.sample(others, self._rng.randrange(3)))
        indicator = self._rng.choice(("R1", "R1", "V01"))
        terms = ledger.terms(ledger.rulebook.standard.line(indicator))
        return remediations_of.first_draft(
            f"370405-2025-{number:04d}",
            Subject(indicator, f"33704050{number:02d}", school),
            # A separate clause, so that a card has a separate line for each remediation.
            Assignment(lead, supporting, f"第{number}条"),
            school_year=2025,
            terms=replace(terms, limit=self._rng.randrange(1, LONGEST_LIMIT)),
            on=on,
        )

    def move_on(self, on: date, *, was_chased_today: bool) -> None:
        """Apply one random act to the ledger.

        An act that begins a new cycle happens only before the day's first run, so that the day of
        a card determines its cycle.
        """
        acts: list[Callable[[date], None]] = [self._receipt, self._report, self._report_part]
        if not was_chased_today:
            acts += [self._extend, self._send_back]
        acts += [lambda day: self.hand_over(day, count=1)] * 2
        self._rng.choice(acts)(on)

    def _receipt(self, on: date) -> None:
        self._act_on_any(
            lambda item: item.current.status is Status.HANDED_OVER, on, Act(Move.RECEIPT, "甲", on)
        )

    def _report(self, on: date) -> None:
        self._act_on_any(lambda item: item.is_chased, on, Act(Move.REPORT, "甲", on, text="已完成"))

    def _report_part(self, on: date) -> None:
        open_parts = [
            (item, part.unit)
            for item in self.items
            for part in item.current.parts
            if item.is_chased and part.reported_on is None
        ]
        if open_parts:
            item, unit = self._rng.choice(open_parts)
            self._act(item, Act(Move.REPORT, "乙", on, unit=unit, text="已完成"))

    def _extend(self, on: date) -> None:
        item = self._picked(lambda item: item.is_chased and on <= item.current.due_on)
        if item is not None:
            until = item.current.due_on + timedelta(days=self._rng.randrange(1, 11))
            self._act(
                item,
                Act(Move.ASK_EXTENSION, "甲", on, until=until, reason="施工"),
                Act(Move.GRANT_EXTENSION, OFFICE, on, approved_by="丙"),
            )

    def _send_back(self, on: date) -> None:
        act = Act(Move.SEND_BACK, OFFICE, on, reason="材料不全")
        self._act_on_any(lambda item: item.current.status is Status.REPORTED, on, act)

    def _act_on_any(self, fits: Callable[[Item], bool], on: date, act: Act) -> None:
        item = self._picked(fits)
        if item is not None:
            self._act(item, act)

    def _picked(self, fits: Callable[[Item], bool]) -> Item | None:
        fitting: Sequence[Item] = [item for item in self.items if fits(item)]
        return self._rng.choice(fitting) if fitting else None

    def _act(self, item: Item, *acts: Act) -> None:
        item.become(acting.act_all(item.current.reference, acts, now=clock.now()), acts[-1].on)
        self._log(f"{acts[-1].on} {item.school}: {acts[-1].move} {acts[-1].unit}")


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
