"""Turns at the password: guesses from one address wait, and nobody elsewhere waits for them."""

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
ZHANG, GUESS = ({"name": "张三", "password": one} for one in (SPRING, WRONG))
GUESSES = 20
LONGEST = 60


class Attempts:
    """Passwords that are being tried: none ends before it is let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.begun = 0
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()

    def fail(self) -> bool:
        with self._lock:
            self.begun += 1
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        self.let_go.wait(LONGEST)
        with self._lock:
            self._now -= 1
        return False


async def until(attempts: Attempts, begun: int) -> None:
    while attempts.begun < begun:  # noqa: ASYNC110 - counted in threads
        await asyncio.sleep(0.01)


async def refused(turns: Turns, attempts: Attempts, address: str) -> bool:
    try:
        await turns.take(address, "张三", attempts.fail)
    except TooManyTries:
        return True
    return False


def test_a_right_password_is_tried_while_twenty_guesses_of_another_address_hang() -> None:
    async def tried() -> tuple[bool, int, list[bool]]:
        turns, attempts = Turns(), Attempts()
        guesses = [asyncio.create_task(refused(turns, attempts, THERE)) for _ in range(GUESSES)]
        await until(attempts, 1)

        is_in = await asyncio.wait_for(turns.take(HERE, "张三", lambda: True), LONGEST)

        begun = attempts.begun
        attempts.let_go.set()
        return is_in, begun, await asyncio.gather(*guesses)

    is_in, begun, were_refused = asyncio.run(tried())

    assert is_in
    assert begun == 1
    # Of the guesses that stood in the queue, those after the fifth were not even looked at.
    assert were_refused == [False] * PATIENCE + [True] * (GUESSES - PATIENCE)


def test_two_passwords_are_tried_at_once_in_all() -> None:
    async def tried() -> tuple[int, int]:
        turns, attempts = Turns(), Attempts()
        addresses = [f"127.0.0.{number}" for number in range(2, 8)]
        guesses = [asyncio.create_task(refused(turns, attempts, one)) for one in addresses]
        await until(attempts, 2)
        attempts.let_go.set()
        await asyncio.gather(*guesses)
        return attempts.begun, attempts.most_at_once

    assert asyncio.run(tried()) == (6, 2)


def test_an_address_may_try_again_once_its_wait_is_over() -> None:
    moment = 0.0

    async def tried() -> bool:
        nonlocal moment
        turns = Turns(lambda: moment)
        for _ in range(PATIENCE):
            assert not await turns.take(THERE, "张三", lambda: False)
        with pytest.raises(TooManyTries) as waits:
            await turns.take(THERE, "张三", lambda: True)
        assert waits.value.seconds == 1
        moment += 1
        return await turns.take(THERE, "张三", lambda: True)

    assert asyncio.run(tried())


def test_at_the_page_guesses_of_one_address_are_verified_one_at_a_time_and_five_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    users.add("张三", SPRING, now=clock.now())
    verify, attempts = passwords.matches, Attempts()

    def watched(kept: str | None, password: str) -> bool:
        return attempts.fail() if password == WRONG else verify(kept, password)

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
        while not attempts.begun:
            threading.Event().wait(0.01)
        answer = httpx.post(page, data=ZHANG, trust_env=False, timeout=LONGEST)
        attempts.let_go.set()
        for guesser in guessers:
            guesser.join(LONGEST)

    assert answer.status_code == 303
    assert attempts.most_at_once == 1
    assert sorted(answers) == [401] * PATIENCE + [429] * (GUESSES - PATIENCE)
