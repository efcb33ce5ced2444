"""Opens what the plan and the duty list ask for again, each turn once and by itself."""

from datetime import UTC, date, datetime

from junheng import bootstrap
from junheng.domain import recurring
from junheng.domain import remediation as remediations_of
from junheng.domain.lifecycle import Status
from junheng.domain.recurring import Instance
from junheng.domain.remediation import Remediation
from junheng.store import remediations as store
from tasks.ledger import SYSTEM, Ledger


def open_due(today: date) -> int:
    """Open and hand over every turn whose day has come, and return how many; again, and none is.

    Raises:
        CalendarMissing: a day that decides lies in a year without a calendar.

    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        # Opened first: whoever else would open the same turns waits until these are in.
        ledger = Ledger.of(session, rulebook, now=datetime.now(UTC))
        instances = recurring.instances_due(
            rulebook.recurring,
            today=today,
            opened=store.turns_opened(session, rulebook.district.code),
            towns=rulebook.district.towns,
            calendar=rulebook.calendar,
        )
        for instance in instances:
            _open(ledger, instance, today)
        return len(instances)


def _open(ledger: Ledger, instance: Instance, today: date) -> None:
    year = int(instance.period[:4])
    number = store.next_number(ledger.session, ledger.district, year)
    towns = ledger.rulebook.district.towns
    assigned = instance.duty.assignment(instance.unit, towns)
    blank = Remediation(
        reference=f"{ledger.district}-{year}-{number:04d}",
        indicator=instance.duty.id,
        unit=instance.unit,
        period=instance.period,
        unit_name=instance.unit,
        town=instance.unit if instance.unit in towns else "",
        school_year=year,
        followed_year=year,
        lead=assigned.lead,
        basis=assigned.basis,
        items=(),
        status=Status.DRAFTED,
        opened_on=today,
        receipt_due_on=today,
        due_on=instance.due_on,
    )
    terms = ledger.terms(None, fixed_due_on=instance.due_on)
    drafted = remediations_of.drafted(blank, assigned, terms=terms, on=today)
    ledger.draft(drafted, by=SYSTEM, on=today, evaluation_id=None)
    ledger.hand_over(drafted, by=ledger.rulebook.contacts.office, on=today)
