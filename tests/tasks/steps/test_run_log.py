"""What an operator reads in the log of a run: which step, how it went, in Chinese, no traceback."""

import logging
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prefect import get_client
from prefect.client.schemas.filters import LogFilter, LogFilterFlowRunId
from prefect.client.schemas.objects import Log
from prefect.logging.configuration import DEFAULT_LOGGING_SETTINGS_PATH
from prefect.logging.handlers import APILogHandler
from ruamel.yaml import YAML

from flows.annual_round import annual_round
from flows.collect_inbox import collect_inbox
from flows.nightly_audit import nightly_audit
from flows.sign_off import sign_off
from junheng.settings import PROJECT_ROOT
from tasks.intake import inbox
from tasks.intake.arrivals import FileHeld
from tasks.judging import report
from tasks.steps import run_log
from tests import small_district
from tests.flows.retrying import Retried, without_waiting
from tests.soak.killed_rounds import REMEDIATED_ON
from tests.tasks.intake.test_unread_files import hold

# As a worker says it of a process that was killed.
KILLED = (
    "Process exited with status code: -9. Process exited due to a SIGKILL signal. Typically"
    " caused by the operating system terminating the process for exceeding memory limits,"
    " or by manual cancellation."
)
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names of files, folders and links, codes of lines, what the guard and the UI call a thing.
NAMES = re.compile(
    r"https?://\S+|[\w（）.~\-]*/[^\s，；。：）]*|[\w（）\-]+\.(xlsx|csv|html|json)\b"
    r"|[0-9a-f]{64}|GB18030|Retry|WPS|Excel|Custom run|Deployments|Artifacts|sign-off(-编号)?"
    r"|junheng [a-z\- ]+|--\w+|schools|departments|ledgers|xlsx"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record of Prefect's engine as the filter leaves it."""

    is_shown: bool
    text: str
    has_traceback: bool


def shown(message: str, *given: object, error: Exception | None = None) -> Shown:
    info = None if error is None else (type(error), error, None)
    made = logging.LogRecord("prefect.task_runs", logging.INFO, "", 0, message, given, info)
    made.task_name = "收取报送"
    is_shown = run_log.InChinese().filter(made)
    return Shown(is_shown, made.getMessage(), made.exc_info is not None)


class TestALineOfPrefects:
    @pytest.mark.parametrize(
        ("said", "in_chinese"),
        [
            ("Completed()", "已办完"),
            ("Cached(type=COMPLETED)", "此前已办完，沿用当时的结果，不再重做"),
            (
                "Failed('Task run encountered an exception FolderUnusable: 没有这个文件夹：/a')",
                "没有办成：没有这个文件夹：/a",
            ),
            (
                "Failed(\"Task run encountered an exception KeyError: 'x'\")",
                "没有办成：程序出错（KeyError: 'x'）",
            ),
            (
                "Crashed('Execution was aborted by a termination signal.')",
                "没有办成：执行进程收到了结束的信号（多半是服务停止、机器重启，或者有人取消）",
            ),
            (
                "Crashed('Execution was aborted by Python system exit call.')",
                "没有办成：运行自己退出了，多半是启动它的 junheng-worker 不在了",
            ),
        ],
    )
    def test_is_said_in_chinese_by_the_step_it_is_of(self, said: str, in_chinese: str) -> None:
        assert shown(f"Finished in state {said}").text == f"收取报送：{in_chinese}"

    @pytest.mark.parametrize(
        "said",
        [
            "Process for flow run 'brave-tit' exited cleanly.",
            "Executing deployment step: set_working_directory",
            "Worker 'ProcessWorker 1' submitting flow run '2'",
            "Running hook 'tell_operators' in response to entering state 'Failed'",
            "Hook 'tell_operators' finished running successfully",
        ],
    )
    def test_is_left_out_where_it_tells_nobody_anything(self, said: str) -> None:
        assert not shown(said).is_shown

    def test_passes_as_it_is_where_it_is_not_known(self) -> None:
        assert shown("A new line of a new Prefect").text == "收取报送：A new line of a new Prefect"

    def test_of_a_try_that_failed_says_why_and_when_it_is_tried_again(self) -> None:
        held = FileHeld("文件 a.xlsx 现在读不了")
        message = "Task run failed with %s: %r - Retry %s/%s will start %s"

        said = shown(message, "exception", held, 1, 3, "5.24 second(s) from now")

        assert said.text == "收取报送：文件 a.xlsx 现在读不了；5秒后再试（第1次，共3次）"


class TestATraceback:
    def test_is_not_shown_of_what_was_expected(self) -> None:
        error = FileHeld("文件 a.xlsx 现在读不了")
        message = f"Task run failed with exception: {error!r} - Retries are exhausted"

        said = shown(message, error=error)

        assert said == Shown(
            is_shown=True,
            text="收取报送：文件 a.xlsx 现在读不了；已试过几次，不再试",
            has_traceback=False,
        )

    def test_is_not_shown_again_by_the_process_that_ran_it(self) -> None:
        message = "Engine execution exited with unexpected exception"

        assert not shown(message, error=FileHeld("文件 a.xlsx 现在读不了")).is_shown

    def test_is_shown_of_a_bug_below_a_sentence(self) -> None:
        bug = KeyError("x")

        said = shown("Encountered exception during execution: %r", bug, error=bug)

        assert said.text.startswith("收取报送：程序出错，这不是数据的问题：KeyError：'x'")
        assert said.has_traceback


class TestAStateThatAWorkerReports:
    def test_is_put_into_chinese_for_whom_an_alarm_tells(self) -> None:
        assert run_log.in_chinese(KILLED) == (
            "执行进程结束了，退出码-9：被强制结束，多半是内存不够、断电重启，或者有人结束了它"
        )

    def test_stays_where_it_is_chinese_already(self) -> None:
        said = "执行进程不在了（被结束、机器重启或断电）。"

        assert run_log.in_chinese(said) == said.rstrip("。")


def test_prefect_still_logs_what_we_put_into_words() -> None:
    """Each pattern is of a text of the installed Prefect: what is worded anew is found here."""
    installed = Path(DEFAULT_LOGGING_SETTINGS_PATH).parents[1]
    engine = "".join(
        (installed / name).read_text("utf-8")
        for name in ("task_engine.py", "flow_engine.py", "states.py", "engine.py")
    )

    for text in (
        "Finished in state {display_state}",
        "Beginning {run_type} run",
        "Encountered exception during execution: %r",
        "Retry %s/%s will start %s",
        "Retries are exhausted",
        "Task run encountered an exception",
        "Validation of flow parameters failed with error:",
        "Crash detected! {state.message}",
        "Execution was aborted by a termination signal.",
        "Execution was aborted by Python system exit call.",
        "Running hook {hook_name!r} in response to entering state",
        "Hook {hook_name!r} finished running successfully",
        "An error was encountered while running hook",
    ):
        assert text in engine


def test_all_else_of_the_logging_is_as_prefect_brings_it() -> None:
    ours = YAML(typ="safe").load(
        (PROJECT_ROOT / "app" / "server" / "prefect_logging.yml").read_text("utf-8")
    )
    brought = YAML(typ="safe").load(Path(DEFAULT_LOGGING_SETTINGS_PATH).read_text("utf-8"))

    del ours["filters"]
    for handler in ours["handlers"].values():
        handler.pop("filters", None)
    for logging_ in (ours, brought):
        for name in ("flow_run_fmt", "task_run_fmt"):
            del logging_["formatters"]["standard"][name]
    assert ours == brought


def test_what_a_run_logs_goes_through_the_filter() -> None:
    handlers = logging.getLogger("prefect.task_runs").handlers

    assert [
        [type(one) for one in handler.filters]
        for handler in handlers
        if isinstance(handler, APILogHandler)
    ] == [[run_log.InChinese]]


def lines_of(run: Retried) -> list[Log]:
    """Return what stands in the log of a run, as the UI asks for it."""
    logging.getLogger("prefect.flow_runs").handlers[0].flush()
    asked = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
    with get_client(sync_client=True) as client:
        found: list[Log] = []
        while page := client.read_logs(asked, limit=200, offset=len(found)):
            found += page
    return sorted(found, key=lambda line: line.timestamp)


def foreign(lines: list[Log]) -> list[str]:
    """Return the lines with a word in them that is neither Chinese nor a name."""
    return [one.message for one in lines if LATIN.search(NAMES.sub("", one.message))]


@pytest.mark.usefixtures("prefect_server")
# Prefect's client leaves its socket to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestTheLogOfARun:
    @pytest.fixture
    def folder(self, junheng_home: Path) -> Path:
        (junheng_home / "inbox").mkdir(parents=True)
        return small_district.make(junheng_home / "inbox" / "2025")

    def test_of_a_round_and_its_sign_off_says_of_each_step_what_came_of_it(
        self, folder: Path
    ) -> None:
        round_ = Retried(
            annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON, by="张三", reason="试"
        )
        assert round_.run().is_completed()
        signed = Retried(sign_off, by="张三", on=REMEDIATED_ON)
        assert signed.run().is_completed()
        audited = Retried(nightly_audit)
        assert audited.run().is_completed()

        lines = [*lines_of(round_), *lines_of(signed), *lines_of(audited)]

        assert foreign(lines) == []
        said = [one.message for one in lines]
        steps = (
            "记下时间 核对联系人 收取报送 评估判定 判定报告 起草整改 请求签批 "
            "交办整改 例行事项 起草卡片 发送卡片 清理 核查台账"
        )
        for step in steps.split():
            assert f"{step}：开始" in said
            assert f"{step}：已办完" in said
        for beginning in (
            "记录发起人：发起人张三，事由：试",
            "核对联系人：各单位都有可联系的人",
            "收取报送：已读38个文件，共38个",
            "收取报送：收到6所学校中4所，退回1所，未交1所",
            "收取报送：退回：张山子镇第一完全中学（3370405005_张山子镇第一完全中学.xlsx）：“学校填报数据”E16",
            "收取报送：未交1个：涧头集镇第二中学",
            "评估判定：2025年指标判定：103项指标，全部达标",
            "判定报告：判定报告在 ",
            "起草整改：拟交办",
            "请求签批：第1号签批单：拟交办",
            "请求签批：办理：",
            "发送卡片：当天的卡片共",
            "核查台账：历史记录",
        ):
            assert any(one.startswith(beginning) for one in said), beginning

    def test_of_a_refusal_ends_with_its_sentence_and_no_traceback(self) -> None:
        round_ = Retried(annual_round, year=2025, folder="no-such-folder")
        assert round_.run().is_failed()

        lines = lines_of(round_)

        assert foreign(lines) == ["收取报送：收取2025年的报送：no-such-folder"] + [
            one.message for one in lines if "没有这个文件夹：no-such-folder" in one.message
        ]
        assert not [one for one in lines if "Traceback" in one.message]
        assert "收取报送：没有办成：没有这个文件夹：no-such-folder" in [
            one.message for one in lines
        ]
        assert lines[-1].message.startswith("没有办成：没有这个文件夹：no-such-folder；此前办完的")

    def test_of_a_bug_says_so_before_its_traceback(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_given: Any) -> Path:
            raise KeyError("x")

        monkeypatch.setattr(report, "write", broken)
        round_ = Retried(annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON)
        assert round_.run().is_failed()

        (bug,) = (one.message for one in lines_of(round_) if "Traceback" in one.message)

        assert bug.startswith(
            "程序出错，这不是数据的问题：KeyError：'x'；请把这段记录交给维护人员\n"
        )

    def test_of_a_held_file_says_each_try_and_then_goes_on_without_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without_waiting(monkeypatch)
        held = next(path for path in (folder / "schools").iterdir() if "3370405001" in path.name)
        collecting = Retried(collect_inbox)
        with monkeypatch.context() as patched:
            hold(held, patched)
            assert collecting.run().is_completed()

        lines = lines_of(collecting)

        assert foreign(lines) == []
        said = [one.message for one in lines]
        again = [one for one in said if "再试" in one]
        assert again == [
            f"收取报送：文件 schools/{held.name} 现在读不了，多半正被 WPS 或 Excel 打开，"
            f"或者正在保存；请关闭后再试；马上再试（第{at}次，共3次）"
            for at in (1, 2, 3)
        ]
        assert any(
            one.startswith(f"收取报送：文件 schools/{held.name} 这次没有收：") for one in said
        )
        assert (
            "记下已收：2025年的收报文件夹已记为收过，只有1个文件没有读到，能读了会自动再收" in said
        )
        # It was let go meanwhile: nothing in the folder changed, and it is read all the same.
        assert [one.year for one in inbox.waiting()] == [2025]
        assert Retried(collect_inbox).run().is_completed()
        assert inbox.waiting() == ()
