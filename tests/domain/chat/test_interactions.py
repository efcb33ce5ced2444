"""Parsing presses from Slack's payloads; other payloads are ignored."""

import json
from datetime import date
from typing import Any

import pytest

from junheng.domain.chat import interactions
from junheng.domain.chat.interactions import PressKind
from junheng.domain.ledger.lifecycle import Move

BUTTON: dict[str, Any] = {
    "type": "block_actions",
    "team": {"id": "T1"},
    "user": {"id": "U1", "team_id": "T1"},
    "container": {"type": "message", "channel_id": "C1", "message_ts": "1762131600.000100"},
    "trigger_id": "1.2.3",
    "actions": [{"type": "button", "action_id": "junheng.receipt", "action_ts": "1762131700.5"}],
}
FORM: dict[str, Any] = {
    "type": "view_submission",
    "team": None,
    "user": {"id": "U1", "team_id": "T1"},
    "view": {
        "id": "V1",
        "callback_id": "junheng.ask_extension",
        "private_metadata": json.dumps({"channel": "C1", "ts": "1.0", "opened_by": "U1"}),
        "state": {
            "values": {
                "item": {"item": {"selected_option": {"value": "370405-2025-0001"}}},
                "until": {"until": {"selected_date": "2025-12-31"}},
                "text": {"text": {"value": " 施工 "}},
                "files": {"files": {"files": []}},
                "kind": {"kind": {"selected_option": None}},
            }
        },
    },
}


def test_the_key_of_a_button_has_card_action_moment_and_user() -> None:
    press = interactions.read(BUTTON)

    assert press is not None
    assert (press.kind, press.move) == (PressKind.BUTTON, Move.RECEIPT)
    assert press.key == "button:C1:1762131600.000100:junheng.receipt:1762131700.5:U1"
    assert press.card == "C1:1762131600.000100"


def test_the_key_of_a_form_is_its_view_and_its_answers_are_read() -> None:
    press = interactions.read(FORM)

    assert press is not None
    assert (press.key, press.team, press.card) == ("form:V1", "T1", "C1:1.0")
    assert press.answers.reference == "370405-2025-0001"
    assert press.answers.until == date(2025, 12, 31)
    assert (press.answers.text, press.answers.files, press.answers.kind) == ("施工", (), "")


def test_a_press_survives_serialisation() -> None:
    press = interactions.read(FORM)
    assert press is not None

    assert interactions.Press.model_validate(press.model_dump(mode="json")) == press


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"type": "view_closed"},
        {"type": "block_actions"},
        BUTTON | {"actions": []},
        BUTTON | {"actions": [{"action_id": "junheng.ledger", "action_ts": "1"}]},
        BUTTON | {"actions": [{"action_id": "junheng.close", "action_ts": "1"}]},
        BUTTON | {"container": {"type": "view"}},
        BUTTON | {"user": None},
        FORM | {"view": {**FORM["view"], "callback_id": "other"}},
        FORM | {"view": {**FORM["view"], "private_metadata": "{}"}},
        FORM | {"view": {**FORM["view"], "private_metadata": "not json"}},
        FORM | {"view": {**FORM["view"], "state": None}},
    ],
)
def test_other_payloads_are_not_presses(payload: dict[str, Any]) -> None:
    assert interactions.read(payload) is None
