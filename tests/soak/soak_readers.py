"""What the readers of the soak know, out of the messages alone that Slack received."""

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
    """One remediation on one card: by its school, in the reader's part, under a label."""

    school: str
    part: Part
    label: str


class CardUnreadable(ValueError):
    """We cannot read a card: it does not name as many remediations as its heading counts."""


def tellings(text: str, schools: Sequence[str]) -> tuple[Telling, ...]:
    """Return what a card tells of; raises CardUnreadable."""
    found: list[Telling] = []
    sections = re.split(r"^(?=[■□] )", text, flags=re.MULTILINE)[1:]
    for section in sections:
        heading, *lines = section.splitlines()
        read = _HEADING.fullmatch(heading)
        if read is None:
            raise CardUnreadable(heading)
        items = [line for line in lines if line.startswith(_ITEM)]
        told = [school for line in items for school in schools if school in line]
        if told and len(told) != int(read[3]):
            raise CardUnreadable(text)
        found += [Telling(school, Part(read[1] or ""), read[2]) for school in told]
    return tuple(found)


@dataclass(slots=True)
class Readers:
    """Everything that was received in a sequence, and what is amiss with it."""

    items: Sequence[Item]
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _read: int = 0
    # By remediation, cycle and recipient: the highest rung that is known.
    _known: dict[tuple[str, int, str], int] = field(default_factory=dict)
    _cards_on: dict[date, list[str]] = field(default_factory=lambda: defaultdict(list))

    def read(self, messages: Sequence[Mapping[str, Any]], *, on: date) -> None:
        """Read what has come in since, on a day."""
        for message in messages[self._read :]:
            self._read_one(message, on)
        self._read = len(messages)

    def _read_one(self, message: Mapping[str, Any], on: date) -> None:
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
            self._hear(by_school[telling.school], telling, recipient, planned_on)

    def _hear(self, item: Item, telling: Telling, recipient: str, planned_on: date) -> None:
        cycle = item.cycle_on(planned_on)
        rung = _rung(item, telling, recipient, cycle, planned_on)
        place = (item.school, cycle, recipient)
        if rung <= self._known.get(place, -1):
            told = f"{RUNGS[rung]} of {item.school}, cycle {cycle + 1}"
            self.doubled.append(f"{planned_on} {recipient} was told {told} before")
        self._known[place] = max(rung, self._known.get(place, -1))

    def check(self, today: date, *, is_last: bool) -> None:
        """Note what a reader should know by a day and does not.

        Only on the last day nothing is excused: before, who had the day's one card already is told
        tomorrow of what has changed today.
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
    """Return the rung that a label tells of; what is new is not recalled as well."""
    *_, last = telling.label.split("·")
    if last in RUNGS[REMINDER:]:
        return RUNGS.index(last)
    due_on = item.due_on(telling.part, recipient, cycle)
    rung = reached(item.ladder, telling.part, due_on=due_on, day=planned_on)
    return min(REMINDER, OPENING if rung is None else rung)


def _due(item: Item, today: date) -> Iterator[tuple[str, int]]:
    """Return every reader of a remediation with the highest rung that it has reached for them."""
    highest: dict[str, int] = {}
    for part, recipient, due_on in item.parts:
        rung = reached(item.ladder, part, due_on=due_on, day=today)
        if rung is not None:
            highest[recipient] = max(rung, highest.get(recipient, rung))
    yield from highest.items()
