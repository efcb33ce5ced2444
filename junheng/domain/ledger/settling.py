"""Settling: the drafts and acts on the ledger that follow from a new evaluation."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from junheng.domain.ledger.lifecycle import Cause, Closing, Move, Status
from junheng.domain.ledger.remediation import Act, Remediation
from junheng.domain.ledger.shortfalls import Order

Key = tuple[str, str]
"""(indicator, unit): the identity of a shortfall over all years."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One evaluation as the ledger needs it: what fails, what passes, and what changed.

    `same_data` are the keys that failed last with the same figures: if one passes now, the rule
    has changed.
    """

    school_year: int
    failing: tuple[Order, ...]
    put_right: frozenset[Key]
    same_data: frozenset[Key] = frozenset()
    # The keys that pass in the newest evaluations of later years.
    passed_since: frozenset[Key] = frozenset()


@dataclass(frozen=True, slots=True)
class Settled:
    """The result: orders to draft, and acts on existing remediations."""

    drafts: tuple[Order, ...]
    acts: tuple[tuple[Remediation, tuple[Act, ...]], ...]


def settle(
    known: Iterable[Remediation], judged: Judged, *, by: str, today: date, newest_year: int
) -> Settled:
    """Return the drafts and acts that follow from an evaluation; idempotent.

    An evaluation of a year before `followed_year` of a remediation does not change it, and one
    before `newest_year` does not reopen a closed one. Keys in `passed_since` are not opened.
    """
    by_key = {(remediation.indicator, remediation.unit): remediation for remediation in known}
    drafts: list[Order] = []
    acts: list[tuple[Remediation, tuple[Act, ...]]] = []
    for order in judged.failing:
        remediation = by_key.get((order.line.id, order.unit))
        if remediation is None:
            if (order.line.id, order.unit) not in judged.passed_since:
                drafts.append(order)
        elif moves := _still_failing(remediation, order, judged.school_year, today, newest_year):
            own = tuple(_act(move, order, judged.school_year, by, today) for move in moves)
            acts.append((remediation, own))
    acts += [
        (remediation, (_closing(remediation, key, judged, by, today),))
        for key, remediation in by_key.items()
        if key in judged.put_right
        and remediation.is_open
        and judged.school_year >= remediation.followed_year
    ]
    return Settled(tuple(drafts), tuple(acts))


def _still_failing(
    remediation: Remediation, order: Order, school_year: int, today: date, newest_year: int
) -> tuple[Move, ...]:
    """Return the moves of an existing remediation whose line fails, none if nothing is new.

    A remediation reported as done that fails in a newer year goes back to its unit.
    """
    if school_year < remediation.followed_year:
        return ()
    is_newer = school_year > remediation.followed_year
    match remediation.status:
        case Status.CLOSED:
            is_relapse = school_year >= newest_year and (
                is_newer or remediation.closing is Closing.DATA
            )
            return (Move.REOPEN,) if is_relapse else ()
        case Status.WAIVED if (
            remediation.waived_until is not None and remediation.waived_until < today
        ):
            return (Move.LAPSE,)
        case Status.REPORTED | Status.REVIEWED if is_newer:
            return (Move.CARRY_OVER, Move.FAIL_AGAIN)
        case _ if is_newer:
            return (Move.CARRY_OVER,)
        case _:
            return (Move.FOLLOW,) if remediation.items != order.items else ()


def _act(move: Move, order: Order, school_year: int, by: str, today: date) -> Act:
    return Act(
        move,
        by,
        today,
        assigned=order.assigned,
        school_year=school_year,
        items=order.items,
    )


def _closing(remediation: Remediation, key: Key, judged: Judged, by: str, today: date) -> Act:
    if key in judged.same_data:
        cause = Cause.RULE_WRONG
    elif judged.school_year > remediation.followed_year:
        cause = Cause.REAL_GAP
    else:
        # A year's figures are those of 1 September: if they pass now, they were misreported.
        cause = Cause.DATA_WRONG
    return Act(Move.CLOSE_BY_DATA, by, today, cause=cause, school_year=judged.school_year)


def years_failing(failing: Mapping[int, frozenset[Key]], *, until: int) -> Mapping[Key, int]:
    """Return for each key the number of consecutive failing school years that end with `until`."""
    streaks: dict[Key, int] = {}
    for key in failing.get(until, frozenset()):
        year = until
        while key in failing.get(year, frozenset()):
            streaks[key] = streaks.get(key, 0) + 1
            year -= 1
    return streaks
