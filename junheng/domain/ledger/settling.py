"""Settling: what a newer evaluation asks of the ledger, remediation by remediation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.shortfalls import Order

Key = tuple[str, str]
"""(indicator, unit): the identity of what an evaluation finds, over all the years."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One evaluation as the ledger needs it: what fails, what is put right, and what changed.

    `same_data` is what failed last by the very figures that this evaluation was made of: what
    passes now passes by another rule.
    """

    school_year: int
    failing: tuple[Order, ...]
    put_right: frozenset[Key]
    same_data: frozenset[Key] = frozenset()
    # What the newest evaluations of later years find nothing amiss of.
    passed_since: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """What is to be done: orders to draft, and acts on what is in the ledger already."""

    drafts: tuple[Order, ...]
    acts: tuple[tuple[Remediation, tuple[Act, ...]], ...]


def settle(
    known: Iterable[Remediation], judged: Judged, *, by: str, today: date, newest_year: int
) -> Settled:
    """Return what an evaluation asks of the ledger; asked again, it asks for nothing more.

    An evaluation of a year older than a remediation follows has nothing to say of it, and one
    older than `newest_year` does not reopen what is closed; what has passed since is not opened.
    """
    by_key = {(one.indicator, one.unit): one for one in known}
    drafts: list[Order] = []
    acts: list[tuple[Remediation, tuple[Act, ...]]] = []
    for order in judged.failing:
        held = by_key.get((order.line.id, order.unit))
        if held is None:
            if (order.line.id, order.unit) not in judged.passed_since:
                drafts.append(order)
        elif moves := _still_failing(held, order, judged.school_year, today, newest_year):
            own = tuple(_act(move, order, judged.school_year, by, today) for move in moves)
            acts.append((held, own))
    acts += [
        (held, (_closing(held, key, judged, by, today),))
        for key, held in by_key.items()
        if key in judged.put_right and held.is_open and judged.school_year >= held.followed_year
    ]
    return Settled(tuple(drafts), tuple(acts))


def _still_failing(
    held: Remediation, order: Order, school_year: int, today: date, newest_year: int
) -> tuple[Move, ...]:
    """Return the moves that answer a failing line which the ledger knows, none where it is known.

    What was reported as done and fails in a newer year goes back to its unit.
    """
    if school_year < held.followed_year:
        return ()
    is_newer = school_year > held.followed_year
    match held.status:
        case Status.CLOSED:
            is_relapse = school_year >= newest_year and (is_newer or held.closing is Closing.DATA)
            return (Move.REOPEN,) if is_relapse else ()
        case Status.WAIVED if held.waived_until is not None and held.waived_until < today:
            return (Move.LAPSE,)
        case Status.REPORTED | Status.REVIEWED if is_newer:
            return (Move.CARRY_OVER, Move.FAIL_AGAIN)
        case _ if is_newer:
            return (Move.CARRY_OVER,)
        case _:
            return (Move.FOLLOW,) if held.items != order.items else ()


def _act(move: Move, order: Order, school_year: int, by: str, today: date) -> Act:
    return Act(
        move,
        by,
        today,
        assigned=order.assigned,
        school_year=school_year,
        items=order.items,
    )


def _closing(held: Remediation, key: Key, judged: Judged, by: str, today: date) -> Act:
    if key in judged.same_data:
        cause = Cause.RULE_WRONG
    elif judged.school_year > held.followed_year:
        cause = Cause.REAL_GAP
    else:
        # A year's figures are those of its first of September: what passes now was misreported.
        cause = Cause.DATA_WRONG
    return Act(Move.CLOSE_BY_DATA, by, today, cause=cause, school_year=judged.school_year)


def years_failing(failing: Mapping[int, frozenset[Key]], *, until: int) -> Mapping[Key, int]:
    """Return how many school years on end each has been failing, up to and including `until`."""
    streaks: dict[Key, int] = {}
    for key in failing.get(until, frozenset()):
        year = until
        while key in failing.get(year, frozenset()):
            streaks[key] = streaks.get(key, 0) + 1
            year -= 1
    return streaks
