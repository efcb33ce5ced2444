"""The commands on people: who answers for a unit on a day, who is missing, who hands over."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.calls import OneLineGroup
from flows.errors import clear_errors
from flows.listings import SEPARATOR, Format, show
from flows.options import Day, How
from junheng import bootstrap
from junheng.domain.contacts import Contact, Role
from junheng.rulebook import Rulebook

if TYPE_CHECKING:
    from tasks.handover import HandOver

people = typer.Typer(
    cls=OneLineGroup, add_completion=False, help="责任单位的联系人、替补和负责人。"
)
Since = Annotated[
    datetime,
    typer.Option("--since", formats=["%Y-%m-%d"], help="从哪一天以后的变化，写成 2019-02-28"),
]
PEOPLE_COLUMNS = ("unit", "role", "name", "address", "from", "until")
GAP_COLUMNS = ("unit", "name", "head")
HANDOVER_COLUMNS = ("unit", "what", "before", "after", "on", "lead", "supporting")


@people.command("list")
def listed(on: Day = None, how: How = Format.TABLE) -> None:
    """列出某一天各单位的联系人、替补和负责人。"""
    with clear_errors():
        rulebook, day = bootstrap.rulebook(), _day(on)
        rows = tuple(_people(rulebook, day))
        match how:
            case Format.CSV:
                show(PEOPLE_COLUMNS, rows, how, headings=PEOPLE_COLUMNS)
            case Format.TABLE:
                said = dict.fromkeys(_person_said(row, rulebook, day) for row in rows)
                show(PEOPLE_COLUMNS, tuple(said), how, headings=_headings(rulebook, "people"))


@people.command()
def gaps(on: Day = None, how: How = Format.TABLE) -> None:
    """列出某一天没有可联系的人的单位：既没有联系人，也没有替补。"""
    from tasks import contact_gaps

    with clear_errors():
        rulebook, day = bootstrap.rulebook(), _day(on)
        rows = [
            (unit, rulebook.display_name(unit, day), _heads(rulebook, unit, day))
            for unit in contact_gaps.units_without(rulebook, day)
        ]
        match how:
            case Format.CSV:
                show(GAP_COLUMNS, rows, how, headings=GAP_COLUMNS)
            case Format.TABLE:
                _say_gaps(rulebook, tuple(dict.fromkeys(row[1:] for row in rows)), day)


@people.command()
def handover(since: Since, on: Day = None, how: How = Format.TABLE) -> None:
    """列出交接清单：单位更名、换人，以及手上还没有销号的整改事项。"""
    from tasks.handover import handovers

    day = _day(on)
    if since.date() > day:
        raise typer.BadParameter("--since 不能晚于 --on（不写就是今天）")
    with clear_errors():
        rulebook, rows = bootstrap.rulebook(), handovers(since=since.date(), until=day)
        match how:
            case Format.CSV:
                listed = [_handover_csv(one) for one in rows]
                show(HANDOVER_COLUMNS, listed, how, headings=HANDOVER_COLUMNS)
            case Format.TABLE if rows:
                _say_handover(rulebook, rows, day)
            case Format.TABLE:
                typer.echo(_says(rulebook)["unchanged"].format(since=since.date(), until=day))


def _day(on: datetime | None) -> date:
    from flows import clock

    return on.date() if on else clock.today()


def _says(rulebook: Rulebook) -> Any:
    return rulebook.wording["contacts"]


def _headings(rulebook: Rulebook, name: str) -> list[str]:
    headings: list[str] = _says(rulebook)["headings"][name]
    return headings


PersonRow = tuple[str, str, str, str, object, object]


def _people(rulebook: Rulebook, day: date) -> Iterator[PersonRow]:
    """Yield everyone in force on a day, and for a unit with nobody where it is told instead."""
    from tasks.contact_gaps import every_unit

    contacts = rulebook.contacts
    for unit in every_unit(rulebook):
        if contacts.person_of(unit, day) is None:
            yield (unit, Role.CONTACT.value, "", contacts.channel, "", "")
        for role in Role:
            person = contacts.holder(unit, role, day)
            if person is not None:
                address = _address(rulebook, person)
                yield (unit, role.value, person.name, address, person.from_, person.until)


def _address(rulebook: Rulebook, person: Contact) -> str:
    """Return where a person is told; who heads a unit is not told through the common channel."""
    is_told = person.role in {Role.CONTACT, Role.SUBSTITUTE}
    return rulebook.contacts.address_of(person) if is_told else person.chat or ""


def _person_said(row: PersonRow, rulebook: Rulebook, day: date) -> PersonRow:
    unit, role, name, *rest = row
    says = _says(rulebook)
    address, first, last = rest
    return (
        rulebook.display_name(unit, day),
        says["called"][role],
        name or says["nobody"],
        str(address),
        first,
        last,
    )


def _heads(rulebook: Rulebook, unit: str, day: date) -> str:
    return "、".join(head.name for head in rulebook.contacts.heads(unit, day))


def _say_gaps(rulebook: Rulebook, rows: tuple[tuple[str, str], ...], day: date) -> None:
    from tasks import contact_gaps

    says = _says(rulebook)
    if rows:
        show(GAP_COLUMNS, rows, Format.TABLE, headings=_headings(rulebook, "gaps"))
        typer.echo(contact_gaps.sentence(rulebook, contact_gaps.gaps(day)))
    elif rulebook.contacts.named_only:
        typer.echo(says["no_gaps"])
    else:
        typer.echo(says["not_asked"].format(channel=rulebook.contacts.channel))


def _handover_csv(one: "HandOver") -> tuple[object, ...]:
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


def _say_handover(rulebook: Rulebook, rows: Sequence["HandOver"], day: date) -> None:
    says = _says(rulebook)
    said = [
        (
            rulebook.display_name(one.change.unit, day),
            says["called"][one.change.what.value],
            one.change.before or says["nobody"],
            one.change.after or says["nobody"],
            one.change.on,
        )
        for one in rows
    ]
    show(HANDOVER_COLUMNS, said, Format.TABLE, headings=_headings(rulebook, "handover"))
    # One office that was two takes over what both had in hand, each reference once.
    for unit in dict.fromkeys(row[0] for row in said):
        own = [one for row, one in zip(said, rows, strict=True) if row[0] == unit]
        leads = {reference for one in own for reference in one.leads}
        supports = {reference for one in own for reference in one.supports} - leads
        for name, references in (("leads", leads), ("supports", supports)):
            if references:
                listed = "、".join(sorted(references))
                typer.echo(says[name].format(unit=unit, count=len(references), references=listed))
