"""Buttons below a card in chat, and the move that each requests."""

from dataclasses import dataclass
from enum import StrEnum

from junheng.domain.ledger.lifecycle import Move

# The moves that a contact may make from a card, in the order of the buttons.
OFFERED = (Move.RECEIPT, Move.REPORT, Move.ASK_EXTENSION, Move.DISPUTE)
ACTION_PREFIX = "junheng."


class Style(StrEnum):
    """How prominent a button is."""

    PLAIN = "plain"
    PRIMARY = "primary"
    DANGER = "danger"


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The question asked before a button takes effect."""

    title: str
    text: str
    yes: str
    no: str


@dataclass(frozen=True, slots=True)
class Button:
    """One button: it triggers an action of ours, or only opens `url`."""

    action_id: str
    label: str
    style: Style = Style.PLAIN
    confirmation: Confirmation | None = None
    url: str = ""


def action_id(move: Move) -> str:
    return f"{ACTION_PREFIX}{move.value}"


def move_of(action: str) -> Move | None:
    """Return the move that an action requests, None if it is not one of our actions."""
    return next((move for move in OFFERED if action_id(move) == action), None)
