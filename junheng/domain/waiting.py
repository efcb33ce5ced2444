"""What waits for the office itself: to sign, to review, to close, to decide; and how it is said."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from junheng.domain.lifecycle import Status
from junheng.domain.remediation import Remediation
from junheng.domain.standard import Frozen


class Kind(StrEnum):
    """What the office has to do, the most pressing first."""

    ARBITRATION_OVERDUE = "arbitration_overdue"
    ARBITRATION = "arbitration"
    EXTENSION = "extension"
    REVIEW = "review"
    CLOSING = "closing"
    SIGNING = "signing"
    HANDING_OVER = "handing_over"


AT_THE_OFFICE = frozenset(
    {Status.DRAFTED, Status.SIGNED_OFF, Status.REPORTED, Status.REVIEWED, Status.DISPUTED}
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the office, and the day that counts for it.

    That day is the one it was opened or reported on, or by which to decide, or asked for.
    """

    reference: str
    cycle: int
    kind: Kind
    day: date
    is_new: bool = True

    @property
    def rung(self) -> str:
        """What it is told under, once in a cycle; time asked for again, to another day, is news."""
        told = f"waiting:{self.kind.value}"
        return f"{told}:{self.day.isoformat()}" if self.kind is Kind.EXTENSION else told


class WaitingPhrases(Frozen):
    """How a card says what waits for the office."""

    heading: str
    line: str
    kinds: dict[Kind, str]
    foot: str


def waiting_for_office(
    remediations: Iterable[Remediation],
    *,
    told: Collection[tuple[str, int, str, str]],
    recipient: str,
    today: date,
) -> tuple[Waiting, ...]:
    """Return what waits for the office, and of each whether its reader has been told of it."""
    found: list[Waiting] = []
    for one in remediations:
        for kind, day in _kinds(one, today):
            waiting = Waiting(one.reference, one.cycle, kind, day)
            is_new = (one.reference, one.cycle, waiting.rung, recipient) not in told
            found.append(Waiting(one.reference, one.cycle, kind, day, is_new))
    return tuple(found)


def office_section(waiting: Sequence[Waiting], phrases: WaitingPhrases) -> str:
    """Return a card's section: how many of each kind, and the oldest day of each."""
    lines = []
    for kind in Kind:
        days = [one.day for one in waiting if one.kind is kind]
        if days:
            kind_said = phrases.kinds[kind]
            first = min(days)
            lines.append(
                phrases.line.format(
                    kind=kind_said,
                    count=len(days),
                    year=first.year,
                    month=first.month,
                    day=first.day,
                )
            )
    return "\n".join((phrases.heading.format(count=len(waiting)), *lines, phrases.foot))


def _kinds(one: Remediation, today: date) -> Iterable[tuple[Kind, date]]:
    if one.extension_until is not None:
        yield Kind.EXTENSION, one.extension_until
    match one.status:
        case Status.DRAFTED:
            yield Kind.SIGNING, one.opened_on
        case Status.SIGNED_OFF:
            yield Kind.HANDING_OVER, one.opened_on
        case Status.REPORTED:
            yield Kind.REVIEW, one.reported_on or one.opened_on
        case Status.REVIEWED:
            yield Kind.CLOSING, one.reported_on or one.opened_on
        case Status.DISPUTED:
            decide_by = one.arbitrate_by or one.opened_on
            kind = Kind.ARBITRATION_OVERDUE if decide_by < today else Kind.ARBITRATION
            yield kind, decide_by
        case Status.HANDED_OVER | Status.RECEIPTED | Status.IN_PROGRESS | Status.SENT_BACK:
            return
        case Status.CLOSED | Status.SUSPENDED | Status.WAIVED:
            return
