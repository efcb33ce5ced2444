"""Group robots: a group's own robot, the common one, and whose trouble is whose."""

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


def test_a_group_has_its_card_by_its_own_robot_and_the_others_by_the_common_one() -> None:
    with FakeRobot() as office:
        messenger = robots(robot(office, "common"), 财政局群=robot(office, "own"))

        send(messenger, "财政局群")
        send(messenger, "#区教育局")

    assert office.paths == ["/send?key=own", "/send?key=common"]


def test_a_group_without_a_robot_is_refused_by_its_name_where_there_is_no_common_one() -> None:
    with FakeRobot() as office:
        messenger = robots(None, 财政局群=robot(office, "own"))

        with pytest.raises(CardRefused, match=r"没有“民政局群”这个群.*JUNHENG_WEBHOOKS"):
            send(messenger, "民政局群")

    assert office.paths == []


def test_without_any_robot_the_platform_is_closed_and_names_the_setting() -> None:
    with pytest.raises(ChatClosed, match="JUNHENG_DINGTALK_WEBHOOK"):
        send(robots(None), "民政局群")


def test_what_is_wrong_with_one_group_is_its_own_and_says_where_to_look() -> None:
    with FakeRobot(CLOSED) as office:
        messenger = robots(None, 财政局群=robot(office, "own"))

        with pytest.raises(
            CardRefused, match="JUNHENG_WEBHOOKS 指定的文件中 dingtalk 的“财政局群”"
        ):
            send(messenger, "财政局群")


def test_one_group_s_limit_does_not_end_the_run_for_the_others() -> None:
    with FakeRobot(LIMITED, LIMITED) as office:
        messenger = robots(robot(office, "common"), 财政局群=robot(office, "own"))

        with pytest.raises(ChatFailing) as own:
            send(messenger, "财政局群")
        with pytest.raises(ChatUnreachable):
            send(messenger, "#区教育局")

    assert not isinstance(own.value, ChatUnreachable)


def test_two_names_of_one_robot_wait_for_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
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
