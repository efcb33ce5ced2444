"""Checks names that one file of config/ uses and another defines: one row for each place."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass

from junheng.config_files import Mistake
from junheng.domain.duties.responsibilities import clause_names
from junheng.domain.ledger.evidence import covers
from junheng.domain.people.districts import EVERY_TOWN
from junheng.domain.standard import applicability
from junheng.domain.standard.standard import Grain, plan_task_cited
from junheng.rulebook.checks.places import found
from junheng.rulebook.checks.subject import Subject, mistake, unknown, unknown_at
from junheng.rulebook.rulebook import Rulebook
from junheng.yaml_lines import Place

# The name of the towns in the annex, all of which have the same clauses.
TOWNS_OF_THE_ANNEX = "镇街"
# The citation of a clause of the annex in config/standard.
CLAUSE_OF_THE_ANNEX = "附件{duty}（{clause}）"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of name: the defined names, and the district's files that define them."""

    known: Callable[[Rulebook], Collection[object]]
    defined_in: tuple[str, ...] = ()


def _lines(book: Rulebook) -> Collection[object]:
    return book.standard.ids


def _task_lines(book: Rulebook) -> Collection[object]:
    return [line.id for line in book.standard.lines if line.per is Grain.PLAN_TASK]


def _lines_led(book: Rulebook) -> Collection[object]:
    others = (Grain.PLAN_TASK, Grain.SUBMISSION)
    return [line.id for line in book.standard.lines if line.per not in others]


def _plan_tasks(book: Rulebook) -> Collection[object]:
    return [task.number for task in book.plan.tasks]


def _units(book: Rulebook) -> Collection[object]:
    return {EVERY_TOWN, *book.district.towns, *(unit.id for unit in book.departments)}


def _contact_units(book: Rulebook) -> Collection[object]:
    return {*_units(book), book.contacts.office, book.contacts.leading_group}


def _annex_units(book: Rulebook) -> Collection[object]:
    return {*_units(book), TOWNS_OF_THE_ANNEX}


def _clauses(book: Rulebook) -> Collection[object]:
    return clause_names(book.duty_list)


def _bases(book: Rulebook) -> Collection[object]:
    tasks = (plan_task_cited(task.number) for task in book.plan.tasks)
    return {*_clauses(book), *tasks, *book.plan.requirements}


def _evidence_kinds(book: Rulebook) -> Collection[object]:
    return book.evidence.kind_ids


def _supported(book: Rulebook) -> Collection[object]:
    return {*_lines(book), *book.recurring.ids}


PLAN, UNITS = "plan.yaml", "departments.yaml"
KINDS = {
    "line": Kind(_lines, (PLAN,)),
    "task_line": Kind(_task_lines, (PLAN,)),
    "line_led": Kind(_lines_led, (PLAN,)),
    "plan_task": Kind(_plan_tasks, (PLAN,)),
    "unit": Kind(_units, (UNITS,)),
    "contact_unit": Kind(_contact_units, (UNITS,)),
    "annex_unit": Kind(_annex_units, (UNITS,)),
    "clause": Kind(_clauses, ("duties.yaml",)),
    "basis": Kind(_bases, ("duties.yaml", PLAN)),
    "evidence_kind": Kind(_evidence_kinds, ("evidence.yaml",)),
    "media": Kind(lambda book: book.evidence.media, ("evidence.yaml",)),
    "supported": Kind(_supported, (PLAN, "recurring.yaml")),
    "condition": Kind(lambda _: applicability.CONDITIONS),
    "repeated": Kind(lambda _: ("plan_tasks",)),
}

# File, pattern of places in it, and the kind of name used there.
REFERENCES = (
    ("standard/*", "lines.*.plan_tasks.*", "plan_task"),
    ("standard/*", "lines.*.repeat", "repeated"),
    ("standard/*", "lines.*.editions.*.of.*", "line"),
    ("standard/*", "lines.*.editions.*.among", "condition"),
    ("standard/*", "lines.*.editions.*.applies", "condition"),
    ("standard/recognition.yaml", "conditions.*.items.*.*", "line"),
    ("forms/department.yaml", "items.*.department", "unit"),
    ("contacts.yaml", "office", "unit"),
    ("contacts.yaml", "contacts.*.units.*", "contact_unit"),
    ("duties.yaml", "duties.*.unit", "annex_unit"),
    ("plan.yaml", "tasks.*.units.*", "unit"),
    ("responsibilities.yaml", "indicators.@", "line_led"),
    ("responsibilities.yaml", "indicators.*.lead", "unit"),
    ("responsibilities.yaml", "indicators.*.supporting.*", "unit"),
    ("responsibilities.yaml", "indicators.*.basis", "basis"),
    ("responsibilities.yaml", "tasks.@", "plan_task"),
    ("responsibilities.yaml", "tasks.*.@", "unit"),
    ("responsibilities.yaml", "tasks.*.*", "basis"),
    ("responsibilities.yaml", "submissions.lead", "unit"),
    ("responsibilities.yaml", "submissions.supporting.*", "unit"),
    ("responsibilities.yaml", "submissions.basis", "basis"),
    ("recurring.yaml", "duties.*.basis", "basis"),
    ("recurring.yaml", "duties.*.plan_tasks.*", "plan_task"),
    ("recurring.yaml", "duties.*.lead", "unit"),
    ("recurring.yaml", "duties.*.supporting.*", "unit"),
    ("recurring.yaml", "duties.*.evidence.*", "evidence_kind"),
    ("standing.yaml", "clauses.@", "clause"),
    ("standing.yaml", "clauses.*.attested.evidence.*", "evidence_kind"),
    ("standing.yaml", "clauses.*.attested.through", "task_line"),
    ("standing.yaml", "clauses.*.supports.*", "supported"),
    ("evidence.yaml", "kinds.*.media.*", "media"),
    ("evidence.yaml", "requires.*.any_of.*", "evidence_kind"),
    ("wording/ledger.yaml", "book.other_evidence", "evidence_kind"),
    ("ladder.yaml", "time_limits.indicators.@", "line"),
    ("milestones.yaml", "works.*.lines.*", "line"),
)


def mistakes(subject: Subject) -> Iterator[Mistake]:
    """Yield a mistake for each undefined name."""
    for file, pattern, kind in REFERENCES:
        if subject.belongs_with(file, KINDS[kind].defined_in):
            known = KINDS[kind].known(subject.rulebook)
            for path, content in subject.named(file):
                yield from unknown_at(path, content, pattern, kind=kind, known=known)
    yield from _of_no_line(subject)
    yield from _not_of_the_task(subject)
    yield from _not_of_the_plan(subject)


def _of_no_line(subject: Subject) -> Iterator[Mistake]:
    """Yield the entries of evidence.yaml that are neither a line nor a group of lines."""
    book = subject.rulebook
    ((path, content),) = subject.named("evidence.yaml")
    beyond = book.evidence.lines_beyond(book.standard.ids)
    for pattern in ("attested.*", "requires.*.lines.*"):
        for place, word in found(content, pattern):
            if word in beyond:
                yield unknown(path, place, "line", word, _lines(book))
            elif not any(covers(entry, word) or entry == word for entry in book.evidence.attested):
                yield mistake(path, place, "not_attested", word=word)


def _not_of_the_task(subject: Subject) -> Iterator[Mistake]:
    """Yield the units of responsibilities.yaml that the plan does not list for their task."""
    file = "responsibilities.yaml"
    if not subject.belongs_with(file, (PLAN,)):
        return
    units = {task.number: task.units for task in subject.rulebook.plan.tasks}
    for path, content in subject.named(file):
        for place, unit in found(content, "tasks.*.@"):
            number = int(place[1])
            if number in units and unit not in units[number]:
                yield unknown(path, place, "unit_of_task", unit, units[number])


def _not_of_the_plan(subject: Subject) -> Iterator[Mistake]:
    """Yield the clauses of the standard that cite a part missing in the plan."""
    file, plan = "standard/*", subject.rulebook.plan
    if not subject.belongs_with(file, (PLAN, "duties.yaml")):
        return
    annex = (
        CLAUSE_OF_THE_ANNEX.format(duty=duty.number, clause=clause.number)
        for duty in subject.rulebook.duty_list.duties
        for clause in duty.clauses
    )
    tasks = (plan_task_cited(task.number) for task in plan.tasks)
    parts = {*tasks, *annex, *plan.requirements}
    known = {plan.document, *(f"{plan.document} {part}" for part in parts)}
    for path, content in subject.named(file):
        for place, clause in _clauses_of_lines(content):
            for cited in str(clause).split("；"):
                document, _, part = cited.partition(" ")
                if cited not in known and (document == plan.document or part in parts):
                    yield unknown(path, place, "cited", cited, known)
        for place, line in found(content, "lines.*"):
            # A line repeated for tasks cites the document only; each copy appends its task.
            if line.get("repeat") and line["clause"] != plan.document:
                yield unknown(path, (*place, "clause"), "cited", line["clause"], (plan.document,))


def _clauses_of_lines(content: object) -> Iterator[tuple[Place, object]]:
    yield from found(content, "lines.*.clause")
    yield from found(content, "lines.*.editions.*.clause")
