"""Queries on evaluations and their findings; an evaluation is written once and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlmodel import Session, col, select

from junheng.domain.findings import Finding, Verdict
from junheng.store.tables import EvaluationRow, FindingRow


def latest(
    session: Session,
    district_code: str,
    school_year: int,
    *,
    rules_year: int,
) -> EvaluationRow | None:
    """Return the evaluation that stands for a year under the rules of a year."""
    return session.exec(
        select(EvaluationRow)
        .where(EvaluationRow.district_code == district_code)
        .where(EvaluationRow.school_year == school_year)
        .where(EvaluationRow.rules_year == rules_year)
        .order_by(col(EvaluationRow.sequence).desc())
        .limit(1),
    ).first()


@dataclass(frozen=True, slots=True)
class NewEvaluation:
    """One judging of a year: by which rules, of which data, and which lines broke and why."""

    district_code: str
    school_year: int
    rules_year: int
    rulebook_hash: str
    data_hash: str
    broken: Mapping[str, str]
    evaluated_at: datetime

    def is_the_same_as(self, row: EvaluationRow) -> bool:
        return (self.rulebook_hash, self.data_hash, dict(self.broken)) == (
            row.rulebook_hash,
            row.data_hash,
            row.broken,
        )


def keep(session: Session, new: NewEvaluation, findings: Iterable[Finding]) -> int:
    """Keep an evaluation and return its id; the same rulebook and data again change nothing."""
    before = latest(session, new.district_code, new.school_year, rules_year=new.rules_year)
    if before is not None and new.is_the_same_as(before):
        return int(before.id or 0)
    row = EvaluationRow(
        district_code=new.district_code,
        school_year=new.school_year,
        rules_year=new.rules_year,
        sequence=1 if before is None else before.sequence + 1,
        rulebook_hash=new.rulebook_hash,
        data_hash=new.data_hash,
        broken=dict(new.broken),
        evaluated_at=new.evaluated_at,
    )
    session.add(row)
    session.flush()
    rows = [_row(int(row.id or 0), position, one) for position, one in enumerate(findings)]
    if rows:
        session.execute(insert(FindingRow), rows)
    return int(row.id or 0)


def of_evaluation(session: Session, evaluation_id: int) -> tuple[Finding, ...]:
    """Return the findings of an evaluation, in the order of the standard."""
    rows = session.exec(
        select(FindingRow)
        .where(FindingRow.evaluation_id == evaluation_id)
        .order_by(col(FindingRow.position)),
    )
    return tuple(
        Finding(row.indicator, row.unit, row.owner, row.value, row.threshold, Verdict(row.verdict))
        for row in rows
    )


def _row(evaluation_id: int, position: int, finding: Finding) -> dict[str, object]:
    return {
        "evaluation_id": evaluation_id,
        "position": position,
        "indicator": finding.indicator,
        "unit": finding.unit,
        "owner": finding.owner,
        "value": finding.value,
        "threshold": finding.threshold,
        "verdict": finding.verdict.value,
    }
