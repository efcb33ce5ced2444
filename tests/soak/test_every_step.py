"""A worker that dies within a step: the operator starts again and presses Retry.

`make soak` kills within every step, beside a quiet round that runs in an office of its own.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests import databases, small_district
from tests.soak import every_step, killed_rounds
from tests.soak.deadly.sitecustomize import BEFORE


def quiet_round(folder: Path, home: Path, settings: Mapping[str, str]) -> dict[str, object]:
    """Run a round within this process, of the days of the killed one, and return what is left."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**settings, "JUNHENG_HOME": str(home)}.items():
            patch.setenv(name, value)
        killed_rounds.run_round(folder, drafted_on=killed_rounds.CHASED_ON)
    return every_step.left(home, settings)


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="kills by process number")
def test_a_round_killed_within_the_hand_over_and_retried_leaves_what_a_quiet_one_leaves(
    tmp_path: Path,
) -> None:
    folder = small_district.make(tmp_path / "2025")
    kind = "postgresql" if databases.is_postgresql() else "sqlite"
    with every_step.databases(kind, tmp_path) as settings:
        expected = quiet_round(folder, tmp_path / "quiet", next(settings))

        left = every_step.killed_in("交办整改", BEFORE, folder, tmp_path / "killed", next(settings))

    assert left == expected
    assert not left["breaks"]
