"""The results of a year, gathered once for the command and the artifacts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from junheng import bootstrap, wording
from junheng.domain.judging import recognition
from junheng.domain.judging.findings import Finding, Verdict, everybody_meets
from junheng.domain.judging.recognition import Recognition
from junheng.domain.judging.unit_words import UnitNames
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.standard.standard import Line
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import remediations as remediations_store
from junheng.store.database.database import Session
from junheng.store.rows import stored_id
from junheng.store.tables.evaluation import EvaluationRow
from tasks.intake import register
from tasks.intake.register import YearRegister
from tasks.ledger.remediation import NothingEvaluated


@dataclass(frozen=True, slots=True)
class Which:
    """Selects an evaluation of a year: the newest, by its own or another year's rules, or by id."""

    rules_year: int | None = None
    evaluation_id: int | None = None


NEWEST = Which()


@dataclass(frozen=True, slots=True)
class LineCount:
    """One line with the number of units for each verdict."""

    line: Line
    units: Mapping[Verdict, int]

    @property
    def is_met(self) -> bool:
        return everybody_meets(self.units)


@dataclass(frozen=True, slots=True)
class Owed:
    """The remediations of one lead: their number, the first and the last due date."""

    lead: str
    remediations: int
    first_due_on: date
    last_due_on: date
    indicators: tuple[str, ...]


def evaluation_of(
    session: Session, rulebook: Rulebook, year: int, which: Which = NEWEST
) -> EvaluationRow:
    """Return the selected evaluation; raises NothingEvaluated."""
    district = rulebook.district.code
    if which.evaluation_id is not None:
        found = findings_store.numbered(session, district, which.evaluation_id)
        if found is None or found.school_year != year:
            unknown = wording.packaged().judging.evaluation_unknown
            raise NothingEvaluated(unknown.format(year=year, number=which.evaluation_id))
        return found
    rules_year = which.rules_year or year
    found = findings_store.latest(session, district, year, rules_year=rules_year)
    if found is None:
        says = wording.packaged().judging
        is_own = rules_year == year
        nothing = says.nothing_evaluated if is_own else says.nothing_evaluated_by_rules
        raise NothingEvaluated(nothing.format(year=year, rules_year=rules_year))
    return found


def findings_of_year(
    session: Session, rulebook: Rulebook, year: int, which: Which = NEWEST
) -> tuple[Finding, ...]:
    """Return the findings of an evaluation of a year; raises NothingEvaluated."""
    evaluation = evaluation_of(session, rulebook, year, which)
    return findings_store.of_evaluation(session, stored_id(evaluation))


def unit_names(rulebook: Rulebook, schools: Mapping[str, str], today: date) -> UnitNames:
    """Return the names of units on a day; `schools` has names by code."""
    return UnitNames(
        rulebook.wording.units,
        schools,
        rulebook.district.name,
        lambda unit: rulebook.display_name(unit, today),
    )


def line_counts(findings: Iterable[Finding], lines: Iterable[Line]) -> tuple[LineCount, ...]:
    """Return the count of each line that was judged, in the order of the standard."""
    counted: dict[str, Counter[Verdict]] = {}
    for finding in findings:
        counted.setdefault(finding.indicator, Counter())[finding.verdict] += 1
    return tuple(LineCount(line, counted[line.id]) for line in lines if line.id in counted)


def owed_by_lead(rows: Sequence[Remediation]) -> tuple[Owed, ...]:
    """Return the remediations of each lead, the lead with the most first."""
    by_lead: dict[str, list[Remediation]] = {}
    for row in rows:
        by_lead.setdefault(row.lead, []).append(row)
    owed = (
        Owed(
            lead,
            len(own),
            min(row.due_on for row in own),
            max(row.due_on for row in own),
            tuple(dict.fromkeys(row.indicator for row in own)),
        )
        for lead, own in by_lead.items()
    )
    return tuple(sorted(owed, key=lambda item: (-item.remediations, item.lead)))


@dataclass(frozen=True, slots=True)
class Overview:
    """A year at a glance; `ledger` has the open remediations."""

    register: YearRegister
    lines: tuple[LineCount, ...]
    recognition: Recognition
    ledger: tuple[Remediation, ...]
    owed: tuple[Owed, ...]

    @property
    def schools(self) -> Mapping[str, str]:
        return {entry.code: entry.name for entry in self.register.schools}


def of_year(year: int, which: Which = NEWEST) -> Overview:
    """Return a year at a glance; raises NothingCollected, NothingEvaluated."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        year_register = register.of_year(session, rulebook, year)
        found = findings_of_year(session, rulebook, year, which)
        kept = remediations_store.ledger(session, rulebook.district.code)
    rows = tuple(remediation for remediation in kept if remediation.is_open)
    return Overview(
        year_register,
        line_counts(found, rulebook.standard.lines),
        recognition.of_findings(found, rulebook.conditions),
        rows,
        owed_by_lead(rows),
    )
