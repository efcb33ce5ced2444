"""Lost days: settles the cards that may have been sent after the backup that was restored."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from junheng import bootstrap
from junheng.adapters import sending_marks
from junheng.adapters.sending_marks import LastClaim, LostDays
from junheng.domain.office_days import OFFICE_ZONE
from junheng.domain.people.routes import Route
from junheng.store import notices
from junheng.store.notices import Notice
from tasks.chase.delivery import Delivery, Outcome, Run
from tasks.chase.recovery import settled

# How far back the search goes if the database contains no sent card.
LONGEST_UNKNOWN = timedelta(days=31)
_UNSETTLED = frozenset({Outcome.WAITING, Outcome.REFUSED})

Owe = Callable[[date], object]
RoutesOf = Callable[[Notice], Sequence[Route]]


def found() -> LostDays | None:
    """Return the lost days: recorded by a restore, or from the last claim the database lacks."""
    chosen = bootstrap.settings()
    recorded = sending_marks.read(chosen.lost_days, LostDays)
    if recorded is not None:
        return recorded
    mark = sending_marks.read(chosen.last_claim, LastClaim)
    if mark is None:
        return None
    with bootstrap.session() as session:
        if notices.was_claimed(session, mark.notice_id, at=mark.claimed_at):
            return None
        newest = notices.last_day_sent(session, bootstrap.rulebook().district.code)
    first = newest or mark.planned_on - LONGEST_UNKNOWN
    lost = LostDays(first=min(first, mark.planned_on), last=mark.planned_on)
    # The next card overwrites the mark of the last claim, so the days are recorded first.
    sending_marks.put(chosen.lost_days, lost)
    chosen.last_claim.unlink()
    return lost


def settle(run: Run, *, owe: Owe, routes_of: RoutesOf, through: date | None) -> Iterator[Delivery]:
    """Settle every card that may have gone out on the lost days like a card in flight.

    The cards of each lost day up to `through` are owed again first; without `through`, only the
    cards that are owed now are settled. The caller holds the sender's lock.
    """
    lost = found()
    if lost is None:
        return
    outcomes: set[Outcome] = set()
    for day in _days(lost, through):
        if day is not None:
            owe(day)
        for delivery in settled(_in_doubt(lost, run, routes_of), run):
            outcomes.add(delivery.outcome)
            yield delivery
    is_last = through is not None and through >= lost.last
    if is_last and not outcomes & _UNSETTLED:
        bootstrap.settings().lost_days.unlink()


def _days(lost: LostDays, through: date | None) -> Iterator[date | None]:
    """Yield None for the cards that are owed now, then each lost day up to `through`."""
    yield None
    day = lost.first
    while through is not None and day <= min(lost.last, through):
        yield day
        day += timedelta(days=1)


def _in_doubt(lost: LostDays, run: Run, routes_of: RoutesOf) -> tuple[Notice, ...]:
    """Claim every owed card as of the first lost day, and return the cards in flight."""
    since = datetime.combine(lost.first, time.min, tzinfo=OFFICE_ZONE)
    district = run.rulebook.district.code
    with bootstrap.session() as session:
        for notice in notices.owed(session, district):
            route = _doubtful(routes_of(notice))
            if route.address:
                notices.claim(
                    session,
                    notice.id,
                    channel=route.channel.value,
                    address=route.address,
                    now=since,
                )
        return notices.in_flight(session, district)


def _doubtful(routes: Sequence[Route]) -> Route:
    """Return the first route that cannot be asked whether a card arrived; else the first."""
    return next((route for route in routes if not route.channel.can_be_asked), routes[0])
