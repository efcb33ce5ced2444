"""What steps gave is kept for a retry, and goes when nobody will retry any more."""

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


def test_what_is_older_than_a_quarter_goes_and_the_rest_stays(tmp_path: Path) -> None:
    old, young = kept(tmp_path, "old", days_ago=91), kept(tmp_path, "young", days_ago=89)

    assert result_retention.drop_old(tmp_path, now=NIGHT) == 1

    assert not old.exists()
    assert young.exists()
    assert result_retention.drop_old(tmp_path, now=NIGHT) == 0


def test_where_nothing_was_ever_kept_nothing_goes(tmp_path: Path) -> None:
    assert result_retention.drop_old(tmp_path / "storage", now=NIGHT) == 0


class TestDropLeft:
    def test_what_a_killed_step_left_goes_and_what_is_in_use_stays(
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
    def test_nothing_goes_where_tmpdir_names_another_folder(
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

    def test_nothing_goes_where_tmp_is_a_link_that_leads_out_of_the_home(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "shared").mkdir()
        (tmp_path / "home").mkdir()
        (tmp_path / "home" / "tmp").symlink_to(tmp_path / "shared")
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "home" / "tmp"))
        somebodys = kept(tmp_path / "shared", "report.xlsx", days_ago=400)

        result_retention.drop_left(tmp_path / "home", now=NIGHT)

        assert somebodys.exists()
