"""Starts many chases of one day after an outage, and sees who was told how often.

A program of its own for `make soak`: python -m tests.soak.many_chases [COUNT]
"""

import os
import sys
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

from junheng import bootstrap
from junheng.adapters import clock
from junheng.store import notices
from tests import small_district
from tests.app.server.an_office import RunningOffice

DAYS_OUT = 14
FIFTY = 50


def after_the_outage() -> date:
    """Return the first workday after two weeks in which nobody was told anything."""
    return bootstrap.rulebook().calendar.next_workday(clock.today() + timedelta(days=DAYS_OUT))


def told(office: RunningOffice, day: date, *, count: int) -> Counter[str]:
    """Start some chases of a day at once, see them complete, and count whom it told how often."""
    runs = [office.start("daily-chase", on=day.isoformat()) for _ in range(count)]
    for run in runs:
        state = office.end_of(run)
        if state["type"] != "COMPLETED":
            raise RuntimeError(state["message"])
    with bootstrap.session() as session:
        cards = notices.listing(session, bootstrap.rulebook().district.code)
    return Counter(card.recipient for card in cards if card.planned_on == day)


def main(count: int) -> int:
    """Print whom the chases told; return how many were told more than once, or 1 where nobody."""
    with tempfile.TemporaryDirectory() as kept:
        folder = small_district.make(Path(kept) / "2025")
        home = Path(kept) / "home"
        os.environ["JUNHENG_HOME"] = str(home)
        with RunningOffice(home, longest_seconds=FIFTY * 60) as office:
            office.end_of(office.start("annual-round", year=2025, folder=str(folder)))
            office.end_of(office.start("sign-off", by="创建办"))
            heard = told(office, after_the_outage(), count=count)
    more = sum(times > 1 for times in heard.values())
    sys.stdout.write(f"{count} chases, {len(heard)} told, {more} of them more than once\n")
    return more or int(not heard)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FIFTY))
