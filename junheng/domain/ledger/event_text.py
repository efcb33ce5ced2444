"""The details of an event in words, without its person, time and reason."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger.lifecycle import Move
from junheng.wording.ledger.ledger import LedgerWords
from junheng.wording.ledger.show import ToldWords

Details = Mapping[str, Any]


def details_of(event: Event) -> Details:
    """Return the details of an event, empty if they are not a JSON object."""
    try:
        read = json.loads(event.details)
    except (TypeError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def until(event: Event) -> str:
    """Return the day until which something was requested or granted, '' if there is none."""
    details = details_of(event)
    if event.move == Move.GRANT_EXTENSION.value:
        return str(_became(details).get("due_on", ""))
    return str(details.get("until", ""))


def told(event: Event, wording: LedgerWords, *, called: Callable[[str], str]) -> str:
    """Return the details of an event besides its move: dates, approver, cause, papers, text.

    `wording` is config/wording/ledger.yaml, `called` returns the display name of a unit.
    """
    return wording.show.between.join(_phrases(event, wording, called))


def _phrases(event: Event, wording: LedgerWords, called: Callable[[str], str]) -> Iterator[str]:
    words, details = wording.show.told, details_of(event)
    became = _became(details)
    if (of_move := words.moves.get(event.move)) is not None:
        yield of_move.format(
            until=details.get("until", ""),
            due_on=became.get("due_on", ""),
            lead=called(str(became.get("lead", ""))),
        )
    if event.kind == EventKind.EVIDENCE_ADDED.value:
        given = {name: details.get(name, "") for name in ("kind", "name", "version")}
        yield words.evidence.format(**given)
    if event.kind == EventKind.MILESTONE_SET.value:
        yield _milestone(details, words)
    if cause := details.get("cause"):
        yield words.cause.format(cause=wording.causes.get(cause) or cause)
    for name, sentence in (
        ("action", words.action),
        ("text", words.text),
        ("approved_by", words.approved_by),
    ):
        if details.get(name):
            yield sentence.format_map({name: details[name]})


def _milestone(details: Details, wording: ToldWords) -> str:
    name = details.get("name", "")
    listed = _became(details).get("milestones", ())
    milestone: Details = next((entry for entry in listed if entry["name"] == name), {})
    is_done = milestone.get("done_on") is not None
    return (wording.milestone_done if is_done else wording.milestone).format(
        name=name, due_on=milestone.get("due_on", ""), done_on=milestone.get("done_on", "")
    )


def _became(details: Details) -> Details:
    became = details.get("became")
    return became if isinstance(became, dict) else {}
