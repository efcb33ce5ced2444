"""What goes out to chat says how many and where to look: no figures of children, no people."""

import re
from collections.abc import Iterator
from string import Formatter
from typing import Any

import pytest

from junheng import bootstrap
from junheng.rulebook import Rulebook
from junheng.store import notices
from tests.tasks.owed_cards import DISTRICT, owed_to_everyone

# Whoever adds a name here says that it can never hold a figure of pupils or the name of a person:
# counts of items, days, units, indicators, clauses, what the office itself wrote in config/, and
# where its ledger is read.
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
# What the operator alone reads, in the run's log.
FOR_THE_OPERATOR = {"sendings"}
LONG_NUMBER = re.compile(r"\d{5,}")


def sentences(node: Any) -> Iterator[str]:
    """Walk over every sentence in a file of config/wording."""
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


def test_a_card_has_no_place_for_figures_of_children_or_names_of_people(told: list[str]) -> None:
    unheard_of = {sentence: names_in(sentence) - HARMLESS for sentence in told}

    assert not {sentence: names for sentence, names in unheard_of.items() if names}


def test_every_harmless_name_is_still_in_use(told: list[str]) -> None:
    assert set().union(*map(names_in, told)) == HARMLESS


def test_a_card_calls_nobody_and_carries_no_number_of_a_person(told: list[str]) -> None:
    assert not [one for one in told if set("<>@") & set(one) or LONG_NUMBER.search(one)]


def test_no_card_names_the_person_it_goes_to(rulebook: Rulebook) -> None:
    owed_to_everyone()

    with bootstrap.session() as session:
        texts = "\n".join(card.text for card in notices.listing(session, DISTRICT))

    people = {person.name for person in rulebook.contacts.contacts}
    assert people
    assert not {name for name in people if name in texts}
