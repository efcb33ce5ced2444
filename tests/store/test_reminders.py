"""Reminders: one row for each owed rung, with only the allowed status transitions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session

from junheng.domain.chase.reminders import CHANGES, TOLD, Status
from junheng.domain.people.contacts import Contact, Contacts, Role
from junheng.store import notices, reminders
from junheng.store.database import database
from junheng.store.rows import stored_id
from tests.store.test_notices import DISTRICT, MONDAY, NOON, REFERENCE, TUESDAY, digest, owe

FRIDAY = date(2025, 11, 7)
LATER = datetime(2025, 11, 4, 4, 0, tzinfo=UTC)
ANSWERS_FOR = Contacts(channel="#公共", office="创建办").units_of
A_RUNG = (REFERENCE, 1, "handed_over", "区教育局")


@pytest.fixture
def opened(address: str) -> Iterator[Session]:
    with database.session(address) as session:
        yield session


def standing(session: Session) -> dict[tuple[str, int, str, str], Status]:
    # Read from the database, not from the session's identity map.
    session.expire_all()
    rows = reminders.listing(session, DISTRICT)
    found = {(row.reference, row.cycle, row.rung, row.recipient): row.status for row in rows}
    assert len(found) == len(rows)
    return found


def the_card(session: Session) -> int:
    rows = notices.listing(session, DISTRICT)
    return stored_id(rows[-1]) if rows else 0


def step(session: Session, name: str) -> None:
    """Do one possible next action of the chase or of a person; most have no effect."""
    STEPS[name](session, the_card(session))


Step = Callable[[Session, int], object]
STEPS: dict[str, Step] = {
    "owe": lambda session, _: owe(session, digest()),
    "owe_later": lambda session, _: owe(session, digest(planned_on=TUESDAY)),
    "owe_higher": lambda session, _: owe(session, digest(planned_on=FRIDAY, rung="chased")),
    "withdraw": lambda session, _: notices.withdraw(session, DISTRICT, but_for=(), today=FRIDAY),
    "claim": lambda session, card: notices.claim(
        session, card, channel="slack", address="#区教育局", now=NOON
    ),
    "sent": lambda session, card: notices.mark_sent(session, card, receipt="C1:1.0", sent_at=NOON),
    "withheld": lambda session, card: notices.mark_withheld(session, card, receipt="file:某"),
    "failed": lambda session, card: notices.mark_failed(session, card, reason="连不上"),
    "refused": lambda session, card: notices.mark_failed(
        session, card, reason="没有这个频道", is_refused=True
    ),
    "uncertain": lambda session, card: notices.mark_uncertain(session, card, reason="没有答复"),
    "unconfirmed": lambda session, card: notices.mark_unconfirmed(session, card, reason="查不到"),
    "acknowledge": lambda session, _: reminders.acknowledge(
        session,
        REFERENCE,
        cycle=1,
        unit="区教育局",
        by="张三",
        at=LATER,
        units_of=ANSWERS_FOR,
    ),
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(sorted(STEPS)), max_size=12))
def test_any_sequence_of_actions_makes_only_allowed_transitions(
    tmp_path: Path, steps: list[str]
) -> None:
    with in_a_file(tmp_path) as session:
        before = standing(session)
        for name in steps:
            step(session, name)
            after = standing(session)
            for rung, was in before.items():
                # Planned reminders may be deleted; reminders that were sent never disappear.
                became = after.get(rung)
                if became is None:
                    assert was is Status.PLANNED
                else:
                    assert became is was or became in CHANGES[was] or _at_once(was, became)
            before = after
        session.rollback()


def _at_once(was: Status, became: Status) -> bool:
    """Return whether two transitions at once lead there: a refused card is claimed unchanged."""
    return any(became in CHANGES[middle] for middle in CHANGES[was])


@contextmanager
def in_a_file(folder: Path) -> Iterator[Session]:
    with database.session(f"sqlite:///{folder / 'reminders.db'}") as session:
        yield session


class TestBecome:
    def test_an_accepted_reminder_is_delivered_with_its_times(self, opened: Session) -> None:
        for name in ("owe", "claim", "sent"):
            step(opened, name)

        (row,) = reminders.listing(opened, DISTRICT)

        assert (row.status, row.claimed_at, row.delivered_at) == ("delivered", NOON, NOON)
        assert row.planned_on == MONDAY

    def test_a_refused_reminder_is_owed_again_and_keeps_its_reason(self, opened: Session) -> None:
        for name in ("owe", "claim", "refused"):
            step(opened, name)
        (refused,) = reminders.listing(opened, DISTRICT)
        reason = refused.reason
        step(opened, "owe_later")

        assert reason == "没有这个频道"
        assert standing(opened) == {A_RUNG: Status.PLANNED}

    def test_a_higher_rung_does_not_delete_a_refused_reminder(self, opened: Session) -> None:
        for name in ("owe", "claim", "refused", "owe_higher"):
            step(opened, name)

        assert standing(opened) == {
            A_RUNG: Status.REFUSED,
            (REFERENCE, 1, "chased", "区教育局"): Status.PLANNED,
        }

    def test_after_an_unclear_answer_a_reminder_is_sent_but_not_delivered(
        self, opened: Session
    ) -> None:
        for name in ("owe", "claim", "uncertain"):
            step(opened, name)

        assert standing(opened) == {A_RUNG: Status.SENT}
        assert A_RUNG in reminders.told(opened, DISTRICT, [REFERENCE])

    def test_in_a_trial_a_reminder_is_withheld_and_never_sent(self, opened: Session) -> None:
        for name in ("owe", "claim", "withheld", "owe_later"):
            step(opened, name)

        assert standing(opened) == {A_RUNG: Status.WITHHELD}
        assert notices.owed(opened, DISTRICT) == ()


class TestAcknowledge:
    def test_only_delivered_reminders_are_acknowledged(self, opened: Session) -> None:
        step(opened, "owe")
        step(opened, "acknowledge")

        assert standing(opened) == {A_RUNG: Status.PLANNED}

    @pytest.mark.parametrize(
        ("units", "role", "count"),
        [
            (("区教育局",), Role.CONTACT, 1),
            (("区教育局", "区编办"), Role.CONTACT, 1),
            (("区教育局",), Role.HEAD, 1),
            (("区财政局",), Role.CONTACT, 0),
        ],
    )
    def test_only_by_the_unit_of_the_recipient(
        self, opened: Session, units: tuple[str, ...], role: Role, count: int
    ) -> None:
        owe(opened, replace(digest(), contact=Contact(units=units, name="张三", role=role)))
        step(opened, "claim")
        step(opened, "sent")

        heard = reminders.acknowledge(
            opened,
            REFERENCE,
            cycle=1,
            unit="区教育局",
            by="张三",
            at=LATER,
            units_of=ANSWERS_FOR,
        )

        assert heard == count

    def test_records_the_person_and_the_time(self, opened: Session) -> None:
        for name in ("owe", "claim", "sent", "acknowledge"):
            step(opened, name)

        (row,) = reminders.listing(opened, DISTRICT)

        assert (row.status, row.acknowledged_by, row.acknowledged_at) == (
            "acknowledged",
            "张三",
            LATER,
        )


def test_every_status_after_sending_counts_as_told() -> None:
    assert frozenset(Status) - {Status.PLANNED, Status.REFUSED} == TOLD
