"""Channels: makes the one that is chosen, and guards it wherever it reaches people in a trial."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from pydantic import SecretStr

from junheng.adapters.chat import FileMessenger, Messenger
from junheng.adapters.guard import ConsoleMessenger, GuardedMessenger, is_loopback
from junheng.adapters.mail import MailMessenger, MailServer
from junheng.adapters.robot_platforms import DINGTALK, FEISHU, WECOM
from junheng.adapters.robots import Platform, RobotMessenger
from junheng.adapters.slack import SlackMessenger
from junheng.domain.standard import Frozen
from junheng.settings import Channel, Settings


class ChannelPhrases(Frozen):
    """What is said of a channel itself, as config/wording/channels.yaml has it."""

    cut: str
    withheld: str


@dataclass(frozen=True, slots=True)
class _Robot:
    platform: Platform
    webhook: SecretStr | None
    secret: SecretStr | None


def messenger(
    settings: Settings,
    *,
    says: ChannelPhrases,
    called: Callable[[str, date], str],
    show: Callable[[str], None],
) -> Messenger:
    """Return the chosen channel; outside production, one that reaches only who is allowed."""
    chosen = _chosen(settings, says, called, show)
    if settings.is_production or _stays_here(settings):
        return chosen
    return GuardedMessenger(
        chosen,
        FileMessenger(settings.outbox_folder, _show_nothing, called),
        allowed=settings.allowed,
        withheld=says.withheld,
        show=show,
    )


def _chosen(
    settings: Settings,
    says: ChannelPhrases,
    called: Callable[[str, date], str],
    show: Callable[[str], None],
) -> Messenger:
    match settings.chosen_channel:
        case Channel.SLACK:
            token = settings.slack_token
            shown = token.get_secret_value() if token is not None else ""
            return SlackMessenger(shown, settings.slack_base_url)
        case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU as channel:
            robot = _robots(settings)[channel]
            return RobotMessenger(robot.platform, robot.webhook, robot.secret, cut=says.cut)
        case Channel.EMAIL:
            return MailMessenger(_mail_server(settings))
        case Channel.CONSOLE:
            return ConsoleMessenger(show)
        case Channel.FILE:
            return FileMessenger(settings.outbox_folder, show, called)


def _robots(settings: Settings) -> Mapping[Channel, _Robot]:
    return {
        Channel.DINGTALK: _Robot(DINGTALK, settings.dingtalk_webhook, settings.dingtalk_secret),
        Channel.WECOM: _Robot(WECOM, settings.wecom_webhook, None),
        Channel.FEISHU: _Robot(FEISHU, settings.feishu_webhook, settings.feishu_secret),
    }


def _mail_server(settings: Settings) -> MailServer:
    return MailServer(
        host=settings.email_host,
        port=settings.email_port,
        security=settings.email_security,
        user=settings.email_user,
        password=settings.email_password,
        sender=settings.email_from,
    )


def _stays_here(settings: Settings) -> bool:
    """Return whether the chosen channel ends on this machine, so that it reaches nobody."""
    match settings.chosen_channel:
        case Channel.FILE | Channel.CONSOLE:
            return True
        case Channel.EMAIL:
            # A mail server of this machine hands on to people all the same.
            return False
        case Channel.SLACK:
            return is_loopback(settings.slack_base_url)
        case Channel.DINGTALK | Channel.WECOM | Channel.FEISHU as channel:
            webhook = _robots(settings)[channel].webhook
            return webhook is not None and is_loopback(webhook.get_secret_value())


def _show_nothing(text: str) -> None:
    del text
