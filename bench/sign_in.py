"""Measures the duration of a sign-in, alone and during 20 simultaneous guesses from elsewhere.

The clients run in the same process as the server: on two cores they take some of its time.
"""

import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from rich.console import Console

from junheng.adapters import clock
from tasks.people import users
from tests import databases
from tests.app.server.guard.a_guard import SPRING, around_an_echo

TIMES, GUESSES = 5, 20
HERE, THERE = "127.0.0.1", "127.0.0.2"
console = Console(highlight=False)


def sign_in(page: str, password: str, address: str) -> float:
    """Return the seconds of one sign-in attempt from an address."""
    transport = httpx.HTTPTransport(local_address=address)
    with httpx.Client(transport=transport, timeout=60) as browser:
        began = time.monotonic()
        browser.post(page, data={"name": "张三", "password": password})
        return time.monotonic() - began


def beside_guesses(page: str) -> float:
    with ThreadPoolExecutor(GUESSES) as guessers:
        for _ in range(GUESSES):
            guessers.submit(sign_in, page, "wrong", THERE)
        return sign_in(page, SPRING, HERE)


def main() -> None:
    """Print both durations and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= databases.settings_of(Path(folder) / "home")
        users.add("张三", SPRING, now=clock.now())
        alone, beside = [], []
        for _ in range(TIMES):
            with around_an_echo() as address:
                alone.append(sign_in(f"{address}/sign-in", SPRING, HERE))
                beside.append(beside_guesses(f"{address}/sign-in"))
    quiet, busy = statistics.median(alone), statistics.median(beside)
    console.print(f"sign-in alone               {quiet:.2f} s")
    console.print(f"beside {GUESSES} guesses           {busy:.2f} s, x{busy / quiet:.1f}")
    longest = max(beside) - quiet
    console.print(
        f"delayed, of {TIMES} at the median  {busy - quiet:.2f} s, at most {longest:.2f} s"
    )


if __name__ == "__main__":
    main()
