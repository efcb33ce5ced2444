"""A test office whose contacts press buttons: contacts, fake Slack, fixed clock."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.slack.socket_mode import Envelope
from junheng.domain.history.hash_chain import Event, EventKind
from junheng.settings import PROJECT_ROOT
from junheng.store import history
from junheng.store.tables.chat import PressRow
from tasks.chase import cards
from tasks.chat.interactions import Desk, Taken
from tests.fakes_slack import FakeSlackOffice
from tests.tasks.ledgers import DISTRICT, MONDAY

SAMPLE = PROJECT_ROOT / "config" / "taierzhuang"
EDUCATION, FINANCE, HEAD = "U0EDU0001", "U0FIN0001", "U0HEAD001"
STAFFING, STRANGER = "U0STA0001", "U0NOBODY1"
MEMBERS = {
    'name: 区教育局联系人, chat: "#区教育局"': EDUCATION,
    'name: 区财政局联系人, chat: "#区财政局"': FINANCE,
    'name: 区编办联系人, chat: "#区编办"': STAFFING,
    "name: 区教育局负责人, role: head": HEAD,
}
# 09:15 on Tuesday 4 November 2025, office time.
TUESDAY_MORNING = datetime(2025, 11, 4, 1, 15, tzinfo=UTC)


def with_members(folder: Path) -> Path:
    """Copy the sample district and add Slack ids to some contacts."""
    shutil.copytree(SAMPLE, folder)
    path = folder / "contacts.yaml"
    contacts = path.read_text("utf-8")
    for entry, member in MEMBERS.items():
        contacts = contacts.replace(entry, f"{entry}, slack_user: {member}")
    path.write_text(contacts, "utf-8")
    return folder


@dataclass
class Office:
    """Fake Slack with our desk, and helpers for tests."""

    slack: FakeSlackOffice
    desk: Desk
    numbers: Iterator[int]

    def hand(self, payload: Any, *, envelope: str = "", is_again: bool = False) -> Taken:
        """Deliver an interaction without carrying it out."""
        number = envelope or f"E{next(self.numbers)}"
        return self.desk.take(Envelope(number, payload, is_again))

    def act(self, payload: Any, **how: Any) -> Taken:
        """Deliver an interaction and carry it out."""
        taken = self.hand(payload, **how)
        if taken.press_id is not None:
            self.desk.finish(taken.press_id)
        return taken

    def press(self, move: str, *, user: str = EDUCATION, **other: Any) -> Taken:
        return self.act(self.slack.press(move, user=user, **other))

    def submit(self, move: str, *, user: str = EDUCATION, **given: Any) -> Taken:
        """Open a form and submit it."""
        self.press(move, user=user)
        return self.act(self.slack.submit(user=user, **given))

    @property
    def whispers(self) -> list[str]:
        return [whisper["text"] for whisper in self.slack.whispers]


def send_cards() -> None:
    """Store and send the cards of Monday 3 November 2025."""
    cards.owe_cards(MONDAY, clock=clock.now)
    cards.send_cards(show=lambda card: None, clock=clock.now)


def point_at(slack: FakeSlackOffice, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUNHENG_DISTRICT", str(with_members(folder)))
    monkeypatch.setenv("JUNHENG_SLACK_TOKEN", "xoxb-test")
    monkeypatch.setenv("JUNHENG_SLACK_APP_TOKEN", "xapp-test")
    monkeypatch.setenv("JUNHENG_SLACK_BASE_URL", slack.url)


@contextmanager
def office(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    with FakeSlackOffice() as slack:
        point_at(slack, folder, monkeypatch)
        desk = bootstrap.slack_desk()
        yield Office(slack, Desk(desk, desk.itself(), lambda: TUESDAY_MORNING), count(1))


def presses() -> list[PressRow]:
    """Return every stored press, oldest first."""
    with bootstrap.session() as session:
        return list(session.exec(select(PressRow).order_by(col(PressRow.id))))


def refusals() -> list[Event]:
    """Return the events of refused presses."""
    with bootstrap.session() as session:
        events = [linked.event for linked in history.whole(session, DISTRICT)]
    return [event for event in events if event.kind == EventKind.REFUSED.value]
