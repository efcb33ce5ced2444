"""`junheng chat` with the real client on a loopback Slack: killed, disconnected and slowed."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from junheng.domain.ledger.lifecycle import Status
from junheng.settings import PROJECT_ROOT
from tasks.chat import interactions
from tests.fakes_slack import FakeSlackOffice, buttons_of
from tests.tasks.ledgers import REFERENCE, events, hand_over, kept
from tests.tasks.pressing import EDUCATION, STRANGER, point_at, refusals, send_cards

PATIENCE = 90.0
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
COMMAND = (sys.executable, "-m", "app.cli.app", "chat")
# The command with short pauses between retries.
QUICK = (
    sys.executable,
    "-u",
    "-c",
    "from app.server import chat_listener as chatting; chatting.listen(print, seconds_between=0.2)",
)
# A listener that kills itself once: before a press is carried out, or before the card shows it.
KILLS_ITSELF = """
import os, signal, sys
from app.cli.app import app
from tasks.chat import interactions as presses

def die(*_given, **_named):
    os.kill(os.getpid(), signal.SIGKILL)

setattr(presses.Desk, {"before": "_do", "after": "_show"}[sys.argv.pop()], die)
app(["chat"])
"""


@dataclass
class Listening:
    """A process of `junheng chat` and its output."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def output(self) -> str:
        return self.log.read_text("utf-8")


@pytest.fixture
def slack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlackOffice]:
    with FakeSlackOffice() as office:
        point_at(office, tmp_path / "taierzhuang", monkeypatch)
        hand_over()
        send_cards()
        yield office


@contextmanager
def listening(slack: FakeSlackOffice, log: Path, *command: str) -> Iterator[Listening]:
    """Run `junheng chat`, and yield when it has connected or ended."""
    before = slack.socket.connected
    with log.open("wb") as written:
        process = subprocess.Popen(
            command or COMMAND, cwd=PROJECT_ROOT, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        wait_until(lambda: slack.socket.connected > before or process.poll() is not None)
        yield Listening(process, log)
    finally:
        process.kill()
        process.wait()


def wait_until(is_so: Callable[[], bool]) -> None:
    ends_at = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < ends_at, "the condition never became true"
        time.sleep(0.05)


def receipts() -> int:
    return [event.move for event in events()].count("receipt")


def test_a_press_is_acknowledged_carried_out_and_shown(
    slack: FakeSlackOffice, tmp_path: Path
) -> None:
    with listening(slack, tmp_path / "log") as listener:
        handed = slack.socket.hand_over(slack.press("receipt", user=EDUCATION))

        assert slack.socket.acknowledged(handed).seconds < 3
        wait_until(lambda: slack.updates == 1)
        listener.process.send_signal(signal.SIGTERM)
        assert listener.process.wait(PATIENCE) == 0

    assert kept().status is Status.RECEIPTED
    # The due date is long past, so an extension cannot be requested.
    assert buttons_of(slack.messages[0]) == ["report", "dispute"]
    assert "已连上 Slack（工作区 台儿庄）" in listener.output
    assert listener.output.endswith("已停止接收 Slack 上的操作。\n")


def test_a_form_is_opened_checked_and_accepted(slack: FakeSlackOffice, tmp_path: Path) -> None:
    with listening(slack, tmp_path / "log"):
        slack.socket.hand_over(slack.press("dispute", user=EDUCATION))
        wait_until(lambda: len(slack.views) == 1)
        empty = slack.submit(user=EDUCATION, item=REFERENCE, text=" ")
        wrong = slack.socket.acknowledged(slack.socket.hand_over(empty))
        right = slack.submit(user=EDUCATION, item=REFERENCE, text="应由区编办承担")
        taken = slack.socket.acknowledged(slack.socket.hand_over(right))
        wait_until(lambda: slack.updates == 1)

    assert wrong.answer == {"response_action": "errors", "errors": {"text": "请填写内容"}}
    assert taken.answer == {}
    assert kept().status is Status.DISPUTED


def test_a_refusal_is_shown_only_to_its_user(slack: FakeSlackOffice, tmp_path: Path) -> None:
    with listening(slack, tmp_path / "log"):
        slack.socket.hand_over(slack.press("receipt", user=STRANGER))
        wait_until(lambda: len(slack.whispers) == 1)

    assert slack.whispers[0]["user"] == STRANGER
    assert len(refusals()) == 1
    assert receipts() == slack.updates == 0


def test_a_slow_file_does_not_delay_other_presses(slack: FakeSlackOffice, tmp_path: Path) -> None:
    slack.slow["files"] = 5.0
    file = slack.attach("报告.pdf", PDF)
    with listening(slack, tmp_path / "log"):
        slack.socket.hand_over(slack.press("report", user=EDUCATION))
        wait_until(lambda: len(slack.views) == 1)
        form = slack.submit(
            user=EDUCATION, item=REFERENCE, text="见附件", files=[file], kind="报告"
        )
        first = slack.socket.acknowledged(slack.socket.hand_over(form))
        wait_until(lambda: len(slack.fetched) == 1)
        opened = slack.socket.hand_over(slack.press("dispute", user=EDUCATION))
        second = slack.socket.acknowledged(opened)
        wait_until(lambda: len(slack.views) == 2)
        assert slack.updates == 0
        wait_until(lambda: slack.updates == 1)

    assert max(first.seconds, second.seconds) < 3
    assert kept().status is Status.REPORTED


def test_a_repeated_envelope_is_carried_out_once(slack: FakeSlackOffice, tmp_path: Path) -> None:
    with listening(slack, tmp_path / "log"):
        handed = slack.socket.hand_over(slack.press("receipt", user=EDUCATION))
        slack.socket.acknowledged(handed)
        wait_until(lambda: slack.updates == 1)
        slack.socket.hand_over_again(handed)
        assert slack.socket.acknowledged(handed).times == 2

    assert receipts() == 1
    assert refusals() == []


@pytest.mark.parametrize("how", ["disconnect", "break_off"])
def test_a_connection_that_ends_is_renewed(
    slack: FakeSlackOffice, tmp_path: Path, how: str
) -> None:
    with listening(slack, tmp_path / "log"):
        getattr(slack.socket, how)()
        handed = slack.socket.hand_over(slack.press("receipt", user=EDUCATION))
        slack.socket.acknowledged(handed)
        wait_until(lambda: slack.updates == 1)

    assert slack.socket.connected >= 2
    assert receipts() == 1


@pytest.mark.parametrize(("moment", "done_before"), [("before", 0), ("after", 1)])
def test_a_press_is_carried_out_once_even_if_the_listener_is_killed(
    slack: FakeSlackOffice, tmp_path: Path, moment: str, done_before: int
) -> None:
    killed = (sys.executable, "-c", KILLS_ITSELF, moment)
    with listening(slack, tmp_path / "killed", *killed) as listener:
        slack.socket.hand_over(slack.press("receipt", user=EDUCATION))
        assert listener.process.wait(PATIENCE) == -signal.SIGKILL
    assert len(interactions.unfinished()) == 1
    assert (receipts(), slack.updates) == (done_before, 0)

    with listening(slack, tmp_path / "healed"):
        wait_until(lambda: interactions.unfinished() == ())

    assert (receipts(), slack.updates) == (1, 1)
    assert "区教育局签收1项" in slack.messages[0]["text"]


def test_a_press_before_the_start_of_the_listener_is_carried_out(
    slack: FakeSlackOffice, tmp_path: Path
) -> None:
    slack.socket.hand_over(slack.press("receipt", user=EDUCATION))

    with listening(slack, tmp_path / "log"):
        wait_until(lambda: slack.updates == 1)

    assert receipts() == 1


class TestStartFailures:
    def run(self, log: Path) -> tuple[int, str]:
        with log.open("wb") as written:
            process = subprocess.run(
                COMMAND, cwd=PROJECT_ROOT, stdout=written, stderr=subprocess.STDOUT, check=False
            )
        return process.returncode, log.read_text("utf-8")

    @pytest.mark.parametrize(
        ("setting", "value", "sentence"),
        [
            ("SLACK_TOKEN", "", "没有设置 JUNHENG_SLACK_TOKEN"),
            ("SLACK_APP_TOKEN", "", "没有设置 JUNHENG_SLACK_APP_TOKEN"),
            ("SLACK_APP_TOKEN", "xoxb-mixed-up", "应为以 xapp- 开头"),
        ],
    )
    def test_a_missing_or_wrong_token_is_reported(
        self,
        slack: FakeSlackOffice,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        setting: str,
        value: str,
        sentence: str,
    ) -> None:
        monkeypatch.setenv(f"JUNHENG_{setting}", value)

        code, output = self.run(tmp_path / "log")

        assert code == 2
        assert sentence in output
        assert len(output.splitlines()) == 1
        assert "mixed-up" not in output

    @pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
    @pytest.mark.parametrize("reason", ["invalid_auth", "unheard_of"])
    def test_a_token_that_slack_rejects_is_reported(
        self, slack: FakeSlackOffice, tmp_path: Path, method: str, reason: str
    ) -> None:
        slack.faults[method].append(reason)

        code, output = self.run(tmp_path / "log")

        assert code == 2
        assert reason in output
        assert len(output.splitlines()) == 1
        assert not {"xapp-test", "xoxb-test"} & set(output.split())

    def test_retries_while_slack_fails(self, slack: FakeSlackOffice, tmp_path: Path) -> None:
        slack.faults["auth.test"].extend([500] * 3)
        with listening(slack, tmp_path / "log", *QUICK) as listener:
            wait_until(lambda: "已连上 Slack" in listener.output)

        assert listener.output.count("秒后再试") == 1
