"""Buttons: what stands below a card in chat, and which move each asks for."""

from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.ledger.lifecycle import Move

# What a contact may do from a card, in the order of the buttons.
OFFERED = (Move.RECEIPT, Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE)
ACTION_PREFIX = "junheng."


class Style(StrEnum):
    """How much a button stands out."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What is asked before a button does anything."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Button:
    """One button: its action is answered by us, or `url` is opened and there is nothing to do."""

    action_id: str
    label: str
    style: Style = Style.PLAIN
    confirmation: Confirmation | None = None
    url: str = ""


def action_id(move: Move) -> str:
    return f"{ACTION_PREFIX}{move.value}"


def move_of(action: str) -> Move | None:
    """Return the move that an action asks for, None where it is none of ours."""
    return next((move for move in OFFERED if action_id(move) == action), None)
