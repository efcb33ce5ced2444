"""Opens the instances of recurring duties (plan and duty list), each once, automatically."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.duties import recurring_duties
from junheng.domain.duties.recurring_duties import Instance
from junheng.domain.ledger import remediation as remediations_of
from junheng.domain.ledger.remediation import Subject
from junheng.store import remediations as store
from tasks.ledger.ledger import SYSTEM, Ledger


def open_due(today: date, *, now: datetime) -> int:
    """Open and hand over every instance that is due to open; return how many. Idempotent.

    Raises:
        CalendarMissing: a deciding day is in a year without a calendar.

    """
    rulebook = bootstrap.rulebook()
    with bootstrap.session() as session:
        # Locks the ledger first: another process that would open the same instances waits.
        ledger = Ledger.of(session, rulebook, now=now)
        instances = recurring_duties.instances_due(
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
    unit = instance.unit
    town = unit if unit in towns else ""
    drafted = remediations_of.first_draft(
        f"{ledger.district}-{year}-{number:04d}",
        Subject(instance.duty.id, unit, unit, town, period=instance.period),
        instance.duty.assignment(unit, towns),
        school_year=year,
        terms=ledger.terms(None, fixed_due_on=instance.due_on),
        on=today,
    )
    ledger.draft(drafted, by=SYSTEM, on=today, evaluation_id=None)
    ledger.hand_over(drafted, by=ledger.rulebook.contacts.office, on=today)
