"""Starts many chases of one day at once after an outage, and counts the cards of each contact.

A program for `make soak`: python -m tests.soak.many_chases [COUNT]
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
    """Return the first workday after two weeks without a chase."""
    return bootstrap.rulebook().calendar.next_workday(clock.today() + timedelta(days=DAYS_OUT))


def cards_by_recipient(office: RunningOffice, day: date, *, count: int) -> Counter[str]:
    """Start `count` chases of a day at once, wait for them, and count cards by recipient."""
    runs = [office.start("daily-chase", on=day.isoformat()) for _ in range(count)]
    for run in runs:
        state = office.end_of(run)
        if state["type"] != "COMPLETED":
            raise RuntimeError(state["message"])
    with bootstrap.session() as session:
        cards = notices.listing(session, bootstrap.rulebook().district.code)
    return Counter(card.recipient for card in cards if card.planned_on == day)


def main(count: int) -> int:
    """Print the counts; return how many recipients got more than one card, or 1 if none got any."""
    with tempfile.TemporaryDirectory() as kept:
        folder = small_district.make(Path(kept) / "2025")
        home = Path(kept) / "home"
        os.environ["JUNHENG_HOME"] = str(home)
        with RunningOffice(home, longest_seconds=FIFTY * 60) as office:
            office.end_of(office.start("annual-round", year=2025, folder=str(folder)))
            office.end_of(office.start("sign-off", by="创建办"))
            recipients = cards_by_recipient(office, after_the_outage(), count=count)
    more = sum(cards > 1 for cards in recipients.values())
    sys.stdout.write(f"{count} chases, {len(recipients)} told, {more} of them more than once\n")
    return more or int(not recipients)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else FIFTY))
