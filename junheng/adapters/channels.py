"""Channels: creates each messenger on first use; outside production it is guarded."""

from collections.abc import Callable, Mapping
from datetime import date

from junheng.adapters.messaging.allowed_addresses import (
    ConsoleMessenger,
    GuardedMessenger,
    is_loopback,
)
from junheng.adapters.messaging.mail import MailMessenger, MailServer
from junheng.adapters.messaging.messenger import FileMessenger, Messenger
from junheng.adapters.robots import webhook_file
from junheng.adapters.robots.groups import GroupRobots
from junheng.adapters.robots.platforms import DINGTALK, FEISHU, WECOM
from junheng.adapters.robots.sending import Platform
from junheng.adapters.robots.webhook_file import Robot, Webhooks
from junheng.adapters.slack.sending import SlackMessenger
from junheng.domain.office_days import Clock
from junheng.domain.people.routes import Channel
from junheng.settings import Settings
from junheng.wording.chase.channels import ChannelWords

_PLATFORMS: Mapping[Channel, Platform] = {
    Channel.DINGTALK: DINGTALK,
    Channel.WECOM: WECOM,
    Channel.FEISHU: FEISHU,
}


class Messengers:
    """The channels of one run; outside production each reaches only allowed addresses."""

    def __init__(
        self,
        settings: Settings,
        *,
        wording: ChannelWords,
        called: Callable[[str, date], str],
        show: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._settings = settings
        self._wording = wording
        self._called = called
        self._show = show
        self._clock = clock
        self._messengers: dict[Channel, Messenger] = {}
        self._webhooks: Webhooks | None = None

    def of(self, channel: Channel) -> Messenger:
        """Return the messenger of a channel, the same one for the whole run.

        Raises:
            ChatClosed: the channel needs the webhooks file, which is not usable.

        """
        if channel not in self._messengers:
            self._messengers[channel] = self._guarded(channel)
        return self._messengers[channel]

    def is_set_up(self, channel: Channel) -> bool:
        """Return whether the settings of a channel are present."""
        settings = self._settings
        match channel:
            case Channel.SLACK:
                return settings.slack_token is not None
            case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU:
                return settings.webhooks is not None or _common(settings, channel) is not None
            case Channel.EMAIL:
                return settings.email_host is not None
            case Channel.CONSOLE | Channel.FILE:
                return True

    def _guarded(self, channel: Channel) -> Messenger:
        messenger = self._created(channel)
        if self._settings.is_production or self._is_local(channel):
            return messenger
        return GuardedMessenger(
            messenger,
            FileMessenger(self._settings.outbox_folder, _show_nothing, self._called),
            allowed=self._settings.allowed | self._local_groups(channel),
            withheld=self._wording.withheld,
            show=self._show,
        )

    def _created(self, channel: Channel) -> Messenger:
        settings = self._settings
        match channel:
            case Channel.SLACK:
                token = settings.slack_token
                plain = token.get_secret_value() if token is not None else ""
                return SlackMessenger(
                    plain,
                    settings.slack_base_url,
                    lag_seconds=settings.slack_history_lag,
                )
            case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU:
                common, own = _common(settings, channel), self._webhooks_in_file().of(channel)
                return GroupRobots(
                    _PLATFORMS[channel], common, own, cut=self._wording.cut, clock=self._clock
                )
            case Channel.EMAIL:
                return MailMessenger(_mail_server(settings))
            case Channel.CONSOLE:
                return ConsoleMessenger(self._show)
            case Channel.FILE:
                return FileMessenger(settings.outbox_folder, self._show, self._called)

    def _is_local(self, channel: Channel) -> bool:
        """Return whether a channel ends on this machine, so that no message leaves it."""
        match channel:
            case Channel.FILE | Channel.CONSOLE:
                return True
            case Channel.EMAIL:
                # A mail server on this machine still relays to people.
                return False
            case Channel.SLACK:
                return is_loopback(self._settings.slack_base_url)
            case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU:
                common, own = _common(self._settings, channel), self._webhooks_in_file().of(channel)
                robots = [robot for robot in (common, *own.values()) if robot is not None]
                return bool(robots) and all(map(_is_local_robot, robots))

    def _local_groups(self, channel: Channel) -> frozenset[str]:
        """Return the groups whose own robot is on this machine: no message leaves it."""
        match channel:
            case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU:
                own = self._webhooks_in_file().of(channel)
                return frozenset(name for name, robot in own.items() if _is_local_robot(robot))
            case Channel.SLACK | Channel.EMAIL | Channel.CONSOLE | Channel.FILE:
                return frozenset()

    def _webhooks_in_file(self) -> Webhooks:
        path = self._settings.webhooks
        if self._webhooks is None:
            config = self._settings.config
            self._webhooks = Webhooks() if path is None else webhook_file.read(path, config=config)
        return self._webhooks


def _common(settings: Settings, channel: Channel) -> Robot | None:
    """Return the common robot of a platform, which the environment names."""
    webhook, secret = {
        Channel.DINGTALK: (settings.dingtalk_webhook, settings.dingtalk_secret),
        Channel.WECOM: (settings.wecom_webhook, None),
        Channel.FEISHU: (settings.feishu_webhook, settings.feishu_secret),
    }[channel]
    return None if webhook is None else Robot(webhook=webhook, secret=secret)


def _is_local_robot(robot: Robot) -> bool:
    return is_loopback(robot.webhook.get_secret_value())


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        host=settings.email_host,
        port=settings.email_port,
        security=settings.email_security,
        user=settings.email_user,
        password=settings.email_password,
        sender=settings.email_from,
    )


def _show_nothing(text: str) -> None:
    del text
