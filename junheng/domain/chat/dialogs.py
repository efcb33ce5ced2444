"""Forms that open in chat when a pressed button needs further input."""

from collections.abc import Sequence
from dataclasses import dataclass

from junheng.domain.chat.interactions import Blank, Opened
from junheng.domain.ledger.lifecycle import Move

# Slack's limits: options in a group, groups in a list, files and characters in a field.
MOST_IN_A_GROUP = 100
MOST_GROUPS = 100
MOST_ITEMS = 1000
MOST_FILES = 10
LONGEST_TEXT = 3000


@dataclass(frozen=True, slots=True)
class Option:
    """One option: the displayed text and the submitted value."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Group:
    """Options under a heading."""

    heading: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A form: its fields with their labels, and the items to choose from.

    `more` is the sentence that not every item is listed; '' if all are.
    """

    move: Move
    title: str
    submit: str
    cancel: str
    opened: Opened
    labels: dict[Blank, str]
    groups: tuple[Group, ...]
    kinds: tuple[str, ...] = ()
    file_types: tuple[str, ...] = ()
    more: str = ""


def grouped(listed: Sequence[tuple[str, Option]]) -> tuple[tuple[Group, ...], int]:
    """Return (heading, option) pairs as groups within Slack's limits, and how many did not fit."""
    by_heading: dict[str, list[Option]] = {}
    for heading, option in listed[:MOST_ITEMS]:
        by_heading.setdefault(heading, []).append(option)
    groups = [
        Group(heading, tuple(options[start : start + MOST_IN_A_GROUP]))
        for heading, options in by_heading.items()
        for start in range(0, len(options), MOST_IN_A_GROUP)
    ][:MOST_GROUPS]
    return tuple(groups), len(listed) - sum(len(group.options) for group in groups)
