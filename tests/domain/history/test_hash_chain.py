"""The hash chain: every later change of the history is found."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from junheng.domain.history import hash_chain
from junheng.domain.history.hash_chain import (
    BEGINNING,
    EVENT_FIELDS,
    BreakKind,
    Event,
    EventKind,
    Happening,
    Linked,
)

TEXTS = st.text(max_size=8)


@st.composite
def histories(draw: st.DrawFn, *, at_least: int = 0) -> tuple[Linked, ...]:
    said = draw(
        st.lists(st.tuples(*[TEXTS] * (len(EVENT_FIELDS) - 2)), min_size=at_least, max_size=6)
    )
    return linked(event_of(number, texts) for number, texts in enumerate(said, start=1))


def event_of(sequence: int, texts: Sequence[str]) -> Event:
    """Return an event with some texts as fields, in the order in which they are hashed."""
    said: dict[str, Any] = dict(zip(EVENT_FIELDS, ("370405", sequence, *texts), strict=True))
    return Event(**said)


def linked(events: Iterable[Event]) -> tuple[Linked, ...]:
    whole: list[Linked] = []
    previous = BEGINNING
    for event in events:
        whole.append(hash_chain.link(event, previous_hash=previous))
        previous = whole[-1].hash
    return tuple(whole)


def event(number: int, **said: Any) -> Event:
    usual = Event(
        district_code="370405",
        sequence=number,
        at="2025-10-20T01:30:00+00:00",
        day="2025-10-20",
        kind="moved",
        reference="370405-2025-0001",
        unit="",
        move="receipt",
        was="handed_over",
        became="receipted",
        by="区财政局",
        reason="",
        details="{}",
    )
    return replace(usual, **said)


THREE = linked(event(number) for number in (1, 2, 3))


def test_the_hash_of_an_event_is_stable_across_versions() -> None:
    wanted = "c835c78eb178d2cbf7e37d5f41b2be27b71c725fce4ecc282020b99034447414"

    assert THREE[0].hash == wanted


def test_a_happening_is_stored_as_text() -> None:
    happening = Happening(
        kind=EventKind.MOVED,
        day=date(2025, 10, 20),
        by="区财政局",
        reference="370405-2025-0001",
        move="receipt",
        was="handed_over",
        became="receipted",
    )
    shanghai = timezone(timedelta(hours=8))

    kept = Event.of(
        happening,
        district_code="370405",
        sequence=1,
        at=datetime(2025, 10, 20, 9, 30, tzinfo=shanghai),
    )

    assert kept == event(1)
    assert hash_chain.link(kept, previous_hash=BEGINNING) == THREE[0]


@given(whole=histories())
def test_an_unchanged_chain_has_no_breaks(whole: tuple[Linked, ...]) -> None:
    assert hash_chain.breaks(whole) == ()


@given(whole=histories(), data=st.data())
def test_every_printed_head_is_found_in_the_chain(
    whole: tuple[Linked, ...], data: st.DataObject
) -> None:
    printed = data.draw(st.sampled_from([BEGINNING, *(one.hash for one in whole)]))

    assert hash_chain.breaks(whole, printed_head=printed) == ()
    assert hash_chain.breaks(whole, printed_head=printed[:16]) == ()


@given(whole=histories(at_least=1), data=st.data())
def test_one_byte_of_any_field_of_any_event_is_found(
    whole: tuple[Linked, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))
    name = data.draw(st.sampled_from([*EVENT_FIELDS, "previous_hash", "hash"]))
    changed = list(whole)
    changed[place] = _with_a_byte_changed(whole[place], name, data)

    assert hash_chain.breaks(changed)


def _with_a_byte_changed(one: Linked, name: str, data: st.DataObject) -> Linked:
    if name == "sequence":
        number = data.draw(st.integers(0, 9).filter(lambda digit: digit != one.event.sequence))
        return replace(one, event=replace(one.event, sequence=number))
    of_event = name in EVENT_FIELDS
    before = getattr(one.event if of_event else one, name).encode()
    place = data.draw(st.integers(0, len(before)))
    byte = data.draw(st.binary(min_size=1, max_size=1))
    after = (before[:place] + byte + before[place + 1 :]).decode("utf-8", "surrogateescape")
    assume(after.encode("utf-8", "surrogateescape") != before)
    if of_event:
        return replace(one, event=replace(one.event, **{name: after}))
    return replace(one, **{name: after})


@given(whole=histories(at_least=2), data=st.data())
def test_a_removed_event_is_found(whole: tuple[Linked, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole) - 2))

    found = hash_chain.breaks([*whole[:place], *whole[place + 1 :]])

    assert found[0].problem is BreakKind.MISSING
    assert found[0].sequence == place + 2


@given(whole=histories(at_least=1), data=st.data())
def test_a_removed_end_is_found_by_the_printed_head(
    whole: tuple[Linked, ...], data: st.DataObject
) -> None:
    left = data.draw(st.integers(0, len(whole) - 1))

    found = hash_chain.breaks(whole[:left], printed_head=whole[-1].hash[:16])

    assert [(one.sequence, one.problem) for one in found] == [(left, BreakKind.HEAD_UNKNOWN)]


@given(whole=histories(at_least=2), data=st.data())
def test_two_swapped_events_are_found(whole: tuple[Linked, ...], data: st.DataObject) -> None:
    first, second = sorted(
        data.draw(st.lists(st.integers(0, len(whole) - 1), min_size=2, max_size=2, unique=True))
    )
    swapped = list(whole)
    swapped[first], swapped[second] = whole[second], whole[first]

    assert hash_chain.breaks(swapped)


@given(whole=histories(at_least=1), data=st.data())
def test_a_duplicated_event_is_found(whole: tuple[Linked, ...], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(whole) - 1))

    found = hash_chain.breaks([*whole[: place + 1], *whole[place:]])

    assert found[0] == hash_chain.Break(place + 1, BreakKind.MISSING)


@given(
    whole=histories(at_least=2), texts=st.tuples(*[TEXTS] * (len(EVENT_FIELDS) - 2)), data=st.data()
)
def test_an_inserted_event_with_a_right_hash_is_found(
    whole: tuple[Linked, ...], texts: tuple[str, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(1, len(whole) - 1))
    slipped = hash_chain.link(event_of(place + 1, texts), previous_hash=whole[place - 1].hash)

    assert hash_chain.breaks([*whole[:place], slipped, *whole[place:]])


@given(
    whole=histories(at_least=2), texts=st.tuples(*[TEXTS] * (len(EVENT_FIELDS) - 2)), data=st.data()
)
def test_a_replaced_event_with_a_right_hash_is_found(
    whole: tuple[Linked, ...], texts: tuple[str, ...], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(whole) - 2))
    forged = hash_chain.link(event_of(place + 1, texts), previous_hash=whole[place].previous_hash)
    assume(forged != whole[place])

    found = hash_chain.breaks([*whole[:place], forged, *whole[place + 1 :]])

    assert found == (hash_chain.Break(place + 2, BreakKind.UNLINKED),)


def test_a_rewritten_history_is_found_by_the_printed_head() -> None:
    forged = linked(event(number, by="区民政局") for number in (1, 2, 3))

    assert hash_chain.breaks(forged) == ()
    assert hash_chain.breaks(forged, printed_head=THREE[-1].hash) == (
        hash_chain.Break(3, BreakKind.HEAD_UNKNOWN),
    )


@given(
    texts=st.tuples(*[st.text('ab\x00\x1f",[]', max_size=4)] * (len(EVENT_FIELDS) - 2)),
    data=st.data(),
)
def test_no_text_can_move_from_one_field_into_the_next(
    texts: tuple[str, ...], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(texts) - 2))
    joined = texts[at] + texts[at + 1]
    cut = data.draw(st.integers(0, len(joined)))
    shifted = (*texts[:at], joined[:cut], joined[cut:], *texts[at + 2 :])
    assume(shifted != texts)

    hashes = {
        hash_chain.link(event_of(1, said), previous_hash=BEGINNING).hash
        for said in (texts, shifted)
    }

    assert len(hashes) == 2


@pytest.mark.parametrize("value", [None, b"370405", b"\xff", 1, 1.5])
@pytest.mark.parametrize("name", EVENT_FIELDS)
def test_a_field_that_is_no_text_is_found_and_checking_continues(name: str, value: Any) -> None:
    is_changed = value != 1 or name != "sequence"
    first = replace(THREE[0], event=replace(THREE[0].event, **{name: value}))

    assert bool(hash_chain.breaks([first, *THREE[1:]])) is is_changed


@pytest.mark.parametrize("value", [None, b"\xff", 7, ""])
def test_a_hash_that_is_no_text_is_found_and_checking_continues(value: Any) -> None:
    found = hash_chain.breaks([replace(THREE[0], hash=value), *THREE[1:]], printed_head="0f")

    assert hash_chain.Break(1, BreakKind.CHANGED) in found
    assert hash_chain.Break(2, BreakKind.UNLINKED) in found


def test_every_break_is_found_and_not_only_the_first() -> None:
    changed = [
        replace(THREE[0], event=event(1, reason="已办")),
        THREE[1],
        replace(THREE[2], event=event(3, day="2025-10-13")),
    ]

    assert [(one.sequence, one.problem) for one in hash_chain.breaks(changed)] == [
        (1, BreakKind.CHANGED),
        (3, BreakKind.CHANGED),
    ]


def test_canonical_json_is_independent_of_key_order() -> None:
    said = hash_chain.canonical({"until": "2025-12-01", "approved_by": "分管副区长"})

    assert said == '{"approved_by":"分管副区长","until":"2025-12-01"}'
    assert said == hash_chain.canonical({"approved_by": "分管副区长", "until": "2025-12-01"})
