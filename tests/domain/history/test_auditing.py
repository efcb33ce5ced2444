"""Comparing rows, read without validation, with their history."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from junheng.domain.history import auditing, hash_chain
from junheng.domain.history.auditing import CHILDREN, KeptRow, Mismatch, Reading, Recorded
from junheng.domain.history.hash_chain import BEGINNING, Event, Linked
from junheng.domain.ledger import past_states
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Remediation
from tests.domain.ledger.one_remediation import closed, handed_over, moved

HELD = moved(handed_over(), Move.RECEIPT, date(2025, 10, 21), text="已安排专人")
REFERENCE = HELD.reference


def recorded_of(held: Remediation, *, row: int | None = 7, evaluation: int | None = 3) -> Recorded:
    # As parsed from an event's JSON.
    became = json.loads(hash_chain.canonical(past_states.snapshot(held)))
    return Recorded(12, became, row, evaluation)


def row_of(held: Remediation) -> KeptRow:
    snapshot = past_states.snapshot(held)
    children: dict[str, Any] = {name: snapshot.pop(name) for name in CHILDREN}
    numbers = {"district_code": "370405", "id": "7", "evaluation_id": "3"}
    return KeptRow(
        {name: auditing.written(value) for name, value in snapshot.items()} | numbers,
        {
            name: tuple(
                {"position": str(position)} | {key: auditing.written(entry[key]) for key in entry}
                for position, entry in enumerate(listed)
            )
            for name, listed in children.items()
        },
    )


def with_value(row: KeptRow, name: str, value: str | None) -> KeptRow:
    return replace(row, values={**row.values, name: value})


@pytest.mark.parametrize("held", [handed_over(), HELD, closed()])
def test_a_row_equal_to_its_history_has_no_differences(held: Remediation) -> None:
    assert auditing.differences([row_of(held)], {REFERENCE: recorded_of(held)}) == ()


@pytest.mark.parametrize("name", sorted({*row_of(HELD).values} - {"district_code", "reference"}))
@pytest.mark.parametrize("value", ["另一个", None, "", "2025-13-45"])
def test_a_change_of_any_column_is_found(name: str, value: str | None) -> None:
    before = row_of(HELD)
    if before.values[name] == value:
        return

    (found,) = auditing.differences(
        [with_value(before, name, value)], {REFERENCE: recorded_of(HELD)}
    )

    assert (found.problem, found.reference, found.sequence) == (Mismatch.DIFFERS, REFERENCE, 12)
    assert (found.name, found.stands, found.told) == (name, value, before.values[name])


@pytest.mark.parametrize(("of", "at"), [("parts", 0), ("parts", 1), ("milestones", 1)])
@pytest.mark.parametrize("value", ["另一个", None])
def test_a_change_of_any_part_or_milestone_is_found(of: str, at: int, value: str | None) -> None:
    before = row_of(HELD)
    child = before.children[of][at]

    for name in child:
        if child[name] == value:
            continue
        changed = list(before.children[of])
        changed[at] = {**child, name: value}
        row = replace(before, children={**before.children, of: tuple(changed)})
        (found,) = auditing.differences([row], {REFERENCE: recorded_of(HELD)})
        assert (found.of, found.at, found.name, found.stands) == (of, at, name, value)


@pytest.mark.parametrize("of", CHILDREN)
def test_a_missing_or_additional_part_or_milestone_is_found(of: str) -> None:
    before = row_of(HELD)
    listed = before.children[of]

    for stand in (listed[1:], (*listed, listed[0])):
        row = replace(before, children={**before.children, of: stand})
        (found,) = auditing.differences([row], {REFERENCE: recorded_of(HELD)})
        assert (found.problem, found.of) == (Mismatch.COUNT, of)
        assert (found.stands, found.told) == (str(len(stand)), "2")


def test_two_swapped_parts_are_found() -> None:
    before = row_of(HELD)
    first, second = before.children["parts"]
    row = replace(before, children={**before.children, "parts": (second, first)})

    names = {
        difference.name
        for difference in auditing.differences([row], {REFERENCE: recorded_of(HELD)})
    }

    assert names == {"unit", "position"}


def test_a_row_without_an_event_is_found() -> None:
    (found,) = auditing.differences([row_of(HELD)], {})

    assert (found.problem, found.reference) == (Mismatch.UNTOLD, REFERENCE)


def test_a_missing_row_is_found() -> None:
    (found,) = auditing.differences([], {REFERENCE: recorded_of(HELD)})

    assert (found.problem, found.reference, found.sequence) == (Mismatch.GONE, REFERENCE, 12)


def test_a_row_recorded_without_an_evaluation_must_have_none() -> None:
    recorded = recorded_of(HELD, evaluation=None)

    (found,) = auditing.differences([row_of(HELD)], {REFERENCE: recorded})

    assert (found.name, found.stands, found.told) == ("evaluation_id", "3", None)


class TestReading:
    def of(self, *details: object) -> Reading:
        reading = Reading()
        events = (
            Event(
                district_code="370405",
                sequence=number,
                at="",
                day="",
                kind="moved",
                reference=REFERENCE,
                by="",
                details=text,  # type: ignore[arg-type]
            )
            for number, text in enumerate(details, 1)
        )
        list(reading.through(Linked(event, "", f"{event.sequence:064}") for event in events))
        return reading

    def test_the_newest_snapshot_counts_and_other_events_are_ignored(self) -> None:
        reading = self.of(
            '{"row":7,"evaluation":3,"became":{"lead":"甲"}}',
            '{"evaluation":4,"became":{"lead":"乙"}}',
            '{"sha256":"0f"}',
        )

        assert reading.recorded == {REFERENCE: Recorded(2, {"lead": "乙"}, row=7, evaluation=4)}
        assert (reading.events, reading.head) == (3, f"{3:064}")

    @pytest.mark.parametrize("details", ["", "{", "[]", "null", None, b"{}", 7, "[" * 100_000])
    def test_invalid_details_are_listed_and_reading_continues(self, details: object) -> None:
        reading = self.of('{"became":{"lead":"甲"}}', details)

        assert reading.unreadable == [2]
        assert reading.recorded[REFERENCE].became == {"lead": "甲"}

    def test_the_head_of_an_empty_history_is_the_beginning(self) -> None:
        assert (self.of().events, self.of().head) == (0, BEGINNING)
