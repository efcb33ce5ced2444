"""Whether a database holds the bundled sample, real reports, or by mistake both."""

from collections.abc import Collection

from sqlmodel import Session, col, select, tuple_

from junheng.domain.intake.sample_data import Holds, SampleSchool
from junheng.store.database import database
from junheng.store.tables.intake import RegisterRow

# Cache by address: a database with sample data never accepts real data, and vice versa.
_settled: dict[str, Holds] = {}


def settled(address: str, sample: Collection[SampleSchool]) -> Holds:
    """Return whether a database holds sample or real data; cached as soon as it is not empty.

    The query runs in a session of its own, so that the caller's session begins no transaction.
    """
    if address not in _settled:
        with database.session(address) as session:
            found = held(session, sample)
        if found is Holds.NOTHING:
            return found
        _settled[address] = found
    return _settled[address]


def held(session: Session, sample: Collection[SampleSchool]) -> Holds:
    """Return whether a database holds sample or real data, by the registers of all districts."""
    is_sample = tuple_(col(RegisterRow.code), col(RegisterRow.name)).in_(list(sample))
    samples = select(RegisterRow.collection_id).where(is_sample)
    real = select(RegisterRow.id).where(col(RegisterRow.collection_id).not_in(samples)).limit(1)
    found = Holds.NOTHING if session.exec(samples.limit(1)).first() is None else Holds.SAMPLE
    return found if session.exec(real).first() is None else found.and_a(Holds.REAL)
