"""Lost days: settles what an older database, put back, does not know of having been sent."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta

from junheng import bootstrap
from junheng.adapters import sending_marks
from junheng.adapters.sending_marks import LastClaim, LostDays
from junheng.domain.people.routes import Channel, Route
from junheng.settings import OFFICE_ZONE
from junheng.store import notices, unclear_notices
from junheng.store.notices import Notice
from tasks.chase.delivery import Delivery, Outcome, Run
from tasks.chase.recovery import settled

# Where it can be found out later whether a card arrived.
_LOOKED_UP = frozenset({Channel.SLACK, Channel.FILE})
# How far back we look where the database knows of no card at all.
LONGEST_UNKNOWN = timedelta(days=31)
_UNSETTLED = frozenset({Outcome.WAITING, Outcome.REFUSED})

Owe = Callable[[date], object]
RoutesOf = Callable[[Notice], Sequence[Route]]


def found() -> LostDays | None:
    """Return the days that are lost: a restore wrote them down, or the last claim is not known."""
    chosen = bootstrap.settings()
    recorded = sending_marks.read(chosen.lost_days, LostDays)
    if recorded is not None:
        return recorded
    mark = sending_marks.read(chosen.last_claim, LastClaim)
    if mark is None:
        return None
    with bootstrap.session() as session:
        if unclear_notices.was_claimed(session, mark.notice_id, at=mark.claimed_at):
            return None
        newest = unclear_notices.last_day_sent(session, bootstrap.rulebook().district.code)
    first = newest or mark.planned_on - LONGEST_UNKNOWN
    lost = LostDays(first=min(first, mark.planned_on), last=mark.planned_on)
    # The next card that is sent takes the mark's place: from now on the days stand for it.
    sending_marks.put(chosen.lost_days, lost)
    chosen.last_claim.unlink()
    return lost


def settle(run: Run, *, owe: Owe, routes_of: RoutesOf, through: date | None) -> Iterator[Delivery]:
    """Look for every card that may have gone out on the lost days, as for one in flight.

    Each day is owed anew up to a day; without one, only what is owed as it stands. Only under the
    sender's lock.
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
    """Walk over the lost days, before them over what is owed as it stands."""
    yield None
    day = lost.first
    while through is not None and day <= min(lost.last, through):
        yield day
        day += timedelta(days=1)


def _in_doubt(lost: LostDays, run: Run, routes_of: RoutesOf) -> tuple[Notice, ...]:
    """Claim every owed card as if its sender had died on the first lost day; return those."""
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
    """Return the route by which a card may have gone and that nobody can ask; else the first."""
    return next((route for route in routes if route.channel not in _LOOKED_UP), routes[0])
