"""A retry of a run continues at the failed step and skips completed steps."""

from datetime import UTC, date, datetime, tzinfo
from pathlib import Path

import pytest
from sqlmodel import func, select

from flows.annual_round import annual_round
from flows.daily_chase import daily_chase
from flows.sign_off import sign_off
from junheng import bootstrap
from junheng.adapters import clock
from junheng.store import remediations
from junheng.store.tables.evaluation import EvaluationRow
from junheng.store.tables.intake import CollectionRow
from tests import small_district
from tests.fakes import FakeSlack
from tests.flows.retrying import Retried, without_waiting
from tests.soak.killed_rounds import REMEDIATED_ON, outcome
from tests.tasks.owed_cards import open_remediations

MONDAY_MORNING = datetime(2025, 11, 3, 1, tzinfo=UTC)
TUESDAY_MORNING = datetime(2025, 11, 4, 1, tzinfo=UTC)

pytestmark = [
    pytest.mark.usefixtures("prefect_server"),
    # Prefect's client does not close its socket.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


def counts() -> tuple[int, int]:
    """Return the numbers of collections and evaluations."""
    with bootstrap.session() as session:
        collections, evaluations = (
            session.exec(select(func.count()).select_from(table)).one()
            for table in (CollectionRow, EvaluationRow)
        )
    return collections, evaluations


def test_a_retry_skips_completed_steps_without_a_second_effect(
    tmp_path: Path, junheng_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    without_waiting(monkeypatch)
    folder = small_district.make(tmp_path / "2025")
    # A file in place of the reports' folder.
    junheng_home.mkdir()
    (junheng_home / "reports").write_text("")
    round_ = Retried(annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON)

    failed = round_.run()

    assert failed.is_failed()
    assert str(failed.message).startswith("写不了 ")
    (junheng_home / "reports").unlink()
    # The folder is now incomplete, but a retry does not read it again.
    (folder / "学校名录.csv").unlink()
    retried = round_.run()
    assert retried.is_completed(), retried.message
    done = round_.steps()
    assert done["收取报送", "Completed"] == done["评估判定", "Completed"] == 1
    assert done["收取报送", "Cached"] == done["评估判定", "Cached"] == 1
    assert done["判定报告", "Failed"] == done["判定报告", "Completed"] == 1
    assert counts() == (1, 1)
    assert outcome(junheng_home)["breaks"] == ()


def test_another_run_executes_every_step(tmp_path: Path) -> None:
    folder = small_district.make(tmp_path / "2025")
    parameters = {"year": 2025, "folder": str(folder), "on": REMEDIATED_ON}
    assert Retried(annual_round, **parameters).run().is_completed()

    second = Retried(annual_round, **parameters)

    assert second.run().is_completed()
    assert {state for _, state in second.steps()} == {"Completed"}
    assert counts() == (1, 1)


class _Clock:
    """The machine's clock, set by a test."""

    at = MONDAY_MORNING

    @classmethod
    def now(cls, zone: tzinfo) -> datetime:
        return cls.at.astimezone(zone)


class TestARetryOnTheNextMorning:
    @pytest.fixture(autouse=True)
    def _chat_is_down_on_monday(self, monkeypatch: pytest.MonkeyPatch) -> None:
        without_waiting(monkeypatch)
        monkeypatch.setattr(clock, "datetime", _Clock)
        monkeypatch.setattr(_Clock, "at", MONDAY_MORNING)
        monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
        monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", "http://127.0.0.1:9/api/")

    def test_sends_the_cards_of_its_own_day(self, monkeypatch: pytest.MonkeyPatch) -> None:
        open_remediations("区教育局")
        chasing = Retried(daily_chase)
        assert chasing.run().is_failed()

        with FakeSlack() as slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            monkeypatch.setattr(_Clock, "at", TUESDAY_MORNING)
            assert chasing.run().is_completed()

        assert slack.keys == ["370405:2025-11-04:区教育局"]

    def test_hands_over_on_the_day_of_the_answer_and_sends_cards_of_its_own_day(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = small_district.make(tmp_path / "2025")
        assert Retried(annual_round, year=2025, folder=str(folder)).run().is_completed()
        answer = Retried(sign_off, by="张三")
        assert answer.run().is_failed()

        with FakeSlack() as slack:
            monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            monkeypatch.setattr(_Clock, "at", TUESDAY_MORNING)
            assert answer.run().is_completed()

        with bootstrap.session() as session:
            ledger = remediations.ledger(session, "370405")
        opened_on = {remediation.opened_on for remediation in ledger if not remediation.period}
        assert opened_on == {date(2025, 11, 3)}
        assert {key.split(":")[1] for key in slack.keys} == {"2025-11-04"}
        assert answer.steps()["交办整改", "Cached"] == 1
