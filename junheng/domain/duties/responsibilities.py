"""Duties: the lead and supporting units when a line is not met, and the clause of the duty."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pydantic import Field

from junheng import wording
from junheng.domain.people.districts import EVERY_TOWN, towns_in_place
from junheng.domain.standard.standard import Grain, Line, plan_task_cited
from junheng.refusals import Refusal
from junheng.values import Day, Frozen


class Target(Frozen):
    """A target of a plan task, with a quotation from the plan."""

    quote: str
    kind: str
    what: str
    when: str | Day | None = None
    unit: str | None = None
    operator: str | None = None
    value: int | float | str | None = None


class PlanTask(Frozen):
    """One of the plan's key tasks, in the plan's own words."""

    number: int
    group: str
    title: str
    text: str
    units: tuple[str, ...] = Field(min_length=1)
    targets: tuple[Target, ...] = ()


class Plan(Frozen):
    """The district's plan (台政办字〔2018〕33号)."""

    title: str
    document: str
    issued_on: Day
    tasks: tuple[PlanTask, ...] = Field(min_length=1)
    # Further parts of the plan that are cited as the basis of a duty or a line.
    requirements: tuple[str, ...] = ()


class Clause(Frozen):
    """One clause of the duty list; the single paragraph of a unit has no number."""

    number: str | None
    text: str


class Duty(Frozen):
    """One unit of the duty list, the plan's annex."""

    number: str
    unit: str
    clauses: tuple[Clause, ...] = Field(min_length=1)


class DutyList(Frozen):
    """The annex: 22 units, 77 clauses."""

    title: str
    duties: tuple[Duty, ...]


class Responsibility(Frozen):
    """The lead for a line and the clause; `supporting` only if no plan task names the units."""

    lead: str
    basis: str
    supporting: tuple[str, ...] = ()


class Responsibilities(Frozen):
    """The responsibilities for every line of the standard."""

    indicators: dict[str, Responsibility]
    tasks: dict[int, dict[str, str]]
    submissions: Responsibility


@dataclass(frozen=True, slots=True)
class Assignment:
    """The units responsible for one line on one unit: department ids as in the plan."""

    lead: str
    supporting: tuple[str, ...]
    basis: str


class DutyMissing(Refusal):
    """We cannot hand a shortfall over, because no unit is named for its line."""


@dataclass(frozen=True, slots=True)
class DutyRoster:
    """Assigns responsible units by the plan, the responsibilities and the towns."""

    plan_units: Mapping[int, tuple[str, ...]]
    responsibilities: Responsibilities
    towns: tuple[str, ...]

    def assign(self, line: Line, owner: str, *, town: str | None) -> Assignment:
        """Return the assignment for a line on the unit `owner`; `town` is a school's own town.

        Raises:
            DutyMissing: the responsibilities name no unit for this line.

        """
        match line.per:
            case Grain.PLAN_TASK:
                return self._plan_task(line, owner)
            case Grain.SUBMISSION:
                return self._submission(owner, town=town)
            case _:
                return self._line(line, town=town)

    def _line(self, line: Line, *, town: str | None) -> Assignment:
        duty = self.responsibilities.indicators.get(line.id)
        if duty is None:
            missing = wording.packaged().judging.duty_missing
            raise DutyMissing(missing.format(indicator=line.id))
        units = tuple(unit for task in line.plan_tasks for unit in self.plan_units.get(task, ()))
        return self._assignment(duty.lead, (*units, *duty.supporting), duty.basis, town=town)

    def _plan_task(self, line: Line, owner: str) -> Assignment:
        (task,) = line.plan_tasks
        printed = EVERY_TOWN if owner in self.towns else owner
        units = [unit for unit in self.plan_units.get(task, ()) if unit != printed]
        basis = self.responsibilities.tasks.get(task, {}).get(printed, plan_task_cited(task))
        return self._assignment(owner, units, basis, town=None)

    def _submission(self, owner: str, *, town: str | None) -> Assignment:
        duty = self.responsibilities.submissions
        if town is None:
            return Assignment(owner, (), duty.basis)
        return self._assignment(duty.lead, (EVERY_TOWN,), duty.basis, town=town)

    def _assignment(
        self,
        lead: str,
        units: Iterable[str],
        basis: str,
        *,
        town: str | None,
    ) -> Assignment:
        places = self.towns if town is None else (town,)
        supporting = tuple(name for name in towns_in_place(units, places) if name != lead)
        return Assignment(lead, supporting, basis)


def citation(duty: Duty, clause: Clause) -> str:
    """Return the citation of a clause of the annex: 区财政局（三）, or just 区科技局."""
    return f"{duty.unit}（{clause.number}）" if clause.number else duty.unit


def clause_names(duty_list: DutyList) -> frozenset[str]:
    """Return the citations of all clauses of the annex."""
    return frozenset(citation(duty, clause) for duty in duty_list.duties for clause in duty.clauses)
