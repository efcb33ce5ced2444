"""A round that is killed anywhere and run again leaves what one quiet round leaves."""

import json
import subprocess
import sys
from pathlib import Path

from tests.flows import small_district

# Where the process dies, counted in effects (a commit, a file put in place), right before each:
# 0-3 make the tables and look for another collection, 4-79 keep the files, then come the
# collection, the evaluation, the report, the drafts, the asking, the answer (94) and the cards,
# until from 108 on each card is claimed, laid out, and marked sent.
DEADLY = (0, 40, *range(80, 114, 2), 131)
KILLED = -9


def test_a_round_killed_anywhere_and_run_again_leaves_the_same(tmp_path: Path) -> None:
    folder = small_district.make(tmp_path / "2025")
    homes = tmp_path / "homes"

    result = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.flows.killed_rounds",
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
    # Neither has the history of any of them a gap, nor the ledger a row it does not tell of.
    assert seen["breaks"] == []
    # Twice undisturbed; then each time killed, and run to the end.
    assert seen["ended"] == [0, 0, *([KILLED, 0] * len(DEADLY))]
    assert seen["remediations"] > 0
    assert seen["cards"] == len(seen["recipients"]) == len(set(seen["recipients"]))
