"""Queries on evaluations and their findings; an evaluation is written once and never changed."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import and_, case, insert, or_
from sqlmodel import Session, col, func, select

from junheng.domain.intake.submissions import Counted
from junheng.domain.judging.distances import Gap
from junheng.domain.judging.findings import Finding, Verdict
from junheng.domain.standard.standard import Grain, Line, Rule
from junheng.store.rows import columns_of, stored_id, value_of
from junheng.store.tables.evaluation import EvaluationRow, FindingRow, RulesInForceRow


def latest(
    session: Session,
    district_code: str,
    school_year: int,
    *,
    rules_year: int,
) -> EvaluationRow | None:
    """Return the newest evaluation of a school year under the rules of a year."""
    return session.exec(
        select(EvaluationRow)
        .where(EvaluationRow.district_code == district_code)
        .where(EvaluationRow.school_year == school_year)
        .where(EvaluationRow.rules_year == rules_year)
        .order_by(col(EvaluationRow.sequence).desc())
        .limit(1),
    ).first()


def numbered(session: Session, district_code: str, evaluation_id: int) -> EvaluationRow | None:
    """Return an evaluation of the district by its number."""
    row = session.get(EvaluationRow, evaluation_id)
    return row if row is not None and row.district_code == district_code else None


def history(session: Session, district_code: str, school_year: int) -> tuple[EvaluationRow, ...]:
    """Return every evaluation of a school year, under the rules of any year, oldest first."""
    rows = session.exec(
        select(EvaluationRow)
        .where(EvaluationRow.district_code == district_code)
        .where(EvaluationRow.school_year == school_year)
        .order_by(col(EvaluationRow.id)),
    )
    return tuple(rows)


@dataclass(frozen=True, slots=True)
class NewEvaluation:
    """An evaluation to be stored: its rules and data, and why the `broken` lines failed to run."""

    district_code: str
    school_year: int
    rules_year: int
    rulebook_hash: str
    data_hash: str
    evaluated_at: datetime
    rules: tuple[Rule, ...]
    counted: tuple[Counted, ...]
    register_collection_id: int | None
    broken: Mapping[str, str] = field(default_factory=dict)

    def is_the_same_as(self, row: EvaluationRow) -> bool:
        return (self.rulebook_hash, self.data_hash, dict(self.broken)) == (
            row.rulebook_hash,
            row.data_hash,
            row.broken,
        )


def keep(session: Session, new: NewEvaluation, findings: Iterable[Finding]) -> int:
    """Store an evaluation and return its id; idempotent for the same rulebook and data."""
    before = latest(session, new.district_code, new.school_year, rules_year=new.rules_year)
    if before is not None and new.is_the_same_as(before):
        return stored_id(before)
    row = EvaluationRow(
        sequence=1 if before is None else before.sequence + 1,
        broken=dict(new.broken),
        sources=[asdict(counted) for counted in new.counted],
        **columns_of(new, but_for=("rules", "counted", "broken")),
    )
    session.add(row)
    _keep_rules(session, new)
    session.flush()
    rows = [_row(stored_id(row), position, finding) for position, finding in enumerate(findings)]
    if rows:
        session.execute(insert(FindingRow), rows)
    return stored_id(row)


def _keep_rules(session: Session, new: NewEvaluation) -> None:
    if not _rules_row(session, new.rulebook_hash, new.rules_year):
        # Of each line, only the edition that it was judged by.
        rules = [
            rule.line.model_copy(update={"editions": (rule.edition,)}).model_dump(
                mode="json", by_alias=True
            )
            for rule in new.rules
        ]
        session.add(
            RulesInForceRow(rulebook_hash=new.rulebook_hash, rules_year=new.rules_year, rules=rules)
        )


def _rules_row(session: Session, rulebook_hash: str, rules_year: int) -> RulesInForceRow | None:
    return session.exec(
        select(RulesInForceRow)
        .where(RulesInForceRow.rulebook_hash == rulebook_hash)
        .where(RulesInForceRow.rules_year == rules_year),
    ).first()


def rules(session: Session, evaluation: EvaluationRow) -> tuple[Rule, ...]:
    """Return the rules that an evaluation was judged by, as stored with it."""
    row = _rules_row(session, evaluation.rulebook_hash, evaluation.rules_year)
    lines = (Line.model_validate(line) for line in (row.rules if row else ()))
    return tuple(Rule(line=line, edition=line.editions[0]) for line in lines)


def counted(evaluation: EvaluationRow) -> tuple[Counted, ...]:
    """Return the submissions of each reporter that an evaluation used."""
    return tuple(
        Counted(source["reporter"], source["is_received"], tuple(source["submissions"]))
        for source in evaluation.sources
    )


def of_evaluation(session: Session, evaluation_id: int) -> tuple[Finding, ...]:
    """Return the findings of an evaluation, in the order of the standard."""
    rows = session.exec(
        select(FindingRow)
        .where(FindingRow.evaluation_id == evaluation_id)
        .order_by(col(FindingRow.position)),
    )
    return tuple(
        value_of(Finding, row, {"gaps": tuple(Gap(**gap) for gap in row.gaps)}) for row in rows
    )


def years_after(session: Session, evaluation: EvaluationRow) -> tuple[int, ...]:
    """Return the later school years that have an evaluation, oldest first."""
    years = session.exec(
        select(EvaluationRow.school_year)
        .where(EvaluationRow.district_code == evaluation.district_code)
        .where(EvaluationRow.school_year > evaluation.school_year)
        .distinct()
    )
    return tuple(sorted(years))


def put_right(session: Session, evaluation: EvaluationRow) -> frozenset[tuple[str, str]]:
    """Return each (indicator, owner) whose findings are all met or not applicable."""
    amiss = case((col(FindingRow.verdict).in_(NOTHING_AMISS), 0), else_=1)
    rows = session.exec(
        select(FindingRow.indicator, FindingRow.owner)
        .where(FindingRow.evaluation_id == stored_id(evaluation))
        .group_by(col(FindingRow.indicator), col(FindingRow.owner))
        .having(func.sum(amiss) == 0),
    )
    return frozenset((indicator, owner) for indicator, owner in rows)


def failing(session: Session, evaluation: EvaluationRow) -> frozenset[tuple[str, str]]:
    """Return each (indicator, owner) that needs a remediation after an evaluation.

    Missing figures count once, under the line of the submission.
    """
    grains = ((rule.line.id, rule.line.per) for rule in rules(session, evaluation))
    of_submissions = [line for line, grain in grains if grain is Grain.SUBMISSION]
    verdict = col(FindingRow.verdict)
    is_unreported = and_(
        verdict == Verdict.NOT_REPORTED, col(FindingRow.indicator).in_(of_submissions)
    )
    rows = session.exec(
        select(FindingRow.indicator, FindingRow.owner)
        .where(FindingRow.evaluation_id == stored_id(evaluation))
        .where(or_(verdict == Verdict.NOT_MET, is_unreported))
        .distinct(),
    )
    return frozenset((indicator, owner) for indicator, owner in rows)


NOTHING_AMISS = (Verdict.MET, Verdict.NOT_APPLICABLE)


def _row(evaluation_id: int, position: int, finding: Finding) -> dict[str, object]:
    own = columns_of(finding) | {"gaps": [asdict(gap) for gap in finding.gaps]}
    return own | {"evaluation_id": evaluation_id, "position": position}
