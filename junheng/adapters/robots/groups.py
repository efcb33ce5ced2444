"""Group robots: of one platform, a group's own robot where it has one, else the common one."""

from collections.abc import Mapping
from datetime import datetime

from junheng import wording
from junheng.adapters.messaging.messenger import CardRefused, Messenger
from junheng.adapters.messaging.pacing import Turns
from junheng.adapters.robots.sending import Platform, RobotMessenger
from junheng.adapters.robots.webhook_file import Robot
from junheng.domain.chat.buttons import Button
from junheng.domain.office_days import Clock


class GroupRobots:
    """Posts each card by the robot of the group that its address names; else by the common one."""

    def __init__(
        self,
        platform: Platform,
        common: Robot | None,
        own: Mapping[str, Robot],
        *,
        cut: str,
        clock: Clock,
    ) -> None:
        self.channel = platform.channel
        self._platform = platform
        self._common = common
        robots = [robot for robot in (common, *own.values()) if robot is not None]
        # Two names may be one group's: its robot counts its messages together.
        turns = {robot.webhook.get_secret_value(): Turns(platform.paces) for robot in robots}
        self._robots = {
            name: RobotMessenger(
                platform,
                robot.webhook,
                robot.secret,
                cut=cut,
                clock=clock,
                turns=turns[robot.webhook.get_secret_value()],
                setting=_setting(platform, name),
            )
            for name, robot in own.items()
        }
        self._otherwise = RobotMessenger(
            platform,
            None if common is None else common.webhook,
            None if common is None else common.secret,
            cut=cut,
            clock=clock,
            turns=None if common is None else turns[common.webhook.get_secret_value()],
        )

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        robot = self._robot_of(address)
        return robot.send(key=key, address=address, text=text, buttons=buttons)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        return self._otherwise.was_delivered(key=key, address=address, since=since)

    def _robot_of(self, address: str) -> Messenger:
        if address in self._robots:
            return self._robots[address]
        if self._common is None and self._robots:
            no_robot = wording.packaged().robots.no_robot_of_group
            raise CardRefused(
                no_robot.format(platform=self._platform.name, address=address, channel=self.channel)
            )
        return self._otherwise


def _setting(platform: Platform, name: str) -> str:
    return wording.packaged().robots.setting.format(channel=platform.channel, name=name)
