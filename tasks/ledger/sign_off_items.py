"""The remediations of a sign-off, formatted for the person who decides."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from junheng import bootstrap
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.ledger.sign_offs import Draft, Signing, SignOff
from junheng.domain.ledger.sign_offs import signings as signings_of
from junheng.domain.standard.standard import Severity
from junheng.rulebook import Rulebook
from junheng.store import remediations
from junheng.store import sign_offs as store
from junheng.store.database.database import Session
from tasks.ledger import sign_offs


@dataclass(frozen=True, slots=True)
class Item:
    """One remediation of a sign-off in its current state; `left_out` is the reason of exclusion."""

    remediation: Remediation
    is_veto: bool
    left_out: str


def listing() -> tuple[SignOff, ...]:
    """Return every sign-off of the district, the newest first."""
    with bootstrap.session() as session:
        return store.newest_first(session, bootstrap.rulebook().district.code)


def items(number: int | None) -> tuple[SignOff, tuple[Item, ...]]:
    """Return a sign-off with its remediations: vetoes first, then by lead and due date.

    Raises:
        AnswerRefused: the sign-off does not exist.

    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        sign_off = sign_offs.find(session, rulebook, number)
        found = remediations.referred_to(session, rulebook.district.code, sign_off.references)
    listed = [
        Item(
            remediation,
            _is_veto(remediation, rulebook),
            sign_off.left_out.get(remediation.reference, ""),
        )
        for remediation in found
    ]
    return sign_off, tuple(sorted(listed, key=_order))


def signings(
    session: Session, rulebook: Rulebook, listed: Iterable[Remediation], today: date
) -> Mapping[Draft, Signing]:
    """Return the sign-off status of the drafts among some remediations."""
    if not any(remediation.status is Status.DRAFTED for remediation in listed):
        return {}
    known = store.newest_first(session, rulebook.district.code)
    return signings_of(known, today=today, calendar=rulebook.calendar)


def row(item: Item, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    """Return an item as a row, under `columns.show` of the wording."""
    remediation, wording = item.remediation, rulebook.wording.sign_off.items
    status = rulebook.wording.ledger.statuses[remediation.status]
    return (
        remediation.reference,
        wording.veto if item.is_veto else "",
        wording.line.format(
            indicator=remediation.indicator,
            name=rulebook.called(remediation.indicator, remediation.period),
        ),
        rulebook.display_name(remediation.unit_name, today),
        rulebook.display_name(remediation.lead, today),
        remediation.due_on.isoformat(),
        wording.left_out.format(reason=item.left_out) if item.left_out else status,
    )


def title(sign_off: SignOff, listed: tuple[Item, ...]) -> str:
    """Return the status of a sign-off, in one sentence."""
    template = bootstrap.rulebook().wording.sign_off.titles[sign_off.status]
    return template.format(
        number=sign_off.number,
        year=sign_off.school_year,
        count=len(sign_off.drafts),
        leads=len({item.remediation.lead for item in listed}),
        vetoes=sum(item.is_veto for item in listed),
        decide_by=sign_off.decide_by,
        by=sign_off.decided_by,
        on=sign_off.decided_on,
        reason=sign_off.reason,
        left_out=len(sign_off.left_out),
    )


def _order(item: Item) -> tuple[bool, str, date, str]:
    remediation = item.remediation
    return (not item.is_veto, remediation.lead, remediation.due_on, remediation.reference)


def _is_veto(remediation: Remediation, rulebook: Rulebook) -> bool:
    line = rulebook.standard.line(remediation.indicator)
    return line is not None and line.severity is Severity.VETO
