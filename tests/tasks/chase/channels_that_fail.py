"""Every channel on a loopback port, and unexpected answers that it may give."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from junheng.domain.people.routes import Channel
from tests.fakes import FakeSlack
from tests.fakes_robot import FakeRobot
from tests.loopback import Says
from tests.tasks.owed_cards import DEPARTMENTS

CHANNELS = (Channel.SLACK, Channel.DINGTALK, Channel.WECOM, Channel.FEISHU)
TOKEN = "xoxb-or-a-secret-webhook"  # noqa: S105 - must be sent to no other host
HTML = "<html><body>系统维护中</body></html>"
UNKNOWN_CODE = {"ok": False, "error": "no_such_code", "errcode": 987654, "code": 987654}
# Answers that do not tell whether the card was taken; `is_taken` says whether it was.
UNCLEAR: Mapping[str, Says] = {
    "redirect": Says("", status=302, location="/elsewhere"),
    "redirect after acceptance": Says("", status=307, location="/elsewhere", is_taken=True),
    "HTML": Says(HTML),
    "HTML after acceptance": Says(HTML, is_taken=True),
    "a list": Says("[]", is_taken=True),
    "a string": Says('"x"', is_taken=True),
    "only ok": Says({"ok": True}, is_taken=True),
    "an unknown code": Says(UNKNOWN_CODE),
    "an unknown code after acceptance": Says(UNKNOWN_CODE, is_taken=True),
    "500": Says("", status=500),
    "500 after acceptance": Says("", status=500, is_taken=True),
    "502 in HTML after acceptance": Says(HTML, status=502, is_taken=True),
    "429 of a proxy after acceptance": Says(HTML, status=429, retry_after="1", is_taken=True),
}


@dataclass(frozen=True, slots=True)
class Office:
    """One channel; with `may_be_asked` it can tell later whether a card arrived."""

    channel: Channel
    server: FakeSlack | FakeRobot
    may_be_asked: bool

    @property
    def received(self) -> Sequence[object]:
        """Return the cards that recipients have got."""
        return self.server.keys if isinstance(self.server, FakeSlack) else self.server.cards

    def answer(self, *answers: Says) -> None:
        """Give these answers to the next cards."""
        if isinstance(self.server, FakeSlack):
            self.server.posts.extend(answers)
        else:
            self.server.given.extend(answers)


@contextmanager
def opened(channel: Channel, patch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Open a channel on a loopback port, and send all cards there."""
    if channel is Channel.SLACK:
        with FakeSlack() as slack:
            for department in DEPARTMENTS:
                slack.id_of(f"#{department}")
            patch.setenv("JUNHENG_SLACK_TOKEN", TOKEN)
            patch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)
            yield Office(channel, slack, may_be_asked=True)
    else:
        with FakeRobot(ok={"errcode": 0, "code": 0}) as robot:
            webhook = f"JUNHENG_{channel.value.upper()}_WEBHOOK"
            patch.setenv("JUNHENG_CHANNEL", channel.value)
            patch.setenv(webhook, f"{robot.base}/send?key={TOKEN}")
            yield Office(channel, robot, may_be_asked=False)
