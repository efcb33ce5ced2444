"""One random sequence of the soak: days pass, the ledger changes, the sender is killed anywhere."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.store.database import database
from tests.soak import soak_sender
from tests.soak.soak_days import next_workday
from tests.soak.soak_office import Office
from tests.soak.soak_readers import Readers
from tests.soak.soak_sender import KILLED, POINTS, WHOLE, Chase, Deadly, Ended
from tests.soak.soak_slack import Fault, SoakSlack

# Across a New Year with published holidays, and across one without.
FIRST_DAYS = (date(2025, 12, 15), date(2026, 12, 14))
LAST_DAYS = {2025: date(2026, 2, 10), 2026: date(2027, 1, 29)}
MORNING, NIGHT = time(9, 0), time(20, 30)
FEWEST_EVENTS, MOST_EVENTS = 5, 9
# How often a run passes a point depends on its cards: some die at the first, some at the last.
MOST_TIMES_BEFORE = (1, 1, 3, 8)
FAULTS_IN_A_ROW = (1, 3, 99)


class ChaseBroke(RuntimeError):
    """We cannot go on, because a chase raised an error; the traceback is printed above."""


@dataclass(frozen=True, slots=True)
class Stage:
    """The home and the Slack of one process, reused by its sequences."""

    home: Path
    template: Path
    slack: SoakSlack

    def clear(self) -> None:
        """Reset to an empty ledger and a Slack without messages."""
        close_database()
        shutil.rmtree(self.home)
        self.home.mkdir()
        shutil.copy(self.template, self.home / "junheng.db")
        self.slack.forget()


@dataclass(slots=True)
class Sequence:
    """One sequence with its counts and a log of its events."""

    stage: Stage
    rng: Random
    count: Counter[str] = field(default_factory=Counter)
    log: list[str] = field(default_factory=list)
    office: Office = field(init=False)
    readers: Readers = field(init=False)
    today: date = field(init=False)
    was_chased_today: bool = False

    def __post_init__(self) -> None:
        self.office = Office(self.rng, self.log.append)
        self.readers = Readers(self.office.items)
        self.today = self.rng.choice(FIRST_DAYS) + timedelta(days=self.rng.randrange(15))

    def play(self) -> None:
        """Play the sequence; `readers` then contains the lost and doubled cards."""
        self.stage.clear()
        self.office.hand_over(self.today, count=self.rng.randrange(3, 7))
        for _ in range(self.rng.randrange(FEWEST_EVENTS, MOST_EVENTS + 1)):
            self._let_time_pass()
            while self.rng.random() < 0.5:
                self.office.move_on(self.today, was_chased_today=self.was_chased_today)
            self.rng.choices(*zip(*self._events(), strict=True))[0]()
        self._go_to(next_workday(self.today))
        self._healthy(is_last=True)
        self.count.update(
            sequences=1,
            messages=len(self.stage.slack.messages),
            lost=len(self.readers.lost),
            doubled=len(self.readers.doubled),
        )

    def _events(self) -> Iterator[tuple[Callable[[], None], int]]:
        yield self._killed, 50
        yield self._with_faults, 20
        yield self._undisturbed, 10
        yield self._cut_off, 5
        yield self._at_night, 5
        yield self._two_at_once, 8
        yield self._healthy, 10

    def _let_time_pass(self) -> None:
        """Stay on this day or skip days; at New Year often skip 72 hours (an outage)."""
        last = LAST_DAYS[FIRST_DAYS[0].year if self.today < FIRST_DAYS[1] else FIRST_DAYS[1].year]
        passing = self.rng.choice((0, 0, 1, 1, 2, 3, 4, self.rng.randrange(1, 11)))
        after = self.today + timedelta(days=passing)
        if after.year > self.today.year and self.rng.random() < 0.5:
            self._outage()
        elif passing and after <= last:
            self._go_to(after)

    def _outage(self) -> None:
        """Kill the last run of the year; the machine is back 72 hours later."""
        eve = date(self.today.year, 12, 31)
        self._go_to(eve)
        self._killed()
        self.count["outages of 72 hours across New Year"] += 1
        self._go_to(eve + timedelta(days=3))

    def _go_to(self, day: date) -> None:
        if day != self.today:
            self.today, self.was_chased_today = day, False

    def _killed(self) -> None:
        self._run(self._chase(is_killed=True))

    def _undisturbed(self) -> None:
        # In this process: without a fault a child process would test nothing more.
        chase = self._chase()
        self.stage.slack.begin_run({})
        soak_sender.chase_cards(chase.now)
        self.stage.slack.end_run(0)
        self._record((chase,), (WHOLE,))

    def _at_night(self) -> None:
        self._run(Chase(_at(self.today, NIGHT), self._deadly()))

    def _cut_off(self) -> None:
        self._run(Chase(_at(self.today, MORNING), is_cut_off=True))

    def _two_at_once(self) -> None:
        # Slack answers slowly, so that one chase reads while the card of the other is in flight.
        first = self._chase(is_killed=self.rng.random() < 0.5)
        self._run(first, self._chase(), lag=self.rng.choice((0.0, 0.02)))

    def _with_faults(self) -> None:
        """Run while Slack fails: once, longer than the retries, or until the end of the run."""
        fault, first = self.rng.choice(tuple(Fault)), self.rng.randrange(10)
        # A slow answer costs the client's timeout in real time.
        length = 1 if fault is Fault.SLOW else self.rng.choice(FAULTS_IN_A_ROW)
        deadly = self._deadly() if self.rng.random() < 0.25 else None
        chase = Chase(_at(self.today, MORNING), deadly, is_impatient=fault is Fault.SLOW)
        self._run(chase, faults=dict.fromkeys(range(first, first + length), fault))

    def _healthy(self, *, is_last: bool = False) -> None:
        """Run once undisturbed and check what every reader knows: one such run must suffice."""
        self._undisturbed()
        if self.today != next_workday(self.today - timedelta(days=1)):
            return
        self.count["checks of what every reader knows"] += 1
        self.readers.check(self.today, is_last=is_last)

    def _chase(self, *, is_killed: bool = False) -> Chase:
        return Chase(_at(self.today, MORNING), self._deadly() if is_killed else None)

    def _deadly(self) -> Deadly:
        times_before = self.rng.randrange(self.rng.choice(MOST_TIMES_BEFORE))
        return Deadly(self.rng.randrange(len(POINTS)), times_before)

    def _run(
        self, *chases: Chase, faults: dict[int, Fault] | None = None, lag: float = 0.0
    ) -> None:
        close_database()
        slack = self.stage.slack
        slack.begin_run(faults or {}, lag=lag)
        ended = soak_sender.run(chases)
        slack.end_run(sum(end.calls for end in ended))
        self._record(chases, ended)

    def _record(self, chases: tuple[Chase, ...], ended: tuple[Ended, ...]) -> None:
        slack = self.stage.slack
        self.was_chased_today = True
        self.count["runs"] += len(ended)
        self.count.update(f"killed {end.point}" for end in ended if end.code == KILLED)
        self.count.update(f"Slack: {fault.value}" for fault in slack.suffered)
        self.count["Slack: not reached"] += sum(chase.is_cut_off for chase in chases)
        self._log_ends(chases, ended)
        self.readers.read(slack.messages, on=self.today)

    def _log_ends(self, chases: tuple[Chase, ...], ended: tuple[Ended, ...]) -> None:
        faults = "、".join(fault.value for fault in self.stage.slack.suffered)
        for chase, end in zip(chases, ended, strict=True):
            how = "cut off" if chase.is_cut_off else end.point or "whole"
            self.log.append(f"{chase.now:%Y-%m-%d %H:%M} chase: {how} {faults}")
            if end.code not in {0, KILLED}:
                raise ChaseBroke(*self.log)


def close_database() -> None:
    """Close every connection: none may be shared with a child, or outlive its database file."""
    database.engine(bootstrap.settings().database).dispose()


def _at(day: date, hour: time) -> datetime:
    return datetime.combine(day, hour, tzinfo=OFFICE_ZONE)
