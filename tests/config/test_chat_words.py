"""What is said in chat of presses: everything has its words, they fit, and a card names nobody."""

import pytest

from junheng.domain.chat.buttons import OFFERED
from junheng.domain.ledger.lifecycle import Move
from junheng.rulebook import Rulebook
from junheng.wording.chase.chat import ChatWords
from tests.config.test_wording_safety import names_in

# Who did it stands in the history; on the card, which everybody in a channel reads, the unit does.
HARMLESS = {"at", "unit", "count", "reference", "until", "files"}
LONGEST_TITLE = 24


@pytest.fixture
def wording(rulebook: Rulebook) -> ChatWords:
    return rulebook.wording.chat


def test_every_move_that_is_offered_has_a_button_and_a_line(wording: ChatWords) -> None:
    for move in OFFERED:
        assert wording.buttons[move]
        assert wording.done[move]
        assert move is Move.RECEIPT or wording.forms[move].title


def test_a_form_has_no_longer_title_than_slack_takes(wording: ChatWords) -> None:
    forms = [wording.forms[move] for move in OFFERED if move is not Move.RECEIPT]

    assert max(len(text) for form in forms for _, text in form) <= LONGEST_TITLE


def test_what_a_card_says_of_a_press_names_no_person_and_no_reason(wording: ChatWords) -> None:
    assert set().union(*(names_in(line) for _, line in wording.done)) <= HARMLESS
