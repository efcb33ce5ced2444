"""What lies in the home is ours alone, except in the folders that the office shares."""

import stat
from pathlib import Path

import pytest

from junheng import bootstrap
from junheng.adapters.files import private_files
from tests.app.cli.test_app import run


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_files_that_others_may_read_become_ours_and_shared_folders_stay(tmp_path: Path) -> None:
    home = tmp_path / "home"
    for folder in (home / "received" / "ab", home / "inbox" / "2025"):
        folder.mkdir(parents=True)
        folder.chmod(0o775)
        (folder / "报表.xlsx").touch()
        (folder / "报表.xlsx").chmod(0o664)
    home.chmod(0o755)
    (home / "inbox").chmod(0o777)
    outside = tmp_path / "outside"
    outside.touch()
    outside.chmod(0o644)
    (home / "link").symlink_to(outside)

    private_files.tighten(home, shared={home / "inbox"})

    assert mode(home / "received") == mode(home / "received" / "ab") == 0o700
    assert mode(home / "received" / "ab" / "报表.xlsx") == 0o600
    assert (mode(home), mode(home / "inbox")) == (0o755, 0o777)
    assert mode(home / "inbox" / "2025" / "报表.xlsx") == 0o664
    assert mode(outside) == 0o644


@pytest.mark.sqlite_file
def test_what_a_command_writes_into_the_home_is_ours_alone(junheng_home: Path) -> None:
    assert run("demo").exit_code == 0

    inbox = bootstrap.settings().inbox_folder
    written = [path for path in junheng_home.rglob("*") if not path.is_relative_to(inbox)]
    assert len(written) > 10
    assert [path for path in written if mode(path) & 0o077] == []
