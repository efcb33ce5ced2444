"""The throttle of sign-ins: guesses delay only their own address."""

import asyncio
import threading

import httpx
import pytest

from app.server.guard.sign_in_waits import TooManyTries, Turns
from junheng.adapters import clock, passwords
from junheng.domain.operations.throttling import PATIENCE
from tasks.people import users
from tests.app.server.guard.a_guard import SPRING, around_an_echo

HERE, THERE = "127.0.0.1", "127.0.0.2"
WRONG = "秋天的操场"
ZHANG, GUESS = ({"name": "张三", "password": password} for password in (SPRING, WRONG))
GUESSES = 20
LONGEST = 60


class Attempts:
    """Failing attempts that block until the test releases them."""

    def __init__(self) -> None:
        self.released = threading.Event()
        self.started = 0
        self.most_at_once = 0
        self._running = 0
        self._lock = threading.Lock()

    def fail(self) -> bool:
        with self._lock:
            self.started += 1
            self._running += 1
            self.most_at_once = max(self.most_at_once, self._running)
        self.released.wait(LONGEST)
        with self._lock:
            self._running -= 1
        return False


async def until(attempts: Attempts, started: int) -> None:
    while attempts.started < started:  # noqa: ASYNC110 - counted in threads
        await asyncio.sleep(0.01)


async def refused(turns: Turns, attempts: Attempts, address: str) -> bool:
    try:
        await turns.take(address, "张三", attempts.fail)
    except TooManyTries:
        return True
    return False


def test_twenty_pending_guesses_do_not_block_another_address() -> None:
    async def attempt() -> tuple[bool, int, list[bool]]:
        turns, attempts = Turns(), Attempts()
        guesses = [asyncio.create_task(refused(turns, attempts, THERE)) for _ in range(GUESSES)]
        await until(attempts, 1)

        is_in = await asyncio.wait_for(turns.take(HERE, "张三", lambda: True), LONGEST)

        started = attempts.started
        attempts.released.set()
        return is_in, started, await asyncio.gather(*guesses)

    is_in, started, were_refused = asyncio.run(attempt())

    assert is_in
    assert started == 1
    # The queued guesses after the fifth were refused without a check of the password.
    assert were_refused == [False] * PATIENCE + [True] * (GUESSES - PATIENCE)


def test_two_passwords_are_checked_at_once() -> None:
    async def attempt() -> tuple[int, int]:
        turns, attempts = Turns(), Attempts()
        addresses = [f"127.0.0.{number}" for number in range(2, 8)]
        guesses = [asyncio.create_task(refused(turns, attempts, address)) for address in addresses]
        await until(attempts, 2)
        attempts.released.set()
        await asyncio.gather(*guesses)
        return attempts.started, attempts.most_at_once

    assert asyncio.run(attempt()) == (6, 2)


def test_an_address_may_try_again_after_its_wait() -> None:
    moment = 0.0

    async def attempt() -> bool:
        nonlocal moment
        turns = Turns(lambda: moment)
        for _ in range(PATIENCE):
            assert not await turns.take(THERE, "张三", lambda: False)
        with pytest.raises(TooManyTries) as refusal:
            await turns.take(THERE, "张三", lambda: True)
        assert refusal.value.seconds == 1
        moment += 1
        return await turns.take(THERE, "张三", lambda: True)

    assert asyncio.run(attempt())


def test_the_page_checks_guesses_of_one_address_one_at_a_time_and_five_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users.add("张三", SPRING, now=clock.now())
    verify, attempts = passwords.matches, Attempts()

    def watched(stored: str | None, password: str) -> bool:
        return attempts.fail() if password == WRONG else verify(stored, password)

    monkeypatch.setattr(passwords, "matches", watched)

    def guess() -> None:
        with httpx.Client(transport=httpx.HTTPTransport(local_address=THERE)) as guesser:
            answers.append(guesser.post(page, data=GUESS).status_code)

    answers: list[int] = []
    with around_an_echo() as address:
        page = f"{address}/sign-in"
        guessers = [threading.Thread(target=guess) for _ in range(GUESSES)]
        for guesser in guessers:
            guesser.start()
        while not attempts.started:
            threading.Event().wait(0.01)
        answer = httpx.post(page, data=ZHANG, trust_env=False, timeout=LONGEST)
        attempts.released.set()
        for guesser in guessers:
            guesser.join(LONGEST)

    assert answer.status_code == 303
    assert attempts.most_at_once == 1
    assert sorted(answers) == [401] * PATIENCE + [429] * (GUESSES - PATIENCE)
