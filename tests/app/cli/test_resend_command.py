"""`junheng resend`: a person's word on a card of which nobody knows whether it arrived."""

from datetime import UTC, datetime

import pytest
from typer.testing import CliRunner

from app.cli.app import app
from junheng import bootstrap
from junheng.store import notices
from tests.tasks.owed_cards import DISTRICT, MONDAY, owed_to_everyone, statuses

NOON = datetime(2025, 11, 3, 4, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _one_card_is_in_doubt() -> None:
    owed_to_everyone()
    with bootstrap.session() as session:
        card = notices.owed(session, DISTRICT)[0]
        claimed = notices.claim(session, card.id, channel="wecom", address="#区教育局", now=NOON)
        assert claimed
        notices.mark_unconfirmed(session, card.id, reason="查不到")


@pytest.mark.parametrize(("flags", "status"), [((), "owed"), (("--arrived",), "sent")])
def test_settles_the_card_that_is_named(flags: tuple[str, ...], status: str) -> None:
    words = ("resend", "区教育局", "--day", MONDAY.isoformat(), "--by", "张三", *flags)

    result = CliRunner().invoke(app, words)

    assert result.exit_code == 0
    assert "区教育局2025年11月3日的卡片已记下（张三" in result.stderr
    assert statuses() == [status, "owed", "owed"]


def test_says_where_to_look_when_no_such_card_is_in_doubt() -> None:
    words = ("resend", "区财政局", "--day", MONDAY.isoformat(), "--by", "张三")

    result = CliRunner().invoke(app, words)

    assert result.exit_code == 2
    assert "junheng notices --owed" in result.stderr
