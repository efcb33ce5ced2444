"""Cards in chat contain counts and places only: no figures of children, no names of people."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from junheng import bootstrap
from junheng.rulebook import Rulebook
from junheng.store import notices
from tests.tasks.owed_cards import DISTRICT, owed_to_everyone

# Placeholders that never contain figures of pupils or names of people: counts of items, days,
# units, indicators, clauses, texts of config/, and the address of the ledger.
HARMLESS = frozenset(
    {
        "basis",
        "cell",
        "count",
        "counter",
        "day",
        "due",
        "indicator",
        "item",
        "kind",
        "label",
        "lead",
        "ledger",
        "month",
        "name",
        "office",
        "opening",
        "overdue",
        "parts",
        "sheet",
        "today",
        "todo",
        "unit",
        "units",
        "weekday",
        "workdays",
        "year",
    }
)
# Sentences for operators only, in the run's log.
FOR_THE_OPERATOR = {"sendings"}
LONG_NUMBER = re.compile(r"\d{5,}")


def sentences(node: Any) -> Iterator[str]:
    """Yield every sentence in a file of config/wording."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for value in node.values():
            yield from sentences(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from sentences(value)


def names_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


@pytest.fixture
def told(rulebook: Rulebook) -> list[str]:
    shown = rulebook.wording.cards.model_dump(exclude=FOR_THE_OPERATOR)
    return [*sentences(shown), rulebook.wording.channels.cut]


def test_a_card_has_no_placeholder_for_figures_of_children_or_names(told: list[str]) -> None:
    unheard_of = {sentence: names_in(sentence) - HARMLESS for sentence in told}

    assert not {sentence: names for sentence, names in unheard_of.items() if names}


def test_every_allowed_placeholder_is_used(told: list[str]) -> None:
    assert set().union(*map(names_in, told)) == HARMLESS


def test_a_card_contains_no_mentions_and_no_personal_numbers(told: list[str]) -> None:
    assert not [
        sentence for sentence in told if set("<>@") & set(sentence) or LONG_NUMBER.search(sentence)
    ]


def test_no_card_names_its_recipient(rulebook: Rulebook) -> None:
    owed_to_everyone()

    with bootstrap.session() as session:
        texts = "\n".join(card.text for card in notices.listing(session, DISTRICT))

    people = {person.name for person in rulebook.contacts.contacts}
    assert people
    assert not {name for name in people if name in texts}
