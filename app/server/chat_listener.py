"""Receives button presses and forms from Slack, and carries them out."""

import logging
import time
from collections.abc import Callable
from functools import partial
from queue import Empty, Queue
from threading import Lock
from typing import TypeVar

from app.server.signals import interrupted_by_signals
from junheng import bootstrap
from junheng.adapters import clock
from junheng.adapters.messaging.messenger import ChatFailing, NotDelivered
from junheng.adapters.slack import views
from junheng.adapters.slack.socket_mode import Acknowledgement, Envelope, log_without_values
from tasks.chat import interactions
from tasks.chat.interactions import Desk

log = logging.getLogger("junheng.chat")
T = TypeVar("T")

SECONDS_BETWEEN_TRIES = 15


def listen(say: Callable[[str], None], *, seconds_between: float = SECONDS_BETWEEN_TRIES) -> None:
    """Receive and carry out presses until Ctrl-C or SIGTERM; raises ChatClosed."""
    wording = bootstrap.rulebook().wording.chat
    retries = _Retries(say, wording.waiting, seconds_between)
    try:
        with interrupted_by_signals():
            slack = bootstrap.slack_desk()
            app = retries.until(slack.itself)
            listener = _Listener(Desk(slack, app, clock.now))
            with bootstrap.slack_socket(listener.hear, log=log) as socket:
                retries.until(socket.connect)
                say(wording.listening.format(team=app.team_name))
                listener.serve(seconds=seconds_between)
    except KeyboardInterrupt:
        say(wording.ended)


class _Retries:
    """Retries a call until Slack answers, and reports each new reason once."""

    def __init__(self, say: Callable[[str], None], phrase: str, seconds: float) -> None:
        self._seconds = seconds
        self._say = say
        self._phrase = phrase
        self._reported = ""

    def until(self, succeeds: Callable[[], T]) -> T:
        while True:
            try:
                return succeeds()
            except ChatFailing as error:
                if str(error) != self._reported:
                    self._reported = str(error)
                    self._say(self._phrase.format(reason=error, seconds=self._seconds))
                time.sleep(self._seconds)


class _Listener:
    """Carries out presses one after the other, but opens forms at once."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._waiting: Queue[int] = Queue()
        self._at_work: set[int] = set()
        self._lock = Lock()

    def hear(self, envelope: Envelope) -> Acknowledgement:
        taken = self._desk.take(envelope)
        if taken.mistakes:
            return Acknowledgement(views.errors(taken.mistakes))
        if taken.press_id is None:
            return Acknowledgement()
        # Slack lets a form be opened within three seconds, so this press skips the queue.
        next_step = self._finish if taken.opens_a_form else self._waiting.put
        return Acknowledgement(afterwards=partial(next_step, taken.press_id))

    def serve(self, *, seconds: float) -> None:
        """Finish the presses that an earlier process left, then new ones, forever."""
        self._finish_all()
        while True:
            try:
                self._finish(self._waiting.get(timeout=seconds))
            except Empty:
                self._finish_all()

    def _finish_all(self) -> None:
        for number in interactions.unfinished():
            self._finish(number)

    def _finish(self, number: int) -> None:
        """Carry out a press and show its result; after an error, `_finish_all` retries it."""
        with self._lock:
            if number in self._at_work:
                return
            self._at_work.add(number)
        try:
            self._desk.finish(number)
        except NotDelivered as error:
            log.warning("press %s: %s", number, error)
        except Exception as error:  # noqa: BLE001 - the next press must still be carried out
            log_without_values(log, error)
        finally:
            with self._lock:
                self._at_work.discard(number)
