"""`junheng gate` as a service of its own: what it says when it starts, and how it ends."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from flows import clock
from junheng.settings import PROJECT_ROOT
from tasks import users
from tests import databases, old_users
from tests.flows.an_office import free_port

SPRING = "春天的操场很大很大"
ENDING_SECONDS = 30


@contextmanager
def gate(home: Path) -> Iterator[Iterator[str]]:
    """Yield the lines that a gate says, and end it as systemd does."""
    given = {"JUNHENG_GATE_PORT": str(free_port())}
    serving = subprocess.Popen(
        [sys.executable, "-u", "-m", "flows.cli", "gate"],
        env=os.environ | databases.settings_of(home) | given,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=PROJECT_ROOT,
        text=True,
    )
    assert serving.stdout is not None
    try:
        yield iter(serving.stdout.readline, "")
    finally:
        serving.send_signal(signal.SIGTERM)
        serving.communicate(timeout=ENDING_SECONDS)


def answered(link: str, **form: str) -> int:
    """Return what a link answers once the gate listens."""
    transport = httpx.HTTPTransport(retries=20)
    with httpx.Client(transport=transport, timeout=60) as browser:
        return browser.post(link, data=form).status_code


def test_without_users_it_prints_a_link_by_which_the_first_one_is_made(junheng_home: Path) -> None:
    with gate(junheng_home) as lines:
        [said] = [line for line in (next(lines), next(lines)) if "/first-user/" in line]
        link = next(word for word in said.split() if word.startswith("http://127.0.0.1:"))

        status = answered(link, name="张三", password=SPRING, again=SPRING)

    assert status == 303
    assert users.names() == ("张三",)


def test_the_users_of_an_older_version_are_imported_and_no_link_is_printed(
    junheng_home: Path,
) -> None:
    file = old_users.write(junheng_home / "users.yaml", 张三=SPRING)
    databases.ready(junheng_home)

    with gate(junheng_home) as lines:
        imported, listening = next(lines), next(lines)
        address = listening.split()[-1]
        status = answered(f"{address}/sign-in", name="张三", password=SPRING)

    assert "导入登录用户1位" in imported
    assert "登录入口已启动" in listening
    assert status == 303
    assert not file.exists()
    assert [one.name for one in users.valid_sign_ins(now=clock.now())] == ["张三"]
