"""Group robots of one platform: a group's own robot if it has one, else the common robot."""

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
    """Posts each card by the robot of its group, else by the common robot."""

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
        # Two names may have the same webhook: the platform counts the messages of both together.
        turns = {robot.webhook.get_secret_value(): Turns(platform.paces) for robot in robots}
        self._own_messengers = {
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
        self._common_messenger = RobotMessenger(
            platform,
            None if common is None else common.webhook,
            None if common is None else common.secret,
            cut=cut,
            clock=clock,
            turns=None if common is None else turns[common.webhook.get_secret_value()],
        )

    def send(self, *, key: str, address: str, text: str, buttons: tuple[Button, ...] = ()) -> str:
        messenger = self._messenger_of(address)
        return messenger.send(key=key, address=address, text=text, buttons=buttons)

    def was_delivered(self, *, key: str, address: str, since: datetime) -> str | None:
        return self._common_messenger.was_delivered(key=key, address=address, since=since)

    def _messenger_of(self, address: str) -> Messenger:
        if address in self._own_messengers:
            return self._own_messengers[address]
        if self._common is None and self._own_messengers:
            no_robot = wording.packaged().robots.no_robot_of_group
            raise CardRefused(
                no_robot.format(platform=self._platform.name, address=address, channel=self.channel)
            )
        return self._common_messenger


def _setting(platform: Platform, name: str) -> str:
    return wording.packaged().robots.setting.format(channel=platform.channel, name=name)
