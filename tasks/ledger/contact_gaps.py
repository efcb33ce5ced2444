"""Contact gaps: units with neither contact nor substitute, checked before drafting."""

from datetime import date, datetime

from junheng import bootstrap
from junheng.domain.history.hash_chain import EventKind, Happening, canonical
from junheng.domain.people import contacts
from junheng.refusals import Refusal
from junheng.rulebook import Rulebook
from junheng.store import history
from tasks.ledger.ledger import Ledger


class NobodyToContact(Refusal):
    """We cannot hand anything over, because units have neither contact nor substitute."""


def gaps(day: date) -> tuple[str, ...]:
    """Return the names of the units with neither contact nor substitute, without duplicates."""
    return _names_of_gaps(bootstrap.rulebook(), day)


def check(day: date, *, now: datetime, despite: str | None = None, by: str | None = None) -> None:
    """Check that every unit has a contact or substitute; `despite` is a reason to ignore gaps.

    Ignored gaps are recorded in the history, unless the newest such record has the same units and
    the same reason.

    Raises:
        NobodyToContact: there are gaps, and `despite` gives no reason to ignore them.

    """
    rulebook = bootstrap.rulebook()
    names = _names_of_gaps(rulebook, day)
    if not names:
        return
    if despite is None or not despite.strip():
        raise NobodyToContact(sentence(rulebook, names))
    with bootstrap.session() as session:
        ledger = Ledger.of(session, rulebook, now=now)
        kind, details = EventKind.GAPS_OVERRIDDEN, {"units": list(names)}
        newest = history.newest(session, ledger.district, kind)
        if newest is None or (newest.reason, newest.details) != (despite, canonical(details)):
            signer = by or rulebook.contacts.office
            ledger.history.tell(
                Happening(kind=kind, day=day, by=signer, reason=despite, details=details)
            )


def sentence(rulebook: Rulebook, names: tuple[str, ...]) -> str:
    """Return the sentence that lists the units with a gap and says how to close it."""
    template = rulebook.wording.contacts.gaps
    return template.format(count=len(names), units="、".join(names))


def every_unit(rulebook: Rulebook) -> tuple[str, ...]:
    """Return the ids of all units that may lead or support: departments and towns."""
    departments = (department.id for department in rulebook.departments)
    return (*departments, *rulebook.district.towns)


def units_without(rulebook: Rulebook, day: date) -> tuple[str, ...]:
    """Return the ids of the units with neither contact nor substitute."""
    return contacts.contact_gaps(every_unit(rulebook), contacts=rulebook.contacts, day=day)


def _names_of_gaps(rulebook: Rulebook, day: date) -> tuple[str, ...]:
    # Two units of the plan may have the same name today: it is listed once.
    names = (rulebook.display_name(unit, day) for unit in units_without(rulebook, day))
    return tuple(dict.fromkeys(names))
