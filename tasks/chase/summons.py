"""The summons list of a day (约谈、问责名单)."""

from datetime import date

from junheng import bootstrap
from junheng.domain.chase import summons
from junheng.domain.chase.summons import Summoned
from tasks.chase.outstanding import outstanding


def summoned(day: date) -> tuple[Summoned, ...]:
    """Return the units whose open remediations have reached 约谈 or 问责; raise LadderLost."""
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        still_open = outstanding(session, rulebook)
    return summons.summoned(still_open, today=day, calendar=rulebook.calendar)
