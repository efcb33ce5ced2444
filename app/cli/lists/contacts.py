"""Prints the lists of people: contacts, contact gaps, handover and summonses."""

from collections.abc import Iterator, Sequence
from datetime import date

import typer

from app.cli.lists.formats import Format
from app.cli.lists.printing import SEPARATOR, show
from junheng import bootstrap
from junheng.domain.chase.summons import Summoned
from junheng.domain.people.contacts import SPEAKS_FOR_UNIT, Contact, Role
from junheng.rulebook import Rulebook
from tasks.chase.summons import summoned
from tasks.ledger import contact_gaps
from tasks.ledger.handover import HandOver, handovers

REFERENCES_SHOWN = 3
PEOPLE_COLUMNS = ("unit", "role", "name", "address", "from", "until")
GAP_COLUMNS = ("unit", "name", "head")
SUMMONS_COLUMNS = (
    "unit",
    "head",
    "rung",
    "count",
    "oldest_due_on",
    "workdays_overdue",
    "references",
)
HANDOVER_COLUMNS = ("unit", "what", "before", "after", "on", "lead", "supporting")


def everyone(day: date, how: Format) -> None:
    """Print the contacts, substitutes and heads of a day."""
    rulebook = bootstrap.rulebook()
    rows = tuple(_people(rulebook, day))
    match how:
        case Format.CSV:
            show(PEOPLE_COLUMNS, rows, how, headings=PEOPLE_COLUMNS)
        case Format.TABLE:
            shown = dict.fromkeys(_person_row(row, rulebook, day) for row in rows)
            show(
                PEOPLE_COLUMNS,
                tuple(shown),
                how,
                headings=rulebook.wording.contacts.headings.people,
            )


def gaps(day: date, how: Format) -> None:
    """Print the units that have neither contact nor substitute on a day."""
    rulebook = bootstrap.rulebook()
    rows = [
        (unit, rulebook.display_name(unit, day), _heads(rulebook, unit, day))
        for unit in contact_gaps.units_without(rulebook, day)
    ]
    match how:
        case Format.CSV:
            show(GAP_COLUMNS, rows, how, headings=GAP_COLUMNS)
        case Format.TABLE:
            _print_gaps(rulebook, tuple(dict.fromkeys(row[1:] for row in rows)), day)


def handover(since: date, until: date, how: Format) -> None:
    """Print each unit's changes between two days, and its open remediations."""
    rulebook, rows = bootstrap.rulebook(), handovers(since=since, until=until)
    match how:
        case Format.CSV:
            listed = [_handover_csv(row) for row in rows]
            show(HANDOVER_COLUMNS, listed, how, headings=HANDOVER_COLUMNS)
        case Format.TABLE if rows:
            _print_handover(rulebook, rows, until)
        case Format.TABLE:
            typer.echo(rulebook.wording.contacts.unchanged.format(since=since, until=until))


def summons(day: date, how: Format) -> None:
    """Print the units to be summoned, each with its head and its remediations."""
    rulebook, found = bootstrap.rulebook(), summoned(day)
    match how:
        case Format.CSV:
            rows = [_summons_csv(unit, rulebook, day) for unit in found]
            show(SUMMONS_COLUMNS, rows, how, headings=SUMMONS_COLUMNS)
        case Format.TABLE if found:
            rows = [_summons_row(unit, rulebook, day) for unit in found]
            show(SUMMONS_COLUMNS, rows, how, headings=rulebook.wording.contacts.headings.summons)
        case Format.TABLE:
            typer.echo(rulebook.wording.contacts.no_summons)


PersonRow = tuple[str, str, str, str, object, object]


def _people(rulebook: Rulebook, day: date) -> Iterator[PersonRow]:
    """Yield the people in office on a day; for a unit with nobody, the common channel."""
    contacts = rulebook.contacts
    units = contact_gaps.every_unit(rulebook)
    group = contacts.leading_group
    for unit in (*units, *(() if group is None else (group,))):
        if contacts.person_of(unit, day) is None and unit in units:
            yield (unit, Role.CONTACT.value, "", contacts.channel, "", "")
        for role in Role:
            person = contacts.holder(unit, role, day)
            if person is not None:
                address = _address(rulebook, person)
                yield (unit, role.value, person.name, address, person.from_, person.until)


def _address(rulebook: Rulebook, person: Contact) -> str:
    """Return a person's addresses; heads are not reached through the common channel."""
    if person.reach:
        return "、".join(map(str, person.reach))
    speaks_for_unit = person.role in SPEAKS_FOR_UNIT
    return rulebook.contacts.address_of(person) if speaks_for_unit else person.chat or ""


def _person_row(row: PersonRow, rulebook: Rulebook, day: date) -> PersonRow:
    unit, role, name, *rest = row
    wording = rulebook.wording.contacts
    address, first, last = rest
    return (
        rulebook.display_name(unit, day),
        wording.called.of(role),
        name or wording.nobody,
        str(address),
        first,
        last,
    )


def _heads(rulebook: Rulebook, unit: str, day: date) -> str:
    return "、".join(head.name for head in rulebook.contacts.heads(unit, day))


def _summons_csv(unit: Summoned, rulebook: Rulebook, day: date) -> tuple[object, ...]:
    return (
        unit.lead,
        _heads(rulebook, unit.lead, day),
        unit.rung.name,
        len(unit.references),
        unit.oldest_due_on,
        unit.workdays_overdue,
        SEPARATOR.join(unit.references),
    )


def _summons_row(unit: Summoned, rulebook: Rulebook, day: date) -> tuple[object, ...]:
    return (
        rulebook.display_name(unit.lead, day),
        _heads(rulebook, unit.lead, day) or rulebook.wording.contacts.nobody,
        unit.rung.label,
        len(unit.references),
        unit.oldest_due_on,
        unit.workdays_overdue,
        _some(unit.references, rulebook.wording.contacts.some_references),
    )


def _some(references: Sequence[str], sentence: str) -> str:
    """Return the first references; if there are more, also their number."""
    named = "、".join(references[:REFERENCES_SHOWN])
    is_whole = len(references) <= REFERENCES_SHOWN
    return named if is_whole else sentence.format(references=named, count=len(references))


def _print_gaps(rulebook: Rulebook, rows: tuple[tuple[str, str], ...], day: date) -> None:
    wording = rulebook.wording.contacts
    if rows:
        show(GAP_COLUMNS, rows, Format.TABLE, headings=wording.headings.gaps)
        typer.echo(contact_gaps.sentence(rulebook, contact_gaps.gaps(day)))
    elif rulebook.contacts.named_only:
        typer.echo(wording.no_gaps)
    else:
        typer.echo(wording.not_asked.format(channel=rulebook.contacts.channel))


def _handover_csv(row: HandOver) -> tuple[object, ...]:
    change = row.change
    return (
        change.unit,
        change.what.value,
        change.before,
        change.after,
        change.on,
        SEPARATOR.join(row.leads),
        SEPARATOR.join(row.supports),
    )


def _print_handover(rulebook: Rulebook, rows: Sequence[HandOver], day: date) -> None:
    wording = rulebook.wording.contacts
    shown = [
        (
            rulebook.display_name(row.change.unit, day),
            wording.called[row.change.what],
            row.change.before or wording.nobody,
            row.change.after or wording.nobody,
            row.change.on,
        )
        for row in rows
    ]
    show(HANDOVER_COLUMNS, shown, Format.TABLE, headings=wording.headings.handover)
    # A unit that was merged from two takes over the remediations of both, each reference once.
    for unit in dict.fromkeys(name for name, *_ in shown):
        own = [row for row, (name, *_) in zip(rows, shown, strict=True) if name == unit]
        leads = {reference for row in own for reference in row.leads}
        supports = {reference for row in own for reference in row.supports} - leads
        for sentence, references in ((wording.leads, leads), (wording.supports, supports)):
            if references:
                listed = "、".join(sorted(references))
                typer.echo(sentence.format(unit=unit, count=len(references), references=listed))
