"""The sender of the soak: runs a chase in a forked child and may kill it at one of its effects."""

import os
import signal
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from mmap import mmap
from struct import Struct
from typing import Any

import httpx
from sqlalchemy.engine.default import DefaultDialect

from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.slack.sending import SlackMessenger
from junheng.settings import Settings
from tasks.chase import cards, watchdog

KILLED = -signal.SIGKILL
PATIENT, IMPATIENT = 20.0, 0.2
# The points of a kill: before or after an effect.
POINTS = (
    "before a commit",
    "after a commit",
    "before a file is put in place",
    "after a file is put in place",
    "before chat.postMessage",
    "chat.postMessage under way",
    "chat.postMessage answered",
    "before another call of Slack",
    "another call of Slack under way",
    "another call of Slack answered",
)
_RECORD = Struct("qq")
_NOBODY_LISTENS = "http://127.0.0.1:1/api/"


@dataclass(frozen=True, slots=True)
class Deadly:
    """The kill of a run: an index of POINTS, and how often that point is passed before."""

    point: int
    times_before: int


@dataclass(frozen=True, slots=True)
class Chase:
    """One run: its time, its kill, and whether Slack is slow or unreachable for it."""

    now: datetime
    deadly: Deadly | None = None
    is_impatient: bool = False
    is_cut_off: bool = False

    @property
    def today(self) -> date:
        return self.now.date()


@dataclass(frozen=True, slots=True)
class Ended:
    """The end of a run: its exit code, the number of calls sent, and the point of its kill."""

    code: int
    calls: int
    point: str | None


WHOLE = Ended(0, 0, None)


def run(chases: Sequence[Chase]) -> tuple[Ended, ...]:
    """Run chases concurrently, each in its own child process, and return how they ended."""
    records = [mmap(-1, _RECORD.size) for _ in chases]
    starting, start = os.pipe()
    children = []
    for chase, record in zip(chases, records, strict=True):
        child = os.fork()
        if child == 0:
            os.close(start)
            os.read(starting, 1)
            _chase_and_exit(chase, record)
        children.append(child)
    os.close(starting)
    os.close(start)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    return tuple(_ended(code, record) for code, record in zip(codes, records, strict=True))


def _ended(code: int, record: mmap) -> Ended:
    calls, point = _RECORD.unpack(record[:])
    return Ended(code, calls, POINTS[point] if code == KILLED else None)


def _chase_and_exit(chase: Chase, record: mmap) -> None:
    try:
        _without_waiting(chase)
        _Watch(record, chase.deadly).begin()
        chase_cards(chase.now)
    except BaseException:  # noqa: BLE001 - the child must never continue as the parent
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def chase_cards(now: datetime) -> None:
    """Do the same as `junheng chase` after it has updated the ledger."""
    cards.owe_cards(now.date(), clock=clock.now)
    sendings = cards.send_cards(show=lambda card: None, now=now, clock=clock.now)
    watchdog.watch(sendings, today=now.date(), clock=clock.now)


def wait_for_slack(seconds: float) -> None:
    """Set the timeout of Slack calls.

    The history shows a message at once (`JUNHENG_SLACK_HISTORY_LAG`), as the soak starts no run
    before Slack has handled every request sent.
    """
    defaults = SlackMessenger.__init__.__kwdefaults__ or {}
    defaults.update(timeout_seconds=seconds)


def _without_waiting(chase: Chase) -> None:
    """Remove the sleeps between Slack calls in this child, or 10,000 sequences would take days.

    The tests of the Slack adapter check that it sleeps.
    """
    time.sleep = lambda seconds: None
    wait_for_slack(IMPATIENT if chase.is_impatient else PATIENT)
    if chase.is_cut_off:
        os.environ["JUNHENG_SLACK_BASE_URL"] = _NOBODY_LISTENS
        bootstrap.settings = cache(Settings)


class _Watch:
    """Counts the effects of this process, and kills it with SIGKILL at the chosen one."""

    def __init__(self, record: mmap, deadly: Deadly | None) -> None:
        self._record = record
        self._point = -1 if deadly is None else deadly.point
        self._left = 0 if deadly is None else deadly.times_before
        self._calls = 0
        self._first_point = 0

    def begin(self) -> None:
        transport, dialect = httpx.HTTPTransport, DefaultDialect
        for owner, name, watched in (
            (dialect, "do_commit", self._around(dialect.do_commit, "a commit")),
            (os, "replace", self._around(os.replace, "a file is put in place")),
            (transport, "handle_request", self._asking(transport.handle_request)),
        ):
            setattr(owner, name, watched)

    def _around(self, effect: Callable[..., Any], name: str) -> Callable[..., Any]:
        def done(*arguments: Any, **named: Any) -> Any:
            self._tick(POINTS.index(f"before {name}"))
            result = effect(*arguments, **named)
            self._tick(POINTS.index(f"after {name}"))
            return result

        return done

    def _asking(self, handle_request: Callable[..., Any]) -> Callable[..., Any]:
        def asked(transport: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
            is_post = request.url.path.endswith("chat.postMessage")
            first = "chat.postMessage" if is_post else "another call of Slack"
            self._first_point = POINTS.index(f"before {first}")
            self._tick(self._first_point)
            request.extensions["trace"] = self._on_the_wire
            response: httpx.Response = handle_request(transport, request)
            return response

        return asked

    def _on_the_wire(self, event: str, info: Mapping[str, Any]) -> None:
        """Tick once a request is sent, and again when its response begins."""
        del info
        if event == "http11.send_request_body.complete":
            self._calls += 1
            self._write(self._first_point + 1)
            self._tick(self._first_point + 1)
        elif event == "http11.receive_response_headers.complete":
            self._tick(self._first_point + 2)

    def _tick(self, point: int) -> None:
        if point != self._point:
            return
        if self._left == 0:
            self._write(point)
            os.kill(os.getpid(), signal.SIGKILL)
        self._left -= 1

    def _write(self, point: int) -> None:
        self._record[:] = _RECORD.pack(self._calls, point)
