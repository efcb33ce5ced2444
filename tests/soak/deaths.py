"""Kills run, worker and server, each before, in and after a step, and checks the alarms.

A program for `make soak`: python -m tests.soak.deaths
"""

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Any
from urllib.error import URLError

from app.server.run_watch import SECONDS_BETWEEN_LOOKS
from junheng.settings import PROJECT_ROOT
from tests import small_district
from tests.app.server.an_office import ENDED, RunningOffice, processes_that_know
from tests.fakes import FakeSlack
from tests.soak import every_step
from tests.soak.deadly.sitecustomize import AFTER, BEGUN, DIED, DONE, ORDER, RUN, SERVER, WORKER

STEP = "评估判定"
KILLED = (RUN, WORKER, SERVER)
MOMENTS = (BEGUN, AFTER, DONE)
ALARM_TIMEOUT_SECONDS = 120
RUN_TIMEOUT_SECONDS = 300
SERVING = "app.server.guard.serve"
WHERE = {
    BEGUN: "停在“收取报送”之后",
    AFTER: f"停在“{STEP}”这一步",
    DONE: f"停在“{STEP}”之后",
}
ALARM_BEGINS = {"CRASHED": "年度监测中断了", "FAILED": "年度监测没有办完"}


class UnexpectedOutcome(Exception):
    """We cannot go on, because an alarm or the state of a run is not as expected."""


@dataclass(frozen=True, slots=True)
class Death:
    """The final state of a run with a killed process, and the seconds until the alarm."""

    state: str
    told_after: float | None

    def __str__(self) -> str:
        if self.told_after is None:
            return f"{self.state}, nothing to tell"
        return f"{self.state}, told after {self.told_after:.0f} s"


@contextmanager
def on_duty() -> Iterator[tuple[FakeSlack, dict[str, str]]]:
    """Yield a Slack for the operators, and the settings that send alarms to it."""
    with FakeSlack() as slack:
        yield (
            slack,
            {
                "JUNHENG_CHANNEL": "file",
                "JUNHENG_ALARM_ADDRESS": "slack:#值班",
                "JUNHENG_SLACK_TOKEN": "xoxb-test",
                "JUNHENG_SLACK_BASE_URL": slack.url,
            },
        )


@dataclass(frozen=True, slots=True)
class DeadlyOffice:
    """A running office in which a process is killed as the order file says."""

    office: RunningOffice
    slack: FakeSlack
    order: Path
    folder: Path

    def round_with_death(self, who: str, moment: str) -> Death:
        """Run a round in which a process is killed, and retry it if it failed.

        Raises:
            UnexpectedOutcome: no process died, or the alarm is late, wrong or sent twice.

        """
        alarms_before, server = len(self.slack.messages), _server(self.office.home)
        order = {"who": who, "step": STEP, "moment": moment, "server": server}
        self.order.write_text(json.dumps(order), "utf-8")
        run = every_step.start(self.office, self.folder)
        state = _end_of(self.office, run)
        if self.order.exists():
            raise UnexpectedOutcome(f"no process died: {state}")
        died_at = float(self.order.with_suffix(DIED).read_text("utf-8"))
        told_after = None
        if state["type"] != "COMPLETED":
            # A run whose own process was not killed gets a little further.
            where = WHERE[moment] if who == RUN else "停在“"
            told_after = self._alarmed_at(alarms_before, state["type"], where) - died_at
            self.office.retry(run)
            self.must_complete(run)
        # Any other watch that could send the alarm again has looked by then.
        time.sleep(2 * SECONDS_BETWEEN_LOOKS)
        alarms = self.slack.messages[alarms_before:]
        if len(alarms) != int(told_after is not None):
            raise UnexpectedOutcome(f"{state['type']}: {[message['text'] for message in alarms]}")
        return Death(state["type"], told_after)

    def _alarmed_at(self, alarms_before: int, state: str, where: str) -> float:
        """Return the time of the alarm; raise UnexpectedOutcome if its text is wrong."""
        _until(lambda: len(self.slack.messages) > alarms_before, ALARM_TIMEOUT_SECONDS)
        now, text = time.time(), str(self.slack.messages[alarms_before]["text"])
        if not text.startswith(ALARM_BEGINS[state]) or where not in text:
            raise UnexpectedOutcome(text)
        return now

    def must_complete(self, run: str) -> None:
        """Wait until a run has ended; raise UnexpectedOutcome unless it has completed."""
        # The state before the retry may still be returned for a moment.
        time.sleep(1)
        state = _end_of(self.office, run)
        if state["type"] != "COMPLETED":
            raise UnexpectedOutcome(f"{state['type']} {state['message']}")


@contextmanager
def deadly_office(
    folder: Path, home: Path, settings: Mapping[str, str] | None = None
) -> Iterator[DeadlyOffice]:
    """Run an office whose alarms arrive here and that collects `folder`."""
    order = home.with_suffix(".deadly")
    deadly = {"PYTHONPATH": f"{every_step.DEADLY}{os.pathsep}{PROJECT_ROOT}", ORDER: str(order)}
    with (
        on_duty() as (slack, duty),
        RunningOffice(home, {**(settings or {}), **duty, **deadly}) as office,
    ):
        yield DeadlyOffice(office, slack, order, folder)


def _server(home: Path) -> int:
    """Return the process id of the server of a home."""
    [found] = [
        process
        for process in processes_that_know(f"JUNHENG_HOME={home}")
        if SERVING in Path(f"/proc/{process}/cmdline").read_text("utf-8")
    ]
    return found


def _end_of(office: RunningOffice, run: str) -> dict[str, Any]:
    """Return the final state of a run, even if the server is down meanwhile."""
    states: list[dict[str, Any]] = []

    def has_ended() -> bool:
        try:
            states.append(office.run(run)["state"])
        except (URLError, ConnectionError):
            return False
        return states[-1]["type"] in ENDED

    _until(has_ended, RUN_TIMEOUT_SECONDS)
    return states[-1]


def _until(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise UnexpectedOutcome(f"not within {seconds} s")
        time.sleep(0.2)


def main() -> int:
    """Print the outcome of each kill; return how many differ from an undisturbed round."""
    different = 0
    with tempfile.TemporaryDirectory() as kept:
        folder = small_district.make(Path(kept) / "2025")
        with on_duty() as (_, duty):
            expected = every_step.undisturbed(folder, Path(kept) / "quiet", duty)
        for number, (who, moment) in enumerate(product(KILLED, MOMENTS)):
            home = Path(kept) / str(number)
            with deadly_office(folder, home) as deadly:
                found = deadly.round_with_death(who, moment)
                deadly.must_complete(every_step.sign(deadly.office))
            is_same = every_step.left(home, {}) == expected
            different += not is_same
            compared = "same" if is_same else "DIFFERENT"
            sys.stdout.write(f"{who} killed, {STEP} {moment}: {found}, {compared}\n")
            sys.stdout.flush()
    return different


if __name__ == "__main__":
    sys.exit(main())
