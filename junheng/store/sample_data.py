"""Whether a database holds the bundled sample, real reports, or by mistake both."""

from collections.abc import Collection

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, not_, select, tuple_

from junheng.domain.sample_data import Holds, SampleSchool
from junheng.store import database
from junheng.store.tables import RegisterRow

# What a database was found to hold: once it holds the one, the other is never taken in.
_settled: dict[str, Holds] = {}


def settled(address: str, sample: Collection[SampleSchool]) -> Holds:
    """Return what a database holds, asking it only until it holds something.

    It is asked in a transaction of its own: who opens a session begins none by that.
    """
    if address not in _settled:
        with database.session(address) as session:
            found = held(session, sample)
        if found is Holds.NOTHING:
            return found
        _settled[address] = found
    return _settled[address]


def held(session: Session, sample: Collection[SampleSchool]) -> Holds:
    """Return what a database holds, asked of all its registers, whatever district they are of."""
    is_sample = tuple_(col(RegisterRow.code), col(RegisterRow.name)).in_(list(sample))
    has_real = session.exec(select(RegisterRow.id).where(not_(is_sample)).limit(1)).first()
    if has_real is None:
        has_any = session.exec(select(RegisterRow.id).limit(1)).first()
        return Holds.NOTHING if has_any is None else Holds.SAMPLE
    return Holds.BOTH if _has_sample_alone(session, is_sample) else Holds.REAL


def _has_sample_alone(session: Session, is_sample: ColumnElement[bool]) -> bool:
    """Say whether all schools of some register are the sample's."""
    real = select(RegisterRow.collection_id).where(not_(is_sample))
    sample_alone = (
        select(RegisterRow.id)
        .where(is_sample)
        .where(col(RegisterRow.collection_id).not_in(real))
        .limit(1)
    )
    return session.exec(sample_alone).first() is not None
