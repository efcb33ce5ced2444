"""Reminders as an office sees them: delivered, answered, proven."""

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


def standing() -> dict[str, str]:
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
    def test_by_whatever_the_lead_does(self, move: Move) -> None:
        told_on_monday()
        until = None if move is not Move.ASK_EXTENSION else WEDNESDAY.replace(year=2026)

        acts.act(
            REFERENCE,
            Act(move, "张三", TUESDAY, "核实", until=until, text="已完成"),
            now=clock.now(),
        )

        assert standing() == {LED: "acknowledged", SUPPORTED: "delivered"}

    def test_by_who_supports_for_its_own_part(self) -> None:
        told_on_monday()

        acts.act(
            REFERENCE, Act(Move.RECEIPT, "李四", TUESDAY, "核实", unit=SUPPORTED), now=clock.now()
        )

        assert standing() == {LED: "delivered", SUPPORTED: "acknowledged"}

    def test_by_what_it_says_of_its_progress_where_no_move_is_left(self) -> None:
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

        assert standing()[LED] == "acknowledged"

    def test_by_a_person_told_under_the_name_of_another_of_their_units(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        of_both = own_contacts.one_person(tmp_path / "district", LED, also=SUPPORTED)
        monkeypatch.setenv("JUNHENG_DISTRICT", str(of_both))
        hand_over(lead=SUPPORTED, supporting=())
        cards.owe_cards(MONDAY, clock=clock.now)
        send()

        acts.act(REFERENCE, Act(Move.RECEIPT, "张三", TUESDAY, "核实"), now=clock.now())

        assert standing() == {LED: "acknowledged"}

    def test_not_by_what_the_office_does(self) -> None:
        told_on_monday()

        acts.act(
            REFERENCE,
            Act(Move.SUSPEND, "王五", TUESDAY, "停工", approved_by="赵六"),
            now=clock.now(),
        )

        assert standing() == {LED: "delivered", SUPPORTED: "delivered"}


class TestListed:
    def test_each_reminder_is_a_row_that_says_when_it_was_delivered(self) -> None:
        told_on_monday()

        rows = list(csv.DictReader(StringIO(shown("notices", "--rungs", "--format", "csv"))))

        assert [(row["recipient"], row["rung"], row["status"]) for row in rows] == [
            (LED, "handed_over", "delivered"),
            (SUPPORTED, "handed_over", "delivered"),
        ]
        assert all(row["delivered_at"] and not row["acknowledged_at"] for row in rows)

    def test_of_one_remediation_people_read_it_in_words(self) -> None:
        told_on_monday()

        said = shown("notices", "--reference", REFERENCE)

        assert "新交办" in said
        assert "已送达" in said

    def test_a_remediation_shows_how_often_it_was_recalled(self) -> None:
        told_on_monday()
        acts.act(REFERENCE, Act(Move.RECEIPT, "张三", TUESDAY, "核实"), now=clock.now())

        said = shown("remediation", "show", REFERENCE, "--on", "2025-11-05")

        assert "应提醒日期" in said
        assert "已回应" in said


class TestWithheld:
    def test_in_a_trial_nobody_was_told_and_it_says_so(
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

    def test_a_card_that_never_arrived_goes_out_as_todays_in_the_same_run(
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

    def test_one_that_did_arrive_is_not_told_again(
        self, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            hand_over()
            cards.owe_cards(MONDAY, clock=clock.now)
            send()
            as_if_it_had_died()

            cards.owe_cards(TUESDAY, clock=clock.now)
            sendings = send()

        assert (sendings.sent, len(slack.keys)) == (0, 2)
        assert statuses() == ["sent"] * 2


def died_on_monday() -> None:
    """Owe a day's cards and leave them as a sender does that dies before its first call."""
    hand_over()
    cards.owe_cards(MONDAY, clock=clock.now)
    claim_everything()


def claim_everything() -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    with bootstrap.session() as session:
        for card in notices.owed(session, DISTRICT):
            notices.claim(session, card.id, channel="slack", address=card.address, now=long_ago)


def as_if_it_had_died() -> None:
    """Bring the cards back to where they stood before their receipts were written down."""
    with bootstrap.session() as session:
        session.connection().execute(text("UPDATE notice SET status = 'sending'"))
        session.connection().execute(text("UPDATE reminder SET status = 'claimed'"))
