"""The copy of config/ in a backup of an earlier version is usable, or says what to fix."""

import shutil
from pathlib import Path

import pytest

from junheng import config_files, wording
from junheng.rulebook import checking
from tasks.operations import restored_config


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return shutil.copytree(config_files.PACKAGED, tmp_path / "config")


def test_a_copy_without_newer_sentences_is_completed(copied: Path) -> None:
    (copied / "wording" / "run_locks.yaml").unlink()
    mail = copied / "wording" / "mail.yaml"
    lines = mail.read_text("utf-8").splitlines(keepends=True)
    shortened = [line for line in lines if not line.startswith("no_sender:")]
    assert len(shortened) < len(lines)
    mail.write_text("".join(shortened), "utf-8")

    restored_config.complete(copied)

    assert checking.check(copied).sentences == ()
    assert wording.load(copied / "wording") == wording.load(config_files.PACKAGED / "wording")
    assert restored_config.sentence(copied).endswith(f"请设置 JUNHENG_CONFIG={copied}。")


def test_a_copy_keeps_its_own_sentences(copied: Path) -> None:
    chat = copied / "wording" / "chat.yaml"
    chat.write_text(chat.read_text("utf-8").replace("打开台账", "看台账"), "utf-8")

    restored_config.complete(copied)

    assert wording.load(copied / "wording").chat.buttons.ledger == "看台账"


def test_a_copy_with_removed_keys_reports_their_number_and_how_to_list_them(copied: Path) -> None:
    for name in ("chat", "mail"):
        file = copied / "wording" / f"{name}.yaml"
        file.write_text(file.read_text("utf-8") + "said_once: 某句\n", "utf-8")

    restored_config.complete(copied)

    sentence = restored_config.sentence(copied)
    assert "有 2 处与本版本对不上" in sentence
    assert f"junheng check-config {copied}" in sentence


def test_a_backup_without_config_gets_none(tmp_path: Path) -> None:
    restored_config.complete(tmp_path / "config")

    assert not (tmp_path / "config").exists()
