"""Counts Prefect's locked and lost writes to SQLite during a busy hour: page, rounds, chase.

`python -m bench.load --minutes 60` takes an hour. Fewer minutes compress the same requests and
runs into less time, so the load is denser. Prefect's periodic work (worker polls, heartbeats, its
own loops) keeps its rate, so there is less of it in total.
"""

import argparse
import shutil
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from rich.console import Console

from bench.load_figures import Figures, counted
from bench.load_page import Page
from junheng.settings import PROJECT_ROOT
from tests.app.server.an_office import SERVE, RunningOffice

OFFICE_MINUTES = 60
LONGEST_SECONDS, SETTLING_SECONDS = 900, 10
# The runs of the hour, by the fraction of it: rounds, sign-off, chases, and a check of the inbox
# every quarter of an hour. Two rounds are started at once: one waits for the other.
HOUR = (
    (0.0, "annual-round"),
    (0.0, "annual-round"),
    (0.0, "collect-inbox"),
    (0.2, "sign-off"),
    (0.25, "collect-inbox"),
    (0.3, "daily-chase"),
    (0.4, "nightly-audit"),
    (0.5, "collect-inbox"),
    (0.6, "recheck"),
    (0.75, "collect-inbox"),
    (0.8, "daily-chase"),
)
SAMPLE = PROJECT_ROOT / "samples" / "2025"
OF_THE_SAMPLE: dict[str, object] = {"year": 2025, "folder": str(SAMPLE)}
GIVEN: dict[str, dict[str, object]] = {
    "annual-round": OF_THE_SAMPLE,
    "recheck": OF_THE_SAMPLE,
    "sign-off": {"by": "创建办"},
}
# The server as Prefect itself starts it, for comparison.
PLAIN = """\
import sys
from app.server import supervisor as up
up.SERVE = (sys.executable, "-m", "prefect", "server", "start")
up.up(lambda line: print(line, flush=True))
"""
# Without this setting Prefect does not log responses with status 503.
LOG_503 = {"PREFECT_SERVER_LOG_RETRYABLE_ERRORS": "true"}
console = Console(highlight=False)


def main() -> None:
    """Run the hour and print the locked, refused and lost writes."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    asked.add_argument("--minutes", type=float, default=6.0)
    asked.add_argument("--pages", type=int, default=1, help="how many people have the page open")
    asked.add_argument("--keep", type=Path, help="a folder for the server's log and database")
    asked.add_argument("--plain", action="store_true", help="with the server as Prefect starts it")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        states = _hour(
            home, given.minutes * 60, pages=given.pages, serve=PLAIN if given.plain else SERVE
        )
        _print(counted(home / "prefect"), states, minutes=given.minutes)
        if given.keep is not None:
            shutil.copytree(home / "prefect", given.keep)


def _hour(home: Path, seconds: float, *, pages: int, serve: str) -> list[str]:
    """Return the final state of each run, and the responses of the pages."""
    ended = Event()
    office = RunningOffice(home, LOG_503, longest_seconds=LONGEST_SECONDS, serve=serve)
    with office, ThreadPoolExecutor() as pool:
        looks = Page(office, seconds / (OFFICE_MINUTES * 60))
        looking = [pool.submit(looks.look_until, ended) for _ in range(pages)]
        try:
            states = _runs(office, pool, seconds)
        finally:
            ended.set()
        states += [look.result() for look in looking]
        # The event recorders write every few seconds, and again at the end.
        time.sleep(SETTLING_SECONDS)
    return states


def _runs(office: RunningOffice, pool: ThreadPoolExecutor, seconds: float) -> list[str]:
    """Start each run at its time, and return the final states at the end of the hour."""
    began, waited = time.monotonic(), list[Future[str]]()
    for part, name in HOUR:
        _sleep_until(began + part * seconds)
        waited.append(pool.submit(_run, office, name))
    states = [run.result() for run in waited]
    _sleep_until(began + seconds)
    return states


def _sleep_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))


def _run(office: RunningOffice, name: str) -> str:
    """Start a deployment as a person does, and return its final state and duration."""
    asked = time.monotonic()
    state = office.end_of(office.start(name, **GIVEN.get(name, {})))
    return f"{name} {state['type']} {time.monotonic() - asked:.0f} s"


def _print(figures: Figures, states: list[str], *, minutes: float) -> None:
    console.print(f"an office's hour in {minutes:g} minutes: " + "; ".join(states))
    for line in figures.lines():
        console.print(line)


if __name__ == "__main__":
    main()
