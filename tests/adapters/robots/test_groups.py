"""Group robots: a group's own robot, the common robot, and the errors of each."""

import pytest
from pydantic import SecretStr

from junheng.adapters import clock
from junheng.adapters.messaging.messenger import (
    CardRefused,
    ChatClosed,
    ChatFailing,
    ChatUnreachable,
)
from junheng.adapters.robots.groups import GroupRobots
from junheng.adapters.robots.platforms import DINGTALK
from junheng.adapters.robots.webhook_file import Robot
from tests.fakes_robot import FakeRobot
from tests.loopback import Says

KEY = "370405:2025-11-03:区财政局"
CLOSED, LIMITED = Says({"errcode": 310000}), Says({"errcode": 130101})


def robot(office: FakeRobot, name: str) -> Robot:
    return Robot(webhook=SecretStr(f"{office.base}/send?key={name}"))


def robots(common: Robot | None, **own: Robot) -> GroupRobots:
    return GroupRobots(DINGTALK, common, own, cut="……", clock=clock.now)


def send(messenger: GroupRobots, address: str) -> str:
    return messenger.send(key=KEY, address=address, text="……")


def test_a_group_with_its_own_robot_uses_it_and_others_use_the_common_robot() -> None:
    with FakeRobot() as office:
        messenger = robots(robot(office, "common"), 财政局群=robot(office, "own"))

        send(messenger, "财政局群")
        send(messenger, "#区教育局")

    assert office.paths == ["/send?key=own", "/send?key=common"]


def test_a_group_without_a_robot_is_refused_by_name_if_there_is_no_common_robot() -> None:
    with FakeRobot() as office:
        messenger = robots(None, 财政局群=robot(office, "own"))

        with pytest.raises(CardRefused, match=r"没有“民政局群”这个群.*JUNHENG_WEBHOOKS"):
            send(messenger, "民政局群")

    assert office.paths == []


def test_without_any_robot_the_platform_is_closed_and_names_the_setting() -> None:
    with pytest.raises(ChatClosed, match="JUNHENG_DINGTALK_WEBHOOK"):
        send(robots(None), "民政局群")


def test_an_error_of_a_group_robot_refuses_its_card_and_names_the_file() -> None:
    with FakeRobot(CLOSED) as office:
        messenger = robots(None, 财政局群=robot(office, "own"))

        with pytest.raises(
            CardRefused, match="JUNHENG_WEBHOOKS 指定的文件中 dingtalk 的“财政局群”"
        ):
            send(messenger, "财政局群")


def test_the_rate_limit_of_one_group_does_not_end_the_run_for_others() -> None:
    with FakeRobot(LIMITED, LIMITED) as office:
        messenger = robots(robot(office, "common"), 财政局群=robot(office, "own"))

        with pytest.raises(ChatFailing) as own:
            send(messenger, "财政局群")
        with pytest.raises(ChatUnreachable):
            send(messenger, "#区教育局")

    assert not isinstance(own.value, ChatUnreachable)


def test_two_names_of_one_robot_share_its_rate_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("time.sleep", waited.append)
    with FakeRobot() as office:
        same = robot(office, "same")
        messenger = robots(None, 甲群=same, 乙群=same, 丙群=robot(office, "other"))

        for name in ("甲群", "乙群") * 10:
            send(messenger, name)
        send(messenger, "丙群")
        before = len(waited)
        send(messenger, "甲群")

    assert (before, len(waited)) == (0, 1)
    assert 50 < waited[0] <= 60
