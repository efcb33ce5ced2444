"""A round that is killed at any effect and run again ends like an undisturbed round."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests import small_district

# The process dies right before these effects (a commit, a file put in place), counted from 0:
# 0 makes the tables, 6 to 80 keep the files, 84 commits the collection, 90 the evaluation, 94 puts
# the report in place, 96 commits the drafts, 98 the question, 100 the answer, 112 the owed cards.
# From 118 on each card is claimed, written to the outbox and marked as sent. `make soak` tries all.
SAMPLE = (40, 100, 120)
EVERY_EFFECT = tuple(range(0, 132, 2))
DEADLY = EVERY_EFFECT if os.environ.get("SOAK") else SAMPLE
KILLED = -9


def test_a_round_killed_at_any_effect_and_run_again_has_the_same_outcome(tmp_path: Path) -> None:
    folder = small_district.make(tmp_path / "2025")
    homes = tmp_path / "homes"

    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.soak.killed_rounds",
            str(folder),
            str(homes),
            *map(str, DEADLY),
        ],
        capture_output=True,
        text=True,
        check=False,
    )

    assert result.returncode == 0, result.stderr
    seen = json.loads(result.stdout)
    assert seen["different"] == []
    # No history has a gap, and no ledger a row that is missing in its history.
    assert seen["breaks"] == []
    # Two undisturbed rounds; then each is killed once and run to the end.
    assert seen["ended"] == [0, 0, *([KILLED, 0] * len(DEADLY))]
    assert seen["remediations"] > 0
    assert seen["cards"] == len(seen["recipients"]) == len(set(seen["recipients"]))
