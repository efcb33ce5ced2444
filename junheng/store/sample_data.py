"""Whether a database holds the bundled sample, real reports, or by mistake both."""

from collections.abc import Collection

from sqlmodel import Session, col, select, tuple_

from junheng.domain.intake.sample_data import Holds, SampleSchool
from junheng.store.database import database
from junheng.store.tables.intake import RegisterRow

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
    samples = select(RegisterRow.collection_id).where(is_sample)
    real = select(RegisterRow.id).where(col(RegisterRow.collection_id).not_in(samples)).limit(1)
    held = Holds.NOTHING if session.exec(samples.limit(1)).first() is None else Holds.SAMPLE
    return held if session.exec(real).first() is None else held.and_a(Holds.REAL)
