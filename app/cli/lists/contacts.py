"""The lists of people that the command prints: who answers, is missing, hands over, is summoned."""

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
            said = dict.fromkeys(_person_said(row, rulebook, day) for row in rows)
            show(
                PEOPLE_COLUMNS, tuple(said), how, headings=rulebook.wording.contacts.headings.people
            )


def gaps(day: date, how: Format) -> None:
    """Print the units with nobody to contact on a day."""
    rulebook = bootstrap.rulebook()
    rows = [
        (unit, rulebook.display_name(unit, day), _heads(rulebook, unit, day))
        for unit in contact_gaps.units_without(rulebook, day)
    ]
    match how:
        case Format.CSV:
            show(GAP_COLUMNS, rows, how, headings=GAP_COLUMNS)
        case Format.TABLE:
            _say_gaps(rulebook, tuple(dict.fromkeys(row[1:] for row in rows)), day)


def handover(since: date, until: date, how: Format) -> None:
    """Print what changed of each unit between two days, and what goes from hand to hand."""
    rulebook, rows = bootstrap.rulebook(), handovers(since=since, until=until)
    match how:
        case Format.CSV:
            listed = [_handover_csv(one) for one in rows]
            show(HANDOVER_COLUMNS, listed, how, headings=HANDOVER_COLUMNS)
        case Format.TABLE if rows:
            _say_handover(rulebook, rows, until)
        case Format.TABLE:
            typer.echo(rulebook.wording.contacts.unchanged.format(since=since, until=until))


def summons(day: date, how: Format) -> None:
    """Print the units that are to be summoned, with the head of each and what for."""
    rulebook, found = bootstrap.rulebook(), summoned(day)
    match how:
        case Format.CSV:
            rows = [_summons_csv(one, rulebook, day) for one in found]
            show(SUMMONS_COLUMNS, rows, how, headings=SUMMONS_COLUMNS)
        case Format.TABLE if found:
            rows = [_summons_said(one, rulebook, day) for one in found]
            show(SUMMONS_COLUMNS, rows, how, headings=rulebook.wording.contacts.headings.summons)
        case Format.TABLE:
            typer.echo(rulebook.wording.contacts.no_summons)


PersonRow = tuple[str, str, str, str, object, object]


def _people(rulebook: Rulebook, day: date) -> Iterator[PersonRow]:
    """Yield everyone in force on a day, and for a unit with nobody where it is told instead."""
    contacts = rulebook.contacts
    known = contact_gaps.every_unit(rulebook)
    group = contacts.leading_group
    for unit in (*known, *(() if group is None else (group,))):
        if contacts.person_of(unit, day) is None and unit in known:
            yield (unit, Role.CONTACT.value, "", contacts.channel, "", "")
        for role in Role:
            person = contacts.holder(unit, role, day)
            if person is not None:
                address = _address(rulebook, person)
                yield (unit, role.value, person.name, address, person.from_, person.until)


def _address(rulebook: Rulebook, person: Contact) -> str:
    """Return where a person is told; who heads a unit is not told through the common channel."""
    if person.reach:
        return "、".join(map(str, person.reach))
    speaks = person.role in SPEAKS_FOR_UNIT
    return rulebook.contacts.address_of(person) if speaks else person.chat or ""


def _person_said(row: PersonRow, rulebook: Rulebook, day: date) -> PersonRow:
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


def _summons_csv(one: Summoned, rulebook: Rulebook, day: date) -> tuple[object, ...]:
    return (
        one.lead,
        _heads(rulebook, one.lead, day),
        one.rung.name,
        len(one.references),
        one.oldest_due_on,
        one.workdays_overdue,
        SEPARATOR.join(one.references),
    )


def _summons_said(one: Summoned, rulebook: Rulebook, day: date) -> tuple[object, ...]:
    return (
        rulebook.display_name(one.lead, day),
        _heads(rulebook, one.lead, day) or rulebook.wording.contacts.nobody,
        one.rung.label,
        len(one.references),
        one.oldest_due_on,
        one.workdays_overdue,
        _some(one.references, rulebook.wording.contacts.some_references),
    )


def _some(references: Sequence[str], sentence: str) -> str:
    """Return the first of many references, and how many there are."""
    named = "、".join(references[:REFERENCES_SHOWN])
    is_whole = len(references) <= REFERENCES_SHOWN
    return named if is_whole else sentence.format(references=named, count=len(references))


def _say_gaps(rulebook: Rulebook, rows: tuple[tuple[str, str], ...], day: date) -> None:
    wording = rulebook.wording.contacts
    if rows:
        show(GAP_COLUMNS, rows, Format.TABLE, headings=wording.headings.gaps)
        typer.echo(contact_gaps.sentence(rulebook, contact_gaps.gaps(day)))
    elif rulebook.contacts.named_only:
        typer.echo(wording.no_gaps)
    else:
        typer.echo(wording.not_asked.format(channel=rulebook.contacts.channel))


def _handover_csv(one: HandOver) -> tuple[object, ...]:
    change = one.change
    return (
        change.unit,
        change.what.value,
        change.before,
        change.after,
        change.on,
        SEPARATOR.join(one.leads),
        SEPARATOR.join(one.supports),
    )


def _say_handover(rulebook: Rulebook, rows: Sequence[HandOver], day: date) -> None:
    wording = rulebook.wording.contacts
    said = [
        (
            rulebook.display_name(one.change.unit, day),
            wording.called[one.change.what],
            one.change.before or wording.nobody,
            one.change.after or wording.nobody,
            one.change.on,
        )
        for one in rows
    ]
    show(HANDOVER_COLUMNS, said, Format.TABLE, headings=wording.headings.handover)
    # One office that was two takes over what both had in hand, each reference once.
    for unit in dict.fromkeys(row[0] for row in said):
        own = [one for row, one in zip(said, rows, strict=True) if row[0] == unit]
        leads = {reference for one in own for reference in one.leads}
        supports = {reference for one in own for reference in one.supports} - leads
        for sentence, references in ((wording.leads, leads), (wording.supports, supports)):
            if references:
                listed = "、".join(sorted(references))
                typer.echo(sentence.format(unit=unit, count=len(references), references=listed))
