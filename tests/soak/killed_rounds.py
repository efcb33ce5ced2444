"""Runs rounds, each killed at another effect and then run to its end, and compares outcomes.

A separate program: it imports everything once and forks for each round. Prints one JSON object.
"""

import csv
import io
import json
import os
import signal
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from datetime import UTC, date, datetime
from pathlib import Path

from sqlalchemy.engine.default import DefaultDialect

from app.cli import round_by_hand
from app.cli.lists import ledger
from app.cli.lists.formats import Format
from app.cli.lists.notices import notices as list_notices
from expectations import standard as standard  # loaded before forking: it takes seconds
from junheng.adapters import clock
from tasks.history import auditing
from tests import databases

REMEDIATED_ON, CHASED_ON = date(2025, 10, 20), date(2025, 11, 3)


def run_round(folder: Path, *, drafted_on: date = REMEDIATED_ON) -> None:
    planned = round_by_hand.Round(2025, folder, drafted_on, datetime.now(UTC))
    for _, run in round_by_hand.up_to_the_sign_off(planned):
        run()
    for _, run in round_by_hand.from_the_sign_off(drafted_on, chased_on=CHASED_ON, clock=clock.now):
        run()


class Killer:
    """Kills this process with SIGKILL right before or right after its n-th effect."""

    def __init__(self, deadly: int) -> None:
        self.left = deadly

    def around(self, effect: Callable[..., object]) -> Callable[..., object]:
        def done(*arguments: object, **named: object) -> object:
            self.tick()
            result = effect(*arguments, **named)
            self.tick()
            return result

        return done

    def tick(self) -> None:
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def watch(self) -> None:
        DefaultDialect.do_commit = self.around(DefaultDialect.do_commit)  # type: ignore[method-assign]
        for name in ("replace", "rename", "link"):
            setattr(os, name, self.around(getattr(os, name)))


def in_a_child(work: Callable[[], None], home: Path) -> int:
    """Fork a process that does the work; return its exit code: 0, or minus the signal."""
    child = os.fork()
    if child == 0:
        os.environ.update(databases.settings_of(home))
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def outcome(home: Path) -> dict[str, object]:
    """Return the data of a home that must be equal however often a round was killed."""
    notices = listed(list_notices)
    for row in notices:
        row.pop("sent_at")
    cards = sorted(
        (path.name, path.read_text("utf-8"))
        # Only files in the folders of days: the alarms beside them exist only if a run died.
        for path in (home / "outbox").glob("*/*")
        if path.is_file()
    )
    return {
        "ledger": listed(lambda how: ledger.ledger(how, CHASED_ON)),
        "notices": notices,
        "cards": cards,
        "breaks": auditing.verify().breaks,
    }


def _outcome_in(home: Path) -> dict[str, object]:
    os.environ.update(databases.settings_of(home))
    return outcome(home)


def listed(listing: Callable[[Format], None]) -> list[dict[str, str]]:
    text = io.StringIO()
    with redirect_stdout(text):
        listing(Format.CSV)
    return list(csv.DictReader(io.StringIO(text.getvalue())))


def main(folder: Path, homes: Path, points: list[int]) -> None:
    def killed_at(point: int) -> Callable[[], None]:
        def work() -> None:
            Killer(point).watch()
            run_round(folder)

        return work

    def whole() -> None:
        run_round(folder)

    ended = [in_a_child(whole, homes / "twice"), in_a_child(whole, homes / "twice")]
    expected = _outcome_in(homes / "twice")
    different = []
    for point in points:
        home = homes / str(point)
        ended.append(in_a_child(killed_at(point), home))
        ended.append(in_a_child(whole, home))
        if _outcome_in(home) != expected:
            different.append(point)
    sys.stdout.write(
        json.dumps(
            {
                "ended": ended,
                "different": different,
                "breaks": expected["breaks"],
                "remediations": len(expected["ledger"]),  # type: ignore[arg-type]
                "cards": len(expected["cards"]),  # type: ignore[arg-type]
                "recipients": [row["recipient"] for row in expected["notices"]],  # type: ignore[attr-defined]
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), [int(word) for word in sys.argv[3:]])
