"""What the readers of the soak know, derived only from the messages that Slack received."""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tests.soak.soak_days import OPENING, REMINDER, RUNGS, Part, reached
from tests.soak.soak_office import CHANNELS, Item

_HEADING = re.compile(r"[■□] (?:(跟进事项|配合事项)·)?(.+) (\d+)项")
_ITEM = "· "


@dataclass(frozen=True, slots=True)
class Telling:
    """One remediation on one card: its school, the reader's part, and the label of the section."""

    school: str
    part: Part
    label: str


class CardUnreadable(ValueError):
    """We cannot read a card, because a heading counts more or fewer remediations than it lists."""


def tellings(text: str, schools: Sequence[str]) -> tuple[Telling, ...]:
    """Return the remediations on a card; raise CardUnreadable."""
    found: list[Telling] = []
    sections = re.split(r"^(?=[■□] )", text, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, *lines = section.splitlines()
        read = _HEADING.fullmatch(heading)
        if read is None:
            raise CardUnreadable(heading)
        items = [line for line in lines if line.startswith(_ITEM)]
        schools_listed = [school for line in items for school in schools if school in line]
        if schools_listed and len(schools_listed) != int(read[3]):
            raise CardUnreadable(text)
        found += [Telling(school, Part(read[1] or ""), read[2]) for school in schools_listed]
    return tuple(found)


@dataclass(slots=True)
class Readers:
    """All messages of a sequence, and the cards found `lost` or `doubled`."""

    items: Sequence[Item]
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _read: int = 0
    # The highest rung known, by school, cycle and recipient.
    _known: dict[tuple[str, int, str], int] = field(default_factory=dict)
    _cards_on: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))

    def read(self, messages: Sequence[Mapping[str, Any]], *, on: date) -> None:
        """Read the messages that arrived since the last call, on a day."""
        for message in messages[self._read :]:
            self._read_message(message, on)
        self._read = len(messages)

    def _read_message(self, message: Mapping[str, Any], on: date) -> None:
        key = str(message["metadata"]["event_payload"]["key"])
        _, day, recipient = key.split(":", 2)
        if key in self._keys:
            self.doubled.append(f"{on} the card {key} came twice")
        self._keys.add(key)
        if recipient in self._cards_on[on]:
            self.doubled.append(f"{on} {recipient} got two cards in a day")
        self._cards_on[on].append(recipient)
        if message["channel"] != CHANNELS[recipient]:
            return
        planned_on = date.fromisoformat(day)
        by_school = {item.school: item for item in self.items}
        for telling in tellings(message["text"], tuple(by_school)):
            self._record(by_school[telling.school], telling, recipient, planned_on)

    def _record(self, item: Item, telling: Telling, recipient: str, planned_on: date) -> None:
        cycle = item.cycle_on(planned_on)
        rung = _rung(item, telling, recipient, cycle, planned_on)
        place = (item.school, cycle, recipient)
        if rung <= self._known.get(place, -1):
            label = f"{RUNGS[rung]} of {item.school}, cycle {cycle + 1}"
            self.doubled.append(f"{planned_on} {recipient} was told {label} before")
        self._known[place] = max(rung, self._known.get(place, -1))

    def check(self, today: date, *, is_last: bool) -> None:
        """Record as lost every rung that a reader should know on a day and does not.

        A reader who already had the day's one card is told of a change the next day, so this is
        excused, except on the last day.
        """
        for item in self.items:
            if not item.is_chased:
                continue
            for recipient, rung in _due(item, today):
                known = self._known.get((item.school, len(item.cycles) - 1, recipient), -1)
                must_wait = item.changed_on == today and self._had_card_of(today, recipient)
                if known < rung and (is_last or not must_wait):
                    lacks = f"{RUNGS[rung]} of {item.school}, cycle {len(item.cycles)}"
                    self.lost.append(f"{today} {recipient} was never told {lacks}")

    def _had_card_of(self, day: date, recipient: str) -> bool:
        return any(key.endswith(f":{day}:{recipient}") for key in self._keys)


def _rung(item: Item, telling: Telling, recipient: str, cycle: int, planned_on: date) -> int:
    """Return the rung of a label; a new remediation has no reminder in its label."""
    *_, last = telling.label.split("·")
    if last in RUNGS[REMINDER:]:
        return RUNGS.index(last)
    due_on = item.due_on(telling.part, recipient, cycle)
    rung = reached(item.ladder, telling.part, due_on=due_on, day=planned_on)
    return min(REMINDER, OPENING if rung is None else rung)


def _due(item: Item, today: date) -> Iterator[tuple[str, int]]:
    """Yield every reader of a remediation with the highest rung that they should know."""
    highest: dict[str, int] = {}
    for part, recipient, due_on in item.parts:
        rung = reached(item.ladder, part, due_on=due_on, day=today)
        if rung is not None:
            highest[recipient] = max(rung, highest.get(recipient, rung))
    yield from highest.items()
