"""collect-inbox reads changed folders only, and requests a recheck of evaluated years."""

import os
import shutil
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterDeploymentId
from sqlmodel import func, select

from flows.collect_inbox import collect_inbox
from flows.recheck import recheck
from junheng import bootstrap
from junheng.adapters import clock
from junheng.store import remediations
from junheng.store.tables.intake import CollectionRow
from tasks.intake import inbox, submissions
from tasks.judging import evaluation
from tasks.ledger import remediation
from tests import databases, small_district
from tests.deployed_runs import deployed
from tests.flows.retrying import Retried

OCTOBER, NOVEMBER = date(2025, 10, 20), date(2025, 11, 3)
NOW = datetime(2025, 10, 20, 1, tzinfo=UTC)
LATE = "3370405001"
in_prefect = [
    pytest.mark.usefixtures("prefect_server"),
    # Prefect's client does not close its socket.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture
def folder(junheng_home: Path) -> Path:
    (junheng_home / "inbox").mkdir(parents=True)
    return small_district.make(junheng_home / "inbox" / "2025")


@pytest.fixture(scope="module")
def judged_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home whose inbox was collected and evaluated."""
    home = tmp_path_factory.mktemp("judged") / "home"
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(home, patch)
        collect(small_district.make(home / "inbox" / "2025"))
        evaluation.evaluate(year=2025, now=NOW)
    return home


@pytest.fixture
def judged(judged_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a copy of that home, and return its folder of 2025."""
    databases.copy_home(judged_once, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    return tmp_path / "home" / "inbox" / "2025"


def collect(folder: Path) -> None:
    submissions.collect(folder, year=2025, now=NOW)


class TestWaiting:
    def test_includes_an_unread_folder(self, folder: Path) -> None:
        assert [waiting.year for waiting in inbox.waiting()] == [2025]

    def test_excludes_an_unchanged_folder(self, folder: Path) -> None:
        (waiting,) = inbox.waiting()
        collect(folder)
        inbox.mark_read(waiting)

        assert inbox.waiting() == ()

    def test_includes_a_folder_with_a_changed_file(self, folder: Path) -> None:
        (waiting,) = inbox.waiting()
        collect(folder)
        inbox.mark_read(waiting)
        sent = next((folder / "schools").iterdir())

        sent.write_bytes(sent.read_bytes() + b" ")

        assert [waiting.year for waiting in inbox.waiting()] == [2025]

    def test_includes_a_folder_that_another_database_has_read(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (waiting,) = inbox.waiting()
        collect(folder)
        inbox.mark_read(waiting)

        monkeypatch.setenv("JUNHENG_DATABASE_URL", f"sqlite:///{tmp_path / 'restored.db'}")

        assert [waiting.year for waiting in inbox.waiting()] == [2025]

    def test_excludes_a_new_empty_folder(self, junheng_home: Path) -> None:
        opened = inbox.opened(2026)

        assert opened == junheng_home / "inbox" / "2026"
        assert {path.name for path in opened.iterdir()} == {"schools", "departments", "ledgers"}
        assert inbox.opened(2026) is None
        assert inbox.waiting() == ()

    def test_a_new_folder_has_the_permissions_of_the_inbox(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(0o2770)
        monkeypatch.setenv("JUNHENG_INBOX", str(shared))
        before = os.umask(0o077)

        try:
            opened = inbox.opened(2026)
        finally:
            umask = os.umask(before)

        assert opened == shared / "2026"
        assert {stat.S_IMODE(path.stat().st_mode) for path in (opened, *opened.iterdir())} == {
            0o2770
        }
        assert umask == 0o077


class TestAsksForRecheck:
    def test_is_empty_before_the_first_evaluation(self, folder: Path) -> None:
        collect(folder)

        assert inbox.asks_for_recheck(2025) == ""

    def test_has_a_key_after_a_new_submission(self, judged: Path) -> None:
        assert inbox.asks_for_recheck(2025) == ""
        without_a_school(judged)

        collect(judged)

        assert inbox.asks_for_recheck(2025) != ""

    def test_has_another_key_when_earlier_data_return(self, judged: Path) -> None:
        register = judged / "学校名录.csv"
        original = register.read_text("utf-8")
        without_a_school(judged)
        collect(judged)
        first_key = inbox.asks_for_recheck(2025)
        evaluation.evaluate(year=2025, now=NOW)
        register.write_text(original, "utf-8")
        collect(judged)
        evaluation.evaluate(year=2025, now=NOW)
        without_a_school(judged)
        collect(judged)

        assert inbox.asks_for_recheck(2025) not in {"", first_key}


def without_a_school(folder: Path) -> None:
    """Remove the last school from the register."""
    register = folder / "学校名录.csv"
    lines = register.read_text("utf-8").splitlines()
    register.write_text("\n".join(lines[:-1]), "utf-8")


class TestCollectInbox:
    pytestmark = in_prefect

    def test_reads_a_new_folder_only_once(self, folder: Path) -> None:
        first, second = Retried(collect_inbox), Retried(collect_inbox)

        assert first.run().is_completed()
        assert second.run().is_completed()

        assert first.steps()["收取报送", "Completed"] == 1
        assert not second.steps()["收取报送", "Completed"]
        with bootstrap.session() as session:
            assert session.exec(select(func.count()).select_from(CollectionRow)).one() == 1

    def test_requests_one_recheck_after_a_new_submission(self, judged: Path) -> None:
        without_a_school(judged)
        with deployed("recheck") as (client, deployment):
            for _ in range(2):
                (judged.parent.parent / "inbox-read.json").unlink(missing_ok=True)
                assert Retried(collect_inbox).run().is_completed()

            of_deployment = FlowRunFilter(
                deployment_id=FlowRunFilterDeploymentId(any_=[deployment])
            )
            rechecks = client.read_flow_runs(flow_run_filter=of_deployment)
        assert [run.parameters for run in rechecks] == [{"year": 2025}]

    def test_leaves_the_folder_unread_if_the_request_fails(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(_year: int) -> str:
            raise KeyError("killed")

        monkeypatch.setattr(inbox, "asks_for_recheck", dies)

        assert Retried(collect_inbox).run().is_failed()

        assert [waiting.year for waiting in inbox.waiting()] == [2025]


class TestRecheck:
    pytestmark = in_prefect

    def test_closes_a_remediation_that_meets_now(self, folder: Path, tmp_path: Path) -> None:
        later = tmp_path / "later.xlsx"
        sent = next(path for path in (folder / "schools").iterdir() if LATE in path.name)
        shutil.move(sent, later)
        collect(folder)
        evaluation.evaluate(year=2025, now=NOW)
        remediation.remediate(year=2025, today=OCTOBER, now=clock.now())
        assert status_of("SUB", LATE) == "handed_over"

        shutil.move(later, sent)
        assert Retried(recheck, year=2025, on=NOVEMBER).run().is_completed()

        assert status_of("SUB", LATE) == "closed"


def status_of(indicator: str, unit: str) -> str:
    with bootstrap.session() as session:
        ledger = remediations.ledger(session, bootstrap.rulebook().district.code)
    return next(
        remediation.status.value
        for remediation in ledger
        if (remediation.indicator, remediation.unit) == (indicator, unit)
    )
