"""Queries on remediations: the ledger's rows. One identity: district, indicator, unit."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, func, select

from junheng.domain.ladder import OpenRemediation
from junheng.domain.remediation import Order, Status
from junheng.store.tables import EvaluationRow, RemediationRow


def open_all(
    session: Session,
    orders: Iterable[Order],
    *,
    district_code: str,
    school_year: int,
    evaluation_id: int,
) -> int:
    """Open what is not yet open and return how many; what is open keeps its dates.

    Items of what is open already follow the newest evaluation of the newest school year: it is
    still one remediation, and an older year, judged again, has nothing to say of it.
    """
    known = _followed(session, district_code)
    number = _last_number(session, district_code, school_year)
    opened = 0
    for order in orders:
        row, followed_year = known.get((order.indicator, order.unit), (None, school_year))
        if row is None:
            opened += 1
            reference = f"{district_code}-{school_year}-{number + opened:04d}"
            session.add(_row(order, reference, district_code, school_year, evaluation_id))
        elif school_year >= followed_year:
            row.items = list(order.items)
            row.evaluation_id = evaluation_id
    return opened


def ledger(session: Session, district_code: str) -> tuple[RemediationRow, ...]:
    """Return every remediation of a district, in the order of their references."""
    rows = session.exec(
        select(RemediationRow)
        .where(RemediationRow.district_code == district_code)
        .order_by(col(RemediationRow.reference)),
    )
    return tuple(rows)


def open_remediations(session: Session, district_code: str) -> tuple[OpenRemediation, ...]:
    """Return the remediations still open, as the chase needs them.

    `school_year` is that of the evaluation a remediation follows.
    """
    rows = _followed(session, district_code).values()
    return tuple(
        OpenRemediation(
            school_year=year,
            reference=row.reference,
            indicator=row.indicator,
            unit=row.unit,
            unit_name=row.unit_name,
            items=tuple(row.items),
            lead=row.lead,
            supporting=tuple(row.supporting),
            basis=row.basis,
            opened_on=row.opened_on,
            due_on=row.due_on,
        )
        for row, year in sorted(rows, key=lambda followed: followed[0].reference)
        if row.status == Status.OPEN
    )


def _followed(
    session: Session, district_code: str
) -> Mapping[tuple[str, str], tuple[RemediationRow, int]]:
    """Return each remediation with the school year whose evaluation it follows."""
    rows = session.exec(
        select(RemediationRow, EvaluationRow.school_year)
        .join(EvaluationRow, col(EvaluationRow.id) == RemediationRow.evaluation_id)
        .where(RemediationRow.district_code == district_code),
    )
    return {(row.indicator, row.unit): (row, year) for row, year in rows}


def _last_number(session: Session, district_code: str, school_year: int) -> int:
    prefix = f"{district_code}-{school_year}-"
    last = session.exec(
        select(func.max(RemediationRow.reference)).where(
            col(RemediationRow.reference).startswith(prefix),
        ),
    ).one()
    return int(str(last).removeprefix(prefix)) if last else 0


def _row(
    order: Order,
    reference: str,
    district_code: str,
    school_year: int,
    evaluation_id: int,
) -> RemediationRow:
    return RemediationRow(
        reference=reference,
        district_code=district_code,
        school_year=school_year,
        indicator=order.indicator,
        unit=order.unit,
        unit_name=order.unit_name,
        lead=order.lead,
        supporting=list(order.supporting),
        basis=order.basis,
        items=list(order.items),
        opened_on=order.opened_on,
        due_on=order.due_on,
        status=Status.OPEN.value,
        evaluation_id=evaluation_id,
    )
