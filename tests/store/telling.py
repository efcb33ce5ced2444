"""A program that appends events, each in a transaction; it may die before the last commit."""

import os
import signal
import sys
from datetime import UTC, date, datetime

from junheng.domain.history.hash_chain import EventKind, Happening
from junheng.store.database import database
from junheng.store.database.database import Session
from junheng.store.history import History

DISTRICT = "370405"
DIES = "dies"


def tell(session: Session, reason: str, *, by: str = "区财政局", district: str = DISTRICT) -> None:
    chain = History.of(session, district, now=datetime(2025, 10, 20, 1, 30, tzinfo=UTC))
    chain.tell(Happening(kind=EventKind.REPLIED, day=date(2025, 10, 20), by=by, reason=reason))


def tell_many(address: str, *, by: str, times: int) -> None:
    for number in range(times):
        with database.session(address) as session:
            tell(session, str(number), by=by)


def main(address: str, by: str, times: int, *, dies: bool) -> None:
    tell_many(address, by=by, times=times)
    if dies:
        with database.session(address) as session:
            tell(session, "没有提交", by=by)
            session.flush()
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), dies=DIES in sys.argv)
