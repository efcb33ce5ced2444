"""Who has nobody that could be told: the report that stands before a round is opened."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.history.hash_chain import EventKind, Happening, canonical
from junheng.domain.people import contacts
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import history
from tasks.ledger.ledger import Ledger


class NobodyToContact(Refusal):
    """We cannot hand anything over, because units have nobody who could be told."""


def gaps(day: date) -> tuple[str, ...]:
    """Return the units without contact and substitute, by their names of the day, each once."""
    return _named(bootstrap.rulebook(), day)


def check(day: date, *, now: datetime, despite: str | None = None, by: str | None = None) -> None:
    """Do nothing where every unit can be told, or where `despite` says why to go on without.

    Going on without is written down, once for the same units and the same reason.

    Raises:
        NobodyToContact: units have nobody, and no reason is given.

    """
    rulebook = bootstrap.rulebook()
    named = _named(rulebook, day)
    if not named:
        return
    if despite is None or not despite.strip():
        raise NobodyToContact(sentence(rulebook, named))
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        kind, details = EventKind.GAPS_OVERRIDDEN, {"units": list(named)}
        before = history.newest(session, ledger.district, kind)
        if before is None or (before.reason, before.details) != (despite, canonical(details)):
            who = by or rulebook.contacts.office
            ledger.history.tell(
                Happening(kind=kind, day=day, by=who, reason=despite, details=details)
            )


def sentence(rulebook: Rulebook, named: tuple[str, ...]) -> str:
    """Return what is said of units without anybody, and what is to be done."""
    template = rulebook.wording.contacts.gaps
    return template.format(count=len(named), units="、".join(named))


def every_unit(rulebook: Rulebook) -> tuple[str, ...]:
    """Return all who may lead or support: the departments as the plan names them, the towns."""
    departments = (department.id for department in rulebook.departments)
    return (*departments, *rulebook.district.towns)


def units_without(rulebook: Rulebook, day: date) -> tuple[str, ...]:
    """Return the units without contact and substitute, as the plan names them."""
    return contacts.contact_gaps(every_unit(rulebook), contacts=rulebook.contacts, day=day)


def _named(rulebook: Rulebook, day: date) -> tuple[str, ...]:
    # One office under two names of the plan is one unit to people.
    names = (rulebook.display_name(unit, day) for unit in units_without(rulebook, day))
    return tuple(dict.fromkeys(names))
