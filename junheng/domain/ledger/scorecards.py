"""Scorecards: how each department and town kept its dates, ranked by exact rates."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Part, Remediation
from junheng.wording.ledger.scorecards import ScorecardWords

# No unit can be late: the clock is stopped, or the responsibility is disputed.
NO_CLOCK = frozenset({Status.SUSPENDED, Status.WAIVED, Status.DISPUTED})


class Kind(StrEnum):
    """Departments are compared with departments, towns with towns."""

    DEPARTMENT = "department"
    TOWN = "town"


class Role(StrEnum):
    """A unit's part in a remediation."""

    LEAD = "lead"
    SUPPORTING = "supporting"


@dataclass(frozen=True, slots=True)
class Held:
    """One unit's part in one remediation that was handed over to it.

    `unit` is the unit's current name, so that departments merged by a reform share one row.
    `part` is the supporting unit's own part, None if the unit leads.
    """

    unit: str
    kind: Kind
    remediation: Remediation
    part: Part | None = None

    @property
    def role(self) -> Role:
        return Role.LEAD if self.part is None else Role.SUPPORTING

    @property
    def own(self) -> Remediation | Part:
        """Return the object that has the unit's own dates."""
        return self.part or self.remediation

    @property
    def clock_runs(self) -> bool:
        return self.remediation.status not in NO_CLOCK


@dataclass(frozen=True, slots=True)
class Rate:
    """An exact rate `hits` / `of`; there is no rate if `of` is 0."""

    hits: int
    of: int

    @property
    def fraction(self) -> Fraction | None:
        return Fraction(self.hits, self.of) if self.of else None


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A unit's remediations and how it kept their dates; unranked without closed ones."""

    unit: str
    lead: int
    supporting: int
    receipted_in_time: Rate
    closed_in_time: Rate
    overdue: int
    relapsed: int
    rank: int | None = None
    is_tied: bool = False

    @property
    def opened(self) -> int:
        return self.lead + self.supporting

    @property
    def merit(self) -> tuple[Fraction, Fraction] | None:
        """The ranking key: closed in time, then receipted in time."""
        closed, receipted = self.closed_in_time.fraction, self.receipted_in_time.fraction
        return None if closed is None or receipted is None else (closed, receipted)

    @property
    def shown_rank(self) -> int | None:
        """The displayed rank; a unit that closed nothing in time has none."""
        return self.rank if self.closed_in_time.hits else None


def scorecards(held: Iterable[Held], *, today: date) -> Mapping[Kind, tuple[Scorecard, ...]]:
    """Return the scorecards of each kind on a day, best first, unranked last."""
    opened = [entry for entry in held if entry.remediation.opened_on <= today]
    return {
        kind: _ranked(_counted([entry for entry in opened if entry.kind is kind], today))
        for kind in Kind
    }


def rows(cards: Iterable[Scorecard], wording: ScorecardWords) -> tuple[tuple[str, ...], ...]:
    """Return a table of scorecards, a text for each of the columns."""
    return tuple(
        (
            _rank_in_words(card, wording),
            card.unit,
            wording.opened.format(opened=card.opened, lead=card.lead, supporting=card.supporting),
            _rate_in_words(card.receipted_in_time, wording),
            _rate_in_words(card.closed_in_time, wording),
            str(card.overdue),
            str(card.relapsed),
        )
        for card in cards
    )


def _counted(held: Iterable[Held], today: date) -> Iterable[Scorecard]:
    by_unit: dict[str, list[Held]] = {}
    for entry in held:
        by_unit.setdefault(entry.unit, []).append(entry)
    return (_card(unit, entries, today) for unit, entries in by_unit.items())


def _card(unit: str, entries: list[Held], today: date) -> Scorecard:
    receipts = [
        in_time for entry in entries if (in_time := _receipted_in_time(entry, today)) is not None
    ]
    closings = [
        in_time for entry in entries if (in_time := _closed_in_time(entry, today)) is not None
    ]
    return Scorecard(
        unit=unit,
        lead=sum(entry.role is Role.LEAD for entry in entries),
        supporting=sum(entry.role is Role.SUPPORTING for entry in entries),
        receipted_in_time=Rate(sum(receipts), len(receipts)),
        closed_in_time=Rate(sum(closings), len(closings)),
        overdue=sum(_is_overdue(entry, today) for entry in entries),
        relapsed=sum(entry.remediation.relapses > 0 for entry in entries),
    )


def _receipted_in_time(held: Held, today: date) -> bool | None:
    """Return whether a unit receipted in time, None while it still may."""
    receipted_on = _past(held.own.receipted_on, today)
    if receipted_on is not None:
        return receipted_on <= held.own.receipt_due_on
    return False if held.clock_runs and today > held.own.receipt_due_on else None


def _closed_in_time(held: Held, today: date) -> bool | None:
    """Return whether a unit was done in time, None while that is open.

    A unit is done when it reports: a review by the office after the due date does not count.
    """
    closed_on = _past(held.remediation.closed_on, today)
    if closed_on is not None:
        return (_past(held.own.reported_on, today) or closed_on) <= held.own.due_on
    return False if _is_overdue(held, today) else None


def _is_overdue(held: Held, today: date) -> bool:
    is_closed = _past(held.remediation.closed_on, today) is not None
    if is_closed or not held.clock_runs or today <= held.own.due_on:
        return False
    reported_on = _past(held.own.reported_on, today)
    return reported_on is None or reported_on > held.own.due_on


def _past(day: date | None, today: date) -> date | None:
    """Return a day up to today, else None: scorecards of a past day must not use later dates."""
    return None if day is None or day > today else day


def _ranked(cards: Iterable[Scorecard]) -> tuple[Scorecard, ...]:
    counted = tuple(cards)
    merits = [card.merit for card in counted if card.merit is not None]
    placed = (_placed(card, merits) for card in counted)
    return tuple(
        sorted(placed, key=lambda card: (card.rank is None, card.rank or 0, card.unit)),
    )


def _placed(card: Scorecard, merits: Sequence[tuple[Fraction, Fraction]]) -> Scorecard:
    """Return a card with its rank: equal units share a rank, and the next ranks are skipped."""
    own = card.merit
    if own is None:
        return card
    better = sum(merit > own for merit in merits)
    return replace(card, rank=better + 1, is_tied=merits.count(own) > 1)


def _rank_in_words(card: Scorecard, wording: ScorecardWords) -> str:
    if card.shown_rank is None:
        return wording.none
    return (wording.tied if card.is_tied else wording.rank).format(rank=card.shown_rank)


def _rate_in_words(rate: Rate, wording: ScorecardWords) -> str:
    fraction = rate.fraction
    if fraction is None:
        return wording.none
    return wording.rate.format(hits=rate.hits, of=rate.of, percent=_percent(fraction))


def _percent(fraction: Fraction) -> str:
    """Return a rate in percent with up to one decimal; only 1 is 100 and only 0 is 0."""
    tenths = floor(fraction * 1000 + Fraction(1, 2))
    if 0 < fraction < 1:
        tenths = min(max(tenths, 1), 999)
    return f"{Decimal(tenths) / 10:f}"
