"""The webhooks file: errors are located, and do not quote its content."""

from collections.abc import Callable
from pathlib import Path

import pytest

from junheng.adapters.messaging.messenger import ChatClosed
from junheng.adapters.robots import webhook_file
from junheng.domain.people.routes import Channel

GOOD = """
dingtalk:
  财政局群: {webhook: https://oapi.dingtalk.com/robot/send?access_token=x, secret: SECx}
feishu:
  民政局群: {webhook: https://open.feishu.cn/open-apis/bot/v2/hook/x}
"""
Write = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Write:
    def write(text: str, *, mode: int = 0o600) -> Path:
        path = tmp_path / "webhooks.yaml"
        path.write_text(text, "utf-8")
        path.chmod(mode)
        return path

    return write


def read(path: Path) -> webhook_file.Webhooks:
    return webhook_file.read(path, config=path.parent / "config")


def test_a_robot_is_found_by_platform_and_group_name(written: Write) -> None:
    webhooks = read(written(GOOD))

    robot = webhooks.of(Channel.DINGTALK)["财政局群"]
    assert robot.webhook.get_secret_value().endswith("access_token=x")
    assert [list(webhooks.of(channel)) for channel in (Channel.WECOM, Channel.FEISHU)] == [
        [],
        ["民政局群"],
    ]


def test_an_empty_file_has_no_robots(written: Write) -> None:
    assert read(written("# 还没有\n")) == webhook_file.Webhooks()


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620])
def test_a_file_readable_by_others_is_refused(written: Write, mode: int) -> None:
    path = written(GOOD, mode=mode)

    with pytest.raises(ChatClosed, match=f"别人也能读.*chmod 600 {path}"):
        read(path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ChatClosed, match=r"JUNHENG_WEBHOOKS 指定的文件 .*没有\.yaml 读不到"):
        read(tmp_path / "没有.yaml")


def test_a_file_in_config_is_refused(written: Write, tmp_path: Path) -> None:
    with pytest.raises(ChatClosed, match="不能放在 config/ 里"):
        webhook_file.read(written(GOOD), config=tmp_path)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("dingtalk:\n  甲群: {webhook: [}\n", "第2行不是正确的 YAML"),
        ("dingtalk:\n  甲群: {secret: SECx}\n", "dingtalk.甲群.webhook：缺少这一项"),
        ("dingtalk:\n  甲群: https://x/y\n", "dingtalk.甲群：应填若干"),
        ("dingtalk:\n  甲群: {webhook: ''}\n", "dingtalk.甲群.webhook：不能为空"),
        ("dingding:\n  甲群: {webhook: https://x/y}\n", "dingding：没有这一项"),
        ("- 甲群\n", "应填若干"),
    ],
)
def test_a_mistake_is_reported_with_its_place(written: Write, text: str, sentence: str) -> None:
    with pytest.raises(ChatClosed, match=sentence):
        read(written(text))
