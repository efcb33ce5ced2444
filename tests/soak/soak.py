"""The soak: random sequences with a sender killed at any point must not lose or double a card.

`python -m tests.soak.soak --sequences 10000` prints the counts, and exits with 1 if a card was
lost or doubled; it prints the log of the first such sequence, which `--seed S --only I` replays.
"""

import argparse
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from math import ceil
from pathlib import Path
from random import Random

from junheng import bootstrap
from junheng.domain.office_days import OFFICE_ZONE
from tasks.ledger.ledger import Ledger
from tests.soak import soak_sequence
from tests.soak.soak_office import CHANNELS, Office
from tests.soak.soak_sender import PATIENT, chase_cards, wait_for_slack
from tests.soak.soak_sequence import Stage, close_database
from tests.soak.soak_slack import Fault, SoakSlack

LARGEST_SHARE = 250
IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system; the folder in it has a unique name


@dataclass(frozen=True, slots=True)
class Share:
    """The sequences that one process plays."""

    seed: int
    numbers: Sequence[int]


@dataclass(frozen=True, slots=True)
class Played:
    """The counts, and the log of the first sequence that failed."""

    count: Counter[str]
    failure: str = ""


def play(share: Share) -> Played:
    """Play the sequences of a share, in a home in memory if the machine has /dev/shm."""
    count: Counter[str] = Counter()
    failure = ""
    place = str(IN_MEMORY) if IN_MEMORY.is_dir() else None
    with (
        tempfile.TemporaryDirectory(prefix="junheng-soak-", dir=place) as folder,
        SoakSlack(CHANNELS.values()) as slack,
    ):
        stage = _stage(Path(folder), slack)
        for number in share.numbers:
            sequence = soak_sequence.Sequence(stage, Random(f"{share.seed}:{number}"))  # noqa: S311
            sequence.play()
            count.update(sequence.count)
            failure = failure or _failure(sequence, share.seed, number)
    return Played(count, failure)


def _stage(folder: Path, slack: SoakSlack) -> Stage:
    """Make a home whose empty ledger is copied for each sequence, as migrations are slow."""
    home, template = folder / "home", folder / "template.db"
    home.mkdir()
    for name in [name for name in os.environ if name.startswith("JUNHENG_")]:
        del os.environ[name]
    os.environ |= {
        "JUNHENG_HOME": str(home),
        "JUNHENG_SLACK_TOKEN": "xoxb-soak",
        "JUNHENG_SLACK_BASE_URL": slack.url,
        "JUNHENG_SLACK_HISTORY_LAG": "0",
    }
    # Neither changes while the soak runs; cached, as every run reads them.
    bootstrap.rulebook = cache(bootstrap.rulebook)
    bootstrap.settings = cache(bootstrap.settings)
    with bootstrap.session() as session:
        Ledger.of(session, bootstrap.rulebook(), now=datetime.now(UTC))
    close_database()
    shutil.copy(home / "junheng.db", template)
    stage = Stage(home, template, slack)
    _rehearse(stage)
    # Forked children share these pages; a collection would copy them.
    gc.collect()
    gc.freeze()
    return stage


def _rehearse(stage: Stage) -> None:
    """Chase once in this process, so that its children inherit every compiled statement."""
    wait_for_slack(PATIENT)
    day = datetime(2025, 12, 15, 9, tzinfo=OFFICE_ZONE)
    Office(Random(1), lambda line: None).hand_over(day.date(), count=3)  # noqa: S311
    for faults in ({0: Fault.DROPPED_AFTER}, {}, {}):
        stage.slack.begin_run(faults)
        chase_cards(day)
    close_database()


def _failure(sequence: soak_sequence.Sequence, seed: int, number: int) -> str:
    wrong = [f"LOST {line}" for line in sequence.readers.lost]
    wrong += [f"DOUBLED {line}" for line in sequence.readers.doubled]
    replay = f"replay it: python -m tests.soak.soak --seed {seed} --only {number}"
    return "\n".join((*sequence.log, *wrong, replay)) if wrong else ""


def summary(count: Counter[str], *, seed: int, seconds: float) -> str:
    """Return one line for each count, `sequences` and `runs` first."""
    first = ("sequences", "runs")
    last = ("messages", "lost", "doubled")
    others = sorted(set(count) - {*first, *last})
    kills = sum(number for name, number in count.items() if name.startswith("killed"))
    lines = [f"{count[name]:>8} {name}" for name in (*first, *others)]
    lines += [f"{kills:>8} kills", *(f"{count[name]:>8} {name}" for name in last)]
    lines += [f"{seconds:>8.0f} seconds", f"{seed:>8} seed"]
    return "\n".join(lines)


def main() -> int:
    wanted = _wanted(sys.argv[1:])
    began = time.monotonic()
    count: Counter[str] = Counter()
    failure = ""
    shares = _shares(wanted)
    # Each share has its own process, so that no cache is shared.
    with multiprocessing.get_context("fork").Pool(wanted.processes, maxtasksperchild=1) as pool:
        for played in pool.imap(play, shares, chunksize=1):
            count.update(played.count)
            failure = failure or played.failure
            so_far = ", ".join(f"{count[name]} {name}" for name in ("lost", "doubled"))
            sys.stderr.write(f"{count['sequences']} sequences played, {so_far}\n")
    sys.stdout.write(f"{failure}\n" if failure else "")
    text = summary(count, seed=wanted.seed, seconds=time.monotonic() - began)
    sys.stdout.write(f"{text}\n")
    return 1 if failure else 0


def _wanted(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak.soak")
    parser.add_argument("--sequences", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--only", type=int, help="replay only the sequence of this number")
    return parser.parse_args(arguments)


def _shares(wanted: argparse.Namespace) -> Sequence[Share]:
    if wanted.only is not None:
        return [Share(wanted.seed, [wanted.only])]
    numbers = range(wanted.sequences)
    size = min(LARGEST_SHARE, ceil(len(numbers) / wanted.processes))
    starts = range(0, len(numbers), size)
    return [Share(wanted.seed, numbers[start : start + size]) for start in starts]


if __name__ == "__main__":
    sys.exit(main())
