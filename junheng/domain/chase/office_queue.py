"""The matters that wait for the office: to sign, review, close or decide; their card section."""

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
    """The kinds of matters, the most urgent first."""

    ARBITRATION_OVERDUE = "arbitration_overdue"
    ARBITRATION = "arbitration"
    EXTENSION = "extension"
    REVIEW = "review"
    CLOSING = "closing"
    SIGNING = "signing"
    # Not answered by the due date: the next round requests it again.
    SIGNING_EXPIRED = "signing_expired"
    # A draft without a sign-off: a round died before it requested one.
    UNASKED = "unasked"
    HANDING_OVER = "handing_over"
    # Declined or left out: the office knows, so it is listed but never news.
    HELD_BACK = "held_back"


AT_THE_OFFICE = frozenset(
    {Status.DRAFTED, Status.SIGNED_OFF, Status.REPORTED, Status.REVIEWED, Status.DISPUTED}
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A matter that waits for the office.

    `day` is the date it was opened, reported or requested for, or by which to decide.
    `told_as` is the date that makes it news again when it changes.
    """

    reference: str
    cycle: int
    kind: Kind
    day: date
    is_new: bool = True
    told_as: date | None = None

    @property
    def rung(self) -> str:
        """The rung of its reminder, sent once in a cycle; another `told_as` is another rung."""
        rung = f"waiting:{self.kind.value}"
        return rung if self.told_as is None else f"{rung}:{self.told_as.isoformat()}"


def waiting_for_office(
    remediations: Iterable[Remediation],
    *,
    told: Collection[tuple[str, int, str, str]],
    recipient: str,
    today: date,
    signings: Mapping[Draft, Signing],
) -> tuple[Waiting, ...]:
    """Return the matters that wait for the office; each is news until `recipient` was told."""
    return tuple(
        replace(matter, is_new=_is_news(matter, told, recipient))
        for remediation in remediations
        for matter in _of(remediation, today, signings)
    )


def _is_news(matter: Waiting, told: Collection[tuple[str, int, str, str]], recipient: str) -> bool:
    if matter.kind is Kind.HELD_BACK:
        return False
    return (matter.reference, matter.cycle, matter.rung, recipient) not in told


def office_section(waiting: Sequence[Waiting], wording: WaitingWords) -> str:
    """Return the section of a card: the number of matters of each kind, and their oldest day."""
    lines = []
    for kind in Kind:
        days = [matter.day for matter in waiting if matter.kind is kind]
        if days:
            first = min(days)
            lines.append(
                wording.line.format(
                    kind=wording.kinds[kind],
                    count=len(days),
                    year=first.year,
                    month=first.month,
                    day=first.day,
                )
            )
    return "\n".join((wording.heading.format(count=len(waiting)), *lines, wording.foot))


def _of(
    remediation: Remediation, today: date, signings: Mapping[Draft, Signing]
) -> Iterable[Waiting]:
    key = (remediation.reference, remediation.cycle)
    if remediation.extension_until is not None:
        until = remediation.extension_until
        yield Waiting(*key, Kind.EXTENSION, until, told_as=until)
    match remediation.status:
        case Status.DRAFTED:
            yield _of_draft(remediation, signings.get(key))
        case Status.SIGNED_OFF:
            yield Waiting(*key, Kind.HANDING_OVER, remediation.opened_on)
        case Status.REPORTED:
            yield Waiting(*key, Kind.REVIEW, remediation.reported_on or remediation.opened_on)
        case Status.REVIEWED:
            yield Waiting(*key, Kind.CLOSING, remediation.reported_on or remediation.opened_on)
        case Status.DISPUTED:
            decide_by = remediation.arbitrate_by or remediation.opened_on
            kind = Kind.ARBITRATION_OVERDUE if decide_by < today else Kind.ARBITRATION
            yield Waiting(*key, kind, decide_by)
        case Status.HANDED_OVER | Status.RECEIPTED | Status.IN_PROGRESS | Status.SENT_BACK:
            return
        case Status.CLOSED | Status.SUSPENDED | Status.WAIVED:
            return


def _of_draft(remediation: Remediation, signing: Signing | None) -> Waiting:
    key = (remediation.reference, remediation.cycle)
    if signing is None:
        return Waiting(*key, Kind.UNASKED, remediation.opened_on)
    decide_by = signing.decide_by
    match signing.status:
        case sign_offs.Status.ASKED:
            return Waiting(*key, Kind.SIGNING, decide_by, told_as=signing.told_on)
        case sign_offs.Status.EXPIRED:
            return Waiting(*key, Kind.SIGNING_EXPIRED, decide_by, told_as=decide_by)
        case sign_offs.Status.APPROVED | sign_offs.Status.DECLINED:
            return Waiting(*key, Kind.HELD_BACK, remediation.opened_on)
        case sign_offs.Status.SUPERSEDED:
            return Waiting(*key, Kind.UNASKED, remediation.opened_on)
