"""Step results are kept for a retry for 90 days, then deleted."""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tasks.operations import result_retention

NIGHT = datetime(2025, 11, 4, 18, tzinfo=UTC)


def kept(folder: Path, name: str, *, days_ago: int) -> Path:
    path = folder / name
    path.write_bytes(b"result")
    at = (NIGHT - timedelta(days=days_ago)).timestamp()
    os.utime(path, (at, at))
    return path


def test_results_older_than_90_days_are_deleted_and_others_kept(tmp_path: Path) -> None:
    old, young = kept(tmp_path, "old", days_ago=91), kept(tmp_path, "young", days_ago=89)

    assert result_retention.drop_old(tmp_path, now=NIGHT) == 1

    assert not old.exists()
    assert young.exists()
    assert result_retention.drop_old(tmp_path, now=NIGHT) == 0


def test_a_missing_folder_is_ignored(tmp_path: Path) -> None:
    assert result_retention.drop_old(tmp_path / "storage", now=NIGHT) == 0


class TestDropLeft:
    def test_old_files_of_a_killed_step_are_deleted_and_newer_ones_kept(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "tmp"
        monkeypatch.setattr(tempfile, "tempdir", str(folder))
        (folder / "tmpabc").mkdir(parents=True)
        old = kept(folder / "tmpabc", "copy.db", days_ago=3)
        young = kept(folder, "young", days_ago=1)
        at = (NIGHT - timedelta(days=3)).timestamp()
        os.utime(folder / "tmpabc", (at, at))

        for _ in range(2):
            result_retention.drop_left(tmp_path, now=NIGHT)

        assert not old.exists()
        assert young.exists()

    @pytest.mark.parametrize("named", [".", "received", "elsewhere"])
    def test_nothing_is_deleted_if_tmpdir_is_another_folder(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, named: str
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / named))
        for folder in ("received", "elsewhere", "tmp"):
            (tmp_path / folder).mkdir()
        files = [
            kept(tmp_path / folder, "report.xlsx", days_ago=400)
            for folder in (".", "received", "elsewhere", "tmp")
        ]

        result_retention.drop_left(tmp_path, now=NIGHT)

        assert all(file.exists() for file in files)

    def test_nothing_is_deleted_if_tmp_is_a_link_to_outside_the_home(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "shared").mkdir()
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "tmp").symlink_to(tmp_path / "shared")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home" / "tmp"))
        shared = kept(tmp_path / "shared", "report.xlsx", days_ago=400)

        result_retention.drop_left(tmp_path / "home", now=NIGHT)

        assert shared.exists()
