"""Builders for the tests of cards: writer, remediation and digest."""

from dataclasses import replace
from datetime import date
from typing import Any

from junheng.domain.chase.cards import CardWriter
from junheng.domain.chase.digests import Chased, Digest, Entry
from junheng.domain.chase.ladder import Audience, LadderInForce, LadderKind, Rung
from junheng.domain.ledger.lifecycle import Status
from junheng.domain.ledger.remediation import Remediation
from junheng.domain.people.contacts import Contact
from junheng.domain.workdays import CalendarYear, WorkCalendar
from junheng.rulebook import Rulebook

MONDAY = date(2025, 11, 3)
CALENDAR = WorkCalendar(
    (
        CalendarYear.of(2025, holidays=[]),
        CalendarYear.of(2026, holidays=[date(2026, 1, 1)], is_provisional=True),
    )
)
# The names of the sample's usual rungs; the days on which they are reached do not affect a card.
RUNGS = ("reminder", "due_today", "chased", "escalated", "summons", "accountability")
LADDER = LadderInForce(
    kind=LadderKind.USUAL,
    rungs=(
        Rung(name="handed_over", label="新交办", on_opening=True, tells=tuple(Audience)),
        *(
            Rung(name=name, label=name, workdays_to_due=-index, tells=tuple(Audience))
            for index, name in enumerate(RUNGS)
        ),
    ),
)


def writer_of(rulebook: Rulebook) -> CardWriter:
    return CardWriter(
        wording=rulebook.wording.cards,
        lines={line.id: line for line in rulebook.standard.lines},
        called=rulebook.called,
        display=lambda unit: rulebook.display_name(unit, MONDAY),
        addressed=lambda recipient: rulebook.display_names(recipient, MONDAY),
        office="创建办",
        calendar=CALENDAR,
    )


def remediation(
    number: int = 1,
    *,
    ladder: LadderInForce = LADDER,
    to_correct: tuple[str, ...] = (),
    **changes: Any,
) -> Chased:
    """Return a chased remediation; `changes` are changes of the remediation."""
    code = f"33704050{number:02d}"
    usual = Remediation(
        school_year=2025,
        followed_year=2025,
        period="",
        reference=f"370405-2025-{number:04d}",
        indicator="R1",
        unit=code,
        unit_name=f"运河街道第{number}小学",
        items=(f"{code}:小学",),
        town="运河街道",
        lead="区教育局",
        basis="区教育局（五）",
        status=Status.HANDED_OVER,
        opened_on=MONDAY,
        receipt_due_on=date(2025, 11, 5),
        due_on=date(2025, 11, 17),
    )
    return Chased(replace(usual, **changes), ladder, to_correct)


def digest_of(*entries: Entry, units: tuple[str, ...] = ("区教育局",)) -> Digest:
    contact = Contact(units=units, name="张三", chat="#某频道")
    return Digest(contact, "#某频道", MONDAY, entries)
