"""What waits for the office itself: to sign, to review, to close, to decide; and how it is said."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from junheng.domain.ledger import sign_offs
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.sign_offs import Draft, Signing
from junheng.wording.chase.cards import WaitingWords


class Kind(StrEnum):
    """What the office has to do, the most pressing first."""

    ARBITRATION_OVERDUE = "arbitration_overdue"
    ARBITRATION = "arbitration"
    EXTENSION = "extension"
    REVIEW = "review"
    CLOSING = "closing"
    SIGNING = "signing"
    # Nobody answered by the day: the next round asks anew.
    SIGNING_EXPIRED = "signing_expired"
    # Drafted, and nobody asked for: a round died before it asked.
    UNASKED = "unasked"
    HANDING_OVER = "handing_over"
    # Declined or left out: the office knows, and is told of it with other things only.
    HELD_BACK = "held_back"


AT_THE_OFFICE = frozenset(
    {Status.DRAFTED, Status.SIGNED_OFF, Status.REPORTED, Status.REVIEWED, Status.DISPUTED}
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits for the office, and the day that counts for it.

    That day is the one it was opened or reported on, or by which to decide, or asked for.
    `told_as` is the day that makes it news again.
    """

    reference: str
    cycle: int
    kind: Kind
    day: date
    is_new: bool = True
    told_as: date | None = None

    @property
    def rung(self) -> str:
        """What it is told under, once in a cycle; time asked for again, to another day, is news."""
        told = f"waiting:{self.kind.value}"
        return told if self.told_as is None else f"{told}:{self.told_as.isoformat()}"


def waiting_for_office(
    remediations: Iterable[Remediation],
    *,
    told: Collection[tuple[str, int, str, str]],
    recipient: str,
    today: date,
    signings: Mapping[Draft, Signing],
) -> tuple[Waiting, ...]:
    """Return what waits for the office, and of each whether its reader has been told of it."""
    return tuple(
        replace(one, is_new=_is_news(one, told, recipient))
        for held in remediations
        for one in _of(held, today, signings)
    )


def _is_news(one: Waiting, told: Collection[tuple[str, int, str, str]], recipient: str) -> bool:
    if one.kind is Kind.HELD_BACK:
        return False
    return (one.reference, one.cycle, one.rung, recipient) not in told


def office_section(waiting: Sequence[Waiting], wording: WaitingWords) -> str:
    """Return a card's section: how many of each kind, and the oldest day of each."""
    lines = []
    for kind in Kind:
        days = [one.day for one in waiting if one.kind is kind]
        if days:
            kind_said = wording.kinds[kind]
            first = min(days)
            lines.append(
                wording.line.format(
                    kind=kind_said,
                    count=len(days),
                    year=first.year,
                    month=first.month,
                    day=first.day,
                )
            )
    return "\n".join((wording.heading.format(count=len(waiting)), *lines, wording.foot))


def _of(held: Remediation, today: date, signings: Mapping[Draft, Signing]) -> Iterable[Waiting]:
    key = (held.reference, held.cycle)
    if held.extension_until is not None:
        until = held.extension_until
        yield Waiting(*key, Kind.EXTENSION, until, told_as=until)
    match held.status:
        case Status.DRAFTED:
            yield _of_draft(held, signings.get(key))
        case Status.SIGNED_OFF:
            yield Waiting(*key, Kind.HANDING_OVER, held.opened_on)
        case Status.REPORTED:
            yield Waiting(*key, Kind.REVIEW, held.reported_on or held.opened_on)
        case Status.REVIEWED:
            yield Waiting(*key, Kind.CLOSING, held.reported_on or held.opened_on)
        case Status.DISPUTED:
            decide_by = held.arbitrate_by or held.opened_on
            kind = Kind.ARBITRATION_OVERDUE if decide_by < today else Kind.ARBITRATION
            yield Waiting(*key, kind, decide_by)
        case Status.HANDED_OVER | Status.RECEIPTED | Status.IN_PROGRESS | Status.SENT_BACK:
            return
        case Status.CLOSED | Status.SUSPENDED | Status.WAIVED:
            return


def _of_draft(held: Remediation, signing: Signing | None) -> Waiting:
    key = (held.reference, held.cycle)
    if signing is None:
        return Waiting(*key, Kind.UNASKED, held.opened_on)
    decide_by = signing.decide_by
    match signing.status:
        case sign_offs.Status.ASKED:
            return Waiting(*key, Kind.SIGNING, decide_by, told_as=signing.told_on)
        case sign_offs.Status.EXPIRED:
            return Waiting(*key, Kind.SIGNING_EXPIRED, decide_by, told_as=decide_by)
        case sign_offs.Status.APPROVED | sign_offs.Status.DECLINED:
            return Waiting(*key, Kind.HELD_BACK, held.opened_on)
        case sign_offs.Status.SUPERSEDED:
            return Waiting(*key, Kind.UNASKED, held.opened_on)
