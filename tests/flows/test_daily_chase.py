"""The flow daily-chase in Prefect."""

from datetime import date
from pathlib import Path

import pytest
from prefect import get_client

from flows.daily_chase import daily_chase
from flows.monthly_review import monthly_review
from tasks.steps.steps import CardsRefused
from tests.fakes import FakeSlack
from tests.flows.retrying import Retried
from tests.tasks.owed_cards import TUESDAY, open_remediations, statuses


@pytest.mark.usefixtures("prefect_server")
# Prefect's client does not close its socket.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestChase:
    def test_sends_the_cards_of_the_day_and_shows_them_in_an_artifact(
        self, junheng_home: Path
    ) -> None:
        open_remediations("区教育局", "区财政局")

        daily_chase(on=TUESDAY)

        assert len(list((junheng_home / "outbox").rglob("*.txt"))) == 2
        with get_client(sync_client=True) as client:
            shown = {
                artifact.key: artifact.description for artifact in client.read_latest_artifacts()
            }
        assert shown["cards-2025-11-04"] == "2025年11月4日的卡片：共2张，已发送2张"

    def test_a_permanent_chat_error_fails_the_run_without_a_retry(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        open_remediations("区教育局")
        with FakeSlack("channel_not_found") as slack:
            monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)

            with pytest.raises(CardsRefused, match="需要处理1张"):
                daily_chase(on=date(2025, 11, 5))

        assert slack.calls.count("chat.postMessage") == 1
        assert statuses() == ["owed"]

    def test_a_review_before_the_first_collection_completes(self) -> None:
        state = Retried(monthly_review, on=date(2025, 9, 1)).run()

        assert state.is_completed()
