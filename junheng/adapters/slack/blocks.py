"""Slack's blocks: a card as sections of plain text; below them the moves made and the buttons."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from junheng.domain.chat.buttons import Button, Confirmation, Style

Block = dict[str, Any]

# Slack's limits: characters in a section, blocks in a message.
LONGEST_SECTION = 3000
MOST_BLOCKS = 50
# An escaped character may have five characters (&amp;).
_LONGEST_ESCAPED = len("&amp;")
_COLOURED_STYLES = frozenset({Style.PRIMARY, Style.DANGER})


def escaped(text: str) -> str:
    """Return text in which Slack sees neither a mention nor a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def notification(text: str) -> str:
    """Return the text of a notification, shortened: Slack updates no message above 4,000."""
    return escaped(next(iter(_parts(text.split("\n"))), ""))


def card(text: str, *, buttons: Sequence[Button] = (), done: Sequence[str] = ()) -> list[Block]:
    """Return the blocks of a card: its text, the moves made, and the buttons left."""
    below = [_section(part) for part in _parts(done)]
    below += (
        [{"type": "actions", "elements": [_button(button) for button in buttons]}]
        if buttons
        else []
    )
    above = [_section(part) for part in _parts(text.split("\n"))]
    return [*above[: MOST_BLOCKS - len(below)], *below]


def plain(text: str) -> Block:
    """Return a text object without markup, which Slack shows unchanged."""
    return {"type": "plain_text", "text": escaped(text), "emoji": False}


def _section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def _parts(lines: Iterable[str]) -> tuple[str, ...]:
    """Return lines joined to as few parts as possible, each within the limit of a section."""
    parts: list[str] = []
    for line in _within_section(lines):
        joined = f"{parts[-1]}\n{line}" if parts else line
        if parts and len(escaped(joined)) <= LONGEST_SECTION:
            parts[-1] = joined
        else:
            parts.append(line)
    # Slack refuses an empty section.
    return tuple(part for part in parts if part.strip())


def _within_section(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(escaped(line)) <= LONGEST_SECTION:
            yield line
            continue
        size = LONGEST_SECTION // _LONGEST_ESCAPED
        yield from (line[start : start + size] for start in range(0, len(line), size))


def _button(button: Button) -> Block:
    element: dict[str, Any] = {
        "type": "button",
        "action_id": button.action_id,
        "text": plain(button.label),
    }
    if button.style in _COLOURED_STYLES:
        element["style"] = button.style.value
    if button.url:
        element["url"] = button.url
    if button.confirmation is not None:
        element["confirm"] = _confirm(button.confirmation)
    return element


def _confirm(confirmation: Confirmation) -> Block:
    return {
        "title": plain(confirmation.title),
        "text": plain(confirmation.text),
        "confirm": plain(confirmation.yes),
        "deny": plain(confirmation.no),
    }
