"""Slack's blocks: a card as sections of plain text, with its buttons and what was done below it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from junheng.domain.chat.buttons import Button, Confirmation, Style

Block = dict[str, Any]

# What Slack takes: characters in a section, blocks in a message.
LONGEST_SECTION = 3000
MOST_BLOCKS = 50
# One character may take five once it is escaped (&amp;).
_LONGEST_ESCAPED = len("&amp;")
_OWN_COLOURS = frozenset({Style.PRIMARY, Style.DANGER})


def escaped(text: str) -> str:
    """Return text in which Slack sees neither a mention nor a link."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def notification(text: str) -> str:
    """Return what a notification shows of a text: Slack changes no message with more than 4,000."""
    return escaped(next(iter(_parts(text.split("\n"))), ""))


def card(text: str, *, buttons: Sequence[Button] = (), done: Sequence[str] = ()) -> list[Block]:
    """Return the blocks of a card: its text, what was done, and what is left to press."""
    below = [_section(part) for part in _parts(done)]
    below += [{"type": "actions", "elements": [_button(one) for one in buttons]}] if buttons else []
    above = [_section(part) for part in _parts(text.split("\n"))]
    return [*above[: MOST_BLOCKS - len(below)], *below]


def plain(text: str) -> Block:
    """Return text in which nothing is markup; Slack shows it as it stands."""
    return {"type": "plain_text", "text": escaped(text), "emoji": False}


def _section(text: str) -> Block:
    return {"type": "section", "text": plain(text)}


def _parts(lines: Iterable[str]) -> tuple[str, ...]:
    """Return the fewest parts that lines fit into, each ending where a line ends."""
    parts: list[str] = []
    for line in _short_enough(lines):
        together = f"{parts[-1]}\n{line}" if parts else line
        if parts and len(escaped(together)) <= LONGEST_SECTION:
            parts[-1] = together
        else:
            parts.append(line)
    # A section must say something: lines left blank between two parts are not missed.
    return tuple(part for part in parts if part.strip())


def _short_enough(lines: Iterable[str]) -> Iterator[str]:
    for line in lines:
        if len(escaped(line)) <= LONGEST_SECTION:
            yield line
            continue
        size = LONGEST_SECTION // _LONGEST_ESCAPED
        yield from (line[start : start + size] for start in range(0, len(line), size))


def _button(button: Button) -> Block:
    shown: dict[str, Any] = {
        "type": "button",
        "action_id": button.action_id,
        "text": plain(button.label),
    }
    if button.style in _OWN_COLOURS:
        shown["style"] = button.style.value
    if button.url:
        shown["url"] = button.url
    if button.confirmation is not None:
        shown["confirm"] = _confirm(button.confirmation)
    return shown


def _confirm(asked: Confirmation) -> Block:
    return {
        "title": plain(asked.title),
        "text": plain(asked.text),
        "confirm": plain(asked.yes),
        "deny": plain(asked.no),
    }
