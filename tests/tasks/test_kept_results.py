"""What steps gave is kept for a retry, and goes when nobody will retry any more."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tasks import kept_results

NIGHT = datetime(2025, 11, 4, 18, tzinfo=UTC)


def kept(folder: Path, name: str, *, days_ago: int) -> Path:
    path = folder / name
    path.write_bytes(b"result")
    at = (NIGHT - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))
    return path


def test_what_is_older_than_a_quarter_goes_and_the_rest_stays(tmp_path: Path) -> None:
    old, young = kept(tmp_path, "old", days_ago=91), kept(tmp_path, "young", days_ago=89)

    assert kept_results.drop_old(tmp_path, now=NIGHT) == 1

    assert not old.exists()
    assert young.exists()
    assert kept_results.drop_old(tmp_path, now=NIGHT) == 0


def test_where_nothing_was_ever_kept_nothing_goes(tmp_path: Path) -> None:
    assert kept_results.drop_old(tmp_path / "storage", now=NIGHT) == 0


class TestDropLeft:
    def test_what_a_killed_step_left_goes_and_what_is_in_use_stays(self, tmp_path: Path) -> None:
        (tmp_path / "tmpabc").mkdir()
        old = kept(tmp_path / "tmpabc", "copy.db", days_ago=3)
        young = kept(tmp_path, "young", days_ago=1)
        at = (NIGHT - timedelta(days=3)).timestamp()
        os.utime(tmp_path / "tmpabc", (at, at))

        for _ in range(2):
            kept_results.drop_left(tmp_path, now=NIGHT)

        assert not old.exists()
        assert young.exists()
