"""Status of reminders: delivered, acknowledged, withheld, settled after an outage."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap
from junheng.adapters import clock
from junheng.domain.ledger.lifecycle import Move
from junheng.domain.ledger.remediation import Act
from junheng.store import notices, reminders
from tasks.chase import cards
from tasks.ledger import acts
from tests.fakes import FakeSlack, Post
from tests.tasks import own_contacts
from tests.tasks.ledgers import DISTRICT, MONDAY, REFERENCE, TUESDAY, WEDNESDAY, hand_over
from tests.tasks.owed_cards import send, statuses

LED, SUPPORTED = ("区教育局", "区财政局")


def told_on_monday() -> None:
    hand_over()
    cards.owe_cards(MONDAY, clock=clock.now)
    send()


def status_by_recipient() -> dict[str, str]:
    with bootstrap.session() as session:
        return {row.recipient: row.status for row in reminders.listing(session, DISTRICT)}


def shown(*words: str) -> str:
    result = CliRunner(env={"COLUMNS": "220"}).invoke(app, words)
    assert result.exit_code == 0, result.stderr
    return result.stdout


class TestAcknowledged:
    @pytest.mark.parametrize(
        "move", [Move.RECEIPT, Move.REPORT, Move.DISPUTE, Move.ASK_EXTENSION], ids=str
    )
    def test_by_any_act_of_the_lead(self, move: Move) -> None:
        told_on_monday()
        until = None if move is not Move.ASK_EXTENSION else WEDNESDAY.replace(year=2026)

        acts.act(
            REFERENCE,
            Act(move, "张三", TUESDAY, "核实", until=until, text="已完成"),
            now=clock.now(),
        )

        assert status_by_recipient() == {LED: "acknowledged", SUPPORTED: "delivered"}

    def test_by_a_supporting_unit_for_its_own_part(self) -> None:
        told_on_monday()

        acts.act(
            REFERENCE, Act(Move.RECEIPT, "李四", TUESDAY, "核实", unit=SUPPORTED), now=clock.now()
        )

        assert status_by_recipient() == {LED: "delivered", SUPPORTED: "acknowledged"}

    def test_by_a_progress_text_of_the_lead(self) -> None:
        hand_over()
        acts.act(
            REFERENCE, Act(Move.REPORT, "张三", MONDAY, "核实", text="已完成"), now=clock.now()
        )
        acts.act(REFERENCE, Act(Move.SEND_BACK, "王五", MONDAY, "材料不全"), now=clock.now())
        acts.act(REFERENCE, Act(Move.START, "张三", MONDAY, "重办"), now=clock.now())
        cards.owe_cards(MONDAY, clock=clock.now)
        send()

        acts.act(
            REFERENCE, Act(Move.START, "张三", TUESDAY, "进度", text="已联系厂家"), now=clock.now()
        )

        assert status_by_recipient()[LED] == "acknowledged"

    def test_by_a_contact_of_two_units_for_either_of_them(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        folder = own_contacts.one_person(tmp_path / "district", LED, also=SUPPORTED)
        monkeypatch.setenv("JUNHENG_DISTRICT", str(folder))
        hand_over(lead=SUPPORTED, supporting=())
        cards.owe_cards(MONDAY, clock=clock.now)
        send()

        acts.act(REFERENCE, Act(Move.RECEIPT, "张三", TUESDAY, "核实"), now=clock.now())

        assert status_by_recipient() == {LED: "acknowledged"}

    def test_not_by_an_act_of_the_office(self) -> None:
        told_on_monday()

        acts.act(
            REFERENCE,
            Act(Move.SUSPEND, "王五", TUESDAY, "停工", approved_by="赵六"),
            now=clock.now(),
        )

        assert status_by_recipient() == {LED: "delivered", SUPPORTED: "delivered"}


class TestListed:
    def test_each_reminder_is_a_row_with_its_time_of_delivery(self) -> None:
        told_on_monday()

        rows = list(csv.DictReader(StringIO(shown("notices", "--rungs", "--format", "csv"))))

        assert [(row["recipient"], row["rung"], row["status"]) for row in rows] == [
            (LED, "handed_over", "delivered"),
            (SUPPORTED, "handed_over", "delivered"),
        ]
        assert all(row["delivered_at"] and not row["acknowledged_at"] for row in rows)

    def test_the_reminders_of_one_remediation_are_shown_in_chinese(self) -> None:
        told_on_monday()

        output = shown("notices", "--reference", REFERENCE)

        assert "新交办" in output
        assert "已送达" in output

    def test_a_remediation_shows_its_reminders(self) -> None:
        told_on_monday()
        acts.act(REFERENCE, Act(Move.RECEIPT, "张三", TUESDAY, "核实"), now=clock.now())

        output = shown("remediation", "show", REFERENCE, "--on", "2025-11-05")

        assert "应提醒日期" in output
        assert "已回应" in output


class TestWithheld:
    def test_in_a_trial_cards_are_withheld_and_the_summary_says_so(
        self, monkeypatch: pytest.MonkeyPatch, junheng_home: Path
    ) -> None:
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        hand_over()
        cards.owe_cards(MONDAY, clock=clock.now)

        sendings = send()

        assert statuses() == ["withheld"] * 2
        assert (sendings.sent, sendings.withheld) == (0, 2)
        assert "试用环境中有2张只放进了发件箱，没有发给本人" in sendings.summary
        assert len(list((junheng_home / "outbox").rglob("*.txt"))) == 2


class TestAfterAnOutage:
    @pytest.fixture
    def slack(self, monkeypatch: pytest.MonkeyPatch) -> FakeSlack:
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        return FakeSlack(Post.TAKE)

    def test_an_undelivered_card_is_sent_as_the_card_of_today_in_the_same_run(
        self, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            for unit in (LED, SUPPORTED):
                slack.id_of(f"#{unit}")
            died_on_monday()

            cards.owe_cards(TUESDAY, clock=clock.now)
            send()

            keys = sorted(slack.keys)

        assert keys == [f"{DISTRICT}:{TUESDAY}:{LED}", f"{DISTRICT}:{TUESDAY}:{SUPPORTED}"]

    def test_a_delivered_card_is_not_sent_again(
        self, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            hand_over()
            cards.owe_cards(MONDAY, clock=clock.now)
            send()
            undo_receipts()

            cards.owe_cards(TUESDAY, clock=clock.now)
            sendings = send()

        assert (sendings.sent, len(slack.keys)) == (0, 2)
        assert statuses() == ["sent"] * 2


def died_on_monday() -> None:
    """Owe the cards of Monday and claim them, as if the sender died before its first call."""
    hand_over()
    cards.owe_cards(MONDAY, clock=clock.now)
    claim_everything()


def claim_everything() -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    with bootstrap.session() as session:
        for card in notices.owed(session, DISTRICT):
            notices.claim(session, card.id, channel="slack", address=card.address, now=long_ago)


def undo_receipts() -> None:
    """Reset the cards to their status before their receipts were stored."""
    with bootstrap.session() as session:
        session.connection().execute(text("UPDATE notice SET status = 'sending'"))
        session.connection().execute(text("UPDATE reminder SET status = 'claimed'"))
