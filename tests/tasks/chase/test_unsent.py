"""Cards that are due and unsent, each with its reason."""

from datetime import UTC, date, datetime

import pytest

from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from junheng.store import notices
from tasks.chase.unsent import Why, owed_cards
from tests.app.cli.test_app import rows, run
from tests.tasks.owed_cards import DISTRICT, open_remediations, owed_to_everyone, send

AT_TEN = datetime(2025, 11, 3, 10, tzinfo=OFFICE_ZONE)


def whys(now: datetime = AT_TEN) -> list[Why]:
    return [card.why for card in owed_cards(now)]


def test_a_card_that_is_not_written_yet_is_due() -> None:
    open_remediations("区教育局", "区财政局")

    assert whys() == [Why.NOT_WRITTEN] * 2


@pytest.mark.parametrize(
    ("now", "why"),
    [
        (AT_TEN, Why.NEXT_RUN),
        (AT_TEN.replace(hour=18), Why.WINDOW_CLOSED),
        (AT_TEN.replace(day=8), Why.DAY_OFF),
    ],
)
def test_a_written_card_waits_for_the_next_run_or_the_send_window(now: datetime, why: Why) -> None:
    owed_to_everyone()

    assert whys(now) == [why] * 3


def test_a_sent_card_is_not_owed() -> None:
    owed_to_everyone()
    send()

    assert whys() == []


def test_failed_in_flight_and_unconfirmed_cards_have_their_reason_and_error() -> None:
    owed_to_everyone()
    with bootstrap.session() as session:
        first, second, third = (card.id for card in notices.owed(session, DISTRICT))
        for card in (first, second, third):
            notices.claim(
                session,
                card,
                channel="slack",
                address="#区教育局",
                now=datetime(2025, 11, 3, tzinfo=UTC),
            )
        notices.mark_failed(session, first, reason="没有这个频道")
        notices.mark_unconfirmed(session, third, reason="查不到历史")

    assert [(card.why, card.error) for card in owed_cards(AT_TEN)] == [
        (Why.FAILED, "没有这个频道"),
        (Why.IN_FLIGHT, ""),
        (Why.UNCONFIRMED, "查不到历史"),
    ]


def test_the_list_has_a_row_for_each_card() -> None:
    owed_to_everyone()

    listed = rows(run("notices", "--owed", "--format", "csv"))

    written = [row for row in listed if row["planned_on"] == str(date(2025, 11, 3))]
    assert [row["items"] for row in written] == ["1"] * 3
    assert "原因" in run("notices", "--owed").stdout
