"""The duty map as a page: the text of every task and clause, and its answers."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from junheng.domain.duties.duty_map import Answer, Answers, DutyMap
from junheng.domain.duties.periods import DueDay
from junheng.domain.duties.recurring_duties import RecurringDuty
from junheng.domain.duties.responsibilities import Duty, PlanTask, citation
from junheng.domain.duties.standing_duties import Attested, StandingDuty
from junheng.domain.pages.standard_page import table
from junheng.domain.people.districts import Department
from junheng.domain.standard.standard import Line
from junheng.wording.ledger.duties import DutyWords


@dataclass(frozen=True, slots=True)
class DutyPage:
    """Renders the duty map; `wording` is config/wording/duties.yaml."""

    map: DutyMap
    departments: Sequence[Department]
    wording: DutyWords

    def markdown(self) -> str:
        """Return the whole page."""
        parts = [f"# {self.wording.title}", self._intro(), *self._summary()]
        parts += [f"## {self.wording.tasks.heading}", *self._tasks()]
        parts += [f"## {self.wording.clauses.heading}"]
        for duty in self.map.duty_list.duties:
            parts += self._unit(duty)
        return "\n\n".join([*parts, *self._recurring()]) + "\n"

    def _intro(self) -> str:
        duties = self.map.duty_list.duties
        return self.wording.intro.strip().format(
            title=self.map.plan.title,
            document=self.map.plan.document,
            tasks=len(self.map.plan.tasks),
            units=len(duties),
            clauses=sum(len(duty.clauses) for duty in duties),
        )

    def _summary(self) -> tuple[str, ...]:
        wording = self.wording.summary
        tasks = Counter(self.map.of_task(task.number).first for task in self.map.plan.tasks)
        clauses = Counter(
            self.map.of_clause(citation(duty, clause)).first
            for duty in self.map.duty_list.duties
            for clause in duty.clauses
        )
        rows = [
            (wording.answers[answer], str(tasks[answer]), str(clauses[answer]))
            for answer in Answer
            if tasks[answer] or clauses[answer]
        ]
        return f"## {wording.heading}", wording.intro, table(wording.columns, rows)

    def _tasks(self) -> Iterable[str]:
        wording, group = self.wording.tasks, ""
        for task in self.map.plan.tasks:
            if task.group != group:
                group = task.group
                yield f"### {group}"
            yield f"#### {wording.title.format(number=task.number, title=task.title)}"
            yield f"> {task.text}"
            yield _bullets(self._answers_of_task(task))

    def _answers_of_task(self, task: PlanTask) -> Iterable[str]:
        wording, answers = self.wording.tasks, self.map.of_task(task.number)
        yield from self._shared(answers)
        for line in answers.task_lines:
            bases = "、".join(self.map.bases(task.number))
            yield wording.line.format(line=line.id, bases=bases)
        if answers.is_standing_by_task:
            yield wording.standing

    def _unit(self, duty: Duty) -> Iterable[str]:
        yield f"### {self._heading(duty)}"
        for clause in duty.clauses:
            cited = citation(duty, clause)
            yield f"**{cited}**"
            yield f"> {clause.text}"
            yield _bullets(self._answers_of_clause(self.map.of_clause(cited)))

    def _heading(self, duty: Duty) -> str:
        wording = self.wording.clauses
        known = next((unit for unit in self.departments if unit.id == duty.unit), None)
        if known is None or known.names[-1].name == duty.unit:
            return wording.unit.format(number=duty.number, unit=duty.unit)
        newest = known.names[-1]
        day = newest.from_
        return wording.renamed.format(
            number=duty.number,
            unit=duty.unit,
            name=newest.name,
            year=day.year,
            month=day.month,
            day=day.day,
        )

    def _answers_of_clause(self, answers: Answers) -> Iterable[str]:
        wording = self.wording.clauses
        yield from self._shared(answers)
        if answers.is_standing_by_task:
            yield wording.standing.format(lines=self._task_lines(answers.task_lines))
        elif answers.task_lines:
            yield wording.lines.format(lines=self._task_lines(answers.task_lines))
        if answers.standing is not None:
            yield from self._standing(answers.standing)
        if answers.first is Answer.NONE:
            yield self.wording.answers.none

    def _shared(self, answers: Answers) -> Iterable[str]:
        wording = self.wording.answers
        if answers.lines:
            named = "；".join(self._named(line.id, line.name) for line in answers.lines)
            yield wording.lines.format(lines=named)
        if answers.recurring:
            yield wording.recurring.format(duties="；".join(map(self._duty, answers.recurring)))

    def _standing(self, standing: StandingDuty) -> Iterable[str]:
        wording = self.wording.answers
        if standing.report is not None:
            yield wording.report.format(report=standing.report)
        if standing.attested is not None:
            yield self._attested(standing.attested)
        if standing.supports:
            names = {line.id: line.name for line in self.map.standard.lines}
            names |= {duty.id: duty.name for duty in self.map.recurring.duties}
            helped = "；".join(self._named(id_, names.get(id_, "")) for id_ in standing.supports)
            yield wording.supports.format(names=helped)

    def _attested(self, attested: Attested) -> str:
        wording = self.wording.answers
        template = wording.attested if attested.through is None else wording.attested_through
        through = [line for line in self.map.standard.lines if line.id == attested.through]
        return template.format(
            period=self.wording.periods[attested.every],
            evidence="、".join(attested.evidence),
            line=self._task_lines(through),
        )

    def _recurring(self) -> tuple[str, ...]:
        wording = self.wording.recurring
        rows = [self._row(duty) for duty in self.map.recurring.duties]
        return f"## {wording.heading}", wording.intro, table(wording.columns, rows)

    def _row(self, duty: RecurringDuty) -> tuple[str, ...]:
        until = self.wording.last_day.format(day=duty.until) if duty.until else ""
        return (
            duty.id,
            duty.name,
            duty.lead,
            "、".join(duty.supporting),
            self.wording.periods[duty.period],
            self._opens(duty),
            self._due(duty),
            "、".join(duty.evidence),
            duty.basis,
            self.wording.in_force.format(first_day=duty.from_, last_day=until).strip(),
        )

    def _opens(self, duty: RecurringDuty) -> str:
        wording = self.wording.recurring
        if duty.opens_workdays_before is None:
            return wording.opens_at_start
        return wording.opens.format(workdays=duty.opens_workdays_before)

    def _duty(self, duty: RecurringDuty) -> str:
        period = self.wording.periods[duty.period]
        due = self._due(duty)
        return self.wording.duty.format(id=duty.id, name=duty.name, period=period, due=due)

    def _due(self, duty: RecurringDuty) -> str:
        return "、".join(map(self._due_day, duty.due))

    def _due_day(self, due: DueDay) -> str:
        template = self.wording.due_day_of_month if due.month is None else self.wording.due_day
        return template.format(month=due.month, day=due.day)

    def _task_lines(self, lines: Iterable[Line]) -> str:
        titles: dict[tuple[int, ...], str] = {
            (task.number,): task.title for task in self.map.plan.tasks
        }
        return "；".join(self._named(line.id, titles[line.plan_tasks]) for line in lines)

    def _named(self, id_: str, name: str) -> str:
        return self.wording.named.format(id=id_, name=name)


def _bullets(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)
