"""What a round came to, gathered once for everyone who shows it: the command and the artifacts."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from junheng import bootstrap
from junheng.domain.findings import Finding, Verdict
from junheng.domain.standard import Line
from junheng.rulebook import Rulebook
from junheng.store import findings as findings_store
from junheng.store import remediations as remediations_store
from junheng.store.database import Session
from junheng.store.tables import RemediationRow
from tasks import register
from tasks.register import YearRegister
from tasks.remediation import NothingEvaluated


@dataclass(frozen=True, slots=True)
class LineCount:
    """One line with how many units got each verdict."""

    line: Line
    units: Mapping[Verdict, int]

    @property
    def is_met(self) -> bool:
        """A line passes when every unit that was asked answered, and met it."""
        others = (Verdict.NOT_MET, Verdict.NOT_REPORTED, Verdict.NOT_JUDGED)
        return not any(self.units.get(verdict, 0) for verdict in others)


@dataclass(frozen=True, slots=True)
class Owed:
    """What one lead owes: how many remediations, and the day the first and last are due."""

    lead: str
    remediations: int
    first_due_on: date
    last_due_on: date
    indicators: tuple[str, ...]


def findings_of_year(session: Session, rulebook: Rulebook, year: int) -> tuple[Finding, ...]:
    """Return the findings that stand for a year; raises NothingEvaluated."""
    evaluation = findings_store.latest(session, rulebook.district.code, year, rules_year=year)
    if evaluation is None or evaluation.id is None:
        raise NothingEvaluated(f"{year}年还没有评估，请先运行：junheng evaluate --year {year}")
    return findings_store.of_evaluation(session, evaluation.id)


def line_counts(findings: Iterable[Finding], lines: Iterable[Line]) -> tuple[LineCount, ...]:
    """Return the count of each line that was judged, in the order of the standard."""
    counted: dict[str, Counter[Verdict]] = {}
    for finding in findings:
        counted.setdefault(finding.indicator, Counter())[finding.verdict] += 1
    return tuple(LineCount(line, counted[line.id]) for line in lines if line.id in counted)


def owed_by_lead(rows: Sequence[RemediationRow]) -> tuple[Owed, ...]:
    """Return what each lead owes, the one who owes most first."""
    by_lead: dict[str, list[RemediationRow]] = {}
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
    return tuple(sorted(owed, key=lambda one: (-one.remediations, one.lead)))


@dataclass(frozen=True, slots=True)
class Overview:
    """A year at a glance."""

    register: YearRegister
    lines: tuple[LineCount, ...]
    ledger: tuple[RemediationRow, ...]
    owed: tuple[Owed, ...]


def of_year(year: int) -> Overview:
    """Return a year at a glance; raises NothingCollected, NothingEvaluated."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        year_register = register.of_year(session, rulebook, year)
        found = findings_of_year(session, rulebook, year)
        rows = remediations_store.ledger(session, rulebook.district.code)
    return Overview(
        year_register,
        line_counts(found, rulebook.standard.lines),
        rows,
        owed_by_lead(rows),
    )
