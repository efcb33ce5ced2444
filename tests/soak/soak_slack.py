"""The loopback Slack of the soak: any call of a run may be refused, dropped or answered late."""

import time
from collections.abc import Iterable, Mapping
from enum import Enum
from threading import Event, Lock
from typing import Any

from tests.fakes import FakeSlack

TIMEOUT_SECONDS = 10.0


class Fault(Enum):
    """A fault of a call, before or after Slack has taken the message."""

    LIMIT = "429 for a second"
    LIMIT_FOR_LONG = "429 for an hour"
    FAIL = "500"
    CLOSED = "invalid_auth"
    UNCLEAR_BEFORE = "fatal_error before it was taken"
    DROPPED_BEFORE = "dropped before it was taken"
    UNCLEAR_AFTER = "fatal_error after it was taken"
    DROPPED_AFTER = "dropped after it was taken"
    SLOW = "slower than the client waits"


class DiscardedAnswer:
    """A handler that discards the answer of a call."""

    def say(self, answer: Mapping[str, Any], **how: Any) -> None:
        del answer, how


class SoakSlack(FakeSlack):
    """A Slack with all channels created, so that their history can be read from the start.

    `suffered` lists the faults of the current run.
    """

    def __init__(self, channels: Iterable[str]) -> None:
        super().__init__()
        self.faults: Mapping[int, Fault] = {}
        self.suffered: list[Fault] = []
        self._in_run = self._answered = 0
        self._lag = 0.0
        self._gives_up = Event()
        self._counting = Lock()
        for channel in channels:
            self.id_of(channel)

    def begin_run(self, faults: Mapping[int, Fault], *, lag: float = 0.0) -> None:
        """Reset the count of calls; call n gets fault n, each call is delayed by `lag` seconds."""
        self._gives_up.clear()
        self._lag = lag
        self.faults, self._in_run, self._answered, self.suffered = faults, 0, 0, []

    def end_run(self, calls: int) -> None:
        """Wait until every call sent is handled, so that no message is taken later."""
        self._gives_up.set()
        deadline = time.monotonic() + TIMEOUT_SECONDS
        while self._answered < max(calls, self._in_run) and time.monotonic() < deadline:
            time.sleep(0.0005)

    def forget(self) -> None:
        """Delete every message, for the next sequence."""
        self.messages.clear()
        self.calls.clear()

    def answer(self, method: str, asked: Mapping[str, Any], handler: Any) -> None:
        time.sleep(self._lag)
        try:
            fault = self._next_fault()
            if fault is None:
                super().answer(method, asked, handler)
            else:
                self._fail(fault, method, asked, handler)
        finally:
            with self._counting:
                self._answered += 1

    def _next_fault(self) -> Fault | None:
        with self._counting:
            fault = self.faults.get(self._in_run)
            self._in_run += 1
            if fault is not None:
                self.suffered.append(fault)
            return fault

    def _fail(self, fault: Fault, method: str, asked: Mapping[str, Any], handler: Any) -> None:
        limited = {"ok": False, "error": "ratelimited"}
        match fault:
            case Fault.LIMIT:
                handler.say(limited, status=429, retry_after="1")
            case Fault.LIMIT_FOR_LONG:
                handler.say(limited, status=429, retry_after="3600")
            case Fault.FAIL:
                handler.say({}, status=500)
            case Fault.CLOSED:
                handler.say({"ok": False, "error": "invalid_auth"})
            case Fault.UNCLEAR_BEFORE:
                handler.say({"ok": False, "error": "fatal_error"})
            case Fault.DROPPED_BEFORE:
                pass
            case Fault.UNCLEAR_AFTER:
                super().answer(method, asked, DiscardedAnswer())  # type: ignore[arg-type]
                handler.say({"ok": False, "error": "fatal_error"})
            case Fault.DROPPED_AFTER:
                super().answer(method, asked, DiscardedAnswer())  # type: ignore[arg-type]
            case Fault.SLOW:
                super().answer(method, asked, DiscardedAnswer())  # type: ignore[arg-type]
                self._gives_up.wait(TIMEOUT_SECONDS)
