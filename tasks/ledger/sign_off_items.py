"""What a sign-off asks for, remediation by remediation, as whoever decides reads it."""

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
    """One remediation of a sign-off as it stands now; `left_out` is why it was not handed over."""

    remediation: Remediation
    is_veto: bool
    left_out: str


def listing() -> tuple[SignOff, ...]:
    """Return every sign-off of the district, the newest first."""
    with bootstrap.session() as session:
        return store.newest_first(session, bootstrap.rulebook().district.code)


def items(number: int | None) -> tuple[SignOff, tuple[Item, ...]]:
    """Return a sign-off with what it asks for: vetoes first, by lead, by due date.

    Raises:
        AnswerRefused: there is none, or none of that number.

    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        one = sign_offs.find(session, rulebook, number)
        held = remediations.referred_to(session, rulebook.district.code, one.references)
    listed = [
        Item(known, _is_veto(known, rulebook), one.left_out.get(known.reference, ""))
        for known in held
    ]
    return one, tuple(sorted(listed, key=_order))


def signings(
    session: Session, rulebook: Rulebook, held: Iterable[Remediation], today: date
) -> Mapping[Draft, Signing]:
    """Return where the drafts among some remediations stand with their signing."""
    if not any(one.status is Status.DRAFTED for one in held):
        return {}
    known = store.newest_first(session, rulebook.district.code)
    return signings_of(known, today=today, calendar=rulebook.calendar)


def row(item: Item, rulebook: Rulebook, today: date) -> tuple[object, ...]:
    """Return what people read of an item, under `columns.show` of the wording."""
    held, wording = item.remediation, rulebook.wording.sign_off.items
    status = rulebook.wording.ledger.statuses[held.status]
    return (
        held.reference,
        wording.veto if item.is_veto else "",
        wording.line.format(
            indicator=held.indicator, name=rulebook.called(held.indicator, held.period)
        ),
        rulebook.display_name(held.unit_name, today),
        rulebook.display_name(held.lead, today),
        held.due_on.isoformat(),
        wording.left_out.format(reason=item.left_out) if item.left_out else status,
    )


def title(one: SignOff, listed: tuple[Item, ...]) -> str:
    """Return how a sign-off stands, in one sentence."""
    template = bootstrap.rulebook().wording.sign_off.titles[one.status]
    return template.format(
        number=one.number,
        year=one.school_year,
        count=len(one.drafts),
        leads=len({item.remediation.lead for item in listed}),
        vetoes=sum(item.is_veto for item in listed),
        decide_by=one.decide_by,
        by=one.decided_by,
        on=one.decided_on,
        reason=one.reason,
        left_out=len(one.left_out),
    )


def _order(item: Item) -> tuple[bool, str, date, str]:
    held = item.remediation
    return (not item.is_veto, held.lead, held.due_on, held.reference)


def _is_veto(held: Remediation, rulebook: Rulebook) -> bool:
    line = rulebook.standard.line(held.indicator)
    return line is not None and line.severity is Severity.VETO
