"""Listens to what people press on their cards, until told to end."""

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
    """Take and do what people press, until Ctrl-C or SIGTERM; raises ChatClosed."""
    wording = bootstrap.rulebook().wording.chat
    waits = _Waiting(say, wording.waiting, seconds_between)
    try:
        with interrupted_by_signals():
            slack = bootstrap.slack_desk()
            itself = waits.until(slack.itself)
            listener = _Listener(Desk(slack, itself, clock.now))
            with bootstrap.slack_socket(listener.hear, log=log) as socket:
                waits.until(socket.connect)
                say(wording.listening.format(team=itself.team_name))
                listener.serve(seconds=seconds_between)
    except KeyboardInterrupt:
        say(wording.ended)


class _Waiting:
    """Tries again while Slack is not reached, and says so once for each reason."""

    def __init__(self, say: Callable[[str], None], phrase: str, seconds: float) -> None:
        self._seconds = seconds
        self._say = say
        self._phrase = phrase
        self._said = ""

    def until(self, succeeds: Callable[[], T]) -> T:
        while True:
            try:
                return succeeds()
            except ChatFailing as error:
                if str(error) != self._said:
                    self._said = str(error)
                    self._say(self._phrase.format(reason=error, seconds=self._seconds))
                time.sleep(self._seconds)


class _Listener:
    """Does presses one after the other, and opens forms at once."""

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
        # Slack lets a form be opened for three seconds: it does not wait behind the others.
        then = self._finish if taken.opens_a_form else self._waiting.put
        return Acknowledgement(afterwards=partial(then, taken.press_id))

    def serve(self, *, seconds: float) -> None:
        """Finish what a process before this one left, then whatever comes, for ever."""
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
        """Do and show a press; what Slack or a fault keeps from being done is tried again later."""
        with self._lock:
            if number in self._at_work:
                return
            self._at_work.add(number)
        try:
            self._desk.finish(number)
        except NotDelivered as error:
            log.warning("press %s: %s", number, error)
        except Exception as error:  # noqa: BLE001 - the next press must be done all the same
            log_without_values(log, error)
        finally:
            with self._lock:
                self._at_work.discard(number)
