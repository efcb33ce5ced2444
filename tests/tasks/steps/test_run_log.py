"""The log of a run: step names, Chinese messages, no tracebacks except for bugs."""

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

# The worker's message for a killed process.
KILLED = (
    "Process exited with status code: -9. Process exited due to a SIGKILL signal. Typically"
    " caused by the operating system terminating the process for exceeding memory limits,"
    " or by manual cancellation."
)
LATIN = re.compile(r"[A-Za-z]{2,}")
# Names of files, folders and links, codes of lines, terms of the guard and the UI.
NAMES = re.compile(
    r"https?://\S+|[\w（）.~\-]*/[^\s，；。：）]*|[\w（）\-]+\.(xlsx|csv|html|json)\b"
    r"|[0-9a-f]{64}|GB18030|Retry|WPS|Excel|Custom run|Deployments|Artifacts|sign-off(-编号)?"
    r"|junheng [a-z\- ]+|--\w+|schools|departments|ledgers|xlsx"
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record of Prefect's engine after the filter."""

    is_shown: bool
    text: str
    has_traceback: bool


def shown(message: str, *given: object, error: Exception | None = None) -> Shown:
    info = None if error is None else (type(error), error, None)
    made = logging.LogRecord("prefect.task_runs", logging.INFO, "", 0, message, given, info)
    made.task_name = "收取报送"
    is_shown = run_log.InChinese().filter(made)
    return Shown(is_shown, made.getMessage(), made.exc_info is not None)


class TestPrefectLine:
    @pytest.mark.parametrize(
        ("message", "in_chinese"),
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
    def test_is_translated_with_the_name_of_its_step(self, message: str, in_chinese: str) -> None:
        assert shown(f"Finished in state {message}").text == f"收取报送：{in_chinese}"

    @pytest.mark.parametrize(
        "message",
        [
            "Process for flow run 'brave-tit' exited cleanly.",
            "Executing deployment step: set_working_directory",
            "Worker 'ProcessWorker 1' submitting flow run '2'",
            "Running hook 'tell_operators' in response to entering state 'Failed'",
            "Hook 'tell_operators' finished running successfully",
        ],
    )
    def test_is_hidden_if_it_has_no_information(self, message: str) -> None:
        assert not shown(message).is_shown

    def test_passes_unchanged_if_unknown(self) -> None:
        assert shown("A new line of a new Prefect").text == "收取报送：A new line of a new Prefect"

    def test_of_a_failed_try_has_the_cause_and_the_time_of_the_retry(self) -> None:
        locked = FileHeld("文件 a.xlsx 现在读不了")
        message = "Task run failed with %s: %r - Retry %s/%s will start %s"

        record = shown(message, "exception", locked, 1, 3, "5.24 second(s) from now")

        assert record.text == "收取报送：文件 a.xlsx 现在读不了；5秒后再试（第1次，共3次）"


class TestTraceback:
    def test_is_not_shown_for_a_refusal(self) -> None:
        error = FileHeld("文件 a.xlsx 现在读不了")
        message = f"Task run failed with exception: {error!r} - Retries are exhausted"

        record = shown(message, error=error)

        assert record == Shown(
            is_shown=True,
            text="收取报送：文件 a.xlsx 现在读不了；已试过几次，不再试",
            has_traceback=False,
        )

    def test_is_not_repeated_by_the_process_of_the_run(self) -> None:
        message = "Engine execution exited with unexpected exception"

        assert not shown(message, error=FileHeld("文件 a.xlsx 现在读不了")).is_shown

    def test_is_shown_for_a_bug_below_a_sentence(self) -> None:
        bug = KeyError("x")

        record = shown("Encountered exception during execution: %r", bug, error=bug)

        assert record.text.startswith("收取报送：程序出错，这不是数据的问题：KeyError：'x'")
        assert record.has_traceback


class TestStateReportedByWorker:
    def test_is_translated_for_an_alarm(self) -> None:
        assert run_log.in_chinese(KILLED) == (
            "执行进程结束了，退出码-9：被强制结束，多半是内存不够、断电重启，或者有人结束了它"
        )

    def test_is_unchanged_if_it_is_already_chinese(self) -> None:
        message = "执行进程不在了（被结束、机器重启或断电）。"

        assert run_log.in_chinese(message) == message.rstrip("。")


def test_prefect_still_has_every_translated_message() -> None:
    """Each pattern matches a text of the installed Prefect: a changed text is found here."""
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


def test_the_rest_of_the_logging_configuration_is_prefects() -> None:
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


def test_the_loggers_of_runs_have_the_filter() -> None:
    handlers = logging.getLogger("prefect.task_runs").handlers

    assert [
        [type(filter_) for filter_ in handler.filters]
        for handler in handlers
        if isinstance(handler, APILogHandler)
    ] == [[run_log.InChinese]]


def lines_of(run: Retried) -> list[Log]:
    """Return the log of a run, as requested by the UI."""
    logging.getLogger("prefect.flow_runs").handlers[0].flush()
    asked = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]))
    with get_client(sync_client=True) as client:
        found: list[Log] = []
        while page := client.read_logs(asked, limit=200, offset=len(found)):
            found += page
    return sorted(found, key=lambda line: line.timestamp)


def foreign(lines: list[Log]) -> list[str]:
    """Return the lines with a word that is neither Chinese nor a known name."""
    return [line.message for line in lines if LATIN.search(NAMES.sub("", line.message))]


@pytest.mark.usefixtures("prefect_server")
# Prefect's client leaves its socket to the garbage collector (ResourceWarning).
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
class TestLogOfRun:
    @pytest.fixture
    def folder(self, junheng_home: Path) -> Path:
        (junheng_home / "inbox").mkdir(parents=True)
        return small_district.make(junheng_home / "inbox" / "2025")

    def test_has_the_result_of_each_step_of_a_round_and_its_sign_off(self, folder: Path) -> None:
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
        messages = [line.message for line in lines]
        steps = (
            "记下时间 核对联系人 收取报送 评估判定 判定报告 起草整改 请求签批 "
            "交办整改 例行事项 起草卡片 发送卡片 清理 核查台账"
        )
        for step in steps.split():
            assert f"{step}：开始" in messages
            assert f"{step}：已办完" in messages
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
            assert any(message.startswith(beginning) for message in messages), beginning

    def test_ends_with_the_sentence_of_a_refusal_without_a_traceback(self) -> None:
        round_ = Retried(annual_round, year=2025, folder="no-such-folder")
        assert round_.run().is_failed()

        lines = lines_of(round_)

        assert foreign(lines) == ["收取报送：收取2025年的报送：no-such-folder"] + [
            line.message for line in lines if "没有这个文件夹：no-such-folder" in line.message
        ]
        assert not [line for line in lines if "Traceback" in line.message]
        assert "收取报送：没有办成：没有这个文件夹：no-such-folder" in [
            line.message for line in lines
        ]
        assert lines[-1].message.startswith("没有办成：没有这个文件夹：no-such-folder；此前办完的")

    def test_has_a_sentence_before_the_traceback_of_a_bug(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def broken(*_given: Any) -> Path:
            raise KeyError("x")

        monkeypatch.setattr(report, "write", broken)
        round_ = Retried(annual_round, year=2025, folder=str(folder), on=REMEDIATED_ON)
        assert round_.run().is_failed()

        (bug,) = (line.message for line in lines_of(round_) if "Traceback" in line.message)

        assert bug.startswith(
            "程序出错，这不是数据的问题：KeyError：'x'；请把这段记录交给维护人员\n"
        )

    def test_has_each_try_to_read_a_locked_file_and_continues_without_it(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        without_waiting(monkeypatch)
        locked = next(path for path in (folder / "schools").iterdir() if "3370405001" in path.name)
        collecting = Retried(collect_inbox)
        with monkeypatch.context() as patched:
            hold(locked, patched)
            assert collecting.run().is_completed()

        lines = lines_of(collecting)

        assert foreign(lines) == []
        messages = [line.message for line in lines]
        retries = [message for message in messages if "再试" in message]
        assert retries == [
            f"收取报送：文件 schools/{locked.name} 现在读不了，多半正被 WPS 或 Excel 打开，"
            f"或者正在保存；请关闭后再试；马上再试（第{number}次，共3次）"
            for number in (1, 2, 3)
        ]
        assert any(
            message.startswith(f"收取报送：文件 schools/{locked.name} 这次没有收：")
            for message in messages
        )
        assert (
            "记下已收：2025年的收报文件夹已记为收过，只有1个文件没有读到，能读了会自动再收"
            in messages
        )
        # The file is unlocked now: it is read although nothing in the folder changed.
        assert [waiting.year for waiting in inbox.waiting()] == [2025]
        assert Retried(collect_inbox).run().is_completed()
        assert inbox.waiting() == ()
