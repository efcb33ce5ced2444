"""A dry run shows its results, stores nothing and sends nothing."""

from datetime import date
from pathlib import Path

import pytest
from prefect import get_client

from flows.annual_round import annual_round
from flows.daily_chase import daily_chase
from tests import small_district
from tests.fakes import FakeSlack
from tests.flows.retrying import Retried
from tests.soak.killed_rounds import REMEDIATED_ON, outcome
from tests.tasks.owed_cards import open_remediations, statuses

FRIDAY = date(2025, 11, 7)
pytestmark = [
    pytest.mark.usefixtures("prefect_server"),
    # Prefect's client does not close its socket.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


def shown() -> dict[str | None, str | None]:
    with get_client(sync_client=True) as client:
        return {artifact.key: artifact.description for artifact in client.read_latest_artifacts()}


def files_in(home: Path) -> set[str]:
    return {path.relative_to(home).as_posix() for path in home.rglob("*") if path.is_file()}


def test_a_dry_round_shows_artifacts_and_stores_nothing(tmp_path: Path, junheng_home: Path) -> None:
    folder = small_district.make(tmp_path / "2025")
    parameters = {"year": 2025, "folder": str(folder), "on": REMEDIATED_ON}

    assert Retried(annual_round, **parameters, dry_run=True).run().is_completed()

    assert {path for path in files_in(junheng_home) if not path.startswith("junheng.db")} == set()
    stored = outcome(junheng_home)
    assert stored["ledger"] == stored["notices"] == stored["cards"] == []
    artifacts = shown()
    for key in ("register", "verdicts", "groups", "recognition", "remediations"):
        name = f"rehearsal-{key}" + ("-2025")
        assert str(artifacts[name]).startswith("试运行：以下都没有保存"), name


def test_a_dry_chase_shows_the_cards_and_sends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    open_remediations("区教育局", "区财政局")
    with FakeSlack() as slack:
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)

        assert Retried(daily_chase, on=FRIDAY, dry_run=True).run().is_completed()

    assert slack.calls == []
    assert statuses() == []
    assert "2025年11月7日的卡片：共2张，已发送0张" in str(shown()["rehearsal-cards-2025-11-07"])


def test_a_chase_after_a_dry_run_sends_every_card(junheng_home: Path) -> None:
    open_remediations("区教育局", "区财政局")
    assert Retried(daily_chase, on=FRIDAY, dry_run=True).run().is_completed()

    assert Retried(daily_chase, on=FRIDAY).run().is_completed()

    assert len(list((junheng_home / "outbox").rglob("*.txt"))) == 2
