"""Telling: what the details of an event say of it besides who, when and why, in words."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from junheng.domain.history.hash_chain import Event, EventKind
from junheng.domain.ledger.lifecycle import Move

Details = Mapping[str, Any]


def details_of(event: Event) -> Details:
    """Return the details of an event; none where somebody left there what cannot be read."""
    try:
        read = json.loads(event.details)
    except (TypeError, ValueError):
        return {}
    return read if isinstance(read, dict) else {}


def until(event: Event) -> str:
    """Return the day until which something was asked for or granted, '' where there is none."""
    details = details_of(event)
    if event.move == Move.GRANT_EXTENSION.value:
        return str(_became(details).get("due_on", ""))
    return str(details.get("until", ""))


def told(event: Event, words: Mapping[str, Any], *, called: Callable[[str], str]) -> str:
    """Return what an event tells of besides its move: dates, approver, cause, papers, text.

    `words` are those of config/wording/ledger.yaml, `called` says what people call a unit.
    """
    return str(words["show"]["between"]).join(_phrases(event, words, called))


def _phrases(event: Event, words: Mapping[str, Any], called: Callable[[str], str]) -> Iterator[str]:
    says, details = words["show"]["told"], details_of(event)
    became = _became(details)
    if event.move in says["moves"]:
        yield says["moves"][event.move].format(
            until=details.get("until", ""),
            due_on=became.get("due_on", ""),
            lead=called(str(became.get("lead", ""))),
        )
    if event.kind == EventKind.EVIDENCE_ADDED.value:
        given = {name: details.get(name, "") for name in ("kind", "name", "version")}
        yield says["evidence"].format(**given)
    if event.kind == EventKind.MILESTONE_SET.value:
        yield _milestone(details, says)
    if cause := details.get("cause"):
        yield says["cause"].format(cause=words["causes"].get(cause, cause))
    for name in ("action", "text", "approved_by"):
        if details.get(name):
            yield says[name].format_map({name: details[name]})


def _milestone(details: Details, says: Mapping[str, str]) -> str:
    name = details.get("name", "")
    listed = _became(details).get("milestones", ())
    one: Details = next((one for one in listed if one["name"] == name), {})
    is_done = one.get("done_on") is not None
    return says["milestone_done" if is_done else "milestone"].format(
        name=name, due_on=one.get("due_on", ""), done_on=one.get("done_on", "")
    )


def _became(details: Details) -> Details:
    became = details.get("became")
    return became if isinstance(became, dict) else {}
