"""What is said in chat of presses: everything has its words, they fit, and a card names nobody."""

from typing import Any

import pytest

from junheng.domain.chat.buttons import OFFERED
from junheng.domain.chat.interactions import Blank
from junheng.domain.ledger.lifecycle import Move
from junheng.rulebook import Rulebook
from tests.config.test_wording_safety import names_in

# Who did it stands in the history; on the card, which everybody in a channel reads, the unit does.
HARMLESS = {"at", "unit", "count", "reference", "until", "files"}
LONGEST_TITLE = 24


@pytest.fixture
def says(rulebook: Rulebook) -> Any:
    return rulebook.wording.chat


def test_every_move_that_is_offered_has_a_button_and_a_line(says: Any) -> None:
    moves = {move.value for move in OFFERED}

    assert moves <= set(says["buttons"])
    assert moves <= set(says["done"])
    assert set(says["forms"]) - {"cancel"} == moves - {Move.RECEIPT.value}
    assert set(says["blanks"]) == set(Blank)


def test_a_form_has_no_longer_title_than_slack_takes(says: Any) -> None:
    forms = [form for name, form in says["forms"].items() if name != "cancel"]

    assert max(len(said) for form in forms for said in form.values()) <= LONGEST_TITLE


def test_what_a_card_says_of_a_press_names_no_person_and_no_reason(says: Any) -> None:
    assert set().union(*map(names_in, says["done"].values())) <= HARMLESS
