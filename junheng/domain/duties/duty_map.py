"""The duty map: how each plan task and each clause of the duty list is answered."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.duties.recurring_duties import RecurringDuties, RecurringDuty
from junheng.domain.duties.responsibilities import DutyList, Plan, Responsibilities
from junheng.domain.duties.standing_duties import StandingDuties, StandingDuty
from junheng.domain.standard.standard import Grain, Line, Standard, plan_task_cited


class Answer(StrEnum):
    """The main answer to a task or a clause."""

    JUDGED = "judged"
    RECURRING = "recurring"
    REPORTED = "reported"
    ATTESTED = "attested"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Answers:
    """Everything that answers one task or clause; `task_lines` are the T lines."""

    lines: tuple[Line, ...]
    task_lines: tuple[Line, ...]
    recurring: tuple[RecurringDuty, ...]
    standing: StandingDuty | None = None

    @property
    def first(self) -> Answer:
        if self.lines:
            return Answer.JUDGED
        if self.recurring:
            return Answer.RECURRING
        if self.standing is not None and self.standing.report is not None:
            return Answer.REPORTED
        return Answer.ATTESTED if self.task_lines or self.standing else Answer.NONE

    @property
    def is_standing_by_task(self) -> bool:
        """Return whether only a T line answers: a standing duty, attested with the form."""
        return self.first is Answer.ATTESTED and self.standing is None


@dataclass(frozen=True, slots=True)
class DutyMap:
    """The answers to all tasks and clauses, from config only."""

    plan: Plan
    duty_list: DutyList
    responsibilities: Responsibilities
    standard: Standard
    recurring: RecurringDuties
    standing: StandingDuties

    def of_task(self, number: int) -> Answers:
        """Return the answers to one of the plan's tasks."""
        lines = [line for line in self.standard.lines if number in line.plan_tasks]
        return Answers(
            tuple(line for line in lines if line.per is not Grain.PLAN_TASK),
            tuple(line for line in lines if line.per is Grain.PLAN_TASK),
            tuple(duty for duty in self.recurring.duties if number in duty.plan_tasks),
        )

    def of_clause(self, clause: str) -> Answers:
        """Return the answers to a clause of the annex, by its citation: 区财政局（三）."""
        lines = self.standard.lines
        return Answers(
            tuple(line for line in lines if self._basis_of(line) == clause),
            tuple(line for line in lines if clause in self._bases_of_task_line(line)),
            tuple(duty for duty in self.recurring.duties if duty.basis == clause),
            self.standing.clauses.get(clause),
        )

    def bases(self, number: int) -> tuple[str, ...]:
        """Return the clauses of a task's units, or the unit's name if it has none."""
        bases = self.responsibilities.tasks.get(number, {})
        cited = plan_task_cited(number)
        return tuple(unit if basis == cited else basis for unit, basis in bases.items())

    def _basis_of(self, line: Line) -> str | None:
        if line.per is Grain.SUBMISSION:
            return self.responsibilities.submissions.basis
        duty = self.responsibilities.indicators.get(line.id)
        return None if duty is None else duty.basis

    def _bases_of_task_line(self, line: Line) -> Collection[str]:
        if line.per is not Grain.PLAN_TASK:
            return ()
        (number,) = line.plan_tasks
        return self.responsibilities.tasks.get(number, {}).values()
