"""A worker that dies within a step: the operator starts again and presses Retry.

`make soak` kills within every step, and starts everything anew between round and signature.
"""

from pathlib import Path

import pytest

from tests import databases, small_district
from tests.soak import every_step
from tests.soak.deadly.sitecustomize import BEFORE


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="kills by process number")
def test_a_round_killed_within_the_hand_over_and_retried_leaves_what_a_quiet_one_leaves(
    tmp_path: Path,
) -> None:
    folder = small_district.make(tmp_path / "2025")
    kind = "postgresql" if databases.is_postgresql() else "sqlite"
    with every_step.databases(kind, tmp_path) as settings:
        expected = every_step.quiet(folder, tmp_path / "quiet", next(settings))

        left = every_step.killed_in_the_sign_off(
            "交办整改", BEFORE, folder, tmp_path / "killed", next(settings)
        )

    assert left == expected
    assert not left["breaks"]
