"""Queries on reminders: one row for each rung owed to a recipient, with its delivery status."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, Delete, Update, insert
from sqlmodel import Session, col, delete, func, select, update

from junheng.domain.chase import reminders
from junheng.domain.chase.digests import Digest, Told
from junheng.domain.chase.reminders import Status
from junheng.store.rows import portions
from junheng.store.tables.chase import ReminderRow

UnitsOf = Callable[[str, date], Collection[str]]
"""Returns the units that a recipient was responsible for on a day."""
_Rung = tuple[str, int, str]
_Numbers = dict[_Rung, int | None]


def told(session: Session, district_code: str, references: Iterable[str]) -> frozenset[Told]:
    """Return every rung of some remediations that was sent, or may have been.

    Rungs on a card that is only owed are not included: that card is overwritten.
    """
    found: set[Told] = set()
    for some in portions(sorted(set(references))):
        rows = session.exec(
            select(
                ReminderRow.reference,
                ReminderRow.cycle,
                ReminderRow.rung,
                ReminderRow.recipient,
            )
            .where(col(ReminderRow.reference).in_(some))
            .where(ReminderRow.district_code == district_code)
            .where(col(ReminderRow.status).in_(reminders.TOLD))
        )
        found.update(
            (reference, cycle, rung, recipient) for reference, cycle, rung, recipient in rows
        )
    return frozenset(found)


def plan(session: Session, notice_id: int, digest: Digest, *, district_code: str) -> None:
    """Make the reminders of a card match its digest; refused reminders are planned again.

    Raises:
        IntegrityError: one of the reminders is already on another card.

    """
    wanted = dict.fromkeys(_rungs(digest))
    on_card = _on(session, notice_id)
    _take_off(session, [number for rung, number in on_card.items() if rung not in wanted])
    known = on_card | _refused(session, digest.recipient, {reference for reference, _, _ in wanted})
    _put_on(session, notice_id, [known[rung] for rung in wanted if rung in known])
    own = {"notice_id": notice_id, "district_code": district_code, "recipient": digest.recipient}
    new = [own | _new(rung, digest.planned_on) for rung in wanted if rung not in known]
    if new:
        session.execute(insert(ReminderRow), new)


def take_off(session: Session, notice_id: int) -> None:
    """Remove all reminders from a card: planned ones are deleted, refused ones are kept."""
    _take_off(session, _on(session, notice_id).values())


def become(
    session: Session, notice_id: int, to: Status, values: Mapping[str, object] | None = None
) -> None:
    """Change the status of the reminders on a card whose status allows this transition."""
    changed = {"status": to, **(values or {})}
    _run(
        session,
        update(ReminderRow)
        .where(col(ReminderRow.notice_id) == notice_id)
        .where(col(ReminderRow.status).in_(reminders.origins(to)))
        .values(**changed),
    )


def acknowledge(
    session: Session,
    reference: str,
    *,
    cycle: int,
    unit: str,
    by: str,
    at: datetime,
    units_of: UnitsOf,
) -> int:
    """Acknowledge the reminders delivered to a unit in a cycle; return their number."""
    rows = session.exec(
        select(ReminderRow.id, ReminderRow.recipient, col(ReminderRow.planned_on))
        .where(ReminderRow.reference == reference)
        .where(ReminderRow.cycle == cycle)
        .where(ReminderRow.status == Status.DELIVERED)
    )
    numbers = [number for number, recipient, day in rows if unit in units_of(recipient, day)]
    values = {"status": Status.ACKNOWLEDGED, "acknowledged_at": at, "acknowledged_by": by}
    _run(session, update(ReminderRow).where(_is_one_of(numbers)).values(**values))
    return len(numbers)


def items_told(session: Session, notice_ids: Sequence[int | None]) -> Mapping[int, int]:
    """Return the number of reminders on each card, by card id."""
    rows = session.exec(
        select(ReminderRow.notice_id, func.count())
        .where(col(ReminderRow.notice_id).in_(notice_ids))
        .group_by(col(ReminderRow.notice_id))
    )
    return {notice_id: count for notice_id, count in rows if notice_id is not None}


def references_on(session: Session, notice_id: int) -> tuple[str, ...]:
    """Return the references of the remediations on a card, without duplicates, in its order."""
    found = session.exec(
        select(ReminderRow.reference)
        .where(ReminderRow.notice_id == notice_id)
        .order_by(col(ReminderRow.id))
    )
    return tuple(dict.fromkeys(found))


def listing(session: Session, district_code: str) -> tuple[ReminderRow, ...]:
    """Return every reminder of a district, ordered by `planned_on`."""
    rows = session.exec(
        select(ReminderRow)
        .where(ReminderRow.district_code == district_code)
        .order_by(col(ReminderRow.planned_on), col(ReminderRow.id))
    )
    return tuple(rows)


def of_reference(session: Session, district_code: str, reference: str) -> tuple[ReminderRow, ...]:
    """Return the reminders of one remediation, ordered by `planned_on`."""
    rows = session.exec(
        select(ReminderRow)
        .where(ReminderRow.reference == reference)
        .where(ReminderRow.district_code == district_code)
        .order_by(col(ReminderRow.planned_on), col(ReminderRow.id))
    )
    return tuple(rows)


def _rungs(digest: Digest) -> Iterator[_Rung]:
    for entry in digest.entries:
        yield entry.remediation.reference, entry.remediation.cycle, entry.rung.name
    for item in digest.waiting:
        if item.is_new:
            yield item.reference, item.cycle, item.rung


def _new(rung: _Rung, planned_on: date) -> dict[str, object]:
    reference, cycle, name = rung
    return {
        "reference": reference,
        "cycle": cycle,
        "rung": name,
        "status": Status.PLANNED,
        "planned_on": planned_on,
    }


def _on(session: Session, notice_id: int) -> _Numbers:
    """Return the ids of the reminders on a card, by rung."""
    return _numbered(session, col(ReminderRow.notice_id) == notice_id)


def _refused(session: Session, recipient: str, references: Collection[str]) -> _Numbers:
    """Return the ids of a recipient's refused reminders that are on no card, by rung."""
    found: _Numbers = {}
    for some in portions(sorted(references)):
        found |= _numbered(
            session,
            col(ReminderRow.reference).in_(some),
            col(ReminderRow.recipient) == recipient,
            col(ReminderRow.notice_id).is_(None),
        )
    return found


def _numbered(session: Session, *conditions: ColumnElement[bool]) -> _Numbers:
    rows = session.exec(
        select(ReminderRow.id, ReminderRow.reference, ReminderRow.cycle, ReminderRow.rung).where(
            *conditions
        )
    )
    return {(reference, cycle, rung): number for number, reference, cycle, rung in rows}


def _take_off(session: Session, numbers: Iterable[int | None]) -> None:
    for some in portions(list(numbers)):
        planned = col(ReminderRow.status) == Status.PLANNED
        _run(session, delete(ReminderRow).where(_is_one_of(some)).where(planned))
        _run(session, update(ReminderRow).where(_is_one_of(some)).values(notice_id=None))


def _put_on(session: Session, notice_id: int, numbers: Sequence[int | None]) -> None:
    for some in portions(numbers):
        refused = col(ReminderRow.status) == Status.REFUSED
        values = {"notice_id": notice_id, "status": Status.PLANNED}
        _run(session, update(ReminderRow).where(_is_one_of(some)).where(refused).values(**values))


def _is_one_of(numbers: Collection[int | None]) -> ColumnElement[bool]:
    return col(ReminderRow.id).in_(numbers)


def _run(session: Session, statement: Update | Delete) -> None:
    # No caller has these rows as objects, so no object has to be refreshed.
    session.exec(statement, execution_options={"synchronize_session": False})
