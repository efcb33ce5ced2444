"""Libraries write under JUNHENG_HOME, unless the environment names another folder."""

import os
from pathlib import Path

import pytest

from app.server import library_folders
from junheng.settings import HomeUnusable

NAMES = (
    *(library_folders.PREFECT_HOME, library_folders.UI_PAGES, library_folders.UI_PAGES_OLD_NAME),
    *(library_folders.TEMPORARY, library_folders.CACHE, library_folders.ACCOUNT_HOME),
)


@pytest.fixture(autouse=True)
def _no_folder_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        # Restored after the test, also if the code sets it meanwhile.
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)


def test_every_folder_is_under_the_home(junheng_home: Path) -> None:
    library_folders.set_defaults()

    assert {place.setting: place.folder for place in library_folders.libraries()} == {
        "PREFECT_HOME": junheng_home / "prefect",
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": junheng_home / "prefect" / "ui",
        "TMPDIR": junheng_home / "tmp",
        "XDG_CACHE_HOME": junheng_home / "cache",
    }


@pytest.mark.parametrize("name", [library_folders.UI_PAGES, library_folders.UI_PAGES_OLD_NAME])
def test_both_names_of_the_setting_move_the_pages(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from prefect.settings.models.root import Settings

    monkeypatch.setenv(name, str(tmp_path / "pages"))

    library_folders.set_defaults()

    assert Settings().server.ui.static_directory == str(tmp_path / "pages")


def test_a_missing_account_home_is_replaced_by_ours(
    junheng_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")

    library_folders.set_defaults()

    assert os.environ["HOME"] == str(junheng_home)


def test_a_usable_account_home_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))

    library_folders.set_defaults()

    assert os.environ["HOME"] == str(tmp_path)


def test_a_folder_that_cannot_be_created_is_named_with_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "file" / "tmp"))
    library_folders.set_defaults()

    with pytest.raises(HomeUnusable, match=r"TMPDIR 指向.*：它的上级是文件，不是文件夹；"):
        library_folders.make()

    refused = library_folders.unwritable(library_folders.libraries())
    assert {place.setting: reason for place, reason in refused.items()} == {
        "TMPDIR": "它的上级是文件，不是文件夹"
    }
