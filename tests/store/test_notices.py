"""Notices (cards) in a real database: owed, claimed, sent, withdrawn."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime

import pytest
from sqlmodel import Session

from junheng import bootstrap
from junheng.domain.chase.digests import Digest, Entry
from junheng.domain.chase.ladder import Audience, LadderInForce, LadderKind, Rung
from junheng.domain.chase.message_status import NoticeStatus
from junheng.domain.people.contacts import Contact
from junheng.store import notices, reminders
from tests.domain.chase import one_card

DISTRICT, REFERENCE = "370405", "370405-2025-0001"
MONDAY, TUESDAY = date(2025, 11, 3), date(2025, 11, 4)
NOON = datetime(2025, 11, 3, 4, 0, tzinfo=UTC)
Sessions = Callable[[], AbstractContextManager[Session]]


@pytest.fixture
def session() -> Sessions:
    return bootstrap.session


def digest(
    unit: str = "区教育局", *, planned_on: date = MONDAY, rung: str = "handed_over"
) -> Digest:
    reached = Rung(name=rung, label="某", on_opening=True, tells=(Audience.LEAD,))
    ladder = LadderInForce(kind=LadderKind.USUAL, rungs=(reached,))
    chased = one_card.remediation(lead=unit, ladder=ladder)
    entry = Entry(chased, reached, Audience.LEAD)
    return Digest(Contact(units=(unit,), name="张三"), f"#{unit}", planned_on, (entry,))


def owe(session: Session, *digests: Digest, district: str = DISTRICT) -> int:
    cards = [(owed_digest, f"给{owed_digest.recipient}的卡片") for owed_digest in digests]
    return notices.owe(session, cards, district_code=district, channel="file")


def owed_card(sessions: Sessions) -> int:
    with sessions() as session:
        owe(session, digest())
    with sessions() as session:
        return notices.owed(session, DISTRICT)[0].id


def sent(sessions: Sessions, card: int) -> None:
    with sessions() as session:
        notices.claim(session, card, channel="slack", address="#区教育局", now=NOON)
        notices.mark_sent(session, card, receipt="C1:17.0001", sent_at=NOON)


def only_status(sessions: Sessions) -> str:
    with sessions() as session:
        return notices.listing(session, DISTRICT)[0].status


class TestWithdrawn:
    def test_a_withdrawn_card_is_owed_again_if_the_day_has_something_new(
        self, session: Sessions
    ) -> None:
        owed_card(session)
        with session() as opened:
            notices.withdraw(opened, DISTRICT, but_for=(), today=MONDAY)

        with session() as opened:
            new = owe(opened, digest(rung="chased"))

        with session() as opened:
            (card,) = notices.owed(opened, DISTRICT)
            (rung,) = reminders.listing(opened, DISTRICT)
        assert (new, rung.rung, rung.notice_id) == (1, "chased", card.id)


class TestOwe:
    def test_a_card_is_stored_with_its_text_before_it_is_sent(self, session: Sessions) -> None:
        with session() as opened:
            owe(opened, digest())

        with session() as opened:
            (row,) = notices.listing(opened, DISTRICT)
            assert row.key == "370405:2025-11-03:区教育局"
            assert (row.text, row.address, row.status) == ("给区教育局的卡片", "#区教育局", "owed")

    def test_a_second_run_on_the_same_day_owes_nothing_more(self, session: Sessions) -> None:
        with session() as opened:
            first = owe(opened, digest())
        with session() as opened:
            second = owe(opened, digest(rung="chased"))

        assert (first, second) == (1, 0)

    def test_a_duplicate_card_does_not_prevent_the_other_cards(self, session: Sessions) -> None:
        with session() as opened:
            owe(opened, digest())
        with session() as opened:
            again = owe(opened, digest(), digest("区财政局"))

        assert again == 1

    def test_a_rung_already_sent_leaves_no_incomplete_card(self, session: Sessions) -> None:
        sent(session, owed_card(session))
        with session() as opened:
            again = owe(opened, digest(planned_on=TUESDAY))

        with session() as opened:
            assert again == 0
            assert len(notices.listing(opened, DISTRICT)) == 1


class TestTold:
    def test_rungs_on_a_sent_card_are_told(self, session: Sessions) -> None:
        sent(session, owed_card(session))

        with session() as opened:
            told = reminders.told(opened, DISTRICT, [REFERENCE])
            assert told == {("370405-2025-0001", 1, "handed_over", "区教育局")}

    def test_rungs_of_other_references_are_not_returned(self, session: Sessions) -> None:
        sent(session, owed_card(session))

        with session() as opened:
            assert reminders.told(opened, DISTRICT, ["370405-2025-0002"]) == frozenset()

    def test_rungs_on_an_owed_card_are_not_told(self, session: Sessions) -> None:
        owed_card(session)

        with session() as opened:
            assert reminders.told(opened, DISTRICT, [REFERENCE]) == frozenset()

    def test_rungs_of_another_district_are_not_returned(self, session: Sessions) -> None:
        sent(session, owed_card(session))

        with session() as opened:
            assert reminders.told(opened, "370404", [REFERENCE]) == frozenset()


class TestClaim:
    def test_a_card_is_claimed_once(self, session: Sessions) -> None:
        card = owed_card(session)

        with session() as opened:
            first = notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)
        with session() as opened:
            second = notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        assert (first, second) == (True, False)

    def test_a_claimed_card_is_in_flight_with_time_and_channel(self, session: Sessions) -> None:
        card = owed_card(session)

        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        with session() as opened:
            (flying,) = notices.in_flight(opened, DISTRICT)
            assert (flying.channel, flying.claimed_at) == ("slack", NOON)
            assert notices.owed(opened, DISTRICT) == ()


class TestMark:
    def test_a_sent_card_has_its_receipt_and_time(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        with session() as opened:
            notices.mark_sent(opened, card, receipt="C1:17.0001", sent_at=NOON)

        with session() as opened:
            (row,) = notices.listing(opened, DISTRICT)
            assert (row.status, row.receipt, row.sent_at) == ("sent", "C1:17.0001", NOON)

    def test_a_failed_card_is_owed_again_with_a_reason(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        with session() as opened:
            notices.mark_failed(opened, card, reason="没有这个频道")

        with session() as opened:
            (row,) = notices.listing(opened, DISTRICT)
            assert (row.status, row.last_error) == ("owed", "没有这个频道")

    def test_an_uncertain_card_stays_in_flight(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        with session() as opened:
            notices.mark_uncertain(opened, card, reason="没有答复")

        assert only_status(session) == NoticeStatus.SENDING

    def test_an_unconfirmed_card_is_never_claimed_again(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)
        with session() as opened:
            notices.mark_unconfirmed(opened, card, reason="查不到历史")

        with session() as opened:
            assert not notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

    def test_a_sent_card_does_not_become_owed_again(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)
            notices.mark_sent(opened, card, receipt="C1:17.0001", sent_at=NOON)

        with session() as opened:
            assert not notices.mark_failed(opened, card, reason="迟到的失败")


class TestOweAgain:
    def test_an_owed_card_is_overwritten_by_the_card_of_the_day(self, session: Sessions) -> None:
        owed_card(session)

        with session() as opened:
            new = owe(opened, digest(planned_on=TUESDAY, rung="chased"))

        with session() as opened:
            (row,) = notices.listing(opened, DISTRICT)
            assert new == 0
            assert (row.key, row.planned_on) == ("370405:2025-11-04:区教育局", TUESDAY)
            assert reminders.items_told(opened, [row.id]) == {row.id: 1}

    def test_a_replay_of_an_earlier_day_does_not_change_a_later_card(
        self, session: Sessions
    ) -> None:
        with session() as opened:
            owe(opened, digest(planned_on=TUESDAY, rung="chased"))

        with session() as opened:
            owe(opened, digest())

        with session() as opened:
            assert notices.owed(opened, DISTRICT)[0].planned_on == TUESDAY

    def test_a_card_in_flight_is_not_overwritten(self, session: Sessions) -> None:
        card = owed_card(session)
        with session() as opened:
            notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)

        with session() as opened:
            owe(opened, digest(planned_on=TUESDAY, rung="chased"))

        with session() as opened:
            assert notices.one(opened, card).planned_on == MONDAY


class TestWithdraw:
    def test_withdraws_a_card_that_has_nothing_due(self, session: Sessions) -> None:
        card = owed_card(session)

        with session() as opened:
            notices.withdraw(opened, DISTRICT, but_for=(), today=TUESDAY)

        assert only_status(session) == NoticeStatus.WITHDRAWN
        with session() as opened:
            assert reminders.items_told(opened, [card]) == {}
            assert not notices.claim(opened, card, channel="slack", address="#区教育局", now=NOON)


class TestOfDay:
    def test_returns_the_cards_of_the_day_and_older_unsent_ones(self, session: Sessions) -> None:
        with session() as opened:
            owe(opened, digest("区教育局"), digest("区财政局"), digest("区编办"))
            sent = notices.owed(opened, DISTRICT)[0].id
            notices.claim(opened, sent, channel="file", address="#区教育局", now=NOON)
            notices.mark_sent(opened, sent, receipt="x", sent_at=NOON)
            owe(opened, digest("区教育局", planned_on=TUESDAY, rung="chased"))

        with session() as opened:
            shown = [row.key for row in notices.of_day(opened, DISTRICT, TUESDAY)]

        assert shown == [
            "370405:2025-11-03:区财政局",
            "370405:2025-11-03:区编办",
            "370405:2025-11-04:区教育局",
        ]

    def test_items_told_counts_the_reminders_of_each_card(self, session: Sessions) -> None:
        card = owed_card(session)

        with session() as opened:
            assert reminders.items_told(opened, [card]) == {card: 1}
