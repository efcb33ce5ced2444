"""The chat wording: it is complete, within Slack's limits, and cards contain no names."""

import pytest

from junheng.domain.chat.buttons import OFFERED
from junheng.domain.ledger.lifecycle import Move
from junheng.rulebook import Rulebook
from junheng.wording.chase.chat import ChatWords
from tests.config.test_wording_safety import names_in

# The history has the person; the card, which everyone in a channel reads, has only the unit.
HARMLESS = {"at", "unit", "count", "reference", "until", "files"}
LONGEST_TITLE = 24


@pytest.fixture
def wording(rulebook: Rulebook) -> ChatWords:
    return rulebook.wording.chat


def test_every_offered_move_has_a_button_and_a_line(wording: ChatWords) -> None:
    for move in OFFERED:
        assert wording.buttons[move]
        assert wording.done[move]
        assert move is Move.RECEIPT or wording.forms[move].title


def test_titles_of_forms_are_within_slacks_limit(wording: ChatWords) -> None:
    forms = [wording.forms[move] for move in OFFERED if move is not Move.RECEIPT]

    assert max(len(text) for form in forms for _, text in form) <= LONGEST_TITLE


def test_a_card_shows_no_person_and_no_reason_of_a_press(wording: ChatWords) -> None:
    assert set().union(*(names_in(line) for _, line in wording.done)) <= HARMLESS
