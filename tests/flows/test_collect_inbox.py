"""The inbox is read when something in it is new, and a judged year is then judged again."""

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
    # Prefect's client leaves its socket to the garbage collector.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
]


@pytest.fixture
def folder(junheng_home: Path) -> Path:
    (junheng_home / "inbox").mkdir(parents=True)
    return small_district.make(junheng_home / "inbox" / "2025")


@pytest.fixture(scope="module")
def judged_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home whose inbox was collected and judged."""
    home = tmp_path_factory.mktemp("judged") / "home"
    with pytest.MonkeyPatch.context() as patch:
        databases.move_in(home, patch)
        take(small_district.make(home / "inbox" / "2025"))
        evaluation.evaluate(year=2025, now=NOW)
    return home


@pytest.fixture
def judged(judged_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in a copy of that home, and return its folder of 2025."""
    databases.copy_home(judged_once, tmp_path / "home")
    databases.move_in(tmp_path / "home", monkeypatch)
    return tmp_path / "home" / "inbox" / "2025"


def take(folder: Path) -> None:
    submissions.collect(folder, year=2025, now=NOW)


class TestWhatIsNew:
    def test_is_a_folder_that_was_never_read(self, folder: Path) -> None:
        assert [one.year for one in inbox.waiting()] == [2025]

    def test_is_nothing_where_it_was_read_as_it_stands(self, folder: Path) -> None:
        (one,) = inbox.waiting()
        take(folder)
        inbox.mark_read(one)

        assert inbox.waiting() == ()

    def test_is_a_file_that_was_changed_since(self, folder: Path) -> None:
        (one,) = inbox.waiting()
        take(folder)
        inbox.mark_read(one)
        sent = next((folder / "schools").iterdir())

        sent.write_bytes(sent.read_bytes() + b" ")

        assert [one.year for one in inbox.waiting()] == [2025]

    def test_is_everything_for_a_database_that_has_not_read_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        (one,) = inbox.waiting()
        take(folder)
        inbox.mark_read(one)

        monkeypatch.setenv("JUNHENG_DATABASE_URL", f"sqlite:///{tmp_path / 'restored.db'}")

        assert [one.year for one in inbox.waiting()] == [2025]

    def test_is_nothing_in_a_folder_that_was_just_opened(self, junheng_home: Path) -> None:
        where = inbox.opened(2026)

        assert where == junheng_home / "inbox" / "2026"
        assert {path.name for path in where.iterdir()} == {"schools", "departments", "ledgers"}
        assert inbox.opened(2026) is None
        assert inbox.waiting() == ()

    def test_opens_a_folder_to_the_colleagues_whose_inbox_it_is(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shared = tmp_path / "shared"
        shared.mkdir()
        shared.chmod(0o2770)
        monkeypatch.setenv("JUNHENG_INBOX", str(shared))
        before = os.umask(0o077)

        try:
            where = inbox.opened(2026)
        finally:
            umask = os.umask(before)

        assert where == shared / "2026"
        assert {stat.S_IMODE(path.stat().st_mode) for path in (where, *where.iterdir())} == {0o2770}
        assert umask == 0o077


class TestAskingForARecheck:
    def test_is_not_needed_before_a_year_was_judged(self, folder: Path) -> None:
        take(folder)

        assert inbox.asks_for_recheck(2025) == ""

    def test_is_needed_once_by_what_came_after_it_was_judged(self, judged: Path) -> None:
        assert inbox.asks_for_recheck(2025) == ""
        without_a_school(judged)

        take(judged)

        assert inbox.asks_for_recheck(2025) != ""

    def test_is_another_one_where_the_same_data_come_back(self, judged: Path) -> None:
        register = judged / "学校名录.csv"
        first = register.read_text("utf-8")
        without_a_school(judged)
        take(judged)
        once = inbox.asks_for_recheck(2025)
        evaluation.evaluate(year=2025, now=NOW)
        register.write_text(first, "utf-8")
        take(judged)
        evaluation.evaluate(year=2025, now=NOW)
        without_a_school(judged)
        take(judged)

        assert inbox.asks_for_recheck(2025) not in {"", once}


def without_a_school(folder: Path) -> None:
    """Let the register name one school less."""
    register = folder / "学校名录.csv"
    lines = register.read_text("utf-8").splitlines()
    register.write_text("\n".join(lines[:-1]), "utf-8")


class TestCollectInbox:
    pytestmark = in_prefect

    def test_reads_what_is_new_and_then_nothing(self, folder: Path) -> None:
        first, second = Retried(collect_inbox), Retried(collect_inbox)

        assert first.run().is_completed()
        assert second.run().is_completed()

        assert first.steps()["收取报送", "Completed"] == 1
        assert not second.steps()["收取报送", "Completed"]
        with bootstrap.session() as session:
            assert session.exec(select(func.count()).select_from(CollectionRow)).one() == 1

    def test_asks_for_a_recheck_once_where_a_judged_year_gets_something_new(
        self, judged: Path
    ) -> None:
        without_a_school(judged)
        with deployed("recheck") as (client, deployment):
            for _ in range(2):
                (judged.parent.parent / "inbox-read.json").unlink(missing_ok=True)
                assert Retried(collect_inbox).run().is_completed()

            of_it = FlowRunFilter(deployment_id=FlowRunFilterDeploymentId(any_=[deployment]))
            asked = client.read_flow_runs(flow_run_filter=of_it)
        assert [run.parameters for run in asked] == [{"year": 2025}]

    def test_that_died_before_it_asked_leaves_the_folder_unread(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def dies(_year: int) -> str:
            raise KeyError("killed")

        monkeypatch.setattr(inbox, "asks_for_recheck", dies)

        assert Retried(collect_inbox).run().is_failed()

        assert [one.year for one in inbox.waiting()] == [2025]


class TestRecheck:
    pytestmark = in_prefect

    def test_what_passes_now_closes(self, folder: Path, tmp_path: Path) -> None:
        put_back = tmp_path / "later.xlsx"
        sent = next(path for path in (folder / "schools").iterdir() if LATE in path.name)
        shutil.move(sent, put_back)
        take(folder)
        evaluation.evaluate(year=2025, now=NOW)
        remediation.remediate(year=2025, today=OCTOBER, now=clock.now())
        assert status_of("SUB", LATE) == "handed_over"

        shutil.move(put_back, sent)
        assert Retried(recheck, year=2025, on=NOVEMBER).run().is_completed()

        assert status_of("SUB", LATE) == "closed"


def status_of(indicator: str, unit: str) -> str:
    with bootstrap.session() as session:
        held = remediations.ledger(session, bootstrap.rulebook().district.code)
    return next(one.status.value for one in held if (one.indicator, one.unit) == (indicator, unit))
